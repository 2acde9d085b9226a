"""What do the words ask for? A courtesy is known by every word of it; one word more is a matter."""

import time

import pytest

from models.rules.policy import Town
from models.understanding import Intent, understand

HOME = "LC01-3"


def intent(town: Town, said: str) -> tuple[Intent, int | None]:
    understood = understand(said, town, home=HOME)
    return understood.intent, understood.about


@pytest.mark.parametrize(
    ("said", "about"),
    [
        pytest.param("谢谢你们", None, id="thanks"),
        pytest.param("辛苦了", None, id="without the word"),
        pytest.param("thank you so much", None, id="in English"),
        pytest.param("Thank you for the quick work", None, id="and for what"),
        pytest.param("谢谢林楼长\uff01", None, id="to a person"),
        pytest.param("谢谢3栋林楼长", None, id="and where"),
        pytest.param("\U0001f60a谢谢\U0001f64f\U0001f64f", None, id="with pictures"),
        pytest.param("谢谢物业师傅\uff0c电梯修好了", None, id="and that it is done"),
        pytest.param("垃圾清走了\uff0c辛苦了", None, id="done, then thanks"),
        pytest.param("谢谢\uff0c0412号已经解决了", 412, id="for a case"),
        pytest.param("你好\uff0c谢谢", None, id="a greeting before it"),
        pytest.param("收到\uff0c谢谢", None, id="an answer"),
        pytest.param("谢谢社区的同志们", None, id="to many"),
    ],
)
def test_only_thanks_are_thanks(town: Town, said: str, about: int | None) -> None:
    assert intent(town, said) == (Intent.THANKS, about)


@pytest.mark.parametrize(
    "said", ["你好", "在吗\uff1f", "喂", "你好\uff01有人在吗", "hello", "Hi there!", "物业你好", "Good morning"]
)
def test_a_greeting_alone_is_a_greeting(town: Town, said: str) -> None:
    assert intent(town, said) == (Intent.GREETING, None)


@pytest.mark.parametrize(
    "said",
    ["找人工", "人工", "转人工\uff0c谢谢", "我要人工", "你好\uff0c人工客服", "human", "I want to talk to a person"],
)
def test_who_wants_a_person_is_heard(town: Town, said: str) -> None:
    assert intent(town, said) == (Intent.PERSON, None)


@pytest.mark.parametrize(
    ("said", "about"),
    [
        pytest.param("0001号", 1, id="a number as the receipt writes it"),
        pytest.param("0412", 412, id="and bare"),
        pytest.param("编号12", 12, id="called a number"),
        pytest.param("0001号怎么还没好", 1, id="why it is not done"),
        pytest.param("1号的事什么时候修好", 1, id="when it will be"),
        pytest.param("查0412", 412, id="looked up"),
        pytest.param("1号怎么样了", 1, id="short, and asked after"),
        pytest.param("第三号怎么样了", 3, id="in Chinese"),
        pytest.param("请问0412号怎么样了\uff0c谢谢", 412, id="politely"),
        pytest.param("0412号的事到哪一步了", 412, id="the matter of"),
        pytest.param("我的事怎么样了", None, id="without a number"),
        pytest.param("到哪一步了", None, id="nothing named"),
        pytest.param("电梯的事怎么样了", None, id="by its matter"),
        pytest.param("修好了吗\uff1f", None, id="is it done"),
        pytest.param("How is my case going?", None, id="in English"),
        pytest.param("any news on case 12?", 12, id="in English, with a number"),
        pytest.param("what happened to 0412", 412, id="a bare number in English"),
    ],
)
def test_who_asks_after_a_case_is_heard(town: Town, said: str, about: int | None) -> None:
    assert intent(town, said) == (Intent.STANDING, about)


@pytest.mark.parametrize(
    ("said", "about"),
    [
        pytest.param("撤回", None, id="one word"),
        pytest.param("不用了\uff0c谢谢师傅", None, id="with thanks"),
        pytest.param("取消", None, id="cancel"),
        pytest.param("撤回0412号", 412, id="of a case"),
        pytest.param("不用了\uff0c已经修好了", None, id="with the reason"),
        pytest.param("不用办了\uff0c已经好了", None, id="with what is done"),
        pytest.param("不用修了\uff0c我自己弄好了", None, id="by oneself"),
        pytest.param("灯自己亮了\uff0c不用来了", None, id="the reason first"),
        pytest.param("never mind", None, id="in English"),
    ],
)
def test_taking_back_is_heard(town: Town, said: str, about: int | None) -> None:
    assert intent(town, said) == (Intent.WITHDRAW, about)


@pytest.mark.parametrize("said", ["", " \n", "。。。", "\U0001f60a", "\u200b\u202e"])
def test_no_words_are_no_words(town: Town, said: str) -> None:
    assert intent(town, said) == (Intent.EMPTY, None)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("谢谢\uff0c可是电梯还没修", id="thanks, but"),
        pytest.param("电梯坏了\uff0c谢谢", id="thanks beforehand"),
        pytest.param("没修好\uff0c谢谢", id="not done"),
        pytest.param("请及时处理\uff0c谢谢", id="a request"),
        pytest.param("谢谢帮忙处理", id="thanks for doing what is not done"),
        pytest.param("谢谢电梯修好了吗", id="a question"),
        pytest.param("谢谢你们的不作为", id="irony"),
        pytest.param("thanks, the lift is still broken", id="thanks, but, in English"),
        pytest.param("你好\uff0c电梯坏了", id="a greeting and a matter"),
        pytest.param("有人吗\uff0c救命啊", id="a cry for help"),
        pytest.param("人工湖很臭", id="an artificial lake"),
        pytest.param("人工费太贵", id="cost of labour"),
        pytest.param("a person is shouting", id="a person who shouts"),
        pytest.param("1号楼怎么样了", id="a building"),
        pytest.param("1号停电", id="a day, or a building"),
        pytest.param("1号", id="a number that may be anything"),
        pytest.param("电梯怎么还没修好", id="a thing named is a matter"),
        pytest.param("电梯的事没人管", id="no question"),
        pytest.param("12345", id="the hotline everybody knows"),
        pytest.param("13800001234", id="a telephone"),
        pytest.param("2026年", id="a year"),
        pytest.param("不用来了\uff0c来了也没修好", id="a complaint"),
        pytest.param("撤回垃圾桶", id="bins taken away"),
        pytest.param("取消停车费", id="a fee to be abolished"),
        pytest.param("撤销物业", id="a firm to be dismissed"),
        pytest.param("cancel the parking fee", id="in English"),
        pytest.param("好的", id="yes, to what?"),
        pytest.param("谢谢" * 40, id="longer than any courtesy"),
    ],
)
def test_anything_else_is_a_matter(town: Town, said: str) -> None:
    assert intent(town, said) == (Intent.MATTER, None)


def test_what_is_asked_for_is_read_in_no_time(town: Town) -> None:
    """Of words that almost are a courtesy, again and again: processor time, a hundred times what it takes."""
    began = time.process_time()
    for said in ("谢谢谢谢你们的" * 8 + "坏", "0412号的事" * 10, "林" * 60, "的事情" * 20, "thank you so " * 4 + "x"):
        understand(said, town, home=HOME)
    assert time.process_time() - began < 0.5
