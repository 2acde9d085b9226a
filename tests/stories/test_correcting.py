"""What if it was understood wrongly? 改一下: another place, another matter, more or less urgent, for somebody else."""

import pytest

from tests.house import House, Phone, buttons
from tests.stories.living import files


async def only_case(house: House) -> tuple[str, str, str, str]:
    (case,) = await house.rows('SELECT building, category, sla, desk FROM "case"')
    return case.building, case.category, case.sla, case.desk


async def opens_menu(phone: Phone, words: str) -> None:
    await phone.says(words)
    await phone.taps("改一下")


async def test_the_menu_is_short_and_leads_back(house: House) -> None:
    resident = await house.resident()
    await opens_menu(resident, "3栋楼道的灯坏了")
    assert resident.last.text == "要改哪一点？也可以直接重新说一遍。"
    assert buttons(resident.last) == ["换地方", "换件事", "有危险", "替别人说", "重说一遍", "不改了"]
    await resident.taps("不改了")
    assert resident.last.text.startswith("您说的是这件事吗？")
    await resident.taps("改一下")
    await resident.taps("重说一遍")
    await resident.says("4栋的门禁坏了")
    assert "灯" not in resident.last.text
    await resident.taps("对，提交")
    assert (await only_case(house))[0] == "LC01-4"


async def test_another_place_for_this_matter_alone(house: House) -> None:
    desk = await house.staff("WY-05")
    resident = await house.resident()
    await opens_menu(resident, "楼道的灯坏了")
    await resident.taps("换地方")
    assert resident.last.text == "在哪里？说小区和几栋，比如「丰穗花园1栋」，也可以发个位置。"
    await resident.says("棠湖首府8栋")
    card = resident.last.text
    assert "地方：棠湖首府8栋" in card
    assert "交给：棠湖首府物业服务台" in card
    await resident.taps("对，提交")
    assert (await only_case(house))[0] == "LC05-8"
    assert "棠湖首府8栋" in desk.last.text
    await files(resident, "楼道的灯坏了")
    assert "丰穗花园" in resident.last.text, "the home stayed what it was"


async def test_a_later_word_stands_over_an_earlier_choice(house: House) -> None:
    resident = await house.resident()
    await opens_menu(resident, "楼道的灯坏了")
    await resident.taps("换地方")
    await resident.says("2栋")
    assert "2栋" in resident.last.text
    await resident.says("说错了，是4栋")
    await resident.taps("对，提交")
    assert (await only_case(house))[0] == "LC01-4"


async def test_another_matter_is_chosen_from_few(house: House) -> None:
    resident = await house.resident()
    await resident.says("电梯里的广告声音太吵")
    understood = resident.last.text.split("\n")[1]
    await resident.taps("改一下")
    await resident.taps("换件事")
    assert resident.last.text == "那是哪件事？"
    offered = buttons(resident.last)
    assert 2 <= len(offered) <= 4
    assert offered[-1] == "都不是"
    await resident.taps(offered[0])
    assert offered[0] in resident.last.text.split("\n")[1]
    assert resident.last.text.split("\n")[1] != understood
    await resident.taps("对，提交")
    _, category, _, _ = await only_case(house)
    assert house.town.categories[category].short[0] == offered[0]


async def test_none_of_these_is_for_a_person(house: House) -> None:
    await house.staff("SQ-PW")
    resident = await house.resident()
    await opens_menu(resident, "3栋电梯又停了")
    await resident.taps("换件事")
    await resident.taps("都不是")
    assert "交给：浦望社区服务台" in resident.last.text
    await resident.taps("对，提交")
    assert (await only_case(house))[3] == "SQ-PW"


async def test_who_says_there_is_danger_is_believed(house: House) -> None:
    resident = await house.resident()
    await opens_menu(resident, "楼道的灯坏了")
    await resident.taps("有危险")
    if await house.number_of("case") == 0:
        assert resident.last.text.startswith("有危险请先打电话：火警119，报警110，急救120")
        await resident.taps("对，提交")
    assert (await only_case(house))[2] == "P0"


async def test_a_private_matter_stays_a_rewrite_whatever_it_is_called(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await opens_menu(resident, "楼上李某半夜拖桌椅响，我家小宝睡不着")
    await resident.taps("换件事")
    await resident.taps(buttons(resident.last)[0])
    assert "小宝" not in resident.last.text
    await resident.taps("对，提交")
    assert not any("小宝" in text for text in desk.texts)


@pytest.mark.parametrize(
    ("said", "then"),
    [
        pytest.param("替我妈说，她住棠湖首府8栋，楼道的灯坏了", (), id="in one breath"),
        pytest.param("替我妈说", ("楼道的灯坏了", "棠湖首府8栋"), id="one thing after the other"),
        pytest.param("帮楼下张阿姨反映一下，楼道的灯坏了", ("棠湖首府8栋",), id="a neighbour"),
        pytest.param("楼道的灯坏了", ("改一下", "替别人说", "棠湖首府8栋"), id="by the menu"),
    ],
)
async def test_for_somebody_else_the_home_stays(house: House, said: str, then: tuple[str, ...]) -> None:
    daughter = await house.resident(name="小王")
    await daughter.says(said)
    for one in then:
        if one in ("改一下", "替别人说"):
            await daughter.taps(one)
        else:
            await daughter.says(one)
    assert "地方：棠湖首府8栋" in daughter.last.text
    await daughter.taps("对，提交")
    assert (await only_case(house))[0] == "LC05-8"
    assert daughter.last.text.endswith("地方：棠湖首府8栋"), "the receipt says for where"
    await daughter.says("我的事怎么样了")
    assert "地方：棠湖首府8栋" in daughter.last.text
    assert [row.building for row in await house.rows("SELECT building FROM home WHERE ended_at IS NULL")] == ["LC01-3"]


async def test_the_neighbour_may_live_in_the_same_building(house: House) -> None:
    resident = await house.resident()
    await resident.says("替隔壁老人说，楼道的灯坏了")
    assert resident.last.text.startswith("在哪里？")
    await resident.taps("就在我这栋")
    await resident.taps("对，提交")
    assert (await only_case(house))[0] == "LC01-3"


async def test_who_lives_elsewhere_can_speak_for_somebody_here(house: House) -> None:
    son = house.stranger("小陈")
    await son.says("帮我妈报一下，丰穗花园3栋楼道的灯坏了")
    await son.taps("知道了，接着办")
    await son.taps("对，提交")
    assert (await only_case(house))[0] == "LC01-3"
    assert await house.number_of("home") == 0


async def test_a_menu_of_a_draft_that_grew_is_old(house: House) -> None:
    resident = await house.resident()
    await opens_menu(resident, "楼道的灯坏了")
    menu = resident.last
    await resident.says("4栋的门禁坏了")
    for label in ("换地方", "换件事", "有危险", "替别人说", "重说一遍"):
        assert await resident.presses(menu, label) == "您后来又说了几句，请看最下面那张卡片。"
    await resident.taps("对，提交")
    assert await resident.presses(menu, "换件事") == "这张卡片已经用过了。要说新的事，直接发一句话就行。"


async def test_danger_said_by_mistake_is_a_calm_draft_again(house: House) -> None:
    await house.staff("WY-01")
    resident = await house.resident()
    await resident.says("楼道里着火了")
    assert (await only_case(house))[2] == "P0"
    await resident.taps("报错了")
    assert resident.texts[-2] == "没有危险就好。事情还要办的话，点「对，提交」；不用办就不用管它。"
    await resident.says("是灯坏了，冒了一下烟")
    await resident.taps("改一下")
    await resident.taps("换件事")
    await resident.taps(buttons(resident.last)[0])
    await resident.taps("对，提交")
    rows = await house.rows('SELECT state, sla FROM "case" ORDER BY id')
    assert [row.state for row in rows] == ["withdrawn", "accepted"]


async def test_a_mistake_beside_an_open_draft_leaves_the_draft(house: House) -> None:
    resident = await house.resident()
    await resident.says("楼下大门的门禁坏了")
    card = resident.last
    await resident.says("家里着火了")
    await resident.taps("报错了")
    await resident.presses(card, "对，提交")
    assert await house.number_of("case") == 2


async def test_a_stranger_may_cry_for_somebody_who_lives_here(house: House) -> None:
    son = house.stranger("小陈")
    await son.says("帮我妈报一下，丰穗花园3栋501着火了")
    assert await only_case(house) == ("LC01-3", "C01-4", "P0", "WY-01")
    assert "编号0001" in son.last.text
    assert await house.number_of("home") == 0
