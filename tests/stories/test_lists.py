"""What is read at half past eight and at four, and what rings by itself? Lists, bursts, and a house that was away."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from models.queries.listing import listed, page_in_words
from models.queries.people import speaker
from models.records import Case, Office
from models.rules.ringing import next_list
from models.turn import Work
from tests.conftest import Opens
from tests.house import House, Phone, buttons
from tests.stories.living import files, first_lines, opens_from_list, says_done

MINUTE = timedelta(minutes=1)
LIGHT = "3栋楼道灯不亮"


async def to_list(house: House, desk: str) -> None:
    """The desk's next list has come."""
    await house.turn(next_list(house.now, house.town, house.town.desks[desk]) - house.now)


def lists(phone: Phone) -> list[str]:
    return [text for text in phone.texts if "点编号看详情" in text]


def clock(moment: datetime, house: House) -> str:
    return f"{moment.astimezone(house.town.calendar.zone):%d %H:%M}"


async def test_a_community_reads_at_four_what_is_its_own_and_opens_it_from_there(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    _ = community.news
    await files(resident, LIGHT)
    assert community.news == [], "nobody sits at the firm: it is the community's, and can wait"
    (case,) = await house.rows('SELECT acknowledge_by, contact_by FROM "case"')
    assert clock(case.contact_by, house) == "25 09:00", "the resident's date counts from when she said it"
    assert clock(case.acknowledge_by, house) == "24 18:00", "two hours to sign, from the list on"
    await to_list(house, "SQ-PW")
    assert community.news == [
        "浦望社区服务台，这次要看的1件，点编号看详情：\n0001 丰穗花园 3栋楼道灯不亮 · 今天18:00前签收"
    ]
    assert await community.taps("0001") == "0001号在下面"
    assert first_lines(community.news) == ["🆕 新件"]
    assert await community.taps("签收") == "已签收"
    await to_list(house, "SQ-PW")
    assert "今天" in community.last.text or len(lists(community)) == 1, "what is in hand and not due is not listed"


async def test_a_firm_reads_in_the_morning_what_is_due_and_is_rung_only_for_what_is_new(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await desk.taps("签收")
    await desk.taps("已联系或上门")
    _ = desk.news
    await resident.taps("催一下")
    await house.turn(timedelta(hours=12))
    assert desk.news == [], "催一下 is seen on the card, and there is no list at four"
    await to_list(house, "WY-01")
    assert desk.news == ["丰穗花园物业服务台，这次要看的1件，点编号看详情：\n0001 3栋楼道灯不亮 · 今天16:00前办好"]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_the_third_card_within_minutes_becomes_a_list_and_its_day_to_sign_begins_there(
    open_house: Opens, engine: str
) -> None:
    house = await open_house(engine=engine)
    desk = await house.staff("WY-01")
    neighbours = [await house.resident(building) for building in ("LC01-1", "LC01-2", "LC01-3", "LC01-4")]
    _ = desk.news
    for neighbour in neighbours:
        await files(neighbour, "楼道灯不亮")
        await house.turn(MINUTE)
    assert first_lines(desk.news) == ["🆕 新件", "🆕 新件"]
    rows = await house.rows('SELECT acknowledge_by, contact_by FROM "case" ORDER BY id')
    assert rows[2].acknowledge_by == rows[3].acknowledge_by > rows[1].acknowledge_by + 5 * MINUTE
    assert rows[3].contact_by - rows[0].contact_by < 5 * MINUTE, "what the residents were told stays"
    signing = await house.rows("SELECT due_at FROM clock WHERE until = 'signed' AND rung = 'P2-4wh' ORDER BY case_id")
    assert signing[2].due_at == signing[3].due_at > signing[1].due_at + 5 * MINUTE
    await house.turn(8 * MINUTE)
    (text,) = desk.news
    assert text.startswith("丰穗花园物业服务台，这次要看的4件，点编号看详情：")
    assert buttons(desk.last) == ["0001", "0002", "0003", "0004"]
    await desk.taps("0004")
    await desk.taps("签收")
    assert "接手了" in neighbours[3].last.text


async def test_a_list_has_pages_and_counts_what_is_sealed(house: House) -> None:
    community = await house.staff("SQ-PW")
    for number in range(9):
        await files(await house.resident(f"LC01-{number % 4 + 1}"), "楼道灯不亮")
    await files(await house.resident("LC02-1"), "举报社区主任吃拿卡要")
    sealed = await house.rows("SELECT id FROM \"case\" WHERE category = 'C10-4'")
    assert len(sealed) == 1
    await to_list(house, "SQ-PW")
    first = community.with_button("下一页")
    assert first.text.startswith("浦望社区服务台，这次要看的9件")
    assert first.text.endswith("还有1件")
    await community.presses(first, "下一页")
    second = community.with_button("上一页")
    assert buttons(second) == ["0009", "上一页"]
    await house.do(_hand_everything_up, desk="SQ-PW")
    await community.presses(second, "上一页")
    assert "这一份都看完了" in community.that_says("浦望社区服务台").text
    assert not any("吃拿卡要" in text for text in community.texts)


async def test_a_copy_is_read_in_the_list_and_only_while_it_matters(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, LIGHT)
    await says_done(desk, "换了灯")
    await resident.taps("没有")
    _ = community.news
    await to_list(house, "SQ-PW")
    assert "0001 丰穗花园 3栋楼道灯不亮 · 抄送您知道" in community.last.text
    await community.taps("0001")
    assert first_lines(community.news[-1:]) == ["👀 抄送您知悉，还不用您办"]
    await desk.taps("签收")
    await desk.taps("已联系或上门")
    await to_list(house, "SQ-PW")
    assert len(lists(community)) == 1, "what was read once is no news"


async def test_an_urgent_matter_nobody_takes_up_rings_whoever_has_only_read_of_it(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋电梯又停了")
    await desk.taps("签收")
    await says_done(desk, "复位了")
    await resident.taps("没有")
    _ = community.news
    await house.turn(29 * MINUTE)
    assert community.news == [], "the copy stands in the list of four"
    await house.turn(2 * MINUTE)
    assert first_lines(community.news) == ["👀 抄送您知悉，还不用您办"], "half an hour and no signature: now"


async def test_who_left_the_desk_reads_no_list_and_turns_no_page(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await files(resident, LIGHT)
    await to_list(house, "SQ-PW")
    list_of_today = community.with_button("0001")
    await house.do(_ends_office, place="SQ-PW")
    assert "不" in await community.presses(list_of_today, "0001")
    await files(resident, "3栋垃圾没人清运")
    await to_list(house, "SQ-PW")
    assert len(lists(community)) == 1


async def test_a_head_is_asked_once_a_day_and_the_next_neighbour_waits_for_the_morning(house: House) -> None:
    await house.staff("WY-01")
    head, one, two = await house.head(), await house.resident(), await house.resident()
    _ = head.news
    await files(one, "楼上漏水，天花板湿了")
    await files(two, "3栋电梯又停了")
    assert len(head.news) == 1
    await house.turn(timedelta(hours=23))
    assert head.news == [], "half past eight has not come"
    await house.turn(timedelta(hours=1))
    (asked,) = head.news
    assert "电梯" in asked


async def test_after_a_day_away_each_clock_rings_once_and_each_desk_has_one_list(open_house: Opens) -> None:
    house = await open_house()
    phones = {code: await house.staff(code) for code in ("WY-01", "SQ-PW", "JD", "QU")}
    for building in ("LC01-1", "LC01-2", "LC01-3", "LC01-4"):
        neighbour = await house.resident(building)
        for words in (LIGHT.removeprefix("3栋"), "垃圾没人清运", "乱停车堵门口"):
            await files(neighbour, words)
    before = {code: len(phone.messages) for code, phone in phones.items()}
    gone_at = house.now
    await house.close()
    await house.open(at=gone_at + timedelta(days=1))
    await house.turn(timedelta(seconds=1))
    for code, phone in phones.items():
        new = [message for message in phone.messages[before[code] :] if buttons(message) or "号" in message.text]
        assert len([one for one in new if "点编号看详情" in one.text]) <= 1, f"{code} has more than one list"
        assert len(new) <= 2, f"{code} is stormed: {[one.text for one in new]}"
    rang = await house.rows("SELECT case_id, rung, count(*) AS many FROM clock WHERE rang_at IS NOT NULL GROUP BY 1, 2")
    assert rang
    assert {row.many for row in rang} == {1}
    await to_list(house, "SQ-PW")
    assert len(lists(phones["SQ-PW"])) <= 2


def _hand_everything_up(work: Work, *, desk: str) -> None:
    """The street leads all of it now."""
    for case in work.session.exec(select(Case).where(Case.desk == desk)):
        case.desk = work.town.street_desk


def _ends_office(work: Work, *, place: str) -> None:
    for office in work.session.exec(select(Office).where(Office.place == place)):
        office.ended_at = work.now


async def test_an_opened_card_is_the_live_one_and_moves_with_the_case(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await files(resident, LIGHT)
    await opens_from_list(house, community, "SQ-PW")
    older = community.last
    await community.presses(community.with_button("0001"), "0001")
    assert community.last.id != older.id
    assert "请看下面最新的一张" in next(one.text for one in community.messages if one.id == older.id)
    await community.taps("签收")
    assert first_lines([community.last.text]) == ["📌 已签收"]


async def test_who_takes_over_reads_whose_it_was_and_calls_them(house: House) -> None:
    _, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await house.turn(timedelta(hours=9))
    await community.says("1")
    assert first_lines([community.last.text]) == [
        "⬆️ 丰穗花园物业服务台没按时办，转到您这里，他们继续协办（0595-00000110）"
    ]


async def test_a_case_to_lead_and_to_call_about_is_both_and_a_voice_is_to_be_heard(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    resident.person.send_voice(house.bot, b"OggS" + bytes(64))
    await house.settle()
    await resident.taps("不急")
    await resident.taps("更多")
    await resident.taps("找人工")
    await house.turn(next_list(house.now, house.town, house.town.desks["SQ-PW"]) - house.now)
    line = community.that_says("这次要看的").text.split("\n")[1]
    assert "3栋有语音要听 · " in line
    assert "签收；待打电话" in line


async def test_a_long_list_unseals_the_words_of_one_page_only(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    for _ in range(12):
        await files(resident, LIGHT)
    by = await house.ask(speaker, bot_id=house.bot.id, chat_id=community.person.id)
    assert by is not None

    def first_page(work: Work) -> tuple[int, list[str]]:
        lines = listed(work, person=by.person, desk="SQ-PW", moment=work.now)
        return len(lines), [line.case.title for line in page_in_words(work, lines, first=0, many=8)]

    many, titles = await house.ask(first_page)
    assert many == 12
    assert titles == ["3栋楼道灯不亮"] * 8 + [""] * 4
