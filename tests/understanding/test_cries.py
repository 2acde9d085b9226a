"""How many ordinary letters would be filed without a tap, because they sound like a cry for help? Hardly one."""

from collections.abc import Callable

import pytest

from models.actions.emergencies import is_emergency
from models.actions.filing import Draft
from models.rules.policy import Town
from models.understanding import understand
from models.understanding.cries import only_calls
from tests.understanding.test_measure import rows


def test_hardly_one_real_letter_in_a_hundred_is_taken_for_a_cry_for_help(
    town: Town, record_property: Callable[[str, object], None]
) -> None:
    letters = rows("compound_dev.csv")
    filed = [letter for letter in letters if is_emergency(Draft(letter["text"]), town, home=None)]
    measured = f"{len(filed)} of {len(letters)} letters, {len(filed) / len(letters):.2%}"
    record_property("measured", measured)
    print(f"filed without a tap: {measured}")  # noqa: T201 the figure is what the test is for
    assert len(filed) / len(letters) <= 0.01, measured


@pytest.mark.parametrize(
    ("said", "at_once"),
    [
        pytest.param("着火了", True, id="three characters"),
        pytest.param("3栋电梯停了，我妈困在里面", True, id="somebody in a lift"),
        pytest.param("我不想活了" + "，天天吵" * 60, True, id="self-harm, at any length"),
        pytest.param("我们小区去年起火。" + "物业一直不管" * 40, False, id="a long letter that names a fire"),
        pytest.param("3栋楼道的灯坏了", False, id="an ordinary matter"),
        pytest.param("万一着火怎么办", False, id="a fear"),
        pytest.param("楼下电线掉下来了，在冒火花", True, id="a live wire"),
        pytest.param("电闸冒火花", True, id="sparks"),
        pytest.param("高压线断了掉在路上", True, id="a high-voltage line in the road"),
        pytest.param("水管爆了水冲到配电箱", True, id="water on current"),
        pytest.param("live wire on the ground sparking", True, id="a live wire, in English"),
        pytest.param("小区网线掉下来了", False, id="a wire without current"),
        pytest.param("电缆断了，停电", False, id="a power cut"),
        pytest.param("电焊冒火花，很吵", False, id="a welder"),
        pytest.param("我爸倒在地上没反应了", True, id="a father who does not answer"),
        pytest.param("老人摔倒起不来，叫不应", True, id="a fall"),
        pytest.param("去年老人摔倒起不来", False, id="a fall last year"),
        pytest.param("老人容易摔倒起不来，请装扶手", False, id="a fall that is feared"),
        pytest.param("找物业的人没反应", False, id="a firm that does not answer"),
        pytest.param("井盖没了有人掉下去了", True, id="into a manhole"),
        pytest.param("小孩把东西掉下去了", False, id="a thing that fell"),
        pytest.param("有个小孩挂在窗台外面快掉下来了", True, id="a child over a sill"),
        pytest.param("邻居把衣服挂在窗外", False, id="washing over a sill"),
        pytest.param("孩子被锁在车里", True, id="a child in a car"),
        pytest.param("有人在楼下拿刀", True, id="a knife"),
        pytest.param("救命", True, id="two characters"),
        pytest.param("快来人", True, id="somebody is to come"),
        pytest.param("物业把救命通道堵了", False, id="a way of escape"),
        pytest.param("不是着火，是有人在楼道烧纸", False, id="no fire"),
        pytest.param("是不是着火了，好大烟味", True, id="it may be a fire"),
        pytest.param("It is not a fire, somebody burns paper", False, id="no fire, in English"),
        pytest.param("闻到一股煤气", True, id="a grave matter without a word of the list"),
        pytest.param("火灾", True, id="a fire's other name"),
        pytest.param("urgent fire", True, id="two words"),
        pytest.param("广告牌要掉", True, id="a sign about to fall"),
        pytest.param("外墙砖掉下来砸到人了", True, id="a tile that hit somebody"),
        pytest.param("我孙子走丢了", True, id="a lost child"),
        pytest.param("我家的猫不见了", False, id="a lost cat"),
        pytest.param("昨天自行车被偷了", False, id="yesterday's theft"),
        pytest.param("有人偷电瓶车，治安太差", False, id="thefts in general"),
        pytest.param("一楼天天聚众赌博", False, id="gambling"),
        pytest.param("煤气费怎么交", False, id="a question about gas"),
        pytest.param("邻居抽烟，楼道都是烟味", False, id="a smoker"),
        pytest.param("外墙脱落三个月了没人修", False, id="a wall that waits for months"),
    ],
)
def test_what_is_a_cry_for_help(town: Town, said: str, at_once: bool) -> None:
    assert is_emergency(Draft(said), town, home="LC01-3") is at_once


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("垃圾没人收，楼道里还着火了，3楼有人摔倒不省人事", "C01-4"),
        ("高压线断了掉在路上", "K99"),
        ("老人摔倒起不来，叫不应", "K99"),
        ("水管爆了水冲到配电箱", "C04-2"),
        ("有人在楼下拿刀", "C12-1"),
    ],
)
def test_the_danger_gives_a_cry_its_name(town: Town, said: str, code: str) -> None:
    assert understand(said, town, home="LC01-3").category.code == code


@pytest.mark.parametrize(
    ("said", "of_another"),
    [
        ("有人要跳楼，在3栋楼顶", True),
        ("3栋楼顶有个女的，要跳楼", True),
        ("我邻居说他想自杀", True),
        ("my son wants to kill himself", True),
        ("我不想活了", False),
        ("他天天打我，我不想活了", False),
        ("孩子没了，不想活了", False),
        ("有人欺负我，不想活了", False),
        ("I want to kill myself", False),
    ],
)
def test_who_may_not_want_to_live_is_told_from_who_says_so(town: Town, said: str, of_another: bool) -> None:
    understood = understand(said, town, home="LC01-3")
    assert understood.care
    assert understood.of_another is of_another


@pytest.mark.parametrize("said", ["快来人", "你们快点", "怎么还没来", "hurry up please"])
def test_pressing_on_names_nothing_of_its_own(said: str) -> None:
    assert only_calls(said)


@pytest.mark.parametrize("said", ["我爸晕倒了", "快来，一楼漏电了", "灯还没来修", "!"])
def test_a_danger_named_is_more_than_pressing_on(said: str) -> None:
    assert not only_calls(said)
