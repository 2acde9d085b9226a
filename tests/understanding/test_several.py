"""Are two matters in one text heard as two, the graver first, and is one matter told in two words still one?"""

import pytest

from models.rules.policy import Town
from models.understanding import understand

HOME = "LC01-3"


@pytest.mark.parametrize(
    ("said", "first", "also"),
    [
        pytest.param("电梯坏了\uff0c还有楼下垃圾堆了三天", "C03-2", ["C07-1"], id="the graver is said first"),
        pytest.param("楼下垃圾堆了三天\uff0c还有电梯坏了", "C03-2", ["C07-1"], id="the graver is said last"),
        pytest.param("电梯坏了还有楼下垃圾堆了三天", "C03-2", ["C07-1"], id="without a comma"),
        pytest.param("楼道灯不亮\uff0c另外路面有个大坑", "C11-1", ["C11-2"], id="repairs of two things"),
        pytest.param("3栋停水了\uff0c顺便说一下门口乱停车", "C04-1", ["C05-1"], id="by the way"),
        pytest.param("电梯坏了\uff0c垃圾也没人清", "C03-2", ["C07-1"], id="也"),
        pytest.param(
            "物业天天不管\uff0c电梯坏了三天、垃圾没人收、楼上吵、停车费乱收",
            "C03-2",
            ["C07-1", "C08-2", "C05-2"],
            id="an angry list",
        ),
        pytest.param(
            "物业不作为\uff01电梯坏了三天\uff0c还有垃圾没人收\uff0c另外停车费乱收",
            "C03-2",
            ["C07-1", "C05-2"],
            id="angry, and joined",
        ),
        pytest.param("物业不管\uff0c还有电梯坏了", "C03-2", [], id="a grudge hides no thing"),
        pytest.param(
            "电梯三天没修\uff0c物业不管\uff0c打电话不接", "C03-2", [], id="nor an urgent one told in one breath"
        ),
        pytest.param("有人打架\uff0c还有路灯坏了", "C12-1", ["C11-1"], id="an emergency before a lamp"),
        pytest.param("1、垃圾没人清 2、电梯坏了 3、车乱停", "C03-2", ["C07-1", "C05-1"], id="a list"),
        pytest.param(
            "The lift is broken, also the rubbish has not been collected", "C03-2", ["C07-1"], id="in English"
        ),
    ],
)
def test_two_matters_are_two(town: Town, said: str, first: str, also: list[str]) -> None:
    understood = understand(said, town, home=HOME)
    assert understood.category.code == first
    assert [category.code for category in understood.also] == also
    assert len(understood.also_named) == len(also)


def test_of_equally_grave_matters_the_first_named_leads(town: Town) -> None:
    assert understand("垃圾没人清\uff0c另外楼道灯不亮", town, home=HOME).category.code == "C07-1"
    assert understand("楼道灯不亮\uff0c另外垃圾没人清", town, home=HOME).category.code == "C11-1"


def test_the_other_matter_is_named_as_people_say_it(town: Town) -> None:
    assert understand("电梯坏了\uff0c还有垃圾没清", town, home=HOME).also_named == ("垃圾没清",)
    named = understand("The lift is broken, also the rubbish has not been collected", town, home=HOME).also_named
    assert named == ("Cleaning, rubbish",)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("电梯坏了\uff0c还有老人上不去", id="what follows from it"),
        pytest.param("楼上装修很吵\uff0c还有灰尘", id="noise and dust of the same works"),
        pytest.param("垃圾很臭\uff0c还有老鼠", id="rubbish and what it draws"),
        pytest.param("3栋还有5栋电梯坏了", id="two places"),
        pytest.param("楼道堆了沙发\uff0c还有鞋柜", id="two things"),
        pytest.param("物业不管\uff0c还有电梯坏了", id="who should have mended it"),
        pytest.param("电梯坏了还有人管吗", id="还有人 that asks"),
        pytest.param("屋顶漏水\uff0c另外墙也发霉了", id="a leak and its mould"),
        pytest.param("电梯停了\uff0c灯也不亮", id="the lamp in the lift"),
        pytest.param("电梯坏了", id="one"),
        pytest.param("", id="none"),
    ],
)
def test_one_matter_is_one(town: Town, said: str) -> None:
    assert understand(said, town, home=HOME).also == ()


def test_a_neighbour_beside_the_matter_keeps_the_words_hidden(town: Town) -> None:
    understood = understand("电梯坏了\uff0c还有隔壁老王半夜唱歌", town, home=HOME)
    assert understood.category.code == "C03-2"
    assert understood.plain
    assert "老王" not in understood.seen


def test_beside_violence_at_home_nothing_else_is_told(town: Town) -> None:
    assert understand("老公天天打我\uff0c还有路灯坏了", town, home=HOME).also == ()
