"""Who telephones the resident who cannot be asked by chat, or does not answer? (待打电话)"""

from datetime import timedelta

import pytest

from models.actions import calling
from models.vault import keep
from tests.house import House, Phone, buttons
from tests.stories.living import files, says_done

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def card_of(phone: Phone, house: House, label: str = "没人接") -> Phone:
    """The desk has the case's card, by itself or out of its next list."""
    for _ in range(60):
        if any(label in buttons(message) for message in phone.messages):
            return phone
        for message in phone.messages[::-1]:
            if "0001" in buttons(message):
                await phone.presses(message, "0001")
                break
        else:
            await house.turn(HOUR)
    raise LookupError(phone.texts)


async def caller_of(house: House) -> str:
    (case,) = await house.rows('SELECT caller FROM "case"')
    return str(case.caller)


async def state_of(house: House) -> str:
    (case,) = await house.rows('SELECT state FROM "case"')
    return str(case.state)


async def leaves_number(house: House, resident: Phone) -> None:
    (row,) = await house.rows("SELECT person_id FROM reach WHERE chat_id = :chat", chat=resident.person.id)
    await house.do(
        lambda work: keep(
            work.session,
            work.keys,
            owner="person",
            owner_id=row.person_id,
            field="phone",
            text="13800000000",
            now=work.now,
        )
    )


async def test_a_question_that_reaches_nobody_is_asked_by_telephone_at_once(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await leaves_number(house, resident)
    resident.person.block(house.bot)
    await says_done(desk, "换了灯")
    assert await caller_of(house) == "SQ-PW", "not the firm, which did the work"
    assert "13800000000" not in "".join(desk.texts)
    await card_of(community, house)
    assert "居民电话：13800000000" in community.with_button("没人接").text
    assert await community.taps("说解决了") == "记下了，居民电话里说解决了，办结。"
    assert await state_of(house) == "closed_ok"
    (event,) = await house.rows("SELECT role, facts FROM case_event WHERE event = 'confirm'")
    assert event.role == "community"
    assert '"channel":"call"' in event.facts
    assert "13800000000" not in "".join(community.texts), "the number is gone with the reason for it"


async def test_what_a_resident_denies_on_the_telephone_goes_back_to_the_desk(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    resident.person.block(house.bot)
    await says_done(desk, "换了灯")
    await card_of(community, house)
    assert "没留电话，请上门问一声" in community.with_button("没人接").text
    old = community.with_button("说没解决")
    assert await community.taps("好了一部分") == "记下了，已退回重办。"
    assert desk.last.text.startswith("🔁 居民说好了一部分，请接着办（第1次）")
    assert await caller_of(house) == ""
    assert "新进展" in await community.presses(old, "说没解决") or await state_of(house) == "reopened"


async def test_silence_closes_only_what_arrived_and_endangers_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "sampled", lambda key, case_id: False)
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await says_done(desk, "换了灯")
    _ = resident.news
    await house.turn(30 * HOUR)
    assert len(resident.news) == 1, "one reminder"
    await house.turn(50 * HOUR)
    assert await state_of(house) == "closed_silent"
    assert resident.news == [], "and no sound about the closing"
    assert "未收到您的回复，先办结了" in resident.that_says("未收到").text
    assert desk.that_says("没等到居民回话，先办结了")
    assert await house.rows("SELECT id FROM clock WHERE due_at IS NOT NULL") == []
    assert await resident.taps("解决了") == "谢谢您！这件事办结。", "a late yes is a yes"
    assert await state_of(house) == "closed_ok"


async def test_a_few_of_the_silent_are_called_all_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "sampled", lambda key, case_id: True)
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await says_done(desk, "换了灯")
    await house.turn(74 * HOUR)
    assert await state_of(house) == "closed_silent"
    await card_of(community, house)
    assert community.with_button("没人接").text.startswith("📞 待打电话：居民没回话，先办结了")
    assert await community.taps("没人接") == "记下了，几天都没人接，先办结。居民30天内还能说没好。"
    await house.turn(DAY)
    assert await community.taps("说没解决") == "记下了，已退回重办。"
    assert await state_of(house) == "reopened"


async def test_a_lift_is_never_closed_in_silence_and_is_called_until_somebody_answers(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    street = await house.staff("JD")
    await files(resident, "3栋电梯又停了")
    await says_done(desk, "复位了")
    await house.turn(74 * HOUR)
    assert await state_of(house) == "claimed"
    assert await caller_of(house) == "SQ-PW"
    for time in range(1, 4):
        await card_of(community, house)
        assert await community.taps("没人接") == "记下了，下个工作日再提醒您打。"
        assert await community.taps("没人接") == "0001号今天已经打过一次了，明天再打。"
        (case,) = await house.rows('SELECT calls FROM "case"')
        assert case.calls == time
        await house.turn(3 * DAY)
    assert await state_of(house) == "claimed", "never without a word"
    await house.turn(7 * DAY)
    assert await caller_of(house) == house.town.street_desk, "looked at every week, a level higher"
    assert street.texts
    clocks = await house.rows("SELECT rung FROM clock WHERE due_at IS NOT NULL")
    assert [clock.rung for clock in clocks] == ["review-7d"]


async def test_what_endangers_nobody_is_let_go_after_calls_on_three_days(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    resident.person.block(house.bot)
    await says_done(desk, "换了灯")
    await house.turn(HOUR)
    for _ in range(2):
        await card_of(community, house)
        assert await community.taps("没人接") == "记下了，下个工作日再提醒您打。"
        await house.turn(DAY)
    await card_of(community, house)
    assert (await community.taps("没人接")).startswith("记下了，几天都没人接，先办结。")
    assert await state_of(house) == "closed_silent"


async def test_nobody_telephones_about_their_own_work(house: House) -> None:
    community, street, resident = await house.staff("SQ-PW"), await house.staff("JD"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    resident.person.block(house.bot)
    await card_of(community, house, "办好了")
    await says_done(community, "换了灯")
    assert await caller_of(house) == house.town.street_desk
    assert not any("说解决了" in buttons(message) for message in community.messages)
    await card_of(street, house)
    assert await street.taps("说解决了") == "记下了，居民电话里说解决了，办结。"


async def test_what_a_resident_must_hear_and_cannot_is_told_by_telephone_once(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await house.staff("WY-01")
    await files(resident, "3栋楼道灯不亮")
    resident.person.block(house.bot)
    while await caller_of(house) == "":
        await house.turn_next()
    await card_of(community, house, "说上话了")
    assert "📞 待打电话：居民收不到消息" in community.with_button("说上话了").text
    await community.taps("说上话了")
    await house.turn(3 * DAY)
    assert await caller_of(house) == "", "once a case"
