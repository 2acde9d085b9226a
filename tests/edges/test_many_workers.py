"""Whoever of several processes takes them, the words of one chat are answered in their order, each once."""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Dispatcher, Router
from aiogram.types import Message

from bot.telegram.replies import Replies
from bot.telegram.worker import Worker
from models import inbox
from models.inbox import Arrived
from models.lives import Life
from models.store import Statement, Store
from models.turn import Turn
from tests.databases import postgres_url
from tests.edges.conftest import Desk, note

CHATS, WORDS = 5, 24
LEASE = Statement('SELECT lease FROM "update"')


@pytest.fixture
def url() -> str:
    return postgres_url()


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    store = await Store.open(url)
    yield store
    await store.close()


@contextlib.asynccontextmanager
async def working(desk: Desk, url: str, pid: int) -> AsyncIterator[Worker]:
    """A worker as of a process of its own."""
    store = await Store.open(url)
    life = Life(store, desk.clock, parts="worker", host="here", pid=pid)
    await life.begin()
    clocks: dict[str, Any] = {"office": desk.clock, "machine": desk.clock}
    worker = Worker(
        store,
        noting(random.Random(pid)),
        {desk.bot.id: desk.aiogram},
        Replies(store, desk.pace, **clocks),
        town=desk.town,
        keys=desk.keys,
        rest=timedelta(milliseconds=20),
        look_every_s=0.1,
        life=life,
        **clocks,
    )
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        await running
        await life.end()
        await store.close()


def noting(dice: random.Random) -> Dispatcher:
    """Every word is written down, after a moment: some handlers are slow, and one in ten fails once."""
    router, failed = Router(), set[str]()

    @router.message()
    async def heard(message: Message, turn: Turn) -> None:
        await asyncio.sleep(dice.random() / 100)
        text = message.text or ""
        if dice.random() < 0.1 and text not in failed:
            failed.add(text)
            raise RuntimeError("once")
        await turn.do(note, text=text)

    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    return dispatcher


def said(number: int, chat: int, word: int) -> Arrived:
    person = {"id": chat, "is_bot": False, "first_name": "居民"}
    message = {
        "message_id": number,
        "date": 0,
        "chat": {"id": chat, "type": "private"},
        "from": person,
        "text": f"{chat}:{word}",
    }
    return Arrived(number, chat, json.dumps({"update_id": number, "message": message}).encode())


@pytest.mark.parametrize("workers", [2, 4])
async def test_the_words_of_a_chat_keep_their_order_among_several_workers(desk: Desk, url: str, workers: int) -> None:
    dice, numbers = random.Random(workers), iter(range(1, 1000))
    async with contextlib.AsyncExitStack() as living:
        places = [await living.enter_async_context(working(desk, url, pid)) for pid in range(workers)]
        for word in range(WORDS):
            chats = dice.sample(range(100, 100 + CHATS), CHATS)
            batch = [said(next(numbers), chat, word) for chat in chats]
            await desk.store.run(inbox.take_in, desk.keys, desk.bot.id, batch, desk.clock.now())
            dice.choice(places).nudge()
        async with asyncio.timeout(60):
            await places[0].idle()
        heard = await desk.heard()
    assert len(heard) == CHATS * WORDS
    for chat in range(100, 100 + CHATS):
        assert [text for text in heard if text.startswith(f"{chat}:")] == [f"{chat}:{word}" for word in range(WORDS)]
    assert await desk.parked() == []


class Renamed:
    """A life that was taken for dead, and came back under another name."""

    name: str | None = "before"


async def test_who_was_taken_for_dead_meanwhile_does_it_again_and_it_counts_once(desk: Desk) -> None:
    life, begun, goes_on = Renamed(), asyncio.Event(), asyncio.Event()
    router = Router()

    @router.message()
    async def heard(message: Message, turn: Turn) -> None:
        begun.set()
        await goes_on.wait()
        await turn.do(note, text=f"{message.text} by {turn.waiting.lease}")

    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    clocks: dict[str, Any] = {"office": desk.clock, "machine": desk.clock}
    replies = Replies(desk.store, desk.pace, **clocks)
    shared: dict[str, Any] = {"town": desk.town, "keys": desk.keys, "look_every_s": 0.02, **clocks}
    worker = Worker(desk.store, dispatcher, {desk.bot.id: desk.aiogram}, replies, life=life, **shared)
    await desk.run(worker.run())
    await desk.store.run(inbox.take_in, desk.keys, desk.bot.id, [said(1, 100, 1)], desk.clock.now())
    await begun.wait()
    life.name = None
    await desk.store.run(inbox.inherit, "before")
    life.name = "after"
    async with asyncio.timeout(15):
        while (await desk.store.read(LEASE.all))[0].lease != "after":
            await asyncio.sleep(0.01)
        goes_on.set()
        await worker.idle()
    assert await desk.heard() == ["100:1 by after"]
