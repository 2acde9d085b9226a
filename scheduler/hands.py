"""How are the rows of a queue taken: many side by side, one chat in order, without a delay or a busy loop?

Shared by the inbox's worker and the outbox's delivery. The queue's own `claim` keeps the order: it gives the head of
each chat under a lease, so whatever one process dies with is taken again by another.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

from models.store import StoreClosed, Unavailable

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
"""How soon a row of another process, or one whose lease ran out, is found."""
AGAIN_S = 0.5
"""How soon what a database could not keep is offered to it again."""


class Claimed(Protocol):
    """A row of a queue, and the lease it was claimed under."""

    @property
    def id(self) -> int: ...

    @property
    def lease(self) -> str: ...


Row = TypeVar("Row", bound=Claimed)
T = TypeVar("T")


class Hands(Generic[Row]):
    """Claims rows and takes each in its own task, at most `at_once`."""

    def __init__(
        self,
        claim: Callable[[int], Awaitable[Sequence[Row]]],
        take: Callable[[Row], Awaitable[None]],
        *,
        at_once: int,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        """`claim(room)` gives at most that many rows. `take` settles one; what it raises is logged by class only."""
        self._claim, self._take = claim, take
        self._at_once, self._look_every_s = at_once, look_every_s
        self._held: dict[asyncio.Future[None], Row] = {}  # who takes which row
        self._anew: dict[int, Row] = {}  # rows that were claimed again, under another lease, while they were held
        self._wake = asyncio.Event()
        self._stopping = False
        self._looks = 0  # claims begun
        self._empty = 0  # the last claim that found nothing while nothing was held
        self._quiet = asyncio.Condition()

    def nudge(self) -> None:
        """There may be something: look at once."""
        self._wake.set()

    def stop(self) -> None:
        """No more is claimed; `run` returns when what is held is finished."""
        self._stopping = True
        self._wake.set()

    async def insist(self, write: Callable[[], Awaitable[T]]) -> T:
        """What `write` returned, offered again for as long as the database is away, full or locked (S43, S44).

        Nothing held is forgotten because of a moment. `write` knows its lease, so one that comes too late changes
        nothing. `Unavailable` only once told to stop: the lease then runs out.
        """
        while True:
            try:
                return await write()
            except Unavailable:
                if self._stopping:
                    raise
                await asyncio.sleep(AGAIN_S)

    async def idle(self) -> None:
        """Returns when a look begun after this call found nothing and nothing is held."""
        wanted = self._looks + 1
        self._wake.set()
        async with self._quiet:
            await self._quiet.wait_for(lambda: self._empty >= wanted)

    async def run(self) -> None:
        """Takes rows until `stop` or the store is closed; when cancelled, what is held is left to its leases."""
        try:
            while not self._stopping:
                self._wake.clear()
                await self._look()
                await self._rest()  # the head of every chat is held: only news or an end can change that
            if self._held:
                await asyncio.wait(self._held)
        finally:
            for task in self._held:
                task.cancel()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._look_every_s):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _look(self) -> None:
        """Claims what there is room for and begins it. A claim that fails is tried again at the next look."""
        room = self._at_once - len(self._held)
        if room <= 0:
            return
        self._looks += 1
        look, busy = self._looks, bool(self._held)
        try:
            rows = await self._claim(room)
        except StoreClosed:
            self._stopping = True
            return
        except Exception as error:
            log.error("a queue could not be read: %s", type(error).__name__)
            return
        for row in rows:
            held = next((one for one in self._held.values() if one.id == row.id), None)
            if held is None:
                self._begin(row)
            elif held.lease != row.lease:  # we were taken for dead, and what is being done with it will not count
                self._anew[row.id] = row
            # else its lease ran out in our hands: who has it goes on
        if not rows and not busy and not self._held:  # what was held may have ended unseen by this claim
            async with self._quiet:
                self._empty = look
                self._quiet.notify_all()

    def _begin(self, row: Row) -> None:
        task = asyncio.ensure_future(self._take(row))
        self._held[task] = row  # a task nobody holds may be collected before it ran (telegram.md §6.7)
        task.add_done_callback(self._let_go)

    def _let_go(self, task: asyncio.Future[None]) -> None:
        again = self._anew.pop(self._held.pop(task).id, None)
        if again is not None and not task.cancelled():
            self._begin(again)
        self._wake.set()  # the same chat's next row, without waiting for the next look
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a row could not be settled; its lease will run out: %s", type(error).__name__)
