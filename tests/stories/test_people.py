"""What do these people live through? One short story each, as they would tell it."""

from datetime import timedelta

import pytest

from models.rules.policy import Role
from tests.conftest import Opens
from tests.house import House, buttons
from tests.stories.living import (
    files,
    first_lines,
    in_charge,
    nothing_is_left_to_do,
    opens_from_list,
    rung_for_the_raiser,
    says_done,
    somebody_has_it_and_a_date,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def test_somebody_unbound_says_it_first_and_scans_the_code_later(house: House) -> None:
    granny = house.stranger("陈阿婆")
    await granny.starts()
    assert granny.last.text.startswith("您好！请扫一下您楼道里的二维码")
    await granny.says("三楼楼道的灯不亮，我摔了一跤")
    assert granny.last.text.startswith("您说的我先记下了。请扫一下您楼道里的二维码")
    await granny.starts("not-a-link-of-ours")
    assert granny.last.text.startswith("这个链接用不了")
    await granny.starts(await house.link(Role.RESIDENT, "LC01-3"))
    assert granny.texts[-2].startswith("好了，您这里是丰穗花园3栋")
    await granny.taps("知道了，接着办")
    assert "「三楼楼道的灯不亮，我摔了一跤」" in granny.last.text, "nothing has to be said twice"
    await granny.taps("对，提交")
    assert granny.last.text.startswith("收到了，编号0001，已转丰穗花园物业服务台")


async def test_who_speaks_english_is_answered_in_english_and_the_desk_reads_chinese(house: House) -> None:
    desk, head = await house.staff("WY-01"), await house.head()
    tom = await house.resident(name="Tom", speaks="en", agreed=False)
    assert tom.last.text.startswith("All set: you are at Fengsui Garden, No.3.")
    await tom.says("The lift in building 3 has stopped again, my mother cannot get downstairs")
    assert tom.last.text.startswith("One thing first: only those who deal with this matter read your words")
    await tom.taps("All right, go on")
    card = "Is this what you mean?\nNo.3: Lift out of order\nGoes to: Fengsui Garden Property Desk"
    assert tom.last.text.startswith(card)
    assert buttons(tom.last) == ["Yes, send it", "Change it", "Ask a person", "Tell head who I am"]
    assert await tom.taps("Yes, send it") == "Got it"
    assert "0001, now with Fengsui Garden Property Desk (0595-00000110)" in tom.last.text
    assert desk.last.text.startswith("🔴 新件，紧急\n0001号 3栋电梯故障\n丰穗花园3栋")
    assert head.last.text.startswith("林楼长，3栋有邻居反映：电梯故障。")
    await says_done(desk, "电梯公司来人复位了")
    assert "0001: Fengsui Garden Property Desk says it was done at 9:00 today: 电梯公司来人复位了." in tom.last.text
    assert (await tom.taps("Solved", "Yes, solved")).startswith("Thank you!")
    assert not any("\u4e00" <= one <= "\u9fff" for text in tom.texts for one in text.replace("电梯公司来人复位了", ""))


async def test_a_neighbour_has_a_case_of_their_own_and_hears_nothing_of_the_other(house: House) -> None:
    desk = await house.staff("WY-01")
    first, second = await house.resident(name="王阿姨"), await house.resident(name="李叔")
    await files(first, "3栋电梯又停了")
    _ = second.news
    await files(second, "楼下大门的门禁坏了")
    assert second.last.text.startswith("收到了，编号0002")
    _ = first.news, second.news
    await desk.presses(desk.that_says("0002号"), "签收")
    await says_done(desk, "换了灯管")
    assert first.news == []
    assert len(second.news) == 1
    await second.taps("解决了")
    assert "等您一句话" not in first.that_says("0001").text
    assert [row.state for row in await house.rows('SELECT state FROM "case" ORDER BY id')] == ["accepted", "closed_ok"]


@pytest.mark.parametrize(
    ("answer", "card", "left"),
    [
        ("我来看看", "您说去看看，谢谢！办好了点一下「已经好了」。", ["已经好了", "没空"]),
        ("没空", "好的，自有人来办，不用您管了。", []),
        ("我不便管", "好的，自有人来办，不用您管了。", []),
    ],
)
async def test_every_answer_of_a_head_is_right_and_none_is_chased(
    house: House, answer: str, card: str, left: list[str]
) -> None:
    desk, head, resident = await house.staff("WY-01"), await house.head(), await house.resident()
    await files(resident, "3栋电梯又停了")
    _ = desk.news, head.news, resident.news
    assert await head.taps(answer) == "谢谢您！"
    assert head.last.text.endswith(card)
    assert buttons(head.last) == left
    assert desk.news == resident.news == [], "nobody's telephone rings for it"
    for _ in range(7):
        await house.turn(DAY)
    assert head.news == []
    await somebody_has_it_and_a_date(house)


async def test_a_head_who_says_it_is_fixed_has_the_resident_asked(house: House) -> None:
    desk, head, resident = await house.staff("WY-01"), await house.head(), await house.resident()
    await files(resident, "3栋电梯又停了")
    await says_done(head, "师傅来复位了")
    assert resident.last.text == "0001号：楼栋长说今天9:00办好了：师傅来复位了。您看，解决了吗？照实说就好。"
    assert "楼栋长说办好了，等您一句话" in resident.messages[-2].text
    assert desk.last.text.startswith("⏳ 已报办好，等居民回话")
    await resident.taps("解决了")
    assert head.that_says("邻居谢谢您").text == "0001号解决了。3栋的邻居谢谢您！"
    await nothing_is_left_to_do(house)


async def test_partly_fixed_goes_back_to_the_same_desk_and_says_so(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道的灯坏了三盏")
    await says_done(desk, "换了两盏")
    _ = desk.news, community.news
    await resident.taps("好了一部分")
    assert first_lines(desk.news) == ["🔁 居民说好了一部分，请接着办（第1次）"]
    assert community.news == [], "a copy waits for the list of the day"
    assert resident.that_says("您说好了一部分").text == "0001号：您说好了一部分，剩下的接着办，也告诉了上一级。"
    assert resident.that_says("还没全好，由丰穗花园物业服务台接着办，今天16:00前上门或给您回话")
    assert resident.last.text.startswith("还差什么？")
    assert await in_charge(house) == "WY-01"


async def test_a_silent_resident_is_reminded_once_then_let_go_and_may_still_say_it_is_solved(house: House) -> None:
    await house.staff("WY-01")
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道的灯坏了三天了")
    while await in_charge(house) == "WY-01":
        await house.turn_next()
    await opens_from_list(house, community, "SQ-PW")
    await says_done(community, "换了灯泡")
    for _ in range(21):
        await house.turn(DAY)
    assert await rung_for_the_raiser(house) == ["receipt", "changed", "question", "question"]
    assert [row.state for row in await house.rows('SELECT state FROM "case"')] == ["closed_silent"]
    assert "未收到您的回复，先办结了" in resident.last.text, "the question says so itself, without a sound"
    await resident.taps("解决了")
    await nothing_is_left_to_do(house)


async def test_a_telephone_does_not_ring_at_night_for_what_can_wait(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await house.turn(14 * HOUR)
    _ = desk.news, resident.news
    await files(resident, "3栋楼道的灯坏了三天了")
    assert desk.news == [], "23:00: the desk's card waits for the morning"
    assert resident.last.text.startswith("收到了，编号0001"), "who just spoke is awake"
    await house.turn(9 * HOUR)
    assert first_lines(desk.news) == ["🆕 新件"]


async def test_a_draft_outlives_a_restart_of_the_house(open_house: Opens) -> None:
    house = await open_house()
    resident = await house.resident(agreed=False)
    await resident.says("3栋电梯又停了")
    await house.restart()
    await resident.taps("知道了，接着办")
    await house.restart()
    assert "「3栋电梯又停了」" in resident.last.text
    await resident.taps("对，提交")
    assert resident.last.text.startswith("收到了，编号0001")
    await house.restart()
    assert await house.number_of("case") == 1
    await somebody_has_it_and_a_date(house)


async def test_what_is_said_while_the_house_is_closed_is_answered_when_it_opens(open_house: Opens) -> None:
    house = await open_house()
    resident = await house.resident()
    await house.close()
    resident.person.say(house.bot, "3栋电梯又停了")
    await house.open(at=None)
    await house.settle()
    assert resident.last.text.startswith("您说的是这件事吗？\n3栋电梯故障")


@pytest.mark.parametrize(("days", "kept"), [(6, True), (8, False)])
async def test_a_draft_is_kept_for_seven_days(house: House, days: int, kept: bool) -> None:
    resident = await house.resident()
    await resident.says("3栋电梯又停了")
    await house.turn(days * DAY)
    toast = await resident.taps("对，提交")
    assert toast == ("收到了" if kept else "这张卡片已经用过了。要说新的事，直接发一句话就行。")
    assert await house.number_of("case") == int(kept)


async def test_more_words_and_pictures_join_the_draft_and_only_the_newest_card_counts(house: House) -> None:
    resident = await house.resident()
    await resident.says("3栋电梯又停了")
    older = resident.last
    await resident.says("老人下不了楼")
    assert "「3栋电梯又停了" in resident.last.text
    assert "老人下不了楼" in resident.last.text
    assert await resident.presses(older, "对，提交") == "您后来又说了几句，请看最下面那张卡片。"
    await resident.taps("对，提交")
    assert await house.number_of("case") == 1


async def test_change_replaces_the_words(house: House) -> None:
    resident = await house.resident()
    await resident.says("3栋电梯又停了")
    await resident.taps("改一下")
    await resident.says("4栋楼道的灯坏了")
    assert "电梯" not in resident.last.text
    assert "4栋" in resident.last.text
    await resident.taps("对，提交")
    (case,) = await house.rows('SELECT building FROM "case"')
    assert case.building == "LC01-4"


async def test_who_asks_for_a_person_gets_the_community(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await resident.says("3栋电梯又停了")
    await resident.taps("找人工")
    assert "交给：浦望社区服务台" in resident.last.text
    await resident.taps("对，提交")
    assert await in_charge(house) == "SQ-PW"
    assert resident.last.text.startswith("收到了，编号0001，已转浦望社区服务台（0595-00000103）")
    assert community.last.text.startswith("📞 居民想找人说话，请在今天13:00前打个电话")


async def test_who_blocks_the_bot_is_telephoned_and_hears_again_after_coming_back(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道的灯坏了三天了")
    resident.person.block(house.bot)
    await house.settle()
    _ = desk.news
    await says_done(desk, "换了灯泡")
    alarms = await house.rows("SELECT kind FROM alarm")
    assert "raiser-unreachable" in [row.kind for row in alarms]
    (case,) = await house.rows('SELECT caller FROM "case"')
    assert case.caller == "SQ-PW"
    resident.person.unblock(house.bot)
    await resident.says("灯还是不亮")
    assert resident.last.text == "您说的是0001号那件，还是另一件事？"
