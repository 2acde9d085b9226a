"""Who understands a voice in dialect? A person at the community listens, writes one line, and the resident says yes."""

import json
from datetime import timedelta

import pytest

from models.rules.policy import Role
from tests.conftest import Opens
from tests.house import House, Phone, buttons
from tests.stories.living import (
    files,
    first_lines,
    in_charge,
    rung_for_the_raiser,
    says_done,
    somebody_has_it_and_a_date,
)

DIALECT = b"OggS" + bytes(range(256))
ASKED = "语音收到了，社区会有人听。现在有危险吗？有危险请先打110、119、120。"


@pytest.fixture
async def house(open_house: Opens) -> House:
    return await open_house()


async def speaks(house: House, phone: Phone, content: bytes = DIALECT) -> None:
    phone.person.send_voice(house.bot, content)
    await house.settle()
    await house.turn(timedelta(seconds=31))  # the next beat fetches what was sent


async def listens(phone: Phone, line: str) -> None:
    """The case of the afternoon's list, 听完写一行, and yes, the resident may read it."""
    if not any("听完写一行" in buttons(one) for one in phone.messages):
        await phone.taps("0001")
    await phone.taps("听完写一行")
    await phone.says(line)
    await phone.taps("发给居民")


def voices(house: House, phone: Phone) -> int:
    """How many voices the bot has sent to this telephone."""
    return sum(
        call.method == "sendVoice" and str(call.params.get("chat_id")) == str(phone.person.id)
        for call in house.line.stage.calls
        if call.bot_id == house.bot.id
    )


async def test_a_voice_in_dialect_is_a_case_from_minute_0_and_finds_its_desk(house: House) -> None:
    desk, community = await house.staff("WY-01"), await house.staff("SQ-PW")
    head, resident = await house.head(), await house.resident()
    for phone in (desk, community, head, resident):
        _ = phone.news
    await speaks(house, resident)
    assert resident.news == [ASKED]
    assert buttons(resident.last) == ["有危险", "不急"]
    await resident.taps("不急")
    await house.turn(timedelta(seconds=31))
    (receipt,) = resident.news
    assert receipt.startswith("收到了，编号0001，已转浦望社区服务台（0595-00000103）。明天9:00前没人给您回话")
    assert await in_charge(house) == "SQ-PW"
    await somebody_has_it_and_a_date(house)

    await house.turn(timedelta(hours=8))  # the list of the afternoon names it
    await community.taps("0001")
    card = community.with_button("听完写一行")
    assert "🎤 居民说的是语音，请先听，再写一行给居民看" in card.text
    assert voices(house, community) == 1
    assert voices(house, desk) == voices(house, head) == 0

    (before,) = await house.rows('SELECT contact_by, resolve_by FROM "case"')
    await listens(community, "3栋电梯停了，老人下不了楼，电话13859990001")
    assert community.last.text == "0001号：发给居民看了，等一句对不对。"
    (asked,) = resident.news[-1:]
    assert asked == (
        "0001号，您语音里说的是不是：「3栋电梯停了，老人下不了楼，电话***」\n"
        "点「对」就转丰穗花园物业服务台，也请楼栋长帮着看看。"
        "他们看到：「3栋电梯停了，老人下不了楼，电话***」，听不到您的声音。"
    )
    _ = desk.news
    assert await resident.taps("对") == "好的，已经转给丰穗花园物业服务台。"
    assert await in_charge(house) == "WY-01"
    assert first_lines(desk.news) == ["🔴 新件，紧急"]
    (after,) = await house.rows('SELECT contact_by, resolve_by, category, sla, ask_head FROM "case"')
    assert after.category == "C03-1" or after.category.startswith("C03")
    assert after.sla == "P1"
    assert after.ask_head
    assert after.contact_by <= before.contact_by
    assert after.resolve_by <= before.resolve_by
    await somebody_has_it_and_a_date(house)
    assert voices(house, desk) == voices(house, head) == 0
    assert "您说对，已经转给丰穗花园物业服务台。" in resident.that_says("您语音里说的是不是").text

    await says_done(desk, "换了门锁")
    await resident.taps("解决了")
    assert await rung_for_the_raiser(house) == ["receipt", "heard", "question"]


async def test_danger_says_first_whom_to_call_and_is_an_emergency_at_once(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident(agreed=False)
    await speaks(house, resident)
    _ = community.news, resident.news
    await resident.taps("有危险")
    receipt = resident.news[0]
    assert "119" in receipt.split("\n")[0]
    assert "0001" in receipt
    (case,) = await house.rows('SELECT sla, channel, category, desk FROM "case"')
    assert (case.sla, case.channel, case.category, case.desk) == ("P0", "voice", "K99", "SQ-PW")
    assert first_lines(community.news)[0].startswith("🔴")
    await house.turn(timedelta(seconds=31))
    assert voices(house, community) == 1

    await listens(community, "五楼煤气味很重")
    await resident.taps("对")
    (case,) = await house.rows('SELECT sla FROM "case"')
    assert case.sla == "P0", "what she called danger stays one"


async def test_without_a_home_the_voice_waits_for_the_place(house: House) -> None:
    await house.staff("SQ-PW")
    token = await house.link(Role.RESIDENT, "LC01-3")
    resident = house.stranger()
    await speaks(house, resident)
    assert resident.last.text == ASKED, "danger is asked before anything else"
    await resident.taps("不急")
    assert "请扫一下您楼道里的二维码" in resident.last.text
    assert await house.number_of("case") == 0
    await resident.starts(token)
    assert resident.last.text.startswith("先说一声")
    await resident.taps("知道了，接着办")
    assert resident.last.text.startswith("收到了，编号0001")
    (case,) = await house.rows('SELECT channel, building FROM "case"')
    assert (case.channel, case.building) == ("voice", "LC01-3")


async def test_danger_without_a_home_says_whom_to_call_before_the_place_is_asked(house: House) -> None:
    await house.staff("SQ-PW")
    token = await house.link(Role.RESIDENT, "LC01-3")
    resident = house.stranger()
    await speaks(house, resident)
    _ = resident.news
    await resident.taps("有危险")
    (first,) = resident.news
    assert first.startswith("有危险请先打电话：火警119，报警110，急救120")
    assert "已经报给鲤江街道小区诉求专班" in first, "before anybody knows where"
    assert "在哪个小区、几栋？" in first
    await resident.starts(token)
    (case,) = await house.rows('SELECT sla, channel FROM "case"')
    assert (case.sla, case.channel) == ("P0", "voice"), "as soon as the place is known"


async def test_words_typed_beside_a_voice_make_it_an_ordinary_draft(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await speaks(house, resident)
    await files(resident, "3栋楼道的灯坏了")
    await house.turn(timedelta(seconds=31))
    (case,) = await house.rows('SELECT channel, desk FROM "case"')
    assert (case.channel, case.desk) == ("chat", "WY-01")
    assert voices(house, desk) == voices(house, community) == 0, "a voice tells who spoke"


async def test_a_line_that_is_not_it_is_written_anew_and_an_old_yes_says_nothing(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await house.staff("WY-01")
    await speaks(house, resident)
    await resident.taps("不急")
    await house.turn(timedelta(hours=8))
    await listens(community, "4栋电梯停了")
    old = resident.with_button("对")
    yes = old.button("对").callback_data
    _ = community.news
    await resident.taps("不对")
    assert resident.last.text == "好的，请浦望社区服务台的人再听一遍。找人工可以打0595-00000103，说给他们听。"
    assert first_lines(community.news) == ["🔁 居民说不是这个意思，请再听一遍"]
    assert "已经有新进展" in await resident.presses(old, forged=yes)
    assert await in_charge(house) == "SQ-PW"
    before = voices(house, community)
    await resident.taps("补充一句")
    await speaks(house, resident, DIALECT + b"more")
    assert voices(house, community) == before + 1, "she says it once more, as she can"
    await listens(community, "3栋楼道的灯坏了")
    assert "已经有新进展" in await resident.presses(old, forged=yes)
    await resident.taps("对")
    assert await in_charge(house) == "WY-01"


async def test_when_nobody_says_yes_the_community_is_reminded_and_when_nobody_listens_it_climbs(house: House) -> None:
    community, street, resident = await house.staff("SQ-PW"), await house.staff("JD"), await house.resident()
    await speaks(house, resident)
    await resident.taps("不急")
    await house.turn(timedelta(hours=8))
    await listens(community, "3栋楼道的灯坏了")
    _ = community.news
    await house.turn(timedelta(days=1))
    await community.taps("0001")
    assert "居民没回话，请直接改类别" in community.last.text

    other = await house.resident("LC01-4", name="李叔")
    await speaks(house, other)
    await other.taps("不急")
    await house.turn(timedelta(days=3))
    (_, case) = await house.rows('SELECT desk FROM "case" ORDER BY id')
    assert case.desk == "JD"
    await street.taps("0002")
    assert voices(house, street) == 1, "whoever leads it now can listen"


async def test_the_community_may_name_it_without_a_yes_and_the_desk_reads_what_was_noted(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await speaks(house, resident)
    await resident.taps("不急")
    await house.turn(timedelta(hours=8))
    await listens(community, "七楼那盏灯")
    question = resident.with_button("对")
    yes = question.button("对").callback_data
    _ = desk.news
    await community.taps("更多")
    await community.taps("改类别")
    await community.taps("路灯、门或监控坏了", *(one for one in buttons(community.last) if "灯" in one))
    assert await in_charge(house) == "WY-01"
    assert any("「七楼那盏灯」" in text for text in desk.texts)
    assert "有人接着办了" in resident.that_says("有人接着办了").text
    assert "已经有新进展" in await resident.presses(question, forged=yes)


async def test_the_events_hold_no_word_of_the_line(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await house.staff("WY-01")
    await speaks(house, resident)
    await resident.taps("不急")
    await house.turn(timedelta(hours=8))
    await listens(community, "3栋楼道的灯坏了")
    await resident.taps("对")
    for row in await house.rows("SELECT facts FROM case_event"):
        assert "灯" not in json.dumps(json.loads(row.facts), ensure_ascii=False)
