"""How are hours and spans written? 「周一至周五 08:30-12:00 14:30-18:00」, `Sat 09:00-12:00`, `7wh`, `30m`."""

import re
from datetime import date, time, timedelta
from itertools import pairwise
from types import MappingProxyType

from models.rules.policy import Counting, Hours, Span

_DAYS = {name: day for day, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_DAYS |= {f"周{name}": day for day, name in enumerate("一二三四五六日")} | {"周天": 6}
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_SPAN = re.compile(r"([1-9]\d{0,3}|0)(wh|[smhd])")
_TIMES = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_DAY_RANGE = re.compile(r"([^-至到~]+)(?:[-至到~]([^-至到~]+))?")


def read_span(text: str) -> Span | None:
    """`2wh` in working hours, `30m`, `24h`, `7d` by the wall clock; None for anything else."""
    found = _SPAN.fullmatch(text)
    if not found:
        return None
    count, unit = int(found[1]), found[2]
    if unit == "wh":
        return Span(timedelta(hours=count), Counting.WORK)
    return Span(count * _UNITS[unit], Counting.WALL)


def read_between(text: str) -> tuple[time, time] | None:
    """`21:30-08:00` as two times of day, the second perhaps on the next morning; None for anything else."""
    found = _TIMES.fullmatch(text.replace("：", ":").replace("–", "-"))
    if not found:
        return None
    try:
        return time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """`08:30` as a time of day; None for anything else."""
    found = read_between(f"{text}-23:59")
    return found[0] if found else None


def read_day(text: str) -> date | None:
    """`2026-10-01`, or 2026/10/1 as Excel rewrites it; None for anything else."""
    try:
        return date(*(int(part) for part in text.replace("/", "-").split("-")))
    except (ValueError, TypeError):
        return None


def read_hours(text: str, *, holidays: bool = False) -> Hours | None:
    """Days, then spans of one day each in order, several such groups with ; between; None for anything else.

    A desk on duty round the clock writes 00:00-23:59; a span never runs past midnight.
    """
    week: dict[int, tuple[tuple[time, time], ...]] = {}
    for group in text.replace("；", ";").strip(" ;").split(";"):
        words = group.replace("，", " ").replace(",", " ").replace("、", " ").split()
        named = [word for word in words if ":" not in word and "：" not in word]
        spans = [read_between(word) for word in words[len(named) :]]
        days = [day for word in named for day in _days(word)]
        if not days or not spans or -1 in days or any(day in week for day in days) or len(set(days)) < len(days):
            return None
        kept = tuple(span for span in spans if span is not None)
        edges = [edge for span in kept for edge in span]
        if len(kept) < len(spans) or any(a >= b for a, b in pairwise(edges)):
            return None
        week |= dict.fromkeys(days, kept)
    return Hours(MappingProxyType(dict(sorted(week.items()))), holidays)


def _days(word: str) -> list[int]:
    if word.lower() in ("每天", "daily"):
        return list(range(7))
    found = _DAY_RANGE.fullmatch(word.lower())
    ends = [_DAYS.get(end, -1) for end in (found[1], found[2] or found[1])] if found else [-1]
    if -1 in ends or ends[0] > ends[1]:
        return [-1]
    return list(range(ends[0], ends[1] + 1))
