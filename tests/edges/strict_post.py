"""Who is told over HTTP, in virtual time? A messenger as strict as Telegram, one pace, bots and readers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from sqlmodel import Session

from bot.messenger.answers import Answer
from bot.messenger.chats import BotAccount, Chat, Messenger
from bot.messenger.flood import STRICT as AS_TELEGRAM
from bot.messenger.people import Person as Reader
from bot.messenger.server import serve
from bot.messenger.stage import Call, Stage
from bot.telegram.account import Account
from bot.telegram.notices import PtbGateway
from bot.telegram.pace import STRICT, Pace
from bot.telegram.replies import Replies
from models import outbox
from models.ports import Priority
from models.records import Person, Reach
from models.rules.policy import Town
from models.store import Statement, Store
from scheduler.delivery import Delivery
from tests.databases import sqlite_url
from tests.edges.virtual import PatientStore, VirtualClock, standing
from tests.edges.waiting_room import delivering

SENDS = ("sendMessage", "editMessageText")
NOTICES = Statement("SELECT id, key, bot_id, chat_id, state, tries, unsure, waits_from FROM notice ORDER BY id")


class OneSided(Stage):
    """Spoils the calls of one bot; the others are served well."""

    victim: int = 0

    async def before(self, bot: BotAccount, method: str, params: Mapping[str, object]) -> Answer | None:
        return await super().before(bot, method, params) if bot.id == self.victim else None


@dataclass
class Post:
    """Bots of one house at a strict messenger; `open` makes the process that sends for them."""

    messenger: Messenger
    stage: OneSided
    bots: list[BotAccount]
    base: str
    store: Store
    town: Town
    clock: VirtualClock
    count: int = 0
    running: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)
    delivery: Delivery = field(init=False)
    replies: Replies = field(init=False)

    async def open(self) -> None:
        """A process that remembers only what is on disk."""
        accounts = {bot.id: Account(bot.id, bot.token, self.base) for bot in self.bots}
        pace = Pace(STRICT, self.clock)
        gateway = PtbGateway(accounts, pace)
        self.delivery = delivering(self.store, gateway, self.town)
        self.replies = Replies(self.store, pace, office=self.clock, machine=self.clock)
        await self.replies.remember_halts()
        task = asyncio.create_task(self.delivery.run())
        self.running = contextlib.AsyncExitStack()
        self.running.push_async_callback(gateway.close)
        self.running.push_async_callback(_over, task)

    async def die(self) -> None:
        """The process is gone as by a power cut; what it held is free, as its heir finds it."""
        await self.running.aclose()
        await self.store.run(outbox.inherit)

    async def end(self) -> None:
        """The process ends in order."""
        self.delivery.stop()
        await self.replies.idle()
        await self.running.aclose()

    async def reader(self, bot: BotAccount | None = None) -> Reader:
        """Somebody with a private chat."""
        reader = self.messenger.add_person("居民")
        reader.start(bot or self.bots[0])
        await self.store.run(_meet, reader.id, bot_id=(bot or self.bots[0]).id, now=self.clock.now())
        return reader

    async def group(self) -> Chat:
        """A group the bot is in."""
        group = self.messenger.add_group("3栋", [self.messenger.add_person("群主")], self.bots[0])
        await self.store.run(_meet, group.id, bot_id=self.bots[0].id, now=self.clock.now())
        return group

    async def promise(
        self, chat_id: int, many: int = 1, *, bot: BotAccount | None = None, priority: Priority = Priority.RECEIPT
    ) -> None:
        """So many notices for this chat."""
        first, self.count = self.count, self.count + many

        def all_of_them(session: Session) -> None:
            for number in range(first, first + many):
                outbox.promise(
                    session, key=f"{number}", person_id=chat_id, bot_id=(bot or self.bots[0]).id, chat_id=chat_id,
                    case_id=None, telling="receipt", reader="raiser", priority=priority, facts={},
                    ring_at=self.clock.now(), now=self.clock.now(),
                )  # fmt: skip

        await self.store.run(all_of_them)

    async def drained(self) -> None:
        """Nothing waits any more."""
        while (await self.store.read(outbox.backlog)).waiting:
            await asyncio.sleep(0.5)

    def calls(self, bot: BotAccount | None = None) -> list[Call]:
        """Every letter that was tried, in order."""
        return [call for call in self.stage.calls if call.method in SENDS and call.bot_id == (bot or self.bots[0]).id]


def _meet(session: Session, chat_id: int, *, bot_id: int, now: datetime) -> None:
    session.add(Person(id=chat_id, met_at=now))
    session.flush()
    session.add(Reach(person_id=chat_id, bot_id=bot_id, chat_id=chat_id))


async def _over(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait([task])
    await asyncio.sleep(0.1)  # what it held is cancelled too, and lets go of its connections


@contextlib.asynccontextmanager
async def strict_post(folder: Path, town: Town, *, bots: int = 1) -> AsyncIterator[Post]:
    """A messenger that counts as Telegram does, and a house with so many bots there; its process is not open yet."""
    clock = VirtualClock()
    messenger = Messenger(flood=AS_TELEGRAM, clock=clock.seconds)
    stage = OneSided(messenger)
    accounts = [messenger.add_bot(f"huiyin_{number}_bot") for number in range(bots)]
    store = await standing(PatientStore.open(sqlite_url(folder)))
    async with serve(messenger, stage) as address:
        post = Post(messenger, stage, accounts, address.base, store, town, clock)
        try:
            yield post
        finally:
            await post.running.aclose()
            await store.close()


@contextlib.asynccontextmanager
async def talking(post: Post) -> AsyncIterator[Bot]:
    """aiogram's side of the first bot."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(post.base))
    try:
        yield Bot(post.bots[0].token, session=session)
    finally:
        await session.close()
