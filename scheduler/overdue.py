"""What does silence do, and when? Takes the clock that has been due longest, lets it ring, and looks again."""

from datetime import datetime

from sqlmodel import Session

from models.actions.climbing import due_clock, next_due, ring
from models.ports import Clock
from models.rules.policy import Town
from models.store import Store
from models.turn import Work
from models.vault import Keys


class Overdue:
    """One clock, one transaction; safe beside others of its kind. After an outage each clock rings once (S34)."""

    def __init__(self, store: Store, *, town: Town, keys: Keys, office: Clock) -> None:
        self._store, self._town, self._keys, self._office = store, town, keys, office

    async def beat(self, now: datetime) -> datetime | None:
        """Everything due at `now` has rung; returns the next office moment something will be due."""
        while await self._store.read(lambda session: due_clock(self._work(session, now))) is not None:
            await self._store.run(self._ring_one, now)
        return await self._store.read(lambda session: next_due(self._work(session, now)))

    def _ring_one(self, session: Session, now: datetime) -> None:
        work = self._work(session, now)
        clock_id = due_clock(work)
        if clock_id is not None:  # another hand may have been first
            ring(work, clock_id=clock_id)

    def _work(self, session: Session, now: datetime) -> Work:
        return Work(session, self._town, self._keys, now)
