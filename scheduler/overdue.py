"""What does silence do, and when? Takes the clocks that have been due longest, lets each ring, and looks again."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from models.actions.climbing import due_clocks, next_due, put_off, ring
from models.ports import Clock
from models.rules.policy import Town
from models.store import Store, Unavailable
from models.turn import Work
from models.vault import Keys

log = logging.getLogger(__name__)


class Overdue:
    """One clock, one transaction; safe beside others of its kind. After an outage each clock rings once (S34)."""

    def __init__(
        self, store: Store, *, town: Town, keys: Keys, office: Clock, held: Callable[[], bool] = lambda: False
    ) -> None:
        """`held`: whether the clock is not to be trusted now (scheduler/leaps); then only emergencies ring (S35)."""
        self._store, self._town, self._keys, self._office, self._held = store, town, keys, office, held

    async def beat(self, now: datetime) -> datetime | None:
        """Everything due at `now` has rung; returns the next office moment something will be due."""
        while found := await self._due(now, held := self._held()):
            for clock_id in found:  # what one has stopped does not ring; what it started is found by the next look
                await self._take(clock_id, now)
                if self._held() != held:
                    break
        if self._held():
            return None  # what is due by a clock nobody trusts must not be asked for again at once
        return await self._store.read(lambda session: next_due(self._work(session, now)))

    async def _due(self, now: datetime, held: bool) -> list[int]:
        return await self._store.read(lambda session: due_clocks(self._work(session, now), emergencies_only=held))

    async def _take(self, clock_id: int, now: datetime) -> None:
        """The clock has rung, or is put off with an alarm: one that cannot ring must not hold up the others."""
        try:
            await self._store.run(lambda session: ring(self._work(session, now), clock_id=clock_id))
        except Unavailable:
            raise  # not the clock's fault: it rings with the next beat, not in an hour
        except Exception as error:
            reason = type(error).__name__
            log.error("clock %d could not ring: %s", clock_id, reason)
            await self._store.run(lambda session: put_off(self._work(session, now), clock_id=clock_id, reason=reason))

    def _work(self, session: Session, now: datetime) -> Work:
        return Work(session, self._town, self._keys, now)
