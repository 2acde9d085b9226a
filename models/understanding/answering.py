"""Do these few words answer 解决了吗? What people type under the question instead of tapping."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from models.rules.lifecycle import Event
from models.understanding.reading import matching

_YES = """
    解决了 已经解决了 修好了 已经修好了 好了 已经好了 没事了 已经没事了 弄好了 办好了 是 是的 solved fixed yes done
    it_is_fixed it_works"""
_NO = """
    没有 没 没解决 没有解决 还没解决 没好 还没好 没修好 还没修好 没办好 不行 no not_yet not_fixed not_solved
    still_broken"""
_PARTLY = "好了一部分 一部分 好了一些 partly partly_fixed"

_CLEAR_NO = (
    "没有,",
    "没,",
    "没修好",
    "没解决",
    "没好",
    "还没好",
    "还没修好",
    "还没解决",
    "没办好",
    "not yet",
    "still not",
)
_THANKS = re.compile(
    r"^(?:谢谢|多谢|感谢|辛苦)[您你们了大家]{0,2}[ ,.!。]*"
    r"|[ ,.!。]*(?:谢谢|多谢|感谢|辛苦|thanks?)[您你们了大家啦 you]*[ .!。]*$"
)
"""「好了，谢谢」 answers as 「好了」 does."""
_SHORT = 14  # characters; whoever writes more tells something new
_MARKS = " .,!?。，！？"

_WORDS: Mapping[str, Event] = MappingProxyType(
    {
        word.replace("_", " "): event
        for event, words in ((Event.CONFIRM, _YES), (Event.DENY, _NO), (Event.PARTLY, _PARTLY))
        for word in words.split()
    }
)


def answered(text: str) -> Event | None:
    """The answer these words are; None for anything longer, which is a sentence of its own."""
    words = _answer(text)
    if (event := _WORDS.get(_bare(words))) is not None:
        return event
    if len(words) <= _SHORT and words.startswith(_CLEAR_NO):
        return Event.DENY  # 「没修好,还是那样」
    return None


_ASSENT = frozenset({"是", "是的", "yes"})
"""A yes to whatever was asked."""
_SLIPPED = re.compile(
    "我?(?:刚才|刚刚)?(?:点|按|说|发|选)错了?[,。;! ]*(?:其实|是|应该是|已经)*(?:修好|解决|办好|弄好|好)?了?"
    "|(?:sorry,? )?i (?:tapped|pressed|chose) (?:the )?wrong(?: one| button)?"
    "|(?:my |by )?mistake"
)


def mended(text: str) -> bool:
    """Whether these few words say that it is done, whoever asked: 「已经好了」."""
    return _WORDS.get(bare := _bare(_answer(text))) is Event.CONFIRM and bare not in _ASSENT


def slipped(text: str) -> bool:
    """Whether they take back what was tapped a moment ago: 「点错了」, 「点错了，其实好了」."""
    return _SLIPPED.fullmatch(_answer(text)) is not None


def says_why(text: str) -> bool:
    """Whether an answer says more than itself: 「没有,三楼那盏还是黑的」."""
    return _bare(_answer(text)) not in _WORDS


def _answer(text: str) -> str:
    return _THANKS.sub("", matching(text[:40])).strip(_MARKS)


def _bare(words: str) -> str:
    return words.rstrip("啊呀呢吧哦").replace("啦", "了")


_AGAIN = re.compile(
    "又(?:坏|不|没|停|漏|堵|脏|臭|吵|响|来|犯|这样|那样|开始|出)|还是(?:坏|不|老样子|那样|没)|没(?:修|弄|办|解决|处理|全)?好"
    "|没解决|没修|白修|(?:broken|stopped|leaking|down|dark|happening) again|(?:still|again) (?:not|broken)|not fixed"
)
_AGAIN_MOST = 30  # characters; whoever writes more tells the whole of it anew


def broken_again(text: str) -> bool:
    """Whether these few words say that something has come back, or was never mended."""
    words = matching(text[: _AGAIN_MOST + 1])
    return len(words) <= _AGAIN_MOST and _AGAIN.search(words) is not None


_HURRY = re.compile(
    "催|怎么还没|怎么没|还没人|没人(?:来|管|理|联系)|什么时候|还要多久|多久能|hurry|nobody|no one|when|anyone|how long"
)


def hurries(text: str) -> bool:
    """Whether who asks how a case stands wants it to go faster."""
    return _HURRY.search(matching(text)) is not None
