"""Who is on duty over a holiday or an event? Its own roster, for what is urgent and what such days bring (domain M09).

A period changes who is accountable and how soon it is signed for, and nothing else: the calendar of working days goes
on, so that an ordinary matter rests over the holiday as it always does.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from models.rules.policy import Category, Period, Sla, Span, Town
from models.rules.routing import Route

WARNED_AHEAD = timedelta(days=3)
"""How long before it a day without anybody on duty is reported (domain M08b)."""

CALENDAR_WARNED_AHEAD = timedelta(days=30)
"""How long before its last day somebody is to enter the next year into the holiday table (design §5)."""

_URGENT = frozenset({Sla.P0, Sla.P1})


def period_at(town: Town, moment: datetime) -> Period | None:
    """The period that is on at this moment of the town; None on an ordinary day."""
    day = town_day(town, moment)
    return next((period for period in town.periods if period.begins_on <= day <= period.ends_on), None)


def on_duty(period: Period | None, category: Category, *, sla: Sla, sealed: bool) -> bool:
    """Whether the period's desk takes it: what is urgent, and its own categories; never what is sealed."""
    if period is None or sealed:
        return False
    return sla in _URGENT or category.code.startswith(period.categories)


def through(way: Route, period: Period) -> Route:
    """The same way, with the period's desk accountable from minute 0; the category's own desk helps at once.

    The level stays: silence climbs as on any other day.
    """
    helping = tuple(dict.fromkeys(desk for desk in (*way.helping, way.desk) if desk != period.desk))
    above = tuple(desk for desk in way.above if desk != period.desk)
    return replace(way, desk=period.desk, reasons=(*way.reasons, "period"), helping=helping, above=above)


def acknowledged_within(span: Span, sla: Sla, start: datetime, town: Town, desk: str) -> Span:
    """How soon the desk signs: what the period on duty says of an urgent matter, where that is sooner."""
    period = period_at(town, start) if sla is Sla.P1 and town.periods else None
    return period.acknowledge if period is not None and period.desk == desk else span


def duty_days(town: Town, now: datetime) -> Iterator[tuple[Period, date]]:
    """Each day of a period that is near enough for its roster to be looked at, today's among them."""
    today = town_day(town, now)
    for ahead in range(WARNED_AHEAD.days + 1):
        day = today + timedelta(days=ahead)
        for period in town.periods:
            if period.begins_on <= day <= period.ends_on:
                yield period, day


def calendar_ends(town: Town, now: datetime) -> date | None:
    """The last day the holiday table knows, where that is near or past; None: there is time."""
    last = town.calendar.known_until
    return last if last - town_day(town, now) <= CALENDAR_WARNED_AHEAD else None


def town_day(town: Town, moment: datetime) -> date:
    """Which day it is in the town."""
    return moment.astimezone(town.calendar.zone).date()
