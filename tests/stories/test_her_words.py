"""Is what she says of a case heard as such, and never begun anew or lost?"""

from datetime import timedelta

import pytest

from tests.conftest import Opens
from tests.house import House
from tests.stories.living import files, says_done

LIGHT = "3栋楼道的灯坏了"


@pytest.fixture
async def house(open_house: Opens) -> House:
    return await open_house()


async def test_what_answers_a_desks_word_joins_that_case(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await desk.taps("签收")
    await desk.taps("带话给居民")
    await desk.says("您下午在家吗")
    await desk.taps("发给居民")
    await resident.says("在家，三点以后")
    assert await house.number_of("case") == 1
    assert "记在0001号里了" in resident.last.text
    assert "居民又说：「在家，三点以后」" in desk.last.text
    await resident.says("电梯又停了")
    assert resident.last.text == "您说的是0001号那件，还是另一件事？"
    await house.turn(timedelta(days=1, hours=1))
    await resident.says("在家，三点以后")
    assert "您说的是这件事吗？" in resident.last.text, "a day later it may be about anything"


async def test_after_a_no_she_is_asked_what_is_missing_and_her_next_words_join(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await says_done(desk, "换了灯")
    await resident.taps("没有")
    assert resident.last.text == "哪里没好？一句话就行，办事的人会看到。不说也行。"
    await resident.says("三楼的还黑着")
    assert "居民又说：「三楼的还黑着」" in desk.last.text
    await resident.says("昨晚还在闪")
    assert "居民又说：「昨晚还在闪」" in desk.last.text
    await resident.says("电梯又停了")
    assert resident.last.text == "您说的是0001号那件，还是另一件事？"
    assert await house.number_of("case") == 1
