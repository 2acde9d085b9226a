"""What does one cell say? A code, a reference, a choice, a yes: each with its finding where it does not."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from models.rules.policy import Span
from models.town.findings import Fault
from models.town.rows import Row
from models.town.times import read_span

_YES = {"是": True, "否": False, "yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,23}")

T = TypeVar("T")


def unique(rows: list[Row], make: Callable[[Row], T], *, key: str = "code") -> dict[str, T]:
    """What each row makes, by its code; a second row of one code is a finding."""
    made: dict[str, T] = {}
    first: dict[str, int] = {}
    for row in rows:
        code = row.word(key)
        if code and not _CODE.fullmatch(code):
            row.wrong(Fault.BAD_VALUE, key, "at most 24 letters, digits, - or _")
        elif code in first:
            row.wrong(Fault.DUPLICATE, code, first[code])
            make(row)  # for its other findings
            continue
        first[code] = row.number
        made[code] = make(row)
    made.pop("", None)
    return made


def known(row: Row, name: str, among: Mapping[str, object], where: str, *, needed: bool = True) -> str:
    """The code in this cell; a finding where it is not `among` the codes of the file `where`."""
    code = row.word(name) if needed else row.maybe(name)
    if code and among and code not in among:  # an unreadable file is one finding, not one a row
        row.wrong(Fault.UNKNOWN, code, where, at=name)
    return code


def choice(row: Row, name: str, among: Mapping[str, T], *, needed: bool = True) -> T | None:
    """What the cell's word stands for; None where it is empty, and a finding where it is no word of `among`."""
    text = row.word(name) if needed else row.maybe(name)
    if text and text not in among:
        row.wrong(Fault.BAD_VALUE, name, "one of " + ", ".join(among), at=name)
    return among.get(text)


def yes(row: Row, name: str, *, absent: bool | None = None) -> bool:
    """是 or 否, yes or no; `absent` is what an empty cell means."""
    text = row.maybe(name).lower() if absent is not None else row.word(name).lower()
    if text and text not in _YES:
        row.wrong(Fault.BAD_VALUE, name, "是 or 否", at=name)
    return _YES.get(text, bool(absent))


def span(row: Row, name: str, *, needed: bool = True, at_once: bool = False) -> Span | None:
    """A span like 7wh or 30m; None where it is empty or, with a finding, is none. `at_once`: 0m is one too."""
    text = row.word(name) if needed else row.maybe(name)
    found = read_span(text) if text else None
    if text and found is None:
        row.wrong(Fault.BAD_VALUE, name, "a span like 30m, 24h, 7d or 7wh", at=name)
    elif found is not None and not found.length and not at_once:
        row.wrong(Fault.BAD_VALUE, name, "longer than nothing", at=name)
    return found


def degrees(row: Row) -> tuple[float | None, float | None]:
    """The cells `latitude` and `longitude`; a finding where only one is there, or one is no such number."""
    found: list[float | None] = []
    for name, most in (("latitude", 90.0), ("longitude", 180.0)):
        text = row.maybe(name)
        try:
            value = float(text) if text else None
        except ValueError:
            value = most + 1
        if value is not None and not -most <= value <= most:  # nan is neither
            row.wrong(Fault.BAD_VALUE, name, "degrees like 24.9106", at=name)
            value = None
        found.append(value)
    latitude, longitude = found
    if bool(row.maybe("latitude")) is not bool(row.maybe("longitude")):
        row.wrong(Fault.MISSING_VALUE, "longitude" if row.maybe("latitude") else "latitude")
    return (latitude, longitude) if latitude is not None and longitude is not None else (None, None)
