"""Does whatever she says while help is on its way reach those who come, and never a form?"""

from datetime import timedelta

import pytest

from tests.house import House, buttons

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize(
    "said",
    ["2单元，里面还有个小孩", "孩子在哭 好闷", "到底有没有人管", "电梯还是停着", "里面有个孕妇", "There is a baby too"],
)
async def test_who_is_in_a_lift_says_more_and_the_firm_reads_it(house: House, agreed: bool, said: str) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident(agreed=agreed)
    await resident.says("救命 我和孩子困在电梯里了")
    _ = desk.news, resident.news
    await house.turn(5 * MINUTE)
    await resident.says(said)
    assert f"居民又说：「{said}」" in desk.last.text
    (answer,) = resident.news
    assert "0595-00000110" in answer, "and whom to call, once more"
    assert buttons(resident.last) == []
    await resident.says("快来人啊")
    assert await house.number_of("case") == 1
    assert "居民又说：「快来人啊」" in desk.last.text


async def test_another_matter_is_one_of_its_own_where_she_has_agreed(house: House) -> None:
    resident = await house.resident()
    await resident.says("3栋电梯困人了，快来")
    await resident.says("3栋楼下垃圾没人收")
    assert "对，提交" in buttons(resident.last)


async def test_no_consent_is_asked_of_who_waits_for_help(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident(agreed=False)
    await resident.says("3栋电梯困人了，快来")
    await resident.says("垃圾桶也满了，臭")
    assert buttons(resident.last) == []
    assert "垃圾桶也满了" in desk.last.text


async def test_thanks_and_an_hour_later_are_no_more_of_it(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await resident.says("3栋电梯困人了，快来")
    _ = desk.news
    await resident.says("谢谢")
    assert "居民又说" not in desk.last.text
    await house.turn(61 * MINUTE)
    await resident.says("花坛边上有个人在卖东西")
    assert "花坛" not in "".join(desk.texts)


async def test_who_meant_herself_is_heard_as_herself(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await resident.says("有人要跳楼，在3栋楼顶")
    assert "您在旁边就守着" in resident.last.text
    for said in ("我说的是我自己", "我不想活了"):
        await resident.says(said)
        assert resident.last.text.startswith("您的话我们看到了，您不是一个人。")
        assert "0595-00000103" in resident.last.text
    assert await house.number_of("case") == 1
    await community.taps("点开看")
    assert "我说的是我自己" in community.last.text
