"""Is every word she says read by somebody who can act on it, and is nothing she says taken for something else?"""

from tests.house import House, buttons
from tests.stories.living import files, says_done

LIGHT = "3栋楼道的灯坏了"


async def test_a_typed_no_keeps_its_reason(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await says_done(desk, "换了灯")
    _ = resident.news
    _ = desk.news
    await resident.says("没有,三楼那盏还是黑的")
    first, second = resident.news
    assert first == "知道了，已退回重办，并告诉了上一级。"
    assert second == "记在0001号里了。丰穗花园物业服务台看到的是：「没有,三楼那盏还是黑的」"
    (card,) = desk.news
    assert "居民又说：「没有,三楼那盏还是黑的」" in card, "rung once, and it says where to look"


async def test_a_bare_no_is_asked_what_is_missing(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await says_done(desk, "换了灯")
    await resident.says("没有，谢谢")
    assert resident.last.text == "哪里没好？一句话就行，办事的人会看到。不说也行。"


async def test_danger_in_a_typed_no_goes_first(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await says_done(desk, "换了灯")
    _ = resident.news
    await resident.says("没有,又着火了")
    assert "119" in resident.news[0]
    (case,) = await house.rows('SELECT sla, state FROM "case"')
    assert (case.sla, case.state) == ("P0", "reopened")
    assert buttons(desk.last), "the desk can act"
