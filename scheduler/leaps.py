"""Is the clock to be trusted? Looks how far it moved, and how much time has passed, by a count no setting can move.

A step of more than an hour ahead holds what time alone sets off (ladders, closures by silence, lists, forgetting) until
a person says `huiyin release`, or the clock comes back by itself. What people do goes on, and emergencies (S35).
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from models.actions.leaping import held_since, hold, release, set_back
from models.ports import Clock
from models.rules.policy import Town
from models.store import Store
from models.turn import Work
from models.vault import Keys
from scheduler.metronome import Beat

log = logging.getLogger(__name__)

LEAP = timedelta(hours=1)
"""A longer step is no correction: the clock is wrong, or the machine was away."""
NOTICED = timedelta(seconds=60)
"""A step back that is longer would keep somebody waiting for a moment that does not come; as long as a lease."""


class Leaps:
    """Watches the machine's clock from beat to beat. The office clock may be turned: that is no leap."""

    def __init__(
        self, store: Store, *, town: Town, keys: Keys, office: Clock, machine: Clock, steady: Callable[[], float]
    ) -> None:
        """`steady`: seconds that pass, whatever anybody sets the clock to (time.monotonic)."""
        self._store, self._town, self._keys = store, town, keys
        self._office, self._machine, self._steady = office, machine, steady
        self._stood = machine.now(), steady()
        self._off = timedelta()  # the great steps since the clock was last believed, taken together
        self._told = False  # whether the store has heard of them
        self._back = timedelta()  # steps back nobody has made good yet
        self.held = False

    async def beat(self, now: datetime) -> None:
        """What has leapt is on record, and `held` is what the record says, whoever saw it. Asks for no moment."""
        self._look()
        if self._off > LEAP and not self._told:
            seconds = self._off.total_seconds()
            log.critical("the clock leapt %d s ahead: what time sets off is held; huiyin release", seconds)
            await self._store.run(lambda session: hold(self._work(session), seconds=seconds))
            self._told = True
        elif self._off <= LEAP and self._told:
            log.warning("the clock is back where it was: what was held goes on")
            await self._store.run(lambda session: release(self._work(session)))
            self._told = False
        if self._back:
            await self._make_good()
        self.held = await self._store.read(held_since) is not None
        if self._told and not self.held:  # somebody looked at the clock and said that it is right
            self._off, self._told = timedelta(), False

    def unless_held(self, beat: Beat) -> Beat:
        """The same sweep, which rests as long as the clock is not to be trusted."""

        async def trusting(now: datetime) -> datetime | None:
            return None if self.distrusted() else await beat(now)

        return trusting

    def distrusted(self) -> bool:
        """Whether it is held, or has leapt this very moment."""
        self._look()
        return self.held or self._off > LEAP

    async def _make_good(self) -> None:
        """Whoever waits for a moment of the machine does not wait for it twice."""
        back, tell, machine_now = self._back, self._off < -LEAP, self._machine.now()
        log.warning("the clock was set back by %d s", back.total_seconds())
        await self._store.run(
            lambda session: set_back(
                self._work(session), seconds=back.total_seconds(), machine_now=machine_now, tell=tell
            )
        )
        self._back -= back

    def _look(self) -> None:
        wall, steady = self._machine.now(), self._steady()
        step = (wall - self._stood[0]) - timedelta(seconds=steady - self._stood[1])
        self._stood = wall, steady
        if abs(step) > LEAP:
            self._off += step
        if step < -NOTICED:
            self._back -= step

    def _work(self, session: Session) -> Work:
        return Work(session, self._town, self._keys, self._office.now())
