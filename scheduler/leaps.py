"""Is the clock to be trusted? Looks how far it moved, and how much time has passed, by a count no setting can move.

A step of more than an hour ahead holds what time alone sets off (ladders, closures by silence, lists, forgetting) until
a person says `huiyin release`, or the clock comes back by itself. What people do goes on, and emergencies (S35).
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from models.actions.leaping import Wrong, held_since, hold, release, set_back, stood_ahead
from models.ports import Clock
from models.rules.policy import Town
from models.store import Store
from models.turn import Work
from models.vault import Keys
from scheduler.metronome import Beat
from scheduler.steps import Steps

log = logging.getLogger(__name__)

LEAP = timedelta(hours=1)
"""A longer step is no correction: the clock is wrong, or the machine was away."""
NOTICED = timedelta(seconds=60)
"""A step back that is longer would keep somebody waiting for a moment that does not come; as long as a lease."""


class Leaps:
    """Watches the machine's clock from beat to beat. The office clock may be turned: that is no leap."""

    def __init__(
        self,
        store: Store,
        *,
        town: Town,
        keys: Keys,
        office: Clock,
        machine: Clock,
        steady: Callable[[], float],
        host: str = "",
    ) -> None:
        """`steady`: seconds that pass, whatever anybody sets the clock to (time.monotonic). `host`: whose clock."""
        self._store, self._town, self._keys = store, town, keys
        self._office, self._machine, self._steady = office, machine, steady
        self._stood = machine.now(), steady()
        self._off = timedelta()  # the great steps since the clock was last believed, taken together
        self._told = False  # whether the store has heard of them
        self._host, self._steps = host, Steps(NOTICED)
        self._back: list[list[Wrong]] = []  # steps back nobody has made good yet
        self._met: set[datetime] = set()  # those that are on record, by us or by another process of this machine
        self._began = False
        self.held = False

    async def beat(self, now: datetime) -> None:
        """What has leapt is on record, and `held` is what the record says, whoever saw it. Asks for no moment."""
        if not self._began:
            await self._begin()
        self._look()
        if self._off > LEAP and not self._told:
            wrong = Wrong(self._off.total_seconds(), self._steps.since)
            log.critical("the clock leapt %d s ahead: what time sets off is held; huiyin release", wrong.seconds)
            await self._store.run(lambda session: hold(self._work(session), wrong=wrong, host=self._host))
            self._told = True
        elif self._off <= LEAP and self._told:
            log.warning("the clock is back where it was: what was held goes on")
            await self._store.run(lambda session: release(self._work(session)))
            self._told = False
        while self._back:
            await self._make_good(self._back[0])
        self.held = await self._store.read(held_since) is not None
        if self._told and not self.held:  # somebody looked at the clock and said that it is right
            self._off, self._told = timedelta(), False
            self._steps.forget()

    def unless_held(self, beat: Beat) -> Beat:
        """The same sweep, which rests as long as the clock is not to be trusted."""

        async def trusting(now: datetime) -> datetime | None:
            return None if self.distrusted() else await beat(now)

        return trusting

    def distrusted(self) -> bool:
        """Whether it is held, or has leapt this very moment."""
        self._look()
        return self.held or self._off > LEAP

    async def _begin(self) -> None:
        """What an earlier process of this machine found goes on: the clock comes back by itself, or has come back.

        It has where it shows less than it showed when it leapt; by how much, nobody saw. Less than LEAP may be left.
        """
        found = await self._store.read(stood_ahead, host=self._host)
        if found is not None and found.since is not None:
            by, back = timedelta(seconds=found.seconds), found.since - self._machine.now()
            self._told = True
            self._off += by
            self._steps.began(found)
            if back > NOTICED:
                back = by if by - back <= LEAP else back
                self._off -= back
                self._back.append(self._steps.back(back))
        self._began = True

    async def _make_good(self, wrongs: list[Wrong]) -> None:
        """Whoever waits for a moment of the machine does not wait for it twice."""
        tell, machine_now = self._off < -LEAP, self._machine.now()
        log.warning("the clock was set back by %d s", sum(wrong.seconds for wrong in wrongs))
        met = await self._store.run(
            lambda session: set_back(
                self._work(session),
                wrongs=wrongs,
                machine_now=machine_now,
                tell=tell,
                host=self._host,
                known=self._met,
            )
        )
        self._met.add(met)
        if self._back and self._back[0] is wrongs:
            self._back.pop(0)

    def _look(self) -> None:
        wall, steady = self._machine.now(), self._steady()
        passed = timedelta(seconds=steady - self._stood[1])
        step = (wall - self._stood[0]) - passed
        self._stood = wall, steady
        if abs(step) > LEAP:
            self._off += step
        if step > NOTICED:
            self._steps.ahead(step, shows=wall - passed)
        if step < -NOTICED:
            self._back.append(self._steps.back(-step))

    def _work(self, session: Session) -> Work:
        return Work(session, self._town, self._keys, self._office.now())
