"""Is a resident told when what was said to her is not kept, and never of a lateness that was none?"""

from datetime import timedelta

from tests.house import House
from tests.stories.living import files, rung_for_the_raiser

DAY = timedelta(days=1)


async def test_a_named_day_that_passes_is_told_and_the_desk_is_reminded_of_it(house: House) -> None:
    desk = await house.staff("WY-01")
    await house.staff("SQ-PW")
    await house.staff("JD")
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await desk.taps("签收")
    await desk.taps("更多")
    await desk.taps("定日子")
    await desk.taps("今天")
    assert await rung_for_the_raiser(house) == ["receipt", "word"]
    _ = desk.news, resident.news
    await house.turn(DAY)
    assert any("0001 3栋楼道灯不亮 · ⚠️ 昨天" in news for news in desk.news), "the desk reads of its own day"
    await house.turn(3 * DAY)
    assert await rung_for_the_raiser(house) == ["receipt", "word", "changed"], "once"
    assert "没办好，现在由" in resident.that_says("牵头").text


async def test_who_called_in_time_is_not_said_to_have_answered_late(house: House) -> None:
    desk = await house.staff("WY-01")
    await house.staff("SQ-PW")
    await house.staff("JD")
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await desk.taps("签收")
    await desk.taps("已联系或上门")
    await house.turn(timedelta(hours=31))
    assert "前有人接手" in resident.last.text, "there is a next date"
    assert "接手，最晚" in resident.that_says("电话：").text
    await house.turn(6 * DAY)
    assert "前给您回话，已经超时" not in "".join(resident.texts)
    assert "前办好，已经超时" in "".join(resident.texts)
