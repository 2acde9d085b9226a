"""What was promised while the clock stood ahead? Set right once it is back, and named, for a person to look at (S35).

A case that was filed then has the dates of a day that has not come: its ladder would wait for it. What followed from
its filing follows from the true moment. What an older case was promised then is not moved but named: nobody can tell
its clocks of before from those of the wrong hour.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session, select

from models.records import Alarm, Case, Clock
from models.rules.alarms import AlarmKind
from models.rules.gone import category_of
from models.rules.ladder import Promised, clocks_from, promised, push_at
from models.rules.policy import Sla
from models.store import Statement
from models.turn import Work

WORTH = timedelta(hours=1)

_CHANGED = Statement("""
    SELECT c.id, c.filed_at FROM "case" c WHERE c.closed_at IS NULL
        AND EXISTS (SELECT 1 FROM case_event e WHERE e.case_id = c.id AND e.happened_at >= :since)
    ORDER BY c.id
""")


def set_cases_right(work: Work, *, since: datetime, by: timedelta) -> int:
    """Nothing open waits for a day that the wrong clock named; how many cases were changed by it.

    What is on record from `since` on (an office moment) was written by a clock `by` ahead. Each case has its own alarm
    until somebody has looked: filed then, and set right; or moved then, with dates that a person must judge. A step of
    less than `WORTH` changes no promise that anybody would notice.
    """
    if by < WORTH:
        return 0
    many = 0
    for row in _CHANGED.all(work.session, since=since):
        many += 1
        ahead = f"while the clock was {round(by.total_seconds())} s ahead"
        if row.filed_at >= since:
            _set_right(work, row.id, by)
            reason = f"filed {ahead}: its dates follow from the true hour now"
        else:
            reason = f"moved {ahead}: what was promised then still has the wrong hour"
        alarm = Alarm(kind=AlarmKind.CLOCK_JUMPED, ref=f"case {row.id}", reason=reason, raised_at=work.now)
        work.session.add(alarm)
    return many


def _set_right(work: Work, case_id: int, by: timedelta) -> None:
    case = work.session.exec(select(Case).where(Case.id == case_id).with_for_update()).one()
    moved = _Moved(work, case, by)
    for clock in _running(work.session, case_id):
        assert clock.due_at is not None
        clock.due_at = moved.clocks.get((clock.rung, clock.due_at), clock.due_at - by)
    case.acknowledge_by = moved.date("acknowledge_by", case.acknowledge_by)
    case.contact_by = case.contact_by and moved.date("contact_by", case.contact_by)
    case.resolve_by = case.resolve_by and moved.date("resolve_by", case.resolve_by)
    case.filed_at = moved.filed_at


def _running(session: Session, case_id: int) -> Iterator[Clock]:
    found = session.exec(select(Clock).where(Clock.case_id == case_id, Clock.due_at != None))  # noqa: E711 SQL's IS NOT
    return iter(found.all())


class _Moved:
    """What followed from the filing at the wrong hour, and what follows from it at the true one."""

    def __init__(self, work: Work, case: Case, by: timedelta) -> None:
        self.filed_at, self._by = case.filed_at - by, by
        sla, category = Sla(case.sla), category_of(work.town, case.category)

        def starts(filed_at: datetime) -> datetime:
            return push_at(filed_at, sla, category, work.town)

        def dates(filed_at: datetime) -> Promised:
            return promised(sla, starts(filed_at), work.town, case.desk)

        def dues(filed_at: datetime) -> dict[str, datetime]:
            clocks = clocks_from(sla, starts(filed_at), work.town, case.desk, head_asked=True)
            return {due.rung: due.due_at for due in clocks}

        self._was, self._is = dates(case.filed_at), dates(self.filed_at)
        then, now = dues(case.filed_at), dues(self.filed_at)
        self.clocks = {(rung, due_at): now[rung] for rung, due_at in then.items() if rung in now}

    def date(self, name: str, stands: datetime) -> datetime:
        """The date as it follows from the true hour; one that was set otherwise comes forward by as much."""
        anew: datetime | None = getattr(self._is, name)
        return anew if anew is not None and stands == getattr(self._was, name) else stands - self._by
