"""Does a resident see beforehand what each of the others will read, and is it so?"""

from datetime import timedelta

import pytest

from tests.house import House, buttons
from tests.stories.living import says_done

LIFT = "3栋电梯又停了，八十多岁的老人下不了楼"
NOISE = "楼上天天半夜拖桌椅，吵得孩子没法写作业，我是702的小林"


async def test_the_head_learns_who_it_is_only_where_the_resident_chose_so(house: House) -> None:
    desk, head, resident = await house.staff("WY-01"), await house.head(), await house.resident()
    await resident.says(LIFT)
    shown = resident.last.text.split("\n")
    assert shown[-3:] == [f"服务台看到：「{LIFT}」", "楼长看到：「3栋有邻居反映：电梯故障」", "都看不到您是谁"]
    assert "告诉楼长我是谁" in buttons(resident.last)

    await resident.taps("告诉楼长我是谁")
    assert resident.last.text == "楼长怎么称呼您？说一句就行，比如「5楼小王」。只有楼长看到。"
    await resident.says("5楼小王")
    assert resident.last.text.split("\n")[-2:] == ["楼长看到：「3栋的邻居5楼小王说：电梯故障」", "只有楼长知道您是谁"]
    await resident.taps("不告诉楼长了")
    assert resident.last.text.split("\n")[-1] == "都看不到您是谁"
    await resident.taps("告诉楼长我是谁")
    await resident.says("5楼小王")
    await resident.taps("对，提交")

    assert head.last.text.startswith("林楼长，3栋的邻居5楼小王说：电梯故障。方便就帮着看看")
    assert "请别告诉别人是谁说的。" in head.last.text
    assert "小王" not in str(desk.texts)
    assert f"「{LIFT}」" in desk.last.text
    for table in ("case", "case_event", "notice", "secret", "talk"):
        for row in await house.rows(f'SELECT * FROM "{table}"'):
            assert "小王" not in repr(tuple(row)), f"{table} holds the name unsealed"


async def test_hidden_stays_hidden(house: House) -> None:
    head, resident = await house.head(), await house.resident()
    await house.staff("WY-01")
    await resident.says(LIFT)
    await resident.taps("告诉楼长我是谁")
    await resident.taps("不告诉楼长了")
    await resident.taps("对，提交")
    assert head.last.text.startswith("林楼长，3栋有邻居反映：电梯故障")


async def test_a_cry_for_help_is_no_name(house: House) -> None:
    await house.staff("WY-01")
    await house.head()
    resident = await house.resident()
    await resident.says(LIFT)
    await resident.taps("告诉楼长我是谁")
    await resident.says("着火了！！")
    assert "编号0001" in resident.last.text


@pytest.mark.parametrize("said", [NOISE, "The neighbours upstairs are so noisy at night, I am Lin of flat 702"])
async def test_a_matter_that_points_at_a_flat_is_dealt_with_on_a_round_and_nobody_hears_who_wanted_it(
    house: House, said: str
) -> None:
    desk, head, community = await house.staff("WY-01"), await house.head(), await house.staff("SQ-PW")
    resident = await house.resident(speaks="en" if said.isascii() else "zh-hans")
    for phone in (desk, head, community):
        _ = phone.news
    await resident.says(said)
    await resident.taps("巡查时一并处理", "On a round")
    if not said.isascii():
        assert resident.last.text == (
            "您说的是这件事吗？\n3栋夜里楼上拖桌椅响\n交给：浦望社区服务台，巡查时一并处理\n"
            "11月27日9:00前去看，办了再来问您\n他们看到：「3栋夜里楼上拖桌椅响」，不提有人反映"
        )
        assert buttons(resident.last) == ["对，提交", "改一下", "找人工", "不等巡查了"]
    await resident.taps("对，提交", "Yes, send it")
    assert desk.news == head.news == []
    await house.turn(timedelta(hours=8))  # its next list
    await community.taps("0001", "0001号", *_opens(community))
    card = community.last
    assert card.text.startswith("🚶 请在巡查时一并处理，别提有人反映\n0001号")
    for word in ("居民", "邻居", "投诉", "作业", "702", "Lin"):
        assert word not in card.text
    assert buttons(card) == ["签收", "巡查过了", "更多"]

    # the round is really made, and the resident is asked as always
    await community.taps("签收")
    _ = resident.news
    await community.taps("巡查过了")
    await community.says("跟楼上说了晚上轻点")
    await community.taps("发给居民")
    (asked,) = resident.news
    assert "跟楼上说了晚上轻点" in asked
    assert "巡查时处理了" in asked or "round" in asked


def _opens(phone: object) -> tuple[str, ...]:
    """Whatever a list's button is called."""
    return tuple(label for message in phone.messages for label in buttons(message) if "0001" in label)  # type: ignore[attr-defined]


async def test_a_round_is_offered_only_where_it_helps(house: House) -> None:
    resident = await house.resident()
    await resident.says(LIFT)
    assert "巡查时一并处理" not in buttons(resident.last)
    await resident.says("电梯里有人打架，还拿刀砍人")
    assert "巡查时一并处理" not in buttons(resident.last)


async def test_the_round_can_be_taken_back_before_it_goes(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await resident.says(NOISE)
    await resident.taps("巡查时一并处理")
    await resident.taps("不等巡查了")
    assert "丰穗花园物业服务台" in resident.last.text
    await resident.taps("对，提交")
    await says_done(desk, "跟楼上说好了")
    assert "说今天9:00办好了" in resident.last.text
