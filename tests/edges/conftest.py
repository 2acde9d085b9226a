"""A messenger over HTTP, a store on disk, a tiny dispatcher: the edges with nothing of the town's life behind them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.flood import LENIENT as FREELY
from bot.messenger.people import Person
from bot.messenger.server import serve
from bot.messenger.stage import Stage
from bot.telegram.account import Account
from bot.telegram.intake import Poller
from bot.telegram.pace import LENIENT, Pace
from bot.telegram.replies import Replies
from bot.telegram.worker import Worker
from models.rules import failpoints
from models.rules.policy import Town
from models.store import Keys, Statement, Store
from models.town import load_town, sample_town_folder
from models.turn import Work
from tests.databases import postgres_url, sqlite_url
from tests.edges.clocks import RunningClock

_NOTE = Statement("INSERT INTO alarm (kind, ref, reason, raised_at) VALUES ('heard', :text, '', :now)")
_NOTES = Statement("SELECT ref FROM alarm WHERE kind = 'heard' ORDER BY id")
_PARKED = Statement("SELECT ref, reason FROM alarm WHERE kind = 'update_parked' ORDER BY id")
KEPT = Statement('SELECT bot_id, update_id, chat_id, done_at, parked_at, tries FROM "update" ORDER BY id')


def note(work: Work, *, text: str) -> None:
    """The action of these tests: the words are written down, once."""
    _NOTE.run(work.session, text=text, now=work.now)


@dataclass
class Desk:
    """Everything between a messenger and a store."""

    messenger: Messenger
    stage: Stage
    bot: BotAccount
    account: Account
    store: Store
    keys: Keys
    town: Town
    http: httpx.AsyncClient
    aiogram: Bot
    running: contextlib.AsyncExitStack
    clock: RunningClock = field(default_factory=RunningClock)
    pace: Pace = field(default_factory=lambda: Pace(LENIENT, RunningClock()))

    def person(self, name: str = "居民") -> Person:
        """Somebody who has started the bot; the start itself is not waiting any more."""
        person = self.messenger.add_person(first_name=name)
        person.start(self.bot)
        self.bot.updates.keep_last(0)
        return person

    def poller(self, *, kept: Callable[[], None] = lambda: None, long_poll_s: int = 5) -> Poller:
        return Poller(
            self.account,
            self.store,
            self.keys,
            self.http,
            self.clock,
            kept=kept,
            long_poll_s=long_poll_s,
            pause_s=0.02,
            longest_pause_s=0.1,
        )

    def worker(self, dispatcher: Dispatcher, *, within: float = 5.0, bots: dict[int, Bot] | None = None) -> Worker:
        replies = Replies(self.store, self.pace, office=self.clock, machine=self.clock)
        self.running.push_async_callback(replies.end, 1.0)
        return Worker(
            self.store,
            dispatcher,
            {self.bot.id: self.aiogram} if bots is None else bots,
            replies,
            town=self.town,
            keys=self.keys,
            office=self.clock,
            machine=self.clock,
            within=timedelta(seconds=within),
            rest=timedelta(milliseconds=20),
            look_every_s=0.1,
        )

    async def run(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Runs until the test ends; what it fails with comes out there."""
        task = asyncio.create_task(work)
        self.running.push_async_callback(_end, task)
        await asyncio.sleep(0)
        return task

    async def converse(self, dispatcher: Dispatcher, **how: Any) -> Worker:
        """Poller and worker run; returns the worker."""
        worker = self.worker(dispatcher, **how)
        await self.run(worker.run())
        await self.run(self.poller(kept=worker.nudge).run())
        return worker

    async def heard(self) -> list[str]:
        return [row.ref for row in await self.store.read(_NOTES.all)]

    async def parked(self) -> list[str]:
        return [row.reason for row in await self.store.read(_PARKED.all)]

    async def kept(self) -> list[Any]:
        return await self.store.read(KEPT.all)


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


both_engines = pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
"""For a module's `pytestmark`: every test of it on SQLite and on a real PostgreSQL."""


async def until(holds: Callable[[], Awaitable[bool]], *, within_s: float = 10.0) -> None:
    """Returns as soon as it holds; fails after a generous while."""
    async with asyncio.timeout(within_s):
        while not await holds():
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def no_failpoint() -> Any:
    yield
    failpoints.disarm()


@pytest.fixture(scope="session")
def town() -> Town:
    return load_town(sample_town_folder())


@pytest.fixture(params=["sqlite"])
async def store(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """On SQLite; a room that speaks SQL of its own asks for both engines with `both_engines`."""
    store = await Store.open(sqlite_url(tmp_path) if request.param == "sqlite" else postgres_url())
    yield store
    await store.close()


@pytest.fixture
async def desk(store: Store, town: Town) -> AsyncIterator[Desk]:
    messenger = Messenger(flood=FREELY)
    stage = Stage(messenger)
    bot = messenger.add_bot("huiyin_edge_bot")
    async with (
        serve(messenger, stage) as address,
        httpx.AsyncClient() as http,
        contextlib.AsyncExitStack() as running,
    ):
        session = AiohttpSession(api=TelegramAPIServer.from_base(address.base))
        aiogram = Bot(bot.token, session=session, default=DefaultBotProperties(parse_mode="HTML"))
        running.push_async_callback(session.close)
        account = Account(bot.id, bot.token, address.base)
        yield Desk(messenger, stage, bot, account, store, Keys.fresh(), town, http, aiogram, running)
