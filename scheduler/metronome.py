"""When is it time to look? Every 30 seconds at the latest, at the next due moment, on a nudge. Nothing is kept here.

Deadlines are rows (`due_at`), not jobs: a job is lost by a crash and cannot be shared by processes (reliability §0.5).
The only importer of apscheduler.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from models.ports import Clock

log = logging.getLogger(__name__)
logging.getLogger("apscheduler").setLevel(logging.WARNING)  # every beat is a line at INFO

LONGEST = timedelta(seconds=30)
"""A wall clock set forward is noticed within this (reliability §0.5: the timer itself sleeps through the jump)."""
SOONEST = timedelta(milliseconds=50)
"""A sweep that always wants to go on may not take the loop for itself."""

Beat = Callable[[datetime], Awaitable[datetime | None]]
"""A sweep: does what is due at that office moment; the next office moment it wants, or None: the ordinary beat."""


class Metronome:
    """Beats the sweeps, one after another."""

    def __init__(self, office: Clock, beats: Sequence[Beat], *, longest: timedelta = LONGEST) -> None:
        self._office, self._beats, self._longest = office, tuple(beats), longest
        self._ring = asyncio.Event()
        self._stopping = False
        self._scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=UTC,
        )
        self._striking = asyncio.Lock()

    def nudge(self) -> None:
        """The clock was turned, or something new is due: beat at once."""
        self._ring.set()

    def stop(self) -> None:
        """`run` returns after the beat that is going on."""
        self._stopping = True
        self._ring.set()

    async def run(self) -> None:
        """Beats until `stop`, at once for the first time."""
        self._scheduler.add_job(self._sound, IntervalTrigger(seconds=self._longest.total_seconds(), timezone=UTC))
        self._scheduler.start()
        try:
            while not self._stopping:
                self._ring.clear()
                self._call_at(await self.strike())
                await self._ring.wait()
        finally:
            self._scheduler.shutdown(wait=False)

    async def strike(self) -> datetime | None:
        """Every sweep has run once; the earliest office moment one of them wants. A sweep that fails stops no other."""
        wanted = []
        async with self._striking:
            for beat in self._beats:
                try:
                    wanted.append(await beat(self._office.now()))
                except Exception as error:
                    log.error("a sweep failed: %s", type(error).__name__)
        return min((moment for moment in wanted if moment is not None), default=None)

    async def _sound(self) -> None:
        self._ring.set()

    def _call_at(self, due_at: datetime | None) -> None:
        """Rings at the due moment when it comes before the next ordinary beat.

        An interval replaced at every beat, not a date: only the span to an office moment is known here, since that
        clock may be turned and apscheduler reads its own.
        """
        if due_at is None or (span := due_at - self._office.now()) >= self._longest:
            if self._scheduler.get_job("due"):
                self._scheduler.remove_job("due")
            return
        trigger = IntervalTrigger(seconds=max(span, SOONEST).total_seconds(), timezone=UTC)
        self._scheduler.add_job(self._sound, trigger, id="due", replace_existing=True)
