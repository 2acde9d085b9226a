"""When may a telephone ring for this? Alone and now, alone and later, or among others in the desk's next list.

The noise budget of users.md as rules. A property desk or a committee is rung for what is new, what came back and what
it is asked to take, for it has one list a day; a community for emergencies, for urgent matters nobody has taken up
and for sealed ones; the street and the district only for those they lead. Everything else is read in the lists of the
day. A head gets one card a day.

Ringing later never moves what the resident was promised: only the day to sign by waits until the desk was rung.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.rules.ladder import push_at
from models.rules.lifecycle import Telling
from models.rules.policy import Category, Desk, DeskKind, Sla, Town
from models.rules.working_time import at_clock, working_day

WINDOW = timedelta(minutes=10)
"""Cards that come closer together than this are read together. As long as P0's own promise to sign (domain C0), and a
third of P1's: no urgent matter waits longer for company."""

ALONE_AT_MOST = 2
"""So many cards ring by themselves within a window; the next one, and what follows it, becomes one list."""

A_DAY_AT_MOST = 4
"""So many times a day a desk is rung; what is not urgent and comes later that day is read together, in one list more:
the five of users.md."""

DAYS_LOOKED = 400
"""A desk that works on no day of a year and a month has the town's lists on every day."""

_NEW = frozenset({Telling.ASSIGNMENT, Telling.RETURNED})
_RINGS_BELOW = _NEW | {Telling.DECIDE}
_BELOW = frozenset({DeskKind.PROPERTY, DeskKind.COMMITTEE})
_NEVER_ALONE = frozenset({Telling.THANKS, Telling.LIST})


@dataclass(frozen=True, slots=True)
class At:
    """It rings by itself, at this moment."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class InList:
    """It is read in the list of this moment."""

    moment: datetime


Ring = At | InList


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a desk is to be told. `awaited`: it asked or wrote last, and this is the answer; or 申请上报 asked for it."""

    telling: Telling
    sla: Sla
    category: Category
    leads: bool  # the desk is the accountable one
    unsigned: bool = True  # nobody has taken it up yet
    awaited: bool = False


def rings(occasion: Occasion, desk: Desk, now: datetime, town: Town) -> Ring:
    """When the desk hears of it. An emergency always rings at once; what may ring keeps the quiet hours."""
    if occasion.telling in _NEVER_ALONE:
        return InList(next_list(now, town, desk))
    if occasion.sla is Sla.P0:
        return At(now)
    awake = push_at(now, occasion.sla, occasion.category, town)
    if not _rings_alone(occasion, desk.kind, daytime=push_at(now, Sla.P2, occasion.category, town) == now):
        return InList(next_list(now, town, desk))
    urgent = occasion.sla is Sla.P1 or occasion.category.sealed
    return At(awake if urgent else when_there(awake, town, desk))


def _rings_alone(occasion: Occasion, kind: DeskKind, *, daytime: bool) -> bool:
    if occasion.awaited:
        return True
    if kind in _BELOW:
        return occasion.telling in _RINGS_BELOW
    if occasion.category.sealed and (occasion.leads or kind is DeskKind.COMMUNITY):
        return True
    if occasion.sla is not Sla.P1:
        return False
    if occasion.leads:
        return occasion.telling in _NEW
    unanswered = occasion.telling is Telling.COPY and occasion.unsigned
    return kind is DeskKind.COMMUNITY and unanswered and daytime


def next_list(now: datetime, town: Town, desk: Desk, *, any_of_day: bool = False) -> datetime:
    """The desk's next list after `now`, on one of its own working days, while somebody is there or still to come.

    `any_of_day`: also at the hours at which a desk like this one has no list of its own.
    """
    times = town.lists[:1] if desk.kind in _BELOW and not any_of_day else town.lists
    zone = town.calendar.zone
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=ahead) for ahead in range(DAYS_LOOKED)):
        there = working_day(day, town.calendar, desk.hours)
        for clock in times:
            moment = at_clock(day, clock, zone)
            if moment > now and there is not None and moment < there[1]:
                return moment
    return next(
        moment
        for day in (today, today + timedelta(days=1))
        for clock in times
        if (moment := at_clock(day, clock, zone)) > now
    )


def first_list(day: date, town: Town, desk: Desk) -> datetime | None:
    """The desk's list of that morning; None where it does not work on that day."""
    there = working_day(day, town.calendar, desk.hours)
    moment = at_clock(day, town.lists[0], town.calendar.zone)
    return moment if there is not None and moment < there[1] else None


def when_there(moment: datetime, town: Town, desk: Desk) -> datetime:
    """`moment` itself between a day's first opening and its last closing, else the next opening; breaks count as there.

    The moment itself at a desk that never opens.
    """
    today = moment.astimezone(town.calendar.zone).date()
    for day in (today + timedelta(days=ahead) for ahead in range(-1, DAYS_LOOKED)):  # a night shift began yesterday
        there = working_day(day, town.calendar, desk.hours)
        if there is not None and moment < there[1]:
            return max(moment, there[0])
    return moment


def gathered(
    ring: Ring, *, now: datetime, alone: Sequence[datetime], lists: Sequence[datetime], spare: datetime | None = None
) -> Ring:
    """The same, or a list: where one is about to come anyway, or where this would be one card too many.

    `alone`, `lists`: when this desk was or is to be rung by a card and by a list, around that moment. `spare`: the list
    that takes what would be too many for the day; None: it is not, or too urgent for that.
    """
    if isinstance(ring, InList):
        return ring
    soon = [moment for moment in lists if ring.moment <= moment <= ring.moment + WINDOW and moment > now]
    if soon:
        return InList(min(soon))
    if spare is not None:
        return InList(spare)
    around = [moment for moment in (*alone, *lists) if abs(moment - ring.moment) < WINDOW]
    if len(around) < ALONE_AT_MOST:
        return ring
    if ring.moment > now:  # held back for the night, as the others are: together they are one list of that morning
        return InList(ring.moment)
    together = min(around) + WINDOW
    return InList(together if now < together <= now + WINDOW else now + WINDOW)


def head_rings(ring: datetime, taken: Collection[date], town: Town, *, sla: Sla) -> datetime:
    """When a head is asked: on the first day, from that of `ring`, on which no other card comes; then in the morning.

    An emergency does not wait. `taken`: the days of the town on which the head has or will have a card.
    """
    if sla is Sla.P0:
        return ring
    zone = town.calendar.zone
    today = ring.astimezone(zone).date()
    day = today
    while day in taken:
        day += timedelta(days=1)
    return ring if day == today else at_clock(day, town.lists[0], zone)
