"""Where is it? People without a code at hand: by a name, an old name, a location, or a list."""

from datetime import timedelta

import pytest

from models.rules.policy import Town
from tests.conftest import Opens
from tests.house import House, Phone, buttons

AT_TANGHU = (24.9363, 118.5859)  # LC05's gate
NOWHERE = (30.0, 100.0)


async def agrees_and_sends(phone: Phone) -> None:
    await phone.taps("知道了，接着办", "All right, go on")
    await phone.taps("对，提交", "Yes, send it")


async def place_of_the_case(house: House) -> str:
    (case,) = await house.rows('SELECT building FROM "case"')
    return str(case.building)


async def homes(house: House) -> list[str]:
    return [row.building for row in await house.rows("SELECT building FROM home WHERE ended_at IS NULL ORDER BY id")]


@pytest.mark.parametrize(
    ("typed", "lives"),
    [
        pytest.param("丰穗花园3栋", "LC01-3", id="the name and the number"),
        pytest.param("我住丰穗花园三号楼", "LC01-3", id="in a sentence"),
        pytest.param("水厂新村2栋", "LC05-2", id="by the name it had before"),
        pytest.param("聚穗大厦", "LC17-1", id="a compound of one building"),
        pytest.param("Fengsui Garden building 3", "LC01-3", id="in English"),
    ],
)
async def test_a_typed_place_is_the_home_and_the_draft_goes_on(house: House, typed: str, lives: str) -> None:
    granny = house.stranger("陈阿婆")
    await granny.says("楼道的灯不亮，我摔了一跤")
    assert granny.last.text.startswith(
        "您说的我先记下了。请扫一下您楼道里的二维码，或者说小区和几栋，比如「丰穗花园1栋」。"
    )
    await granny.says(typed)
    assert await homes(house) == [lives]
    await agrees_and_sends(granny)
    assert "「楼道的灯不亮，我摔了一跤」" in granny.texts[-2], "the place is no part of the matter"
    assert await place_of_the_case(house) == lives


async def test_a_first_sentence_that_names_the_place_needs_no_question(house: House) -> None:
    granny = house.stranger()
    await granny.says("我住丰穗花园3栋，楼道的灯不亮")
    assert granny.texts[-2] == "好了，您这里是丰穗花园3栋。"
    await agrees_and_sends(granny)
    assert await place_of_the_case(house) == "LC01-3"


async def test_what_is_missing_is_asked_for_with_buttons_and_nothing_twice(house: House) -> None:
    granny = house.stranger()
    await granny.says("3栋电梯停了")
    await granny.says("丰穗")
    assert granny.texts[-2] == "好了，您这里是丰穗花园3栋。", "the number was said before"
    other = house.stranger()
    await other.says("楼道的灯不亮")
    await other.says("棠湖首府")
    assert other.last.text == "棠湖首府的哪一栋？"
    assert len(buttons(other.last)) == 9, "eight buildings, and a way back"
    await other.says("8栋")
    assert (await homes(house))[-1] == "LC05-8"
    third = house.stranger()
    await third.says("楼道的灯不亮")
    await third.says("风穗花园")
    assert third.last.text == "您说的是这个小区吗？"
    await third.taps("丰穗花园")
    await third.taps("6栋")
    assert (await homes(house))[-1] == "LC01-6"
    await third.taps("知道了，接着办")
    assert "「楼道的灯不亮」" in third.last.text


async def test_a_thumb_alone_finds_the_place_page_by_page(open_house: Opens) -> None:
    house = await open_house()
    granny = house.stranger()
    await granny.starts()
    assert granny.last.text.startswith("您好！")
    await granny.taps("找不到二维码")
    assert buttons(granny.last)[:2] == ["浦望社区", "榕汀社区"]
    await house.restart()
    await granny.taps("棠溪社区")
    card = granny.last
    assert buttons(card) == ["棠湖首府", "溪禾家园", "都不是"]
    await granny.taps("都不是")
    await granny.taps("棠溪社区")
    assert await granny.presses(card, "棠湖首府"), "an impatient thumb is answered"
    await granny.taps("溪禾家园")
    assert granny.last.text == "溪禾家园的哪一栋？"
    assert granny.last.id == card.id, "one card that turns"
    await granny.taps("2栋")
    assert granny.last.text.startswith("好了，您这里是溪禾家园2栋。有什么事")
    assert await homes(house) == ["LC07-2"]
    assert await house.number_of("case") == 0


async def test_a_town_of_many_is_turned_page_by_page(house: House, licheng: Town) -> None:
    granny = house.stranger()
    await granny.says("栖霞湾的灯不亮")
    assert granny.last.text == "栖霞湾的哪一栋？"
    assert len([one for one in buttons(granny.last) if one.endswith(("栋", "楼", "座"))]) <= 8


async def test_a_location_offers_what_is_near(house: House) -> None:
    granny = house.stranger()
    await granny.says("楼道的灯不亮")
    granny.person.send_location(house.bot, *NOWHERE)
    await house.settle()
    assert granny.last.text.startswith("位置收到了，附近没有我认得的小区。哪个社区？")
    granny.person.send_location(house.bot, *AT_TANGHU)
    await house.settle()
    assert granny.last.text == "位置收到了。您说的是哪个小区？"
    assert buttons(granny.last)[0] == "棠湖首府", "the nearest first"
    await granny.taps("棠湖首府")
    await granny.taps("8栋")
    assert await homes(house) == ["LC05-8"]


async def test_a_location_beside_a_draft_is_heard_and_a_clear_one_asks_which_building(house: House) -> None:
    resident = await house.resident()
    resident.person.send_location(house.bot, 24.9318, 118.5720)
    await house.settle()
    assert resident.last.text == "位置收到了。再说一句是什么事，我就转给该管的人。"
    await resident.says("楼道的灯不亮")
    assert resident.last.text.startswith("您说的是这件事吗？")
    resident.person.send_location(house.bot, *NOWHERE)
    await house.settle()
    assert resident.texts[-2] == "位置收到了，还是按丰穗花园3栋办；不对就点「改一下」。"
    resident.person.send_location(house.bot, *AT_TANGHU)
    await house.settle()
    assert resident.last.text == "棠湖首府的哪一栋？"
    await resident.taps("8栋")
    assert "地方：棠湖首府8栋" in resident.last.text
    await resident.taps("对，提交")
    assert await place_of_the_case(house) == "LC05-8"
    assert await homes(house) == ["LC01-3"], "the home stays"
    assert resident.last.text.endswith("地方：棠湖首府8栋")


async def test_who_moved_says_so(house: House) -> None:
    resident = await house.resident()
    await resident.says("我搬到棠湖首府8栋了")
    assert resident.last.text.startswith("好了，您这里是棠湖首府8栋。")
    assert await homes(house) == ["LC05-8"]
    assert await house.number_of("case") == 0


async def test_a_placing_that_was_left_alone_goes_on_days_later(open_house: Opens) -> None:
    house = await open_house()
    granny = house.stranger()
    await granny.says("楼道的灯不亮")
    await house.turn(timedelta(days=6))
    await house.restart()
    await granny.says("丰穗花园3栋")
    await agrees_and_sends(granny)
    assert await place_of_the_case(house) == "LC01-3"


async def test_the_place_may_come_before_the_matter(house: House) -> None:
    granny = house.stranger()
    await granny.says("丰穗花园3栋")
    assert granny.last.text.startswith("好了，您这里是丰穗花园3栋。有什么事")
    daughter = await house.resident(name="小王")
    await daughter.says("替我妈说")
    await daughter.says("棠湖首府8栋")
    assert daughter.last.text == "好的，替别人说也行。是什么事？"
    await daughter.says("楼道的灯坏了")
    assert "地方：棠湖首府8栋" in daughter.last.text
