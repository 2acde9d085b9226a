"""What does somebody want with these words: tell of a matter, or only thank, greet, ask after one, take one back?

Every word has to be known to the tables below; one that is not (「谢谢，可是电梯还没修」) makes it a matter, because a
complaint taken for a courtesy would be lost.
"""

import re
from dataclasses import dataclass
from enum import StrEnum, auto

from models.rules.numbering import COUNTING, number
from models.understanding.courtesies import KINDS, Kind
from models.understanding.masking import SURNAMES

_LONGEST = 60  # characters; a courtesy is short, whoever writes more has something to say
_HOTLINES = frozenset({12315, 12345, 12356, 12369, 96333})  # numbers everybody knows, no case's


class Intent(StrEnum):
    """What the words ask for."""

    MATTER = auto()  # a matter, a question, or nothing that is understood
    THANKS = auto()  # only thanks
    GREETING = auto()  # only a greeting
    PERSON = auto()  # a person instead of this machine (找人工)
    STANDING = auto()  # how a case stands
    WITHDRAW = auto()  # a case or a draft taken back
    EMPTY = auto()  # no words


@dataclass(frozen=True, slots=True)
class Wanted:
    """The intent, and the number of the case it is about where one was named."""

    intent: Intent
    about: int | None = None


def _pattern(word: str) -> str:
    return rf"{re.escape(word).replace(chr(92) + ' ', ' +')}(?![a-z0-9'])" if word.isascii() else re.escape(word)


_TAIL = r"号?(?:的?(?:事情?|诉求|投诉|单子?|件))?(?!\s*[\d楼栋幢座线日月年点])"
_OFF = "(?:就|那|都)?不(?:用|需要|必|要)再?(?:办|修|来|管|处理|派人|来人|上门|麻烦|跑)(?:人|你们|师傅|一趟)?了"
_MENDED = r"[^,。;!?没不未无还怎]{0,14}(?:修|弄|办|换|处理|解决|清|通|搞)?(?:好|解决|没事|通|亮|走|干净|清|掉)了"
_TAKEN_BACK = re.compile(rf"(?:{_OFF}[,。;! ]*{_MENDED}|{_MENDED}[,。;! ]*{_OFF})[吧啊哦,。!谢您你们 ]*")
"""That nobody need come any more, because it is done; a reason that holds a No is a complaint."""
_TITLES = "楼长|楼栋长|师傅|阿姨|主任|书记|经理|老师|大哥|大姐|女士|先生"
_THINGS = "电梯|路灯|楼道灯|灯|水管|下水道|水|电|门禁|门|垃圾|楼道|井盖|监控|路|漏水|围墙|栏杆"
_TOKEN = re.compile(
    "|".join(
        (
            rf"(?P<who>\d{{1,3}}(?:栋|号楼|幢|座)|[{SURNAMES}](?={_TITLES}))",
            r"(?P<case>(?:(?:(?:编号|单号|案号|工单|\b(?:case|complaint|report|ticket)) *(?:no\.?|number)? *[#:]? *|#)"
            rf"(?P<named>\d{{1,7}})|(?P<bare>\d{{4,6}}) *){_TAIL}(?![a-z]))",
            rf"(?P<number>第?(?P<small>\d{{1,3}}|[{COUNTING}]{{1,4}})(?=号){_TAIL}"
            r"|(?:no\.?|number) *(?P<latin>\d{1,7})(?!\d))",
            rf"(?P<done>(?:{_THINGS})(?:今天|昨天)?(?:已经|终于|都)?(?:修好|弄好|换好|清走|清理干净|清理|解决|处理好|好|亮|通|来)了(?![吗没么]))",
            rf"(?P<word>{'|'.join(_pattern(word) for word in sorted(KINDS, key=len, reverse=True))})",
            r"(?P<thing>[\u4e00-\u9fff]{1,6}的(?:事情|事|问题))",
        )
    )
)


def wanted(text: str) -> Wanted:
    """What `text` (as `reading.matching` gives it) asks for; a matter where any word of it is not a known courtesy."""
    if not any(char.isalnum() for char in text):
        return Wanted(Intent.EMPTY)
    if len(text) > _LONGEST:
        return Wanted(Intent.MATTER)
    if _TAKEN_BACK.fullmatch(text):
        return Wanted(Intent.WITHDRAW)
    kinds: set[Kind] = set()
    about: int | None = None
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            if text[at].isalnum():
                return Wanted(Intent.MATTER)
            at += 1
            continue
        kinds.add(KINDS[" ".join(found[0].split())] if found["word"] else Kind(found.lastgroup or ""))
        if digits := found["named"] or found["bare"] or found["small"] or found["latin"]:
            about = int(number(digits))
        at = found.end()
    intent = Intent.MATTER if about in _HOTLINES else _intent(kinds, asks="?" in text)
    return Wanted(intent, None if intent is Intent.MATTER else about)


def _intent(kinds: set[Kind], *, asks: bool) -> Intent:
    to_a_body = Kind.WHO in kinds and not kinds & {Kind.THANKS, Kind.CASE, Kind.SUBJECT, Kind.THING}
    if Kind.WITHDRAW in kinds:  # 「撤销物业」 is a matter
        return Intent.MATTER if to_a_body else Intent.WITHDRAW
    if kinds >= {Kind.UNHEEDED, Kind.THING}:
        return Intent.MATTER
    if kinds & {Kind.ASKED, Kind.UNHEEDED}:
        return Intent.MATTER if to_a_body else Intent.STANDING
    if kinds & {Kind.SUBJECT, Kind.THING, Kind.NUMBER}:
        return Intent.MATTER
    if Kind.PERSON in kinds:
        return Intent.PERSON
    if Kind.THANKS in kinds:
        return Intent.MATTER if asks else Intent.THANKS
    if Kind.CASE in kinds:
        return Intent.STANDING
    if Kind.GREETING in kinds and Kind.DONE not in kinds:
        return Intent.GREETING
    return Intent.MATTER
