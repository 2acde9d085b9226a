"""What changes, for a page that shows it? Every change in order, to everyone who listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from bot.messenger.messages import Change


class Listener:
    """Every change from now on, in order; ends when the messenger closes, or when nobody reads it for too long."""

    MOST = 10_000

    def __init__(self, forget: Callable[[Listener], None]) -> None:
        self._queue: asyncio.Queue[Change | None] = asyncio.Queue()
        self._forget = forget

    def tell(self, change: Change) -> None:
        """The reader gets it next."""
        if self._queue.qsize() >= self.MOST:
            self.close()
        else:
            self._queue.put_nowait(change)

    async def __aiter__(self) -> AsyncIterator[Change]:
        try:
            while (change := await self.next()) is not None:
                yield change
        finally:
            self._forget(self)

    async def next(self) -> Change | None:
        """The next change; nothing when it is over."""
        return await self._queue.get()

    def close(self) -> None:
        """No more changes; a reader waiting is let go."""
        self._forget(self)
        self._queue.put_nowait(None)


class Listeners:
    """Everyone who listens to one messenger."""

    def __init__(self) -> None:
        self._all: list[Listener] = []

    def add(self) -> Listener:
        """One more, hearing everything from this moment on."""
        listener = Listener(self._forget)
        self._all.append(listener)
        return listener

    def tell(self, change: Change) -> None:
        """All hear the change."""
        for listener in tuple(self._all):
            listener.tell(change)

    def close(self) -> None:
        """Nobody listens any more."""
        for listener in tuple(self._all):
            listener.close()

    def _forget(self, listener: Listener) -> None:
        if listener in self._all:
            self._all.remove(listener)
