"""Does every cry get its own help, and does a cry that was none ring nobody twice?"""

import pytest

from tests.house import House, buttons
from tests.stories.living import first_lines


async def test_another_danger_is_an_emergency_of_its_own_and_pressing_on_joins_the_first(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await resident.says("3栋电梯困人")
    await resident.says("一楼漏电了，电线掉地上")
    assert resident.last.text.startswith("有危险请先打电话：火警119，报警110，急救120")
    await resident.says("我爸晕倒了")
    assert resident.last.text.startswith("有危险请先打电话"), "and not how to wait in a lift"
    assert await house.number_of("case") == 3
    _ = desk.news, community.news
    await resident.says("快来人啊")
    await resident.says("你们快点")
    await resident.says("我爸还是晕倒着，不省人事")
    assert await house.number_of("case") == 3
    card = community.that_says("0003号").text
    assert "居民又说：「快来人啊」\n居民又说：「你们快点」\n居民又说：「我爸还是晕倒着，不省人事」" in card


async def test_a_mistake_is_urgent_at_most_and_the_desks_read_that_it_was_one(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await resident.says("3栋楼道着火了")
    _ = desk.news, community.news
    await resident.taps("报错了")
    assert first_lines(desk.news) == first_lines(community.news) == ["↩️ 居民说报错了，不用去了"]
    assert resident.last.text.startswith("您说的是这件事吗？"), "nothing to do first"
    await resident.taps("对，提交")
    assert [row.sla for row in await house.rows('SELECT sla FROM "case" ORDER BY id')] == ["P0", "P1"]
    assert community.news == [], "the firm's, as any urgent matter"


async def test_no_fire_is_no_fire(house: House) -> None:
    resident = await house.resident()
    await resident.says("3栋楼道着火了")
    await resident.taps("报错了")
    await resident.says("不是着火，是有人在楼道烧纸")
    assert await house.number_of("case") == 1
    assert "对，提交" in buttons(resident.last)


async def test_who_sees_somebody_about_to_jump_is_told_whom_to_call(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    _ = resident.news, community.news, desk.news
    await resident.says("有人要跳楼，在3栋楼顶")
    (receipt,) = resident.news
    assert receipt == (
        "请马上打110、119，受伤了打120。\n"
        "您在旁边就守着、陪着说说话，别刺激，别硬拉。不知道怎么劝，打12356，24小时有人接。\n"
        "已经报给浦望社区服务台（0595-00000103）。编号0001。\n只有他们知道。\n说错了点「报错了」。"
    )
    assert community.news == ["有一件要紧的事，请点开看"]
    assert desk.news == []
    assert await resident.taps("报错了") == "好的，撤回了，已告诉他们不用来。"


@pytest.mark.parametrize("said", ["闻到一股煤气", "广告牌要掉", "urgent fire", "救命"])
async def test_few_words_of_a_grave_matter_need_no_tap(house: House, said: str) -> None:
    await house.staff("SQ-PW")
    resident = await house.resident(agreed=False)
    await resident.says(said)
    assert await house.number_of("case") == 1
    assert buttons(resident.last)[-1] in ("报错了", "A mistake"), buttons(resident.last)
