"""What happens at night, to the accused, to a desk nobody sits at, and to whoever changes their mind?"""

from datetime import timedelta

import pytest

from models.rules.policy import Role
from tests.house import House, buttons
from tests.stories.living import files, first_lines, in_charge, opens_from_list, says_done, somebody_has_it_and_a_date

HOUR = timedelta(hours=1)


async def until(house: House, hour: int) -> None:
    """The office clock stands at the next full `hour` of the town."""
    now = house.now.astimezone(house.town.calendar.zone)
    then = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    await house.turn((then if then > now else then + timedelta(days=1)) - now)


async def test_at_night_nobody_is_rung_and_no_clock_runs_against_who_sleeps(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await until(house, 23)
    _ = desk.news, community.news
    await resident.says("3栋电梯又停了")
    assert "明天12:00前上门或给您回话" in resident.last.text, "four hours from eight in the morning"
    await resident.taps("对，提交")
    await until(house, 7)
    assert desk.news == community.news == []
    await until(house, 8)
    assert first_lines(desk.news) == ["🔴 新件，紧急"]
    assert "今天8:30前签收" in desk.last.text
    assert community.news == []
    await somebody_has_it_and_a_date(house)


async def test_an_emergency_rings_at_night(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await until(house, 23)
    _ = desk.news
    await resident.says("电梯困人了，里面有老人出不来")
    assert first_lines(desk.news) == ["🔴 新件，紧急"]


async def test_in_the_morning_one_card_shows_the_case_not_one_for_each_night_s_step(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    desk = await house.staff("WY-01")
    await files(resident, "3栋电梯又停了")
    _ = desk.news
    await until(house, 23)
    await house.turn(timedelta(hours=9))
    await house.turn(timedelta(hours=30))
    live = [message for message in community.messages if buttons(message) and "0001号" in message.text]
    assert len(live) <= 1, "one live card a case"


async def test_who_is_accused_neither_leads_nor_reads(house: House) -> None:
    firm, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    _ = firm.news
    await files(resident, "物业态度很差，打电话不理人，什么都不管")
    (case,) = await house.rows('SELECT desk, accused FROM "case"')
    assert (case.desk, case.accused) == ("SQ-PW", "P")
    await opens_from_list(house, community, "SQ-PW")
    assert first_lines(community.news[-1:]) == ["🆕 新件"]
    await house.turn(timedelta(days=7))
    assert firm.news == []


async def test_a_clerk_who_complains_is_not_their_own_desk(house: House) -> None:
    community = await house.staff("SQ-PW")
    clerk = await house.resident()
    await clerk.starts(await house.link(Role.PROPERTY, "WY-01"))
    _ = clerk.news, community.news
    await files(clerk, "3栋楼道灯不亮")
    assert await in_charge(house) == "SQ-PW", "nobody else sits at the desk"
    await opens_from_list(house, community, "SQ-PW")
    assert "签收" in buttons(community.last)
    assert not any("签收" in buttons(message) for message in clerk.messages)


async def test_a_desk_nobody_sits_at_leads_nothing(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await resident.says("3栋楼道灯不亮")
    assert "交给：浦望社区服务台" in resident.last.text, "the card promises who will really have it"
    await resident.taps("对，提交")
    assert await in_charge(house) == "SQ-PW"
    await opens_from_list(house, community, "SQ-PW")
    assert "签收" in buttons(community.last)


async def test_a_desk_whose_last_person_blocks_the_bot_hands_the_lead_up(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    desk.person.block(house.bot)
    house.bot.updates.keep_last(0)  # the messenger's word about it was lost: only the notice finds out
    await files(resident, "3栋楼道灯不亮")
    assert await in_charge(house) == "SQ-PW"
    assert resident.last.text.startswith("0001号有变化：现在由浦望社区服务台")
    await opens_from_list(house, community, "SQ-PW")
    assert "签收" in buttons(community.last)


async def test_what_the_desk_signed_its_successor_has_yet_to_sign(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await desk.taps("签收")
    while await in_charge(house) == "WY-01":
        await house.turn_next()
    await opens_from_list(house, community, "SQ-PW")
    assert "签收" in buttons(community.last)
    assert "接手了" not in resident.messages[-2].text
    due = community.last.text
    assert "前签收" in due, "with a day of its own to sign by"
    assert "签收，已超时" not in due


async def test_each_of_two_heads_answers_for_themselves(house: House) -> None:
    await house.staff("WY-01")
    one, two, resident = await house.head(), await house.head(), await house.resident()
    await files(resident, "3栋电梯又停了")
    await one.taps("没空")
    assert buttons(one.last) == []
    assert "我来看看" in buttons(two.last)


async def test_a_sentence_is_shown_before_it_goes_and_can_be_taken_back(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    _ = resident.news
    await desk.taps("办好了")
    assert await desk.taps("办好了") == "请直接发一句话", "a second tap asks no second time"
    await desk.says("等下，还没弄好")
    assert desk.last.text == "居民会看到：「等下，还没弄好」"
    await desk.taps("还没好")
    assert resident.news == []
    await desk.taps("办好了")
    await desk.says("换了灯")
    await desk.taps("重说")
    await desk.says("换了两盏灯")
    await desk.taps("发给居民")
    assert "换了两盏灯" in resident.last.text


async def test_a_sentence_said_twice_goes_by_either_card_and_once(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await desk.taps("办好了")
    await desk.says("换了灯")
    older = desk.last
    await desk.says("换了灯")
    newer = desk.last
    _ = resident.news
    await desk.presses(older, "发给居民")
    await desk.presses(newer, "发给居民")
    assert len(resident.news) == 1


async def test_words_long_after_the_button_are_not_told_to_the_resident(house: House) -> None:
    resident, clerk = await house.resident(), await house.resident(name="小蔡")
    await clerk.starts(await house.link(Role.PROPERTY, "WY-01"))
    await files(resident, "3栋楼道灯不亮")
    await clerk.taps("办好了")
    await house.turn(2 * HOUR)
    _ = resident.news
    await clerk.says("我家楼上漏水")
    assert clerk.last.text.startswith("您说的是这件事吗？"), "it is the clerk's own matter"
    assert resident.news == []


async def test_who_was_overtaken_is_told_and_nothing_more_is_awaited(house: House) -> None:
    resident, one, two = await house.resident(), await house.staff("WY-01"), await house.staff("WY-01")
    await files(resident, "3栋楼道灯不亮")
    await one.taps("办好了")
    await one.says("换了灯")
    await two.taps("办好了")
    await two.says("修好了")
    await two.taps("发给居民")
    assert await one.taps("发给居民") == "0001号已经有新进展，请看最新的那张卡片。"
    await one.says("再说一句")
    assert one.last.text.startswith("要办的件请在卡片上点按钮")


async def test_a_word_from_the_desk_reaches_the_resident_and_counts_as_contact(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await desk.taps("签收")
    await desk.taps("带话给居民")
    await desk.says("师傅下午3点到")
    await desk.taps("发给居民")
    assert resident.last.text == "0001号，丰穗花园物业服务台带话：师傅下午3点到"
    (case,) = await house.rows('SELECT state FROM "case"')
    assert case.state == "working"


@pytest.mark.parametrize(
    ("answer", "left"),
    [("是同一件", "电梯"), ("另一件", "楼道灯")],
)
async def test_words_after_a_long_silence_are_sorted_by_who_said_them(house: House, answer: str, left: str) -> None:
    resident = await house.resident()
    await resident.says("3栋电梯又停了")
    await house.turn(HOUR)
    await resident.says("楼道灯也不亮")
    assert buttons(resident.last) == ["是同一件", "另一件"]
    await resident.taps(answer)
    assert left in resident.last.text
    assert ("电梯又停了" in resident.last.text) == (answer == "是同一件")


async def test_a_draft_follows_its_writer_to_another_stairwell(house: House) -> None:
    resident = await house.resident("LC01-3")
    await resident.says("楼道灯不亮")
    old = resident.last
    await resident.starts(await house.link(Role.RESIDENT, "LC02-1"))
    assert await resident.presses(old, "对，提交") == "您后来又说了几句，请看最下面那张卡片。"
    await resident.taps("对，提交")
    (case,) = await house.rows('SELECT building FROM "case"')
    assert case.building == "LC02-1"


async def test_an_album_is_one_matter_and_one_answer(house: House) -> None:
    resident = await house.resident()
    _ = resident.news
    resident.person.send_album(house.bot, [b"\x89PNG one", b"\x89PNG two", b"\x89PNG three"], caption="3栋楼道灯不亮")
    await house.settle()
    assert len(resident.news) == 1
    await resident.taps("对，提交")
    assert await house.number_of("attachment") == 3


async def test_somebody_in_despair_meets_a_person_not_a_form(house: House) -> None:
    community, firm, resident = await house.staff("SQ-PW"), await house.staff("WY-01"), await house.resident()
    _ = firm.news
    await resident.says("我不想活了")
    assert "12356" in resident.last.text
    assert "前办好" not in resident.last.text
    assert buttons(resident.last) == ["补充一句", "先不用"]
    assert await in_charge(house) == "SQ-PW", "a human at once, without a tap"
    assert community.news[-1:] == ["有一件要紧的事，请点开看"]
    await community.taps("点开看")
    assert first_lines([community.last.text]) == ["🔴 新件，紧急"]
    _ = resident.news
    await house.turn(timedelta(days=3))
    assert firm.news == []
    assert not any("有变化" in text for text in resident.news), "a sealed matter shows nothing more"


async def test_each_desk_speaks_in_its_own_name(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    for _ in range(2):
        await says_done(desk, "换了灯")
        await resident.taps("没有")
    assert await in_charge(house) == "SQ-PW"
    await says_done(desk, "又换了一次")
    assert resident.last.text.startswith("0001号：丰穗花园物业服务台说")
    await resident.taps("没有")
    await opens_from_list(house, community, "SQ-PW")
    await says_done(community, "请人修了线路")
    assert resident.last.text.startswith("0001号：浦望社区服务台说")
