"""The metronome beats at once, at the next due moment, on a nudge, and never less often than told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest

from scheduler.metronome import Beat, Metronome
from tests.edges.clocks import NOON, RunningClock, StandingClock

HOUR = timedelta(hours=1)


class Heard:
    """A sweep that remembers when it was beaten and says when it wants the next."""

    def __init__(self, *wants: timedelta | None) -> None:
        self.at: list[datetime] = []
        self._wants = list(wants)
        self._news = asyncio.Event()

    async def __call__(self, now: datetime) -> datetime | None:
        self.at.append(now)
        self._news.set()
        want = self._wants.pop(0) if self._wants else None
        return None if want is None else now + want

    async def times(self, count: int) -> None:
        """Returns once it was beaten that often; fails after a generous while."""
        async with asyncio.timeout(10):
            while len(self.at) < count:
                self._news.clear()
                await self._news.wait()


@contextlib.asynccontextmanager
async def beating(beats: Sequence[Beat], *, longest: timedelta = HOUR) -> AsyncIterator[Metronome]:
    metronome = Metronome(RunningClock(), beats, longest=longest)
    running = asyncio.create_task(metronome.run())
    yield metronome
    metronome.stop()
    async with asyncio.timeout(10):
        await running


async def test_it_beats_at_once_with_the_office_moment() -> None:
    heard = Heard()
    metronome = Metronome(StandingClock(), [heard])
    assert await metronome.strike() is None
    assert heard.at == [NOON]


async def test_it_beats_at_the_next_due_moment() -> None:
    heard = Heard(timedelta(milliseconds=150))
    async with beating([heard]):
        await heard.times(2)
    assert heard.at[1] - heard.at[0] >= timedelta(milliseconds=140)


async def test_the_earliest_wish_of_all_sweeps_counts() -> None:
    early, late = Heard(timedelta(minutes=1)), Heard(timedelta(minutes=20))
    assert await Metronome(StandingClock(), [late, early]).strike() == NOON + timedelta(minutes=1)


async def test_it_beats_on_a_nudge() -> None:
    heard = Heard()
    async with beating([heard]) as metronome:
        await heard.times(1)
        metronome.nudge()
        await heard.times(2)


async def test_it_beats_without_any_wish_as_often_as_told() -> None:
    heard = Heard()
    async with beating([heard], longest=timedelta(milliseconds=100)):
        await heard.times(3)


async def test_a_due_moment_already_past_is_beaten_soon_but_not_in_a_hot_loop() -> None:
    heard = Heard(*[timedelta(hours=-1)] * 3)
    async with beating([heard]):
        await heard.times(4)
    assert heard.at[3] - heard.at[0] >= timedelta(milliseconds=120)


async def test_a_sweep_that_fails_stops_no_other() -> None:
    async def broken(now: datetime) -> None:
        raise ValueError("住户的话")

    heard = Heard()
    async with beating([broken, heard]) as metronome:
        await heard.times(1)
        metronome.nudge()
        await heard.times(2)


async def test_the_words_of_a_failing_sweep_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(now: datetime) -> None:
        raise ValueError("住户的话")

    await Metronome(StandingClock(), [broken]).strike()
    assert "住户的话" not in caplog.text


async def test_sweeps_never_run_side_by_side() -> None:
    inside, most = 0, 0

    async def slow(now: datetime) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.01)
        inside -= 1

    metronome = Metronome(StandingClock(), [slow, slow])
    await asyncio.gather(*[metronome.strike() for _ in range(4)])
    assert most == 1


async def test_stopping_waits_for_the_beat_that_is_going_on() -> None:
    finished = asyncio.Event()
    begun = asyncio.Event()

    async def slow(now: datetime) -> None:
        begun.set()
        await asyncio.sleep(0.05)
        finished.set()

    async with beating([slow]) as metronome:
        await begun.wait()
        metronome.stop()
    assert finished.is_set()
