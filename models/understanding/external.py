"""What does a line say about another office's case? 「12345 2026112400123 11月30日」: a number, and perhaps a day."""

import re
from dataclasses import dataclass
from datetime import date

from models.understanding.reading import matching

_FULL = re.compile(r"(?<!\d)(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?!\d)")
_SHORT = re.compile(r"(?<!\d)(\d{1,2})(?:月(\d{1,2})[日号]?|[/.](\d{1,2}))(?!\d)")
_TOKEN = re.compile(r"[0-9a-z][0-9a-z-]{3,39}")
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[ -]?(\d{4})[ -]?(\d{4})(?!\d)")
_OF_A_PERSON = re.compile(
    r"(?:86)?1[3-9]\d{9}|0[1-9]\d{8,10}"  # a mobile, a landline with its area code
    r"|\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]|62\d{14,17}"  # an identity, a bank card
)
_ROOM = re.compile(r"\d{1,2}(?:-\d{1,2})?-\d{3,4}")
_NEAR = 60  # days: a day that lies further back than this is next year's


@dataclass(frozen=True, slots=True)
class External:
    """Another office's number for the same matter, and the day it wants an answer by."""

    number: str
    by: date | None


def external_in(text: str, *, today: date) -> External | None:
    """The longest run of digits and letters, and the day named beside it; None without a number."""
    words = matching(text[:200])
    by, rest = _day(_MOBILE.sub(r"\1\2\3", words), today)
    tokens = [token for token in _TOKEN.findall(rest) if any(character.isdigit() for character in token)]
    if not tokens:
        return None
    return External(max(tokens, key=len).upper(), by)


def of_a_person(number: str) -> bool:
    """Whether it reads like a telephone, an identity, a card or a room: no office's number, and kept nowhere unsealed.

    Other long numbers, which `masked` hides in a sentence, are what offices give out.
    """
    return bool(_OF_A_PERSON.fullmatch(number.replace("-", "")) or _ROOM.fullmatch(number))


def _day(words: str, today: date) -> tuple[date | None, str]:
    """The day that is named, and the words without it; a day without its year is the next that comes."""
    if found := _FULL.search(words):
        return _date(int(found[1]), int(found[2]), int(found[3])), words.replace(found[0], " ")
    if found := _SHORT.search(words):
        month, day = int(found[1]), int(found[2] or found[3])
        by = _date(today.year, month, day)
        if by is not None and (today - by).days > _NEAR:
            by = _date(today.year + 1, month, day)
        return by, words.replace(found[0], " ")
    return None, words


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
