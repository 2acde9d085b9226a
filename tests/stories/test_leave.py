"""Somebody is away: who answers meanwhile, who stands in, and what happens when they are back early?"""

from datetime import timedelta

from tests.house import House, buttons
from tests.stories.living import files, first_lines, in_charge

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def test_a_clerk_on_leave_is_not_rung_and_the_desk_above_answers_for_an_empty_desk(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道的灯坏了三天了")
    await desk.says("休假")
    assert buttons(desk.last) == ["今天", "明天", "3天", "一周"]
    _ = desk.news
    await desk.taps("3天")
    assert desk.last.text == (
        "记下了：11月24日到11月26日休假，这几天不响您。\n"
        "丰穗花园物业服务台这几天没有别人，新件先到浦望社区服务台。找人代班就还到这里。\n"
        "早回来了不用说，点一下卡片就行。"
    )
    assert await in_charge(house) == "SQ-PW", "what nobody had signed for goes up at once"
    _ = desk.news
    await files(resident, "3栋电梯停了")
    cases = await house.rows('SELECT desk FROM "case" ORDER BY id')
    assert [case.desk for case in cases] == ["SQ-PW", "SQ-PW"]
    assert desk.news == []
    assert community.with_button("签收")
    await house.turn(3 * DAY)
    _ = desk.news
    await files(resident, "3栋水管爆了，水一直流")
    assert (await house.rows('SELECT desk FROM "case" ORDER BY id'))[-1].desk == "WY-01"
    assert desk.with_button("签收").text.startswith("🔴 新件")


async def test_who_acts_is_back_and_may_still_say_that_they_are_not(house: House) -> None:
    desk, _, resident = await house.staff("WY-01"), await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道的灯坏了三天了")
    await desk.taps("签收")
    await desk.says("休假 3天")
    assert "丰穗花园物业服务台还有别人在。" in desk.last.text
    _ = desk.news
    assert await desk.taps("已联系或上门") == "记下了"
    assert desk.news == ["您回来了，件又会发给您。"]
    await files(resident, "3栋电梯停了")
    assert first_lines([desk.last.text]) == ["🔴 新件，紧急"]
    await desk.taps("还在休假")
    assert desk.last.text.startswith("记下了：11月24日到11月26日休假")
    await desk.taps("不休了")
    assert desk.last.text == "好的，休假取消了，件照常发给您。"
    await desk.says("不休了")
    assert desk.last.text == "您没有在休假，件照常发给您。"


async def test_a_tap_that_is_refused_ends_no_leave(house: House) -> None:
    desk, _, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道的灯坏了三天了")
    card = desk.last
    await desk.says("休假 3天")
    assert await in_charge(house) == "SQ-PW"
    _ = desk.news
    await desk.presses(card, "签收")
    (leave,) = await house.rows("SELECT ended_at FROM leave")
    assert leave.ended_at > house.now
    assert "您回来了，件又会发给您。" not in desk.news


async def test_a_deputy_holds_the_office_up_to_the_minute_and_no_notice_waits_for_them_after_it(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await desk.says("休假 今天")
    assert "找人代班" in buttons(desk.last)
    await desk.taps("找人代班")
    assert desk.last.text.startswith(
        "请把下面这条转给代班的人，点一下就接上丰穗花园物业服务台，只能用一次，到11月24日24点自动结束。"
    )
    token = desk.last.text.rsplit("start=", 1)[1]
    assert desk.last.text.count("\n") == 1
    deputy = house.stranger("代班")
    await deputy.starts(token)
    welcome, until, listed = deputy.texts
    assert welcome.startswith("已登记：丰穗花园物业服务台值班。")
    assert until == "您是代班，到11月24日24点自动结束，不用退出。"
    assert listed == "丰穗花园物业服务台手上没有等着办的件。"
    stranger = house.stranger("路人")
    await stranger.starts(token)
    assert stranger.last.text.startswith("这个链接用不了")
    await files(resident, "3栋电梯停了")
    assert await in_charge(house) == "WY-01"
    await deputy.taps("签收")
    _ = desk.news, community.news
    await house.turn(14 * HOUR)  # 23:00
    _ = deputy.news
    await files(resident, "3栋楼道的灯坏了三天了")
    assert (await house.rows('SELECT desk FROM "case" ORDER BY id'))[-1].desk == "WY-01"
    await house.turn(9 * HOUR)
    assert deputy.news == [], "the office has ended"
    assert "0002" in "".join(desk.news), "the clerk is back"
    assert "0001号已不在您这里。" in deputy.texts


async def test_days_are_typed_and_days_that_are_over_are_said_to_be(house: House) -> None:
    desk = await house.staff("WY-01")
    await desk.says("休假 12月1日到5日")
    assert desk.last.text.startswith("记下了：12月1日到12月5日休假")
    await desk.says("休假")
    for said in ("11月1日到3日", "2月30日", "看心情", "12月5日到1日"):
        await desk.says(said)
        assert desk.last.text == "没看懂是哪几天，或者日子已经过了。请这样打：12月1日到5日。", said
    await desk.says("12月30日到1月3日")
    assert desk.last.text.startswith("记下了：12月30日到1月3日休假")
    leaves = await house.rows("SELECT since_at, ended_at FROM leave ORDER BY id")
    assert leaves[0].since_at == leaves[0].ended_at, "the later word stands in place of the former"


async def test_a_head_may_be_away_too_and_nobody_asks_them_anything(house: House) -> None:
    head, desk, resident = await house.head(), await house.staff("WY-01"), await house.resident()
    await head.says("休假 一周")
    assert "丰穗花园3栋的事由丰穗花园物业服务台直接办，不用您操心。" in head.last.text
    _ = head.news
    await files(resident, "3栋电梯停了")
    assert head.news == []
    assert desk.with_button("签收")


async def test_a_leave_that_begins_later_leaves_no_desk_empty_when_it_begins(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道的灯坏了三天了")
    await desk.taps("签收")
    await desk.says("休假 明天")
    assert await in_charge(house) == "WY-01", "today they are here"
    _ = community.news
    await house.turn(16 * HOUR)
    assert await in_charge(house) == "SQ-PW", "an hour past midnight"


async def test_who_stood_in_is_told_that_it_is_over(house: House) -> None:
    desk, deputy = await house.staff("WY-01"), house.stranger("代班")
    await desk.says("休假 今天")
    await desk.taps("找人代班")
    await deputy.starts(desk.last.text.rsplit("start=", 1)[1])
    await deputy.says("待办")
    assert deputy.last.text == "丰穗花园物业服务台手上没有等着办的件。"
    await house.turn(24 * HOUR)
    await deputy.says("交班")
    assert deputy.last.text.startswith("您代班的日子到了"), "and it is no complaint"
