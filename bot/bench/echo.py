"""How quickly is everybody answered over HTTP, kept durable on the way, beside bare aiogram that polls and answers?

The messenger is ours, in a process of its own, and limits nothing. Ours: poller, inbox, worker, Turn, replies.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.storage.base import BaseStorage
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.methods import SendMessage
from aiogram.types import Message

from bot.bench.figures import Cost, Figure, Stopwatch, in_turns, micros
from bot.bench.residents import Settled, settle
from bot.clocks import MachineClock, OfficeClock
from bot.telegram.account import Account
from bot.telegram.intake import Poller
from bot.telegram.pace import LENIENT, Pace
from bot.telegram.replies import Replies
from bot.telegram.worker import Worker
from handlers.chat.memory import TurnStorage
from models.store import Store

WORDS = 2_000


async def measure(folder: Path, rounds: int) -> list[Figure]:
    """One word in, one word out."""
    settled = await settle(folder, 1)
    async with _postbox() as post:
        ours, bare = await in_turns(
            rounds, lambda: post.round(lambda token: _ours(settled, post, token)), lambda: post.round(post.bare)
        )
    share = bare.cpu / ours.cpu
    return [
        Figure(
            what="echo over HTTP, lenient pace, against aiogram's polling",
            ours=micros(ours),
            bare=micros(bare),
            ratio=f"{share:.2f}× ({bare.wall / ours.wall:.2f}×)",
            goal="≥ 0.4×",
            met=share >= 0.4,
        )
    ]


class _Post:
    """The messenger next door."""

    def __init__(self, process: asyncio.subprocess.Process, base: str) -> None:
        self._process, self.base = process, base

    async def round(self, bot: Callable[[str], Awaitable[None]]) -> Cost:
        """The cost of one word that `bot`, given its token, answers; it runs until everything is answered."""
        token = str((await self._ask(f"say {WORDS}"))["token"])
        with Stopwatch() as watch:
            echoing = asyncio.ensure_future(bot(token))
            told = await self._told()
            cost = watch.so_far(WORDS)
        echoing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await echoing
        return Cost(cost.cpu, float(str(told["seconds"])) / WORDS)

    async def bare(self, token: str) -> None:
        """aiogram as its own documentation begins."""
        dispatcher = _dispatcher(MemoryStorage())
        polling = asyncio.ensure_future(dispatcher.start_polling(_bot(token, self.base), handle_signals=False))
        try:
            await asyncio.shield(polling)  # it cannot be cancelled (aiogram#1635), only told to stop
        finally:
            await dispatcher.stop_polling()
            await polling

    async def _ask(self, line: str) -> dict[str, object]:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        return await self._told()

    async def _told(self) -> dict[str, object]:
        assert self._process.stdout is not None
        told: dict[str, object] = json.loads(await self._process.stdout.readline())
        return told


@contextlib.asynccontextmanager
async def _postbox() -> AsyncIterator[_Post]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.bench.postbox"), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield _Post(process, json.loads(await process.stdout.readline())["base"])
    finally:
        process.stdin.close()
        await process.wait()


def _bot(token: str, base: str) -> Bot:
    return Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(base)))


def _dispatcher(storage: BaseStorage) -> Dispatcher:
    router = Router()

    @router.message()
    async def echo(message: Message) -> SendMessage:
        return SendMessage(chat_id=message.chat.id, text=message.text or "")

    dispatcher = Dispatcher(storage=storage)
    dispatcher.include_router(router)
    return dispatcher


async def _ours(settled: Settled, post: _Post, token: str) -> None:
    store, machine, office = await Store.open(settled.copy("echo")), MachineClock(), OfficeClock()
    bot = _bot(token, post.base)
    replies = Replies(store, Pace(LENIENT, machine), office=office, machine=machine)
    worker = Worker(
        store,
        _dispatcher(TurnStorage()),
        {bot.id: bot},
        replies,
        town=settled.town,
        keys=settled.keys,
        office=office,
        machine=machine,
    )
    async with httpx.AsyncClient() as http:
        poller = Poller(
            Account(bot.id, token, post.base), store, settled.keys, http, machine, kept=worker.nudge, long_poll_s=1
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(worker.run())
                tasks.create_task(poller.run())
        finally:
            await replies.idle()
            await bot.session.close()
            await store.close()
