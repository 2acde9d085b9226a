"""Is somebody shut in a lift or beaten at home heard, and is a broken lift, a habit or a fear no alarm?"""

import pytest

from models.rules.policy import Sla, Town
from models.understanding import understand

HOME = "LC01-3"


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("The lift is stuck, my mother is inside", id="no word of trapping"),
        pytest.param("The lift stopped. My son is in it!", id="over two sentences"),
        pytest.param("People can't get out of the lift", id="cannot get out"),
        pytest.param("I am trapped in the elevator", id="in so many words"),
        pytest.param("困在电梯里", id="four characters"),
        pytest.param("电梯里有人出不来", id="as a passer-by says it"),
        pytest.param("电梯停了\uff0c我妈在里面", id="as a daughter says it"),
        pytest.param("电梯卡住了里面有老人", id="in one breath"),
        pytest.param("电梯门打不开\uff0c我和孩子在里面", id="from inside"),
        pytest.param("我们被关在电梯里", id="shut in"),
    ],
)
def test_somebody_in_a_lift_is_an_emergency(town: Town, said: str) -> None:
    understood = understand(said, town, home=HOME)
    assert understood.category.code == "C03-1"
    assert understood.danger
    assert understood.sla is Sla.P0


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param("电梯老坏\uff0c万一困人怎么办", "C03-2", id="what if"),
        pytest.param("如果我妈困在电梯里谁负责", "C03-2", id="if"),
        pytest.param("If someone gets stuck in the lift who will help?", "C03-2", id="if, in English"),
        pytest.param("电梯坏了\uff0c老人出不来", "C03-2", id="cannot leave home"),
        pytest.param("电梯里有人抽烟\uff0c电梯按钮坏了", "C03-2", id="in the lift, and doing well"),
        pytest.param("有人在电梯里小便\uff0c电梯坏了三天", "C03-2", id="was in the lift"),
        pytest.param("电梯坏了\uff0c快递放在里面", "C03-2", id="a thing inside"),
        pytest.param("The lift is broken again, old people suffer", "C03-2", id="nobody inside"),
        pytest.param("车出不来\uff0c道闸坏了", "C11-1", id="a car that cannot get out"),
    ],
)
def test_a_broken_lift_is_no_emergency(town: Town, said: str, code: str) -> None:
    understood = understand(said, town, home=HOME)
    assert understood.category.code == code
    assert not understood.danger
    assert understood.sla is not Sla.P0


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("我老公天天打我\uff0c我不敢报警", id="the critic's words"),
        pytest.param("老公喝了酒就打我", id="when drunk"),
        pytest.param("丈夫又在家里动手", id="without the word 打"),
        pytest.param("老婆打我", id="a husband beaten"),
        pytest.param("儿子打我\uff0c我七十了", id="a mother beaten"),
        pytest.param("妈妈打我", id="a child beaten"),
        pytest.param("我被老公打了", id="passive"),
        pytest.param("他天天打我\uff0c我不敢报警", id="nobody named, but nobody dares"),
        pytest.param("老公掐我脖子", id="strangled"),
        pytest.param("他打我", id="three characters"),
        pytest.param("天天打我\uff0c怎么办", id="nobody named at all"),
        pytest.param("楼上男的又在家暴", id="a neighbour heard it"),
        pytest.param("My husband beats me and I am afraid to call the police", id="in English"),
        pytest.param("my son hit me last night", id="by a son"),
    ],
)
def test_violence_at_home_is_sealed(town: Town, said: str) -> None:
    understood = understand(said, town, home=HOME)
    assert understood.category.code == "C12-4"
    assert understood.sla is Sla.P0
    assert understood.plain, "nobody reads the words"
    assert "打" not in understood.seen


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param("物业打我电话说收费", "C09-1", id="a telephone call"),
        pytest.param("我老公打我手机打不通", "K99", id="a husband's telephone call"),
        pytest.param("邻居打我儿子", "C12-1", id="a neighbour is no family"),
        pytest.param("保安打人了", "C12-1", id="nor is a guard"),
        pytest.param("物业天天打我电话催物业费", "C09-3", id="calls every day"),
        pytest.param("他打我手机三次", "K99", id="he called"),
        pytest.param("我妈妈动手术\uff0c电梯坏了", "C03-2", id="an operation"),
        pytest.param("儿子在家打游戏太吵", "C08-2", id="a game"),
    ],
)
def test_other_beating_is_not_taken_for_it(town: Town, said: str, code: str) -> None:
    assert understand(said, town, home=HOME).category.code == code


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("There is a fire in the kitchen next door", id="a fire"),
        pytest.param("The stairs are full of smoke", id="smoke"),
        pytest.param("gas is leaking on the 5th floor", id="gas"),
        pytest.param("There is blood everywhere, a man fell", id="blood"),
        pytest.param("Tell me if you can. There is a fire", id="an if of another sentence"),
        pytest.param("怕是着火了\uff0c好大烟", id="a fear that is a guess"),
        pytest.param("叫不醒我爷爷了", id="somebody does not wake"),
    ],
)
def test_danger_is_heard_in_either_language(town: Town, said: str) -> None:
    assert understand(said, town, home=HOME).danger


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("what if there is a fire in the stairs", id="what if"),
        pytest.param("If there was ever a fire nobody could get out", id="some words after the if"),
        pytest.param("my blood pressure is high", id="pressure"),
        pytest.param("the fire exit is blocked", id="an exit"),
        pytest.param("We need a fire extinguisher on every floor", id="an extinguisher"),
        pytest.param("Cigarette smoke in the lift every day", id="a smoker"),
        pytest.param("楼下开了大火锅店\uff0c油烟很大", id="a restaurant"),
        pytest.param("怕着火\uff0c请清理楼道", id="afraid of"),
    ],
)
def test_a_supposed_danger_is_none(town: Town, said: str) -> None:
    assert not understand(said, town, home=HOME).danger
    assert understand(said, town, home=HOME).sla is not Sla.P0
