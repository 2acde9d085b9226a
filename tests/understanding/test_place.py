"""Which building is meant? The speaker's own, unless another is clearly named."""

import pytest

from models.rules.policy import Town
from models.understanding import understand
from models.understanding.place import number

HOME = "LC01-3"


@pytest.mark.parametrize(
    ("said", "home", "meant"),
    [
        pytest.param("电梯停了", HOME, "LC01-3", id="nothing named: at home"),
        pytest.param("电梯停了", None, None, id="nothing named and no home: it has to be asked"),
        pytest.param("5栋电梯停了", HOME, "LC01-5", id="another of the same compound"),
        pytest.param("5号楼电梯停了", HOME, "LC01-5", id="as 号楼"),
        pytest.param("5幢电梯停了", HOME, "LC01-5", id="as 幢"),
        pytest.param("5#电梯停了", HOME, "LC01-5", id="as #"),
        pytest.param("５＃电梯停了", HOME, "LC01-5", id="in full width"),
        pytest.param("５号楼电梯停了", HOME, "LC01-5", id="a full-width digit"),
        pytest.param("五栋电梯停了", HOME, "LC01-5", id="in Chinese"),
        pytest.param("第五栋电梯停了", HOME, "LC01-5", id="as an ordinal"),
        pytest.param("我住五号楼\uff0c电梯停了", HOME, "LC01-5", id="in Chinese, as 号楼"),
        pytest.param("The lift in building 5 stopped", HOME, "LC01-5", id="in English"),
        pytest.param("Block 5 has no water", HOME, "LC01-5", id="as a block"),
        pytest.param("5栋楼道灯坏了", HOME, "LC01-5", id="楼道 after it is not a count"),
        pytest.param("棠湖首府8栋停水", HOME, "LC05-8", id="another compound by name"),
        pytest.param("棠湖8栋停水", None, "LC05-8", id="by its alias, no home"),
        pytest.param("Fengsui Garden building 2, no water", None, "LC01-2", id="by its English name"),
        pytest.param("云榕公馆B座停水", None, "LC09-2", id="a lettered tower"),
        pytest.param("聚穗大厦停水", None, "LC17-1", id="a compound of one building"),
        pytest.param("禾坊里3栋停水", None, "LC11-3", id="called 3号楼 in the register"),
        pytest.param("棠湖首府停水", None, None, id="a compound of many: which?"),
        pytest.param("5栋和6栋之间有个坑", HOME, "LC01-3", id="two named: not clear"),
        pytest.param("4、5栋都停水", HOME, "LC01-3", id="two in one breath"),
        pytest.param("1-6栋停水", HOME, "LC01-3", id="a range"),
        pytest.param("9栋电梯停了", HOME, "LC01-3", id="there is no such building here"),
        pytest.param("5栋停水", None, None, id="of which compound?"),
        pytest.param("棠湖首府和丰穗花园5栋", HOME, "LC01-3", id="two compounds: not clear"),
        pytest.param("这五栋楼都停水", HOME, "LC01-3", id="a count"),
        pytest.param("一共5栋高层", HOME, "LC01-3", id="a count of towers"),
        pytest.param("还有5栋垃圾没人收", HOME, "LC01-5", id="one more place"),
        pytest.param("还有5栋楼没水", HOME, "LC01-3", id="a count of what is left"),
        pytest.param("我们这有5栋", HOME, "LC01-3", id="a count of what there is"),
        pytest.param("一座天桥", HOME, "LC01-3", id="座 of a bridge"),
        pytest.param("5号晚上停水", HOME, "LC01-3", id="a day of the month"),
        pytest.param("地铁5#线吵", HOME, "LC01-3", id="an underground line"),
        pytest.param("芦坪安置小区2栋停水", None, "LC24-2", id="a name that another name begins with"),
    ],
)
def test_the_building_meant(town: Town, said: str, home: str | None, meant: str | None) -> None:
    assert understand(said, town, home=home).building == meant


@pytest.mark.parametrize(
    ("written", "spelt"),
    [
        pytest.param("3", "3", id="a digit"),
        pytest.param("03", "3", id="a leading nought"),
        pytest.param("三", "3", id="Chinese"),
        pytest.param("十", "10", id="ten"),
        pytest.param("十二", "12", id="a teen"),
        pytest.param("二十", "20", id="tens"),
        pytest.param("二十一", "21", id="tens and ones"),
        pytest.param("一百零三", "103", id="a hundred and three"),
        pytest.param("一二", "12", id="digit by digit"),
        pytest.param("零", "0", id="nought"),
        pytest.param("b", "b", id="a letter"),
        pytest.param("a6", "a6", id="a letter and a digit"),
    ],
)
def test_a_number_has_one_spelling(written: str, spelt: str) -> None:
    assert number(written) == spelt


def test_every_building_is_found_by_what_people_call_it(town: Town) -> None:
    for building in town.buildings.values():
        said = f"{town.place_name(building.code)}停水了"
        assert understand(said, town, home=None).building == building.code, said
