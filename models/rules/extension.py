"""Which days may a desk name, and how far may a day that was promised move? (domain C0 extend_once_max, C3 extended)

A desk names its own working days. One that is later than promised is asked for once, before the day has come, and the
level above decides.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.rules.gone import desk_of
from models.rules.ladder import ONE_DAY
from models.rules.policy import Counting, Sla, Span, Town
from models.rules.working_time import after, working_day, working_span

_DAY = timedelta(days=1)
_LOOKED_AT = 120  # calendar days; a desk without a single working day among them names none
_WITHIN, _LATER = 5, 3  # as many buttons as a thumb can choose from
_FAR = (10, 20, 40)  # working days ahead, where no day was promised: a project's target (domain C0 P4)


@dataclass(frozen=True, slots=True)
class Day:
    """A day a desk may name. `by`: until when it is done then. `later`: than was promised, so it has to be granted."""

    on: date
    by: datetime
    later: bool


def latest_day(sla: Sla, resolve_by: datetime, town: Town, desk: str) -> datetime | None:
    """How far the promised day may move at most; None where the class knows no extension."""
    most = town.promises[sla].extend
    return None if most is None else after(resolve_by, most, town.calendar, desk_of(town, desk).hours)


def days_to_name(
    sla: Sla, resolve_by: datetime | None, now: datetime, town: Town, desk: str, *, extendable: bool
) -> tuple[Day, ...]:
    """The desk's working days from today up to the day that was promised, and, if `extendable`, some later ones.

    Empty once the promised day has passed. Where none was promised: the next days, and some that are far.
    """
    if resolve_by is not None and resolve_by <= now:
        return ()
    latest = latest_day(sla, resolve_by, town, desk) if resolve_by is not None and extendable else None
    within: list[Day] = []
    later: list[Day] = []
    hours, today = desk_of(town, desk).hours, now.astimezone(town.calendar.zone).date()
    for ahead in range(_LOOKED_AT):
        found = working_day(today + ahead * _DAY, town.calendar, hours)
        if found is None or found[1] <= now:
            continue
        opens, closes = max(found[0], now), found[1]
        if resolve_by is None or opens < resolve_by:
            within.append(Day(today + ahead * _DAY, min(closes, resolve_by or closes), later=False))
        elif latest is not None and opens < latest:
            later.append(Day(today + ahead * _DAY, min(closes, latest), later=True))
        else:
            break
    if resolve_by is None:
        return (*within[:_WITHIN], *(within[at] for at in _FAR if at < len(within)))
    return (*_few(within, _WITHIN), *_few(later, _LATER))


def waits_until(asked_at: datetime, town: Town, decider: str) -> datetime:
    """How long a desk that was asked to decide is waited for: one working day of its own; then another may be asked."""
    return after(asked_at, ONE_DAY, town.calendar, desk_of(town, decider).hours)


def moved_with(due_at: datetime, *, frm: datetime, to: datetime, town: Town, desk: str) -> datetime:
    """A clock of the ladder, when the promised day moves from `frm` to `to`: later by as much working time."""
    hours = desk_of(town, desk).hours
    gained = Span(working_span(frm, to, town.calendar, hours), Counting.WORK)
    return after(due_at, gained, town.calendar, hours)


def _few(days: list[Day], most: int) -> list[Day]:
    """The nearest, and always the last."""
    return days if len(days) <= most else [*days[: most - 1], days[-1]]
