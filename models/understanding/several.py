"""Is more than one matter told? Only where the words join two, and where the two could not be one."""

import re

from models.rules.policy import UNCLASSIFIED, Sla, Town
from models.understanding.matter import Matter, matter_of

_MOST = 4  # of one text: the gravest, and three that are told apart later
_A_LIST = 3  # so many clear matters, clause by clause, are several, whatever joins them
_GRUDGE = "C09-1"  # that the firm does nothing is said beside everything it should have done
_URGENT = frozenset({Sla.P0, Sla.P1})
_LONGEST = 100  # words or Chinese characters; a longer text turns one matter about and about
_CLEAR = 4.0  # a word of two characters at the beginning of its part says 5
_SURE = 0.5
_RANK = {sla: at for at, sla in enumerate(Sla)}

_JOINED = re.compile(
    r"还有(?:就是|一件事|个事|件事)?(?!没|人|多久|几|点|些)|另外|此外|再有|再就是|再一个|再者"
    r"|还想(?:反映|说|问)|还要(?:反映|说)|顺便|顺带|其次|第二[,、:是件]|二是"
    r"|[,。;](?=[^,。;]{1,8}也(?:没|不|坏|是|很|太|有|老|总|要|堵|漏|停))"
    r"|\b(?:and also|also|besides|another thing|in addition|plus|secondly|as well as)\b"
)
_LIST = re.compile(
    r"\s*(?:1[.、)]|一、)(?!\d)"
)  # from its first word on; a list further on tells of one matter in parts
_CLAUSE = re.compile(r"[,。;!?、\n]")
_ITEM = re.compile(r"(?:^|[\s;。,])(?:[1-4][.、)]|[一二三四]、)(?!\d)")
_WORD = re.compile(r"[a-z0-9']+|[\u3400-\u9fff]")
# Matters that people tell in one breath as one, by how their codes begin.
_NEAR = (
    ("C01-1", "C05-1 C06-3 C07-1 C07-2 C01 C12-3"),
    ("C01-2", "C09 C11-1"),
    ("C01-3", "C05 C04-1 C11-1"),
    ("C01-4", "C04-1 C07-3 C01"),
    ("C02", "C04-2 C04-3 C06-1 C07-4 C08-1 C10-3 C11-2"),
    ("C02-4", "C07-1 C07-2 C12-1"),
    ("C03", "C04-1 C10-3 C11-1 C11-4 C12-3 C08-4"),
    ("C04-1", "C09-3 C09-2 C04-4 C11-1"),
    ("C04-2", "C07-1 C07-3 C11-2 C04-3"),
    ("C04-4", "C07-3"),
    ("C05", "C06-3 C11-1 C11-2 C09-2 C10-2"),
    ("C06", "C08-1 C06 C07-3 C07-4 C08-3 C11-3 C05-1"),
    ("C06-4", "C08-2 C12-1 C07"),
    ("C07-3", "C08-2 C08-4 C12-2"),
    ("C07-4", "C08-3 C11-1"),
    ("C08", "C12-1 C12-2 C08 C07-3"),
    ("C09-1", "C01 C02 C03 C04 C05 C06 C07 C08 C09 C10 C11 C12"),
    ("C09-4", "C01 C02 C03 C04 C05 C06 C07 C08 C09 C10 C11 C12"),
    ("C09-2", "C05-2"),
    ("C10", "C09 C10 C05-2 C03-3"),
    ("C12-3", "C03"),
)
_REPAIRS = "C11"  # lights, ground and playgrounds stand in one chapter and have nothing to do with each other
_PAIRS = tuple((one, other) for one, others in _NEAR for other in others.split())


def matters_of(text: str, town: Town) -> tuple[Matter, tuple[Matter, ...]]:
    """The gravest matter of `text` (as `reading.matching` gives it), and at most three others that it clearly names.

    Of equally grave ones the first that is named. A grudge against the firm hides no clear thing it is told beside.
    """
    whole = matter_of(text, town)
    if len(text) > 6 * _LONGEST or len(_WORD.findall(text)) > _LONGEST:
        return whole, ()
    joint = _ITEM if _LIST.match(text) else _JOINED
    told = _clear(joint.split(text), town) if joint.search(text) else []
    listed = _clear(_CLAUSE.split(text), town)
    if len(listed) >= _A_LIST:
        told = listed
    if not told and whole.category.code == _GRUDGE:
        told = [matter for matter in listed if matter.category.sla in _URGENT][:1]
    if (len(told) < 2 and whole.category.code != _GRUDGE) or not told:
        return whole, ()
    gravest = min(told, key=lambda matter: _RANK[matter.category.sla])
    return gravest, tuple(matter for matter in told if matter is not gravest)[: _MOST - 1]


def _clear(parts: list[str], town: Town) -> list[Matter]:
    """The matters that some part names clearly, each once; a grudge is none."""
    told: list[Matter] = []
    for part in parts:
        found = matter_of(part, town)
        if found.said < _CLEAR or found.sure < _SURE or found.category.code in (UNCLASSIFIED, "K00", _GRUDGE):
            continue
        if not any(near(found.category.code, other.category.code) for other in told):
            told.append(found)
    return told


def near(one: str, other: str) -> bool:
    """Whether two categories may be one matter told in two words: 「楼上装修，还有灰尘」."""
    if one[:3] == other[:3]:
        return one == other or one[:3] != _REPAIRS
    return any(
        (one.startswith(a) and other.startswith(b)) or (one.startswith(b) and other.startswith(a)) for a, b in _PAIRS
    )
