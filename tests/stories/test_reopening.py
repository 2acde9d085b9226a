"""What if it is not solved after all, or only in part, or comes back? The same number, and each time a level higher."""

from datetime import UTC, datetime, timedelta

import pytest

from models.records import Case
from models.turn import Work
from tests.house import House, Phone, buttons
from tests.stories.living import files, in_charge, opens_from_list, says_done, somebody_has_it_and_a_date

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def until(house: House, moment: datetime) -> None:
    await house.turn(moment - house.now)


async def solved(desk: Phone, resident: Phone, sentence: str = "换了灯") -> None:
    await says_done(desk, sentence)
    await resident.taps("解决了")


async def test_partly_asks_what_is_missing_and_the_desk_reads_it(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道的灯坏了三盏")
    await says_done(desk, "换了两盏")
    _ = resident.news
    assert await resident.taps("好了一部分") == "知道了，已退回重办，并告诉了上一级。"
    assert resident.news == ["还差什么？一句话就行，办事的人会看到。不说也行，他们会来问。"]
    assert desk.last.text.startswith("🔁 居民说好了一部分，请接着办（第1次）")
    await resident.says("2楼那盏还不亮")
    assert "居民又说：「2楼那盏还不亮」" in desk.last.text
    assert buttons(desk.last) == ["签收", "办好了", "更多"]
    (case,) = await house.rows('SELECT state, desk, resolve_by FROM "case"')
    assert (case.state, case.desk) == ("reopened", "WY-01")
    assert case.resolve_by > house.now, "a new day"
    assert await house.number_of("case") == 1
    assert community is not None


async def test_what_is_missing_need_not_be_said_and_typed_words_ask_it_too(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道的灯坏了三盏")
    await says_done(desk, "换了两盏")
    await resident.says("好了一部分")
    assert resident.last.text.startswith("还差什么？")
    await house.turn(2 * HOUR)
    await resident.says("楼下大门的门禁坏了")
    assert resident.last.text.startswith("您说的是这件事吗？"), "much later it is another matter"


async def test_a_closed_case_is_reopened_at_the_same_desk_then_higher_then_by_fresh_eyes(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    community, street = await house.staff("SQ-PW"), await house.staff("JD")
    await files(resident, "3栋楼道灯不亮")
    await solved(desk, resident)
    await house.turn(3 * DAY)
    assert await resident.taps("没好，重办") == "知道了，已退回重办，并告诉了上一级。"
    assert await in_charge(house) == "WY-01"
    assert desk.that_says("退回重办（第1次）")
    await somebody_has_it_and_a_date(house)
    await solved(desk, resident)
    assert await resident.taps("没好，重办") == "知道了，这次改由上一级牵头重办。"
    assert await in_charge(house) == "SQ-PW"
    await opened(community, house)
    await solved(community, resident)
    await resident.taps("没好，重办")
    assert await in_charge(house) == house.town.street_desk
    await opened(street, house)
    assert "请由没经手的人复查" in street.with_button("办好了").text
    assert [alarm.kind for alarm in await house.rows("SELECT kind FROM alarm WHERE kind = 'fresh-eyes'")]
    (case,) = await house.rows('SELECT returned FROM "case"')
    assert case.returned == 3, "counted across closings"


async def opened(phone: Phone, house: House) -> None:
    """The desk has the case's card, out of its next list where it does not ring by itself."""
    for _ in range(80):
        if any("办好了" in buttons(message) for message in phone.messages):
            return
        listed = [message for message in phone.messages if "0001" in buttons(message)]
        if listed:
            await phone.presses(listed[-1], "0001")
        else:
            await house.turn(HOUR)
    raise LookupError(phone.texts)


async def test_after_thirty_days_it_is_a_new_matter_linked_to_the_old(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await house.staff("SQ-PW")
    await files(resident, "3栋楼道灯不亮")
    await solved(desk, resident)
    await house.turn(31 * DAY)
    assert await resident.taps("没好，重办") == "0001号办结超过30天了，按新的事办，会跟原来那件连起来。"
    assert resident.last.text.startswith("您说的是这件事吗？\n3栋楼道灯不亮")
    await resident.taps("对，提交")
    old, new = await house.rows('SELECT state, relapse_of FROM "case" ORDER BY id')
    assert (old.state, new.relapse_of) == ("closed_ok", 1)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("又坏了", "bare words"),
        ("还是不亮", "in her own"),
        ("楼道灯又不亮了", "with the matter"),
        ("没修好", "a late no"),
    ],
)
async def test_a_few_words_within_a_week_are_asked_about(house: House, said: str, why: str) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await solved(desk, resident)
    await house.turn(5 * DAY)
    await resident.says(said)
    assert resident.last.text == "您说的是刚办结的0001号，还是另一件？", why
    await resident.taps("是0001号")
    (case,) = await house.rows('SELECT state, returned FROM "case"')
    assert (case.state, case.returned) == ("reopened", 1)
    assert f"居民又说：「{said}」" in desk.last.text or "居民又说了几句" in desk.last.text
    assert await house.rows("SELECT key FROM talk") == []


async def test_another_matter_or_much_later_is_a_draft_of_its_own(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await solved(desk, resident)
    await resident.says("3栋电梯又坏了")
    assert resident.last.text.startswith("您说的是这件事吗？"), "a lift is no lamp"
    await resident.taps("对，提交")
    await resident.says("又坏了")
    await resident.taps("另一件")
    assert "0001" not in resident.last.text
    await house.turn(8 * DAY)
    await resident.says("又不亮了")
    assert "刚办结" not in resident.last.text


async def test_what_comes_back_within_the_year_starts_a_level_higher(house: House) -> None:
    await until(house, datetime(2027, 1, 8, 2, tzinfo=UTC))
    desk, resident = await house.staff("WY-01"), await house.resident()
    community, other = await house.staff("SQ-PW"), await house.resident(name="李叔")
    await files(resident, "3栋楼道灯不亮")
    await solved(desk, resident)
    await until(house, datetime(2027, 11, 30, 2, tzinfo=UTC))
    await other.says("3栋楼道的灯又不亮了")
    assert "交给：浦望社区服务台" in other.last.text
    await other.taps("对，提交")
    old, new = await house.rows('SELECT id, desk, relapse_of, closed_at FROM "case" ORDER BY id')
    assert (new.desk, new.relapse_of) == ("SQ-PW", old.id)
    card = desk.that_says("0002号")
    assert "🔂 反弹：0001号，1月8日办结" in card.text
    assert "办好了" in buttons(card), "the desk that knows the lamp helps"
    assert community is not None


async def test_what_comes_back_to_the_street_is_read_in_the_list_of_whoever_helps(house: House) -> None:
    community, _, resident = await house.staff("SQ-PW"), await house.staff("JD"), await house.resident()
    await files(resident, "物业态度很差，打电话不理人")
    await opens_from_list(house, community, "SQ-PW")
    await solved(community, resident, "跟物业谈过了")
    await files(resident, "物业态度很差，打电话不理人")
    assert [row.desk for row in await house.rows('SELECT desk FROM "case" ORDER BY id')] == ["SQ-PW", "JD"]
    await opens_from_list(house, community, "SQ-PW", number="0002")
    assert "0002 丰穗花园 3栋物业服务 · 请一起办" in community.with_button("0002").text
    assert "办好了" in buttons(community.last)


def _closed(work: Work, *, at: datetime) -> None:
    case = work.session.get(Case, 1)
    assert case is not None
    case.closed_at = at


@pytest.mark.parametrize(
    ("again", "linked"),
    [(datetime(2026, 12, 1, 2, tzinfo=UTC), True), (datetime(2027, 1, 11, 2, tzinfo=UTC), False)],
)
async def test_the_year_of_a_relapse_is_365_days(house: House, again: datetime, linked: bool) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await house.staff("SQ-PW")
    await files(resident, "3栋楼道灯不亮")
    await solved(desk, resident)
    closed = datetime(2026, 1, 10, 9, tzinfo=UTC)
    await house.do(_closed, at=closed)
    await until(house, again)
    await files(resident, "3栋楼道灯不亮")
    new = (await house.rows('SELECT relapse_of FROM "case" ORDER BY id'))[-1]
    assert (new.relapse_of == 1) is linked
