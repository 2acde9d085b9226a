"""Is what we promise kept on the living database? Looked at once an hour, by whichever process gets there first."""

import logging
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from models.ports import Clock
from models.queries.invariants import Violation, violations
from models.rules.alarms import AlarmKind
from models.rules.policy import Town
from models.store import Statement, Store

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
FIRST = timedelta(days=1)
"""What the first look of all looks back at: it may hold up no clock, and `huiyin check` sees everything."""
OVERLAP = timedelta(minutes=5)
"""So much of what the last look saw is looked at again: a transaction may have begun before it and ended after."""

_JOB = "checking"
_BEGUN = Statement("INSERT INTO job_run (job, due_at) VALUES (:job, :due_at) ON CONFLICT (job, due_at) DO NOTHING")
_DONE = Statement("UPDATE job_run SET done_at = :now WHERE job = :job AND due_at = :due_at")
_LAST = Statement("SELECT max(done_at) AS done_at FROM job_run WHERE job = :job AND done_at IS NOT NULL")
_RAISED = Statement("SELECT 1 AS raised FROM alarm WHERE kind = :kind AND ref = :ref LIMIT 1")
_RAISE = Statement("INSERT INTO alarm (kind, ref, reason, raised_at) VALUES (:kind, :ref, :reason, :now)")


class Checking:
    """A metronome's beat: what came since the last look, at first since yesterday, and everything open.

    A violation is an alarm, once a day for each invariant; `huiyin check` shows them all.
    """

    def __init__(self, store: Store, *, town: Town, machine: Clock) -> None:
        self._store, self._town, self._machine = store, town, machine
        self._seen: datetime | None = None  # this process has looked in that hour: most beats ask nothing

    async def beat(self, now: datetime) -> datetime:
        """This hour has been looked at, by this process or another; the next full hour."""
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        if hour != self._seen:
            if await self._store.run(lambda session: _BEGUN.run(session, job=_JOB, due_at=hour)):
                await self._check(hour, now)
            self._seen = hour
        return hour + EVERY

    async def _check(self, hour: datetime, now: datetime) -> None:
        found = await self._store.read(self._violations, now)
        for one in found:
            log.critical("an invariant is broken: %s", one)
        await self._store.run(_raised, found, hour, now)

    def _violations(self, session: Session, now: datetime) -> list[Violation]:
        last = _LAST.one(session, job=_JOB)
        since = now - FIRST if last is None or last.done_at is None else last.done_at - OVERLAP
        return violations(session, self._town, now=now, machine_now=self._machine.now(), since=since)


def _raised(session: Session, found: list[Violation], hour: datetime, now: datetime) -> None:
    """The look is on record, with an alarm for each invariant that it found broken and that day has none of."""
    for name in sorted({one.invariant for one in found}):
        of_it = [one for one in found if one.invariant == name]
        reason = f"{len(of_it)} found, the first: {of_it[0]}"
        ref = f"{name} {now.astimezone(UTC):%Y-%m-%d}"
        if _RAISED.one(session, kind=AlarmKind.INVARIANT, ref=ref) is None:
            _RAISE.run(session, kind=AlarmKind.INVARIANT, ref=ref, reason=reason, now=now)
    _DONE.run(session, job=_JOB, due_at=hour, now=now)
