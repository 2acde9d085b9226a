"""What may be forgotten? Rows that have done their work; once an hour, by whichever process gets there first."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from models import inbox, lives, outbox, turn
from models.actions.erasing import erase
from models.ports import Clock, FileStore
from models.rules.policy import Town
from models.store import Keys, Statement, Store
from models.turn import Work

EVERY = timedelta(hours=1)
RUNS_KEPT = timedelta(days=90)

_JOB = "housekeeping"
_BEGUN = Statement("INSERT INTO job_run (job, due_at) VALUES (:job, :due_at) ON CONFLICT (job, due_at) DO NOTHING")
_DONE = Statement("UPDATE job_run SET done_at = :now WHERE job = :job AND due_at = :due_at")
_RUNS_OLD = Statement("DELETE FROM job_run WHERE due_at < :before AND done_at IS NOT NULL")


class Housekeeping:
    """A metronome's beat: forgets once an hour."""

    def __init__(self, store: Store, files: FileStore, *, town: Town, keys: Keys, machine: Clock) -> None:
        self._store, self._files, self._town, self._keys, self._machine = store, files, town, keys, machine

    async def __call__(self, now: datetime) -> datetime:
        """What is past its time is gone; the next full hour. `now`: the office moment that names the run."""
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        await self._store.run(forget, due_at=hour, now=now, machine_now=self._machine.now())
        for digest in await self._store.run(self._erase, now):
            await asyncio.to_thread(self._files.drop, digest)
        return hour + EVERY

    def _erase(self, session: Session, now: datetime) -> tuple[str, ...]:
        return erase(Work(session, self._town, self._keys, now))


def forget(session: Session, *, due_at: datetime, now: datetime, machine_now: datetime) -> bool:
    """True when this call did the run of `due_at`, False when it was done before, by anybody.

    Updates and halts go by machine time: a turned office clock must not forget a replay that can still come.
    """
    if not _BEGUN.run(session, job=_JOB, due_at=due_at):
        return False
    inbox.forget(session, machine_now - inbox.KEPT)
    inbox.forget_parked(session, machine_now - inbox.PARKED_KEPT)
    outbox.forget_halts(session, machine_now)
    outbox.forget_spent(session, machine_now - EVERY)
    lives.forget(session, machine_now - lives.KEPT)
    turn.forget(session, now - turn.DRAFT)
    _RUNS_OLD.run(session, before=now - RUNS_KEPT)
    _DONE.run(session, job=_JOB, due_at=due_at, now=now)
    return True
