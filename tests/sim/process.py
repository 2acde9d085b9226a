"""What is one process of the house? The real parts, wired as bot/wiring does; it dies at a line, and is born anew.

What it had in memory dies with it. What it had sent is on its way; what it had committed stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextvars import ContextVar, copy_context
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from aiogram import Bot, Dispatcher
from sqlmodel import Session

from bot.telegram.account import Account
from bot.telegram.intake import Poller, webhook_route
from bot.telegram.pace import Pace
from bot.telegram.replies import Replies
from bot.telegram.worker import Worker
from handlers.cards.draw import draw
from handlers.chat.dispatcher import build
from models.actions.rerouting import find_another_way
from models.lives import Life
from models.outbox import Promised
from models.ports import FileLost
from models.turn import Work
from scheduler.delivery import Delivery
from scheduler.fetching import Fetching
from scheduler.housekeeping import Housekeeping
from scheduler.listing import Lists
from scheduler.metronome import Beat
from scheduler.overdue import Overdue
from scheduler.sealing import Sealing
from scheduler.watching import Watching
from tests.sim.cast import KEYS, TOWN
from tests.sim.edges import SimGateway, SimHttp, SimSession
from tests.sim.hooks import SECRET, answer
from tests.sim.loop import Killed
from tests.sim.store import Plug
from tests.sim.telegram import TOKEN

if TYPE_CHECKING:
    import asyncio

    from tests.sim.world import World

WHO: ContextVar[Process | None] = ContextVar("process", default=None)
"""Which process runs this line: a failpoint is passed by somebody."""


@cache
def conversations() -> Dispatcher:
    """The real ones; they keep nothing, so all processes of all worlds share them."""
    return build(TOWN, KEYS, doorstep="https://t.me/{username}")


class Files:
    """A `ports.FileStore`: durable, so it belongs to the world."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        self.kept[digest] = content
        return digest

    def get(self, digest: str) -> bytes:
        return self.kept[digest]

    def drop(self, digest: str) -> None:
        self.kept.pop(digest, None)


class Process:
    """One process: `born` makes it live, `killed` ends it as SIGKILL does."""

    def __init__(self, world: World, number: int) -> None:
        self.world, self.number = world, number
        self.alive = False
        self.lives = 0
        self.dies_at: dict[str, int] = {}  # failpoint: passages left until it kills
        self.stumbles_at: dict[str, int] = {}  # failpoint: passages left until it raises
        self.polls = False
        self.wanted: datetime | None = None  # the next office moment its sweeps want
        self._tasks: list[asyncio.Task[Any]] = []
        self._striking: asyncio.Task[Any] | None = None

    def born(self, *, polls: bool) -> None:
        """It lives under a name of its own, and has found who died before it. `polls`: it takes the updates in."""
        world, loop = self.world, self.world.loop
        assert not self.alive
        self.alive, self.polls, self.lives = True, polls, self.lives + 1
        context = copy_context()
        context.run(WHO.set, self)
        self._context = context
        self.plug = Plug(world.disk)
        clock, store = world.clock, self.plug
        pace = world.shared_pace or Pace(world.limits, clock)
        never = 1e8  # nobody looks by himself: the world nudges whenever anything may have changed
        self.life = Life(store, clock, parts="all", host="sim", pid=self.number, look_every_s=never)
        shared: dict[str, Any] = {"town": TOWN, "keys": KEYS, "office": clock, "machine": clock}
        gateway = SimGateway(world.sky, pace, lambda: self.alive, world.files.kept)
        self.bot = Bot(TOKEN, session=SimSession(world.sky, lambda: self.alive))
        self.replies = Replies(store, pace, office=clock, machine=clock)
        held: dict[str, Any] = {"life": self.life, "look_every_s": never, **shared}
        self.delivery = Delivery(store, gateway, draw, unreachable=_unreachable, **held)
        self.fetching = Fetching(store, _Source(self), world.files, **shared)
        bots = {world.sky.bot.id: self.bot}
        self.worker = Worker(store, conversations(), bots, self.replies, **held)
        self._beats: list[Beat] = [
            Overdue(store, town=TOWN, keys=KEYS, office=clock).beat,
            Watching(store, town=TOWN, keys=KEYS).beat,
            Lists(store, town=TOWN, keys=KEYS).beat,
            Sealing(store, world.anchors.append, machine=clock).beat,
        ]
        self._housekeeping = Housekeeping(store, world.files, town=TOWN, keys=KEYS, machine=clock)
        store.after_commit(self.delivery.nudge)
        if world.pictures:
            self._beats.append(self.fetching.beat)
            store.after_commit(self.fetching.nudge)
        if world.hooks is not None:
            told = {world.sky.bot.id: SECRET}
            self._door = webhook_route(store, KEYS, clock, told, kept=self.worker.nudge)
        self._tasks = [loop.begin(self._live(), context)]

    def hears(self, body: bytes, answered: asyncio.Future[int]) -> None:
        """The messenger knocks with an update; the status comes, unless it dies."""
        work = answer(self._door, self.world.sky.bot.id, body, answered)
        self._tasks.append(self.world.loop.begin(work, self._context.copy()))

    async def _live(self) -> None:
        """It begins, and its parts run; one that cannot begin has ended, and is begun again as after a death."""
        try:
            await self._begin()
        except Exception as error:
            self.killed(f"as it begins, of {type(error).__name__}")

    async def _begin(self) -> None:
        loop = self.world.loop
        await self.life.begin()
        await self.replies.remember_halts()
        self.world.remember_halts()
        parts = [self.worker.run(), self.delivery.run(), self.fetching.run()]
        if self.polls:
            await self.life.take_in(self.world.sky.bot.id, beside_others=False)
            account = Account(self.world.sky.bot.id, TOKEN, "http://sim")
            http: Any = SimHttp(self.world.sky, lambda: self.alive, held_s=self.world.poll_held_s)
            told: dict[str, Any] = {"kept": self.worker.nudge, "longest_pause_s": 600.0}
            poller = Poller(account, self.plug, KEYS, http, self.world.clock, **told)
            parts.append(poller.run())
        self._tasks += [loop.begin(part, self._context.copy()) for part in parts]

    def look(self, *, heard: bool, told: bool, beats: bool) -> None:
        """A look is due: whatever others left is found. `beats`: so is a beat, and what is due happens."""
        if not self.alive:
            return
        if heard:
            self.worker.nudge()
        if told:
            self.delivery.nudge()
        if beats and (self._striking is None or self._striking.done()):
            self._striking = self.world.loop.begin(self._strike(), self._context.copy())

    async def _strike(self) -> None:
        """As a Metronome does, once the dead are buried."""
        if self.life.name is not None:
            try:
                await self.life.bury_the_dead()
            except Exception as error:  # as Life.run does
                self.world.note(f"p{self.number}: the dead could not be looked for: {type(error).__name__}")
        wanted: list[datetime] = []
        tidies = self.world.tidies_now(self)
        for beat in (*self._beats, *([self._housekeeping] if tidies else ())):
            try:
                moment = await beat(self.world.clock.now())
            except Exception as error:
                self.world.note(f"p{self.number}: a sweep failed: {type(error).__name__}")
                continue
            if moment is not None:
                wanted.append(moment)
        self.wanted = min(wanted, default=None)

    def passes(self, name: str) -> None:
        """A failpoint: here it may die, or stumble."""
        if (left := self.dies_at.get(name)) is not None:
            if left <= 1:
                self.killed(f"at {name}")
                raise Killed
            self.dies_at[name] = left - 1
        if (left := self.stumbles_at.get(name)) is not None:
            if left <= 1:
                del self.stumbles_at[name]
                self.world.note(f"p{self.number} stumbles at {name}")
                raise OSError("on purpose")
            self.stumbles_at[name] = left - 1

    def killed(self, where: str = "between two lines") -> None:
        """It is dead at once: nothing it wanted reaches anybody any more."""
        if not self.alive:
            return
        self.alive = self.polls = False
        self.dies_at.clear()
        self.stumbles_at.clear()
        self.wanted = None
        self.plug.unplug()
        self.world.loop.call_soon(self._bury)
        self.world.died(self, where)

    def _bury(self) -> None:
        for task in (*self._tasks, *([self._striking] if self._striking else []), *self.replies._tasks):
            task.cancel()
        self._tasks, self._striking = [], None


class _Source:
    """A `ports.FileSource`."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @property
    def bots(self) -> Sequence[int]:
        return (self._process.world.sky.bot.id,)

    async def fetch(self, bot_id: int, file_id: str) -> bytes:
        if not self._process.alive:
            raise Killed
        sky = self._process.world.sky
        if sky.cut:
            raise ConnectionError
        file = sky.messenger.files.by_id(file_id)
        if file is None:
            raise FileLost("gone")
        return bytes(file.content)


def _unreachable(session: Session, promised: Promised, now: datetime) -> None:
    find_another_way(Work(session, TOWN, KEYS, now), promised)
