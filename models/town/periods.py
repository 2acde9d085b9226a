"""Which holidays and events have a roster of their own? Reads periods.csv, which a town may leave out (domain M09)."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

from models.rules.policy import Category, Counting, Desk, DeskKind, Period, Span
from models.town.cells import known, span, unique
from models.town.findings import Fault
from models.town.rows import Folder, Row, table
from models.town.times import read_day

FILE = "periods.csv"
_NEEDED = ("code", "name", "en", "from", "until", "desk")
_MORE = ("acknowledge", "categories")
_SOON = Span(timedelta(minutes=10), Counting.WALL)  # domain M09: P1 is acknowledged within ten minutes
_ON_DUTY = (DeskKind.COMMUNITY, DeskKind.STREET)


def read_periods(folder: Folder, desks: Mapping[str, Desk], categories: Mapping[str, Category]) -> tuple[Period, ...]:
    """periods.csv: from and until are both part of it; the desk is a community's or the street's; none overlap.

    `categories` are codes, or beginnings of codes, parted by ; or 、.
    """
    if not (folder.path / FILE).exists():
        return ()

    def make(row: Row) -> tuple[int, Period] | None:
        begins, ends = _day(row, "from"), _day(row, "until")
        desk = known(row, "desk", desks, "desks.csv")
        if desk in desks and desks[desk].kind not in _ON_DUTY:
            row.wrong(Fault.WRONG_DESK, desk, " or ".join(kind.value for kind in _ON_DUTY))
        for code in row.words("categories"):
            if categories and not any(category.startswith(code) for category in categories):
                row.wrong(Fault.UNKNOWN, code, "categories.yaml")
        acknowledge = span(row, "acknowledge", needed=False) or _SOON
        if begins is None or ends is None:
            return None
        if ends < begins:
            row.wrong(Fault.ENDS_BEFORE, ends, begins)
        codes = row.words("categories")
        period = Period(
            row.word("code"), row.word("name"), row.word("en"), begins, ends, desk, acknowledge, tuple(codes)
        )
        return row.number, period

    made = [one for one in unique(table(folder, FILE, _NEEDED, _MORE), make).values() if one is not None]
    made.sort(key=lambda one: (one[1].begins_on, one[0]))
    for (_, earlier), (number, later) in pairwise(made):
        if later.begins_on <= earlier.ends_on:
            folder.wrong(FILE, number, Fault.OVERLAPS, later.code, earlier.code)
    return tuple(period for _, period in made)


def _day(row: Row, name: str) -> date | None:
    written = row.word(name)
    day = read_day(written)
    if written and day is None:
        row.wrong(Fault.BAD_VALUE, name, "a date like 2026-10-01")
    return day
