"""Which place does somebody name who was asked for one? And who says where they live, or for whom they speak?"""

import pytest

from models.rules.policy import Town
from models.understanding import understand
from models.understanding.behalf import behalf
from models.understanding.matter import proposals
from models.understanding.place import compounds_near, moves_to, named_in
from models.understanding.reading import wished_language


@pytest.mark.parametrize(
    ("said", "building", "compounds"),
    [
        pytest.param("丰穗花园3栋", "LC01-3", ("LC01",), id="both"),
        pytest.param("丰穗 3 号楼 2单元 501", "LC01-3", ("LC01",), id="with the flat, which is not kept"),
        pytest.param("我家住在丰穗花园", None, ("LC01",), id="the compound alone"),
        pytest.param("丰穗", None, ("LC01",), id="the short name"),
        pytest.param("水厂新村", None, ("LC05",), id="the name before the merger"),
        pytest.param("浦望社区", None, ("LC01", "LC02", "LC03"), id="a community is its compounds"),
        pytest.param("新村", None, ("LC04", "LC05", "LC23"), id="half a name is all that it may be"),
        pytest.param("风穗花园", None, ("LC01",), id="one wrong character"),
        pytest.param("tanghu", None, ("LC05",), id="half an English name"),
        pytest.param("我要回家", None, (), id="no place"),
        pytest.param("电梯又停了", None, (), id="a matter"),
        pytest.param("花园", None, ("LC01", "LC15"), id="what half of them are called"),
        pytest.param("小区", None, (), id="what all of them are called"),
    ],
)
def test_a_place_that_was_asked_for(licheng: Town, said: str, building: str | None, compounds: tuple[str, ...]) -> None:
    named = named_in(said, licheng, home=None)
    assert (named.building, set(named.compounds)) == (building, set(compounds))


@pytest.mark.parametrize(
    ("said", "alone"),
    [("我住丰穗花园3栋", True), ("丰穗花园3栋502室", True), ("丰穗花园3栋电梯停了", False), ("丰穗花园3栋的灯", False)],
)
def test_a_place_and_nothing_else(licheng: Town, said: str, alone: bool) -> None:
    assert named_in(said, licheng, home=None).alone is alone


@pytest.mark.parametrize(
    ("said", "building"),
    [
        ("我住丰穗花园3栋", "LC01-3"),
        ("我们家搬到棠湖首府8栋了", "LC05-8"),
        ("I live at Fengsui Garden, building 3", "LC01-3"),
        ("我住丰穗花园3栋，电梯停了", None),
        ("我住丰穗花园", None),
        ("我住的丰穗花园3栋楼道灯坏了", None),
        ("她住丰穗花园3栋", None),
        ("我住丰穗花园3栋吗？", None),
    ],
)
def test_who_says_where_they_live(licheng: Town, said: str, building: str | None) -> None:
    assert moves_to(said, licheng) == building


@pytest.mark.parametrize(
    ("said", "alone"),
    [
        ("替我妈说", True),
        ("帮我妈报一下，灯坏了", False),
        ("我想替楼下张阿姨反映一下", True),
        ("帮邻居问一下", True),
        ("替别人说", True),
        ("on behalf of my mother", True),
        ("I'm reporting for my elderly mother: no light", False),
        ("帮我看看电梯", None),
        ("我妈说电梯停了", None),
        ("替换一下灯泡", None),
        ("请帮忙反映一下电梯", None),
        ("for months the lift has been broken", None),
    ],
)
def test_who_speaks_for_another(said: str, alone: bool | None) -> None:
    found = behalf(said)
    assert (found and found.alone) == alone


def test_the_likeliest_other_matters_come_first_and_none_is_sealed(licheng: Town) -> None:
    for words in ("电梯停了", "楼上漏水，天花板都湿了", "他打我", "qwerty"):
        understood = understand(words, licheng, home=None).category
        found = proposals(words, licheng, but=understood, most=3)
        assert len(found) <= 3
        assert understood not in found
        assert not any(one.sealed for one in found)
    assert "C03" in {one.code[:3] for one in proposals("电梯停了", licheng, but=licheng.categories["C11-2"], most=3)}


def test_what_was_chosen_stands_over_the_words_but_not_over_words_of_care(licheng: Town) -> None:
    light = licheng.categories["C11-2"]
    chosen = understand("4栋电梯停了", licheng, home="LC01-3", at="LC05-8", chosen=light)
    assert (chosen.category, chosen.building) == (light, "LC05-8")
    assert chosen.title.startswith("8栋")
    assert understand("我不想活了", licheng, home="LC01-3", chosen=light).category.sealed
    upstairs = understand("楼上半夜拖桌椅响，我家小宝睡不着", licheng, home="LC01-3", chosen=light)
    assert "小宝" not in upstairs.seen, "a rewrite stays one, whatever the matter is called"


def test_compounds_near_come_nearest_first(licheng: Town) -> None:
    near = compounds_near(24.9363, 118.5859, licheng, within=1_000)
    assert near[0][1] == "LC05"
    assert near[0][0] < 50
    assert list(near) == sorted(near)
    assert compounds_near(0.0, 0.0, licheng, within=1_000) == ()


@pytest.mark.parametrize(
    ("said", "lang"),
    [
        ("English", "en"),
        (" 中文。", "zh"),
        ("english, please!", "en"),
        ("英语", "en"),
        ("English school", None),
        ("", None),
    ],
)
def test_the_name_of_a_language_asks_for_it(said: str, lang: str | None) -> None:
    assert wished_language(said) == lang
