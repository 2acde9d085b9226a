"""What do the processes of a world keep things on? One database in memory, and for each process a plug in it.

Jobs run on the project's own bench (models/store/lane.py): its savepoints, its batches, its failpoints, its errors.
Who is killed is unplugged: what it still wanted never reaches the database, and what was committed stays.
"""

import asyncio
import random
import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from models.store import Store
from models.store.lane import Job, _Bench
from models.store.statement import Dialect
from tests.sim.loop import Killed, VirtualLoop

P = ParamSpec("P")
T = TypeVar("T")

MOST_TOGETHER = 64
TOLD_WITHIN_S = 0.02


class Disk:
    """The database of a world: it outlives every process."""

    def __init__(self, image: bytes, loop: VirtualLoop, dice: random.Random) -> None:
        self.driver = sqlite3.connect(":memory:", isolation_level=None, cached_statements=512)
        self.driver.deserialize(image)
        for pragma in ("foreign_keys=ON", "trusted_schema=OFF", "recursive_triggers=ON"):
            self.driver.execute(f"PRAGMA {pragma}")
        self.loop, self.dice = loop, dice
        self.writer = _Bench(self.driver, begin="BEGIN IMMEDIATE", durable=True)
        self.reader = _Bench(self.driver, begin="BEGIN", durable=False)
        self.commits = 0
        self.locks: dict[str, dict[Plug, bool]] = {}  # name: who holds it, and whether beside others

    def rows(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """What stands there, asked by a judge and not by the project's code; `params` in order, or one dict."""
        named = params[0] if params and isinstance(params[0], dict) else params
        return self.driver.execute(sql, named).fetchall()

    def act(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What the world itself does there, outside every process: committed when it returns."""
        answers, _ = self.writer.serve([Job(fn, args, kwargs, self.loop.create_future())])
        _, result, error = answers[0]
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def view(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What `fn` finds in one view."""
        answers, _ = self.reader.serve([Job(fn, args, kwargs, self.loop.create_future())])
        _, result, error = answers[0]
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def close(self) -> None:
        self.driver.close()


class PlugLocks:
    """The `Locks` of one process: whoever is unplugged holds none."""

    def __init__(self, plug: "Plug", disk: Disk) -> None:
        self.lost = asyncio.Event()
        self._plug, self._held = plug, disk.locks

    async def take(self, name: str, *, shared: bool = False) -> bool:
        holders = {plug: how for plug, how in self._held.get(name, {}).items() if not plug.unplugged}
        if self._plug in holders or (holders and not (shared and all(holders.values()))):
            return False
        self._held[name] = {**holders, self._plug: shared}
        return True

    async def drop(self, name: str) -> None:
        self._held.get(name, {}).pop(self._plug, None)

    async def check(self) -> None:
        """They are held."""

    def listen(self, news: Callable[[], None]) -> None:
        """Nobody tells: the world nudges."""

    def tell(self) -> None:
        """As above."""

    async def close(self) -> None:
        for holders in self._held.values():
            holders.pop(self._plug, None)


class Plug(Store):
    """One process's way to the disk: a Store whose thread is the loop itself."""

    def __init__(self, disk: Disk) -> None:
        super().__init__(_SQLITE)
        self._disk = disk
        self._waiting: deque[Job] = deque()
        self._called = self._telling = False
        self.unplugged = False

    async def run(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """As the real one: durable when it returns. What waits together may share a commit, as the dice have it."""
        self._alive()
        loop = self._disk.loop
        job = Job(fn, args, kwargs, loop.create_future())
        self._waiting.append(job)
        if not self._called:
            self._called = True
            loop.call_soon(self._serve)
        result: T = await job.answer
        return result

    async def read(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """As the real one: one view, and it cannot write."""
        self._alive()
        job = Job(fn, args, kwargs, self._disk.loop.create_future())
        answers, wrote = self._disk.reader.serve([job])
        assert not wrote, f"{fn} was to read, and has written"
        _, result, error = answers[0]
        await asyncio.sleep(0)
        self._alive()
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    async def locks(self) -> PlugLocks:
        """Held until the process dies."""
        return PlugLocks(self, self._disk)

    async def close(self) -> None:
        """Nothing to end: the thread is everybody's."""

    def unplug(self) -> None:
        """Nothing this process still wants happens any more."""
        self.unplugged = True
        self._waiting.clear()

    def _alive(self) -> None:
        if self.unplugged:
            raise Killed

    def _serve(self) -> None:
        self._called = False
        if self.unplugged or not self._waiting:
            return
        together = min(len(self._waiting), self._disk.dice.choice((1, 2, MOST_TOGETHER)))
        batch = [self._waiting.popleft() for _ in range(together)]
        if self._waiting:
            self._called = True
            self._disk.loop.call_soon(self._serve)
        answers, changed = self._disk.writer.serve(batch)
        self._disk.commits += changed
        if self.unplugged:  # it died there: nobody is left to hear it
            return
        for job, result, error in answers:
            _answer(job.answer, result, error)
        if changed:
            self._committed_here()

    def _committed_here(self) -> None:
        """Who listens is told within a moment: of many commits at once, once."""
        if not self._telling:
            self._telling = True
            self._disk.loop.call_later(TOLD_WITHIN_S, self._tell)

    def _tell(self) -> None:
        self._telling = False
        if not self.unplugged:
            for listener in self._listeners:
                listener()


_SQLITE: Dialect = "sqlite"


def _answer(future: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
