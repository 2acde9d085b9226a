"""What if the desk has to ask first? Once, in one sentence; the clocks wait for the answer, one working day at most."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.rules.lifecycle import Event
from tests.conftest import Opens
from tests.house import House, Phone, buttons
from tests.stories.living import files, first_lines, rung_for_the_raiser, says_done, somebody_has_it_and_a_date

LEAK = "3栋楼道的灯坏了"


@pytest.fixture
async def house(open_house: Opens) -> House:
    return await open_house()


async def asks(desk: Phone, question: str) -> None:
    """签收, then 提问, and yes, the resident may read it."""
    await desk.taps("签收")
    await desk.taps("更多")
    await desk.taps("提问")
    await desk.says(question)
    await desk.taps("发给居民")


async def resolve_by(house: House) -> datetime:
    (case,) = await house.rows('SELECT resolve_by FROM "case"')
    found: datetime = case.resolve_by
    return found


async def due(house: House, rung: str) -> datetime:
    (clock,) = await house.rows("SELECT due_at FROM clock WHERE rung = :rung AND due_at IS NOT NULL", rung=rung)
    found: datetime = clock.due_at
    return found


async def remembered(house: House, event: Event) -> dict[str, Any]:
    (row,) = await house.rows("SELECT facts FROM case_event WHERE event = :event", event=event.value)
    facts: dict[str, Any] = json.loads(row.facts)
    return facts


async def test_a_question_moves_the_day_by_the_time_it_really_took(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LEAK)
    promised, overdue = await resolve_by(house), await due(house, "P2-21wh")
    _ = resident.news

    await asks(desk, "哪一层的灯？打我电话13800000001也行")
    (card,) = resident.news
    assert card.startswith("0001号，丰穗花园物业服务台想问您一句：「哪一层的灯？打我电话***也行」\n直接回一句话")
    assert "等您到今天" in card
    assert buttons(resident.last) == ["回答"]
    assert "在等您回话" in resident.that_says("电话：").text
    moved = await resolve_by(house)
    assert moved > promised, "seven working hours of the desk later"
    assert await due(house, "P2-21wh") > overdue

    await house.turn(timedelta(hours=1))
    _ = desk.news
    await resident.says("七楼到八楼那段，我叫林阿珠")
    assert resident.last.text == "告诉丰穗花园物业服务台了：「七楼到八楼那段，我叫***」。谢谢您！"
    (card,) = desk.news
    assert first_lines([card]) == ["💬 居民回答了"]
    assert "问：「哪一层的灯？打我电话***也行」居民答：「七楼到八楼那段，我叫***」" in card
    assert "您回话了，谢谢！" in resident.that_says("想问您一句").text
    await resident.taps("补充一句")
    await resident.says("就是楼梯口那盏")
    assert "居民答：「七楼到八楼那段" in desk.that_says("居民又说：「就是楼梯口那盏」").text

    facts = await remembered(house, Event.REPLY)
    assert promised < await resolve_by(house) < moved, "what was not used is given back"
    assert facts["resolve_was"] == moved.isoformat()
    assert facts["resolve_by"] == (await resolve_by(house)).isoformat()
    assert (await remembered(house, Event.ASK))["resolve_was"] == promised.isoformat()
    assert await house.rows("SELECT id FROM clock WHERE rung = 'resume' AND due_at IS NOT NULL") == []
    assert await rung_for_the_raiser(house) == ["receipt", "asked"]
    await somebody_has_it_and_a_date(house)


async def test_without_an_answer_the_clocks_go_on_after_one_working_day(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LEAK)
    await asks(desk, "哪一层的灯？")
    moved = await resolve_by(house)
    until = await due(house, "resume")

    _ = desk.news
    await house.turn(until - house.now)
    assert "resume" in [row.event for row in await house.rows("SELECT event FROM case_event ORDER BY seq")]
    assert await resolve_by(house) == moved, "one working day, and not an hour more"
    assert "等您回话" not in resident.that_says("电话：").text
    assert desk.news == [], "nothing rings because nothing came"
    assert "没回也照样办" in resident.that_says("想问您一句").text

    await resident.taps("回答")
    assert resident.last.text == "0001号：请直接回答，一句话或一张照片都行。"
    await resident.says("七楼")
    assert await resolve_by(house) == moved, "a late answer is an answer, and moves nothing"
    assert "居民答：「七楼」" in desk.that_says("居民回答了").text


async def test_a_desk_asks_once(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LEAK)
    await desk.taps("签收")
    await desk.taps("更多")
    card = desk.with_button("提问")
    older = card.button("提问").callback_data
    await desk.taps("提问")
    await desk.says("哪一层的灯？")
    await desk.taps("发给居民")
    assert desk.last.text == "0001号：问出去了。居民一回话就告诉您；等一个工作日还没回，请接着办。"
    _ = resident.news
    assert "已经问过居民一次了" in await desk.presses(card, forged=older)
    assert resident.news == []


async def test_the_answer_may_be_a_photo_and_another_matter_is_asked_about(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LEAK)
    await asks(desk, "发张照片看看？")
    await resident.says("4栋的电梯停了")
    assert resident.last.text == "您说的是0001号那件，还是另一件事？"
    assert buttons(resident.last) == ["是0001号的事", "另一件事"]
    await resident.taps("另一件事")
    assert resident.last.text.startswith("您说的是这件事吗？\n4栋电梯")
    await resident.taps("对，提交")

    await house.turn(timedelta(hours=1))
    _ = desk.news
    await resident.shows(b"\x89PNG")
    assert resident.last.text == "加到0001号里了，丰穗花园物业服务台看得到。"
    assert any("居民回答了" in text for text in desk.news)


async def test_the_claim_ends_the_pause(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LEAK)
    await asks(desk, "哪一层的灯？")
    await says_done(desk, "都换了新灯泡")
    assert await house.rows("SELECT id FROM clock WHERE rung = 'resume' AND due_at IS NOT NULL") == []
    await resident.taps("没有")
    (case,) = await house.rows('SELECT paused_until, state FROM "case"')
    assert (case.paused_until, case.state) == (None, "reopened")
    await somebody_has_it_and_a_date(house)


async def test_an_emergency_waits_for_no_answer(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await house.staff("SQ-PW")
    await files(resident, "3栋楼道的灯坏了")
    await resident.taps("补充一句")
    await resident.says("灯在冒烟，着火了")
    await desk.taps("签收")
    before = await resolve_by(house)
    await desk.taps("更多")
    await desk.taps("提问")
    await desk.says("几楼？")
    await desk.taps("发给居民")
    assert await resolve_by(house) == before
    assert "没回也照样办" in resident.that_says("想问您一句").text


async def test_a_question_that_reaches_nobody_pauses_nothing(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LEAK)
    await desk.taps("签收")
    before = await resolve_by(house)
    resident.person.block(house.bot)
    await house.settle()
    await desk.taps("更多")
    await desk.taps("提问")
    await desk.says("几楼？")
    await desk.taps("发给居民")
    assert await resolve_by(house) == before
