"""How do ten minutes pass within a second? A loop whose time stands while anybody works and leaps when all wait.

The store's threads, the messenger's sockets and PostgreSQL are real: while one of them is asked, no time passes.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, TypeVar

from models.store import Store

T = TypeVar("T")

BEGINNING = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
"""When the loop's time is 0: noon in the town."""
_LEAST_S = 1e-6
"""A shorter leap may be lost in rounding, and never end."""
_SOCKETS_S = 0.002
"""So long, of real time, what one end of a socket wrote may be on its way to the other before time leaps."""
_SILENT_S = 0.0002
"""The same, where nothing has happened since the last leap."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop with its own time, in seconds from 0."""

    def __init__(self, *, leaping: bool = True) -> None:
        self.moment = 0.0
        self.asked = 0  # of threads and servers, and not answered yet
        self.sockets = True
        super().__init__(_Leaping(self) if leaping else None)

    def time(self) -> float:
        return self.moment

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> Any:  # type: ignore[override]
        """However short a sleep is, it takes time: who asks again and again would ask for ever."""
        return super().call_at(max(when, self.moment + _LEAST_S), callback, *args, context=context)

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]
        self.asked += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._answered)
        return future

    def _answered(self, _: object) -> None:
        self.asked -= 1


class _Leaping(selectors.DefaultSelector):
    """Waits for what is real, and leaps over what is only a span."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop
        self._heard = False  # something happened since the last leap

    def select(self, timeout: float | None = None) -> Any:
        if timeout is not None and timeout <= 0:
            ready = super().select(0)
        elif timeout is None or self._loop.asked:
            ready = super().select(30)  # the answer wakes it; a test that hangs here is ended by its own timeout
        else:
            ready = super().select(self._loop.sockets * (_SOCKETS_S if self._heard else _SILENT_S))
            if not ready:
                self._loop.moment += max(timeout, _LEAST_S)
                self._heard = False
        self._heard = self._heard or bool(ready)
        return ready


class RealLoop(VirtualLoop):
    """The same life in real time: nothing leaps."""

    def __init__(self) -> None:
        self._began = monotonic()
        super().__init__(leaping=False)

    def time(self) -> float:
        return monotonic() - self._began


class VirtualClock:
    """The time of the loop it was made in, from any thread; a messenger asks for the seconds."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self._loop.time())

    def seconds(self) -> float:
        return self.now().timestamp()


class PatientStore(Store):
    """A store: no time passes while it works."""

    async def run(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        return await standing(super().run(fn, *args, **kwargs))

    async def read(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        return await standing(super().read(fn, *args, **kwargs))


async def standing(work: Coroutine[Any, Any, T]) -> T:
    """What real work brings; no time passes until it does."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop.asked += 1
    try:
        return await work
    finally:
        loop.asked -= 1


def lived(life: Coroutine[Any, Any, T], *, sockets: bool = True, real: bool = False) -> T:
    """What the coroutine returns, having lived in virtual time, or in `real`. `sockets` False: none is spoken over."""

    def loop() -> VirtualLoop:
        made = RealLoop() if real else VirtualLoop()
        made.sockets = sockets
        return made

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(life)
