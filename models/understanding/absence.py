"""Do few words say that what a desk reported is not so? That nobody stands there, that nothing was fenced off."""

import re

from models.understanding.reading import matching

_MOST = 40  # characters; whoever writes more tells of something besides
_NOBODY = re.compile(
    r"没(?:有)?(?:看到|看见|见到|见)?(?:一个|什么|任何|你们的?)?人(?:来|到|在|影|过来|$|[,。!?啊呀呢])"
    r"|(?:没|没有)(?:看到|看见|见到|见)(?:你们|他们)?(?:人|来)"
    r"|(?:人|你们|他们|师傅|保安|物业)[^,。!?;]{0,4}(?:还|都|根本|也|就)没(?:有)?(?:来|到)|(?:谁|一个)(?:人)?[都也]没(?:来|到)"
    r"|^\W*(?:根本|还|都|也)?没(?:有)?(?:来|到)(?:啊|呀|呢|过|场)?\W*$|哪(?:里|儿)?有人|鬼影|人影都"
    r"|\b(?:nobody|no one|noone)(?:'s| is| has| was)?(?: \w+)? (?:came|come|here|there|arrived|coming|showed up)\b"
    r"|\bhaven't seen anyone\b"
)
_OPEN = re.compile(
    r"没(?:有)?(?:人)?(?:来)?(?:围|拦|挡|封|停用|拉(?:警戒)?线)|(?:围挡|警戒线|围栏)[^,。!?;]{0,4}(?:没|倒|不见|撤)"
    r"|(?:还|仍)(?:在|是)?[^,。!?;没不]{0,2}(?:掉|危险|漏电)"
    r"|\b(?:not|nothing|isn't|wasn't)(?: \w+)? (?:fenced|blocked|closed|safe|roped)\b"
    r"|\bstill (?:dangerous|falling|not safe)\b"
)


def nobody_came(text: str) -> bool:
    """Whether they say that nobody is there: 「没人来啊」, 「根本没看到人」."""
    return len(text) <= _MOST and _NOBODY.search(matching(text)) is not None


def not_safe(text: str) -> bool:
    """Whether they say that it was not made safe, or is so no more: 「根本没有围」."""
    return len(text) <= _MOST and _OPEN.search(matching(text)) is not None
