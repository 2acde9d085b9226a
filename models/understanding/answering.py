"""Do these few words answer 解决了吗? What people type under the question instead of tapping."""

from collections.abc import Mapping
from types import MappingProxyType

from models.rules.lifecycle import Event
from models.understanding.reading import matching

_YES = """
    解决了 已经解决了 修好了 已经修好了 好了 已经好了 弄好了 办好了 是 是的 solved fixed yes done it_is_fixed
    it_works"""
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
    words = matching(text[:40]).strip(_MARKS)
    bare = words.rstrip("啊呀呢吧哦").replace("啦", "了")
    if (event := _WORDS.get(bare)) is not None:
        return event
    if len(words) <= _SHORT and words.startswith(_CLEAR_NO):
        return Event.DENY  # 「没修好,还是那样」
    return None
