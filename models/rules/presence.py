"""Is somebody there? When a desk's day began, and from when until when a person is away (users.md rule 4).

「12月1日到5日」, 「明天」 and 「3天」 are days of the town.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.rules.policy import Calendar, Hours
from models.rules.working_time import at_clock, working_day

_DAY = timedelta(days=1)
_FORTNIGHT = 14
_LONG_AGO = timedelta(days=180)
LONGEST = timedelta(days=366)
"""Nobody is away for longer than a year and still holds the office."""

_SEPARATOR = r"\s*(?:到|至|~|～|-|—|–|to|until)\s*"
_MONTH_DAY = r"(?:(?P<{0}m>\d{{1,2}})\s*[月./]\s*)?(?P<{0}d>\d{{1,2}})\s*[日号]?"
_RANGE = re.compile(rf"^\s*{_MONTH_DAY.format('a')}(?:{_SEPARATOR}{_MONTH_DAY.format('b')})?\s*$")
_DAYS = re.compile(r"^\s*(\d{1,3})\s*(?:天|days?)\s*$")
_NAMED = {"今天": (0, 1), "明天": (1, 1), "后天": (2, 1), "today": (0, 1), "tomorrow": (1, 1)}
_WEEKS = {"一周": 7, "1周": 7, "一星期": 7, "两周": 14, "2周": 14, "a week": 7, "半个月": 15, "一个月": 30}


@dataclass(frozen=True, slots=True)
class Away:
    """From `since_at`, up to but not at `ended_at`."""

    since_at: datetime
    ended_at: datetime


def day_began(moment: datetime, calendar: Calendar, hours: Hours | None = None) -> datetime:
    """When the desk's newest working day opened that is not later than `moment`: its first opening, breaks apart.

    Midnight of that day where nobody has worked for a fortnight: the longest holiday is shorter.
    """
    today = moment.astimezone(calendar.zone).date()
    for back in range(_FORTNIGHT):
        worked = working_day(today - back * _DAY, calendar, hours)
        if worked is not None and worked[0] <= moment:
            return worked[0]
    return _midnight(today, calendar.zone)


def away(first: date, days: int, *, now: datetime, zone: ZoneInfo) -> Away:
    """So many whole days from `first`; today's begins now. ValueError for no day, or more than a year of them."""
    if not 0 < days <= LONGEST.days:
        raise ValueError("between a day and a year")
    return Away(max(now, _midnight(first, zone)), _midnight(first + days * _DAY, zone))


def away_for(days: int, *, ahead: int, now: datetime, zone: ZoneInfo) -> Away:
    """So many days, from today or `ahead` days later."""
    return away(now.astimezone(zone).date() + ahead * _DAY, days, now=now, zone=zone)


def days_meant(text: str, *, now: datetime, zone: ZoneInfo) -> Away | None:
    """The leave these words name; None for other words. ValueError for days that are over, or that there are not."""
    said = text.strip().casefold()
    if said in _NAMED:
        ahead, days = _NAMED[said]
        return away_for(days, ahead=ahead, now=now, zone=zone)
    if said in _WEEKS:
        return away_for(_WEEKS[said], ahead=0, now=now, zone=zone)
    if found := _DAYS.match(said):
        return away_for(int(found[1]), ahead=0, now=now, zone=zone)
    found = _RANGE.match(said)
    if found is None or (found["am"] is None and found["bd"] is None and not said.endswith(("日", "号"))):
        return None
    today = now.astimezone(zone).date()
    first = _date(int(found["am"] or today.month), int(found["ad"]), today)
    last = first
    if found["bd"]:
        last = _date(int(found["bm"] or first.month), int(found["bd"]), today)
    if last < today or last < first:
        raise ValueError("these days are over")
    return away(max(first, today), (last - max(first, today)).days + 1, now=now, zone=zone)


def _date(month: int, day: int, today: date) -> date:
    """The day of this year, or of the next where this year's was long ago; ValueError where there is no such day."""
    found = date(today.year, month, day)
    return found.replace(year=today.year + 1) if today - found > _LONG_AGO else found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return at_clock(day, time(), zone)
