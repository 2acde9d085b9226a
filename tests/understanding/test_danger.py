"""Is danger heard, is it never made up from a fear, and can no text hurt?"""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.policy import Sla, Town
from models.town import load_town, sample_town_folder
from models.understanding import SEEN_MOST, TITLE_MOST, understand

HOME = "LC01-3"
TOWN = load_town(sample_town_folder())
_RANK = list(Sla)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("楼下着火了", id="fire"),
        pytest.param("好像是煤气味", id="gas"),
        pytest.param("有人被困在电梯里", id="trapped"),
        pytest.param("保安打人了", id="violence"),
        pytest.param("路灯杆漏电", id="current, in a matter of another class"),
        pytest.param("车库里有人晕倒", id="somebody fainted"),
        pytest.param("I smell gas on the stairs", id="gas, in English"),
        pytest.param("We are STUCK IN THE LIFT", id="in capitals"),
        pytest.param("楼道着\u200b火了", id="a zero-width character between"),
    ],
)
def test_danger_is_heard_and_raises_the_class(town: Town, said: str) -> None:
    understood = understand(said, town, home=HOME)
    assert understood.danger
    assert understood.sla is Sla.P0


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("楼道堆物\uff0c万一着火怎么办", id="what if"),
        pytest.param("飞线充电容易起火", id="likely to"),
        pytest.param("为了防止触电请修一下", id="to prevent"),
        pytest.param("The lift stopped", id="a nuisance"),
        pytest.param("entrapped gasoline", id="only whole English words"),
        pytest.param("今天停水", id="no danger"),
    ],
)
def test_what_is_only_feared_is_no_danger(town: Town, said: str) -> None:
    assert not understand(said, town, home=HOME).danger


def test_a_fear_and_a_fire_is_a_fire(town: Town) -> None:
    assert understand("万一着火怎么办。着火了\uff01", town, home=HOME).danger


@pytest.mark.parametrize("said", ["我不想活了", "楼顶有人要跳楼", "I want to kill myself"])
def test_words_of_self_harm_are_sealed_and_urgent(town: Town, said: str) -> None:
    understood = understand(said, town, home=HOME)
    assert understood.care
    assert understood.category.sealed
    assert understood.sla is Sla.P0
    assert understood.plain, "and nobody reads the words"


@pytest.mark.parametrize("said", ["我要上访", "我要找媒体曝光", "我们要聚集去街道"])
def test_a_residents_right_is_no_danger(town: Town, said: str) -> None:
    """Domain C4: 上访, 曝光 and 聚集 are a resident's right to say."""
    understood = understand(said, town, home=HOME)
    assert not understood.danger
    assert not understood.care


def test_the_class_is_never_lowered(town: Town) -> None:
    for category in town.categories.values():
        for word in category.keywords:
            understood = understand(word, town, home=HOME)
            assert _RANK.index(understood.sla) <= _RANK.index(understood.category.sla), word


@pytest.mark.parametrize(
    ("said", "lang"),
    [
        pytest.param("电梯停了", "zh", id="Chinese"),
        pytest.param("the lift stopped", "en", id="English"),
        pytest.param("3栋lift停了", "zh", id="a borrowed word"),
        pytest.param("the lift in 丰穗花园 stopped again", "en", id="a Chinese name"),
        pytest.param("123", "zh", id="neither: the town's own"),
        pytest.param("\U0001f6d7", "zh", id="a picture"),
    ],
)
def test_the_language_is_read_off_the_script(town: Town, said: str, lang: str) -> None:
    assert understand(said, town, home=HOME).lang == lang


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("漏" * 1_000_000, id="a million characters"),
        pytest.param("a\u0301" + "\u0301" * 500_000, id="zalgo"),
        pytest.param("\ufdfd" * 5_000, id="characters that normalise to many"),
        pytest.param("1-" * 500_000, id="digits and dashes"),
        pytest.param("1 " * 4_000, id="digits and blanks"),
        pytest.param("三" * 5_000, id="numerals"),
        pytest.param("3栋、" * 2_000, id="buildings"),
        pytest.param("1、" * 4_000 + "栋", id="a list that might end in a building"),
        pytest.param("我是" * 3_000, id="names that do not come"),
        pytest.param("a." * 2_000 + "@", id="an address that does not come"),
        pytest.param("微信" * 3_000, id="accounts that do not come"),
        pytest.param("\n" * 5_000, id="lines"),
        pytest.param("万一着火" * 1_500, id="fears"),
        pytest.param("\u202e\u2066\ufeff\u0000" * 1_000, id="nothing but control characters"),
    ],
)
def test_no_text_takes_long(town: Town, said: str) -> None:
    """Processor time, not the clock on the wall: others share the machine. 1 s is a hundred times what it takes."""
    began = time.process_time()
    understood = understand(said, town, home=HOME)
    assert time.process_time() - began < 1.0
    assert len(understood.seen) <= SEEN_MOST
    assert len(understood.title) <= TITLE_MOST


@given(st.text(max_size=300) | st.text("栋号楼三3-502一#座漏水电梯 \n\u202e\ud800我叫林", max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_understood_into_one_safe_line(said: str) -> None:
    understood = understand(said, TOWN, home=HOME)
    for line in (understood.seen, understood.title):
        assert "\n" not in line
        assert "\u202e" not in line
        line.encode("utf-8")
    assert understood.building in TOWN.buildings
    assert 0 <= understood.score <= 1


def test_what_the_eye_sees_is_what_is_kept(town: Town) -> None:
    said = "3栋\u202e电梯\u0007\t停了\u3000\u3000老人\r\n等"
    assert understand(said, town, home=HOME).seen == "3栋电梯 停了 老人 等"
