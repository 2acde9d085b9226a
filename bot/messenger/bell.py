"""How does a task wait for something to happen? On a bell: everyone who waits hears the next ring, once."""

from __future__ import annotations

import asyncio


class Bell:
    """Rung from ordinary code, waited for by tasks of the running loop."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def next_ring(self) -> asyncio.Future[None]:
        """Done at the next ring; cancel it to stop waiting."""
        self._waiting = [one for one in self._waiting if not one.done()]
        ring = asyncio.get_running_loop().create_future()
        self._waiting.append(ring)
        return ring

    @property
    def awaited(self) -> bool:
        """Whether anybody waits for the next ring."""
        return any(not one.done() for one in self._waiting)

    def ring(self) -> None:
        """Whoever waits goes on."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if not one.done():
                one.set_result(None)
