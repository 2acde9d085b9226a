"""How does a world live a week in a second? An asyncio loop whose clock stands, and jumps to the next timer.

Nothing in it blocks, nothing is threaded: what would run in a thread (`asyncio.to_thread`) runs at once, in turn.
So a run depends on nothing but what was scheduled, and the same seed lives the same life.
"""

import asyncio
import asyncio.events
import heapq
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

TURN_S = 1e-6
"""What one round of the loop takes: time passes also where nobody waits."""
MOST_TURNS = 100_000
"""Rounds of the loop within a second, after which something must have come to rest: more is a live-lock."""


class Killed(BaseException):
    """The process died at this line."""


class NeverQuiet(Exception):
    """The loop went round and round without time passing, or something waited for never came."""


class _Jump:
    """Stands where a selector stands: nothing ever arrives from outside, waiting is jumping ahead."""

    def __init__(self) -> None:
        self.now = 0.0

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise NeverQuiet("everybody waits and no timer is set")
        self.now += max(timeout, 0.0) + TURN_S
        return []

    def close(self) -> None:
        pass


class VirtualLoop(asyncio.BaseEventLoop):
    """Begins at `begins`; time passes only in `live_until`."""

    _ready: Any  # asyncio's own
    _scheduled: Any
    _run_once: Callable[[], None]
    _timer_cancelled_count: int

    def __init__(self, begins: datetime) -> None:
        super().__init__()
        self._selector = _Jump()
        self._begins = begins
        self._clock_resolution = 1e-9
        self.failures: list[str] = []
        self.set_exception_handler(self._failed)

    # what asyncio asks of a loop

    def time(self) -> float:
        return self._selector.now

    def _process_events(self, events: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        done: asyncio.Future[Any] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    # what the world asks

    def now(self) -> datetime:
        """The moment: office and machine clocks of a world read it."""
        return self._begins + timedelta(seconds=self._selector.now)

    def live_until(self, moment: datetime) -> None:
        """It is that moment, and everything that was to happen before or at it has happened."""
        until = (moment - self._begins).total_seconds()
        before = asyncio.events._get_running_loop()
        asyncio.events._set_running_loop(self)
        try:
            turns, at = 0, self.time()
            while self._ready or self._next_before(until):
                self._run_once()
                turns, at = (turns + 1, at) if self.time() < at + 1.0 else (0, self.time())
                if turns > MOST_TURNS:
                    raise NeverQuiet("the loop never came to rest")
        finally:
            asyncio.events._set_running_loop(before)
        self._selector.now = max(self._selector.now, until)

    def next_timer(self) -> datetime | None:
        """When the next timer rings, or None."""
        self._drop_cancelled()
        return self._begins + timedelta(seconds=self._scheduled[0].when()) if self._scheduled else None

    def begin(self, work: Coroutine[Any, Any, Any], context: Any = None) -> "asyncio.Task[Any]":
        """A task of this loop, begun at its next turn."""
        return self.create_task(work, context=context)

    def _next_before(self, until: float) -> bool:
        self._drop_cancelled()
        return bool(self._scheduled) and self._scheduled[0].when() <= until

    def _drop_cancelled(self) -> None:
        while self._scheduled and self._scheduled[0].cancelled():
            handle = heapq.heappop(self._scheduled)
            handle._scheduled = False
            self._timer_cancelled_count -= 1

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, Killed):
            self.failures.append(f"{context['message']}: {type(error).__name__}: {error}")
