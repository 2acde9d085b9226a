"""What does a step of a conversation cost when it is durable, beside bare aiogram that keeps it in memory?

The same handler on both sides: it reads state and data, changes both, and answers. Bare: `feed_raw_update` with
MemoryStorage. Ours: taken into the inbox, claimed, handled in a Turn, committed with the conversation.
"""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import BaseStorage
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.methods import SendMessage
from aiogram.types import Message

from bot.bench.figures import Cost, Figure, Stopwatch, in_turns, micros
from bot.bench.residents import BOT, COMPLAINT, Settled, settle
from bot.clocks import MachineClock, OfficeClock
from bot.telegram.pace import LENIENT, Pace
from bot.telegram.replies import Replies
from bot.telegram.worker import Worker
from handlers.chat.dispatcher import build
from handlers.chat.memory import TurnStorage
from models import inbox
from models.inbox import Arrived
from models.store import Store

CHATS = 40
STEPS = 25  # of each chat
BATCH = 100  # what one getUpdates brings at most
TOKEN = f"{BOT}:AAbenchbenchbenchbenchbenchbenchbenc"


class Talk(StatesGroup):
    odd = State()
    even = State()


async def measure(folder: Path, rounds: int) -> list[Figure]:
    """One step with 40 chats: the bare exchange, and the town's own first question after a complaint."""
    settled = await settle(folder, CHATS * STEPS)
    often, once = settled.chats[:CHATS], settled.chats
    bot = Bot(TOKEN)
    try:
        ours, bare, whole = await in_turns(
            rounds,
            lambda: _ours(settled, often, bot, _dispatcher(TurnStorage())),
            lambda: _bare(often, bot),
            lambda: _ours(settled, once, bot, build(settled.town, settled.keys, doorstep="{username}")),
        )
    finally:
        await bot.session.close()
    ratio = ours.cpu / bare.cpu
    return [
        Figure(
            what=f"durable conversation step, {CHATS} chats, against feed_raw_update in memory",
            ours=micros(ours),
            bare=micros(bare),
            ratio=f"{ratio:.1f}× ({ours.wall / bare.wall:.1f}×)",
            goal="≤ 6×, then 3×",
            met=ratio <= 6,
        ),
        Figure(
            what="a resident's first words, through every room of the town, understood and asked back",
            ours=micros(whole),
            bare=micros(bare),
            ratio=f"{whole.cpu / bare.cpu:.1f}× ({whole.wall / bare.wall:.1f}×)",
            goal="",
            met=None,
        ),
    ]


def _dispatcher(storage: BaseStorage) -> Dispatcher:
    router = Router()

    @router.message()
    async def step(message: Message, state: FSMContext) -> SendMessage:
        said = await state.get_data()
        odd = await state.get_state() == Talk.odd
        await state.set_data({"text": message.text, "times": said.get("times", 0) + 1})
        await state.set_state(Talk.even if odd else Talk.odd)
        return SendMessage(chat_id=message.chat.id, text="是这件事吗？")

    dispatcher = Dispatcher(storage=storage)
    dispatcher.include_router(router)
    return dispatcher


def _updates(chats: Sequence[int]) -> list[bytes]:
    """The chats speak in turn, as a messenger would hand it over."""
    return [json.dumps(_update(number, chats[number % len(chats)])).encode() for number in range(CHATS * STEPS)]


def _update(number: int, chat_id: int) -> dict[str, Any]:
    person = {"id": chat_id, "is_bot": False, "first_name": "王", "language_code": "zh-hans"}
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1_795_500_000 + number,
            "chat": {"id": chat_id, "type": "private", "first_name": "王"},
            "from": person,
            "text": COMPLAINT,
        },
    }


async def _bare(chats: Sequence[int], bot: Bot) -> Cost:
    dispatcher = _dispatcher(MemoryStorage())
    updates = _updates(chats)

    async def chat(place: int) -> None:
        for raw in updates[place::CHATS]:
            await dispatcher.feed_raw_update(bot, json.loads(raw))

    with Stopwatch() as watch:
        await asyncio.gather(*(chat(place) for place in range(CHATS)))
    return watch.per(len(updates))


class _Unsent(Replies):
    """Sending is not what is measured here."""

    def send(self, bot: Bot, chat_id: int, reply: object) -> None:
        return


async def _ours(settled: Settled, chats: Sequence[int], bot: Bot, dispatcher: Dispatcher) -> Cost:
    store, machine, office = await Store.open(settled.copy("talk")), MachineClock(), OfficeClock()
    replies = _Unsent(store, Pace(LENIENT, machine), office=office, machine=machine)
    worker = Worker(
        store, dispatcher, {BOT: bot}, replies, town=settled.town, keys=settled.keys, office=office, machine=machine
    )
    working = asyncio.create_task(worker.run())
    updates = _updates(chats)
    with Stopwatch() as watch:
        for first in range(0, len(updates), BATCH):
            batch = [
                Arrived(first + place, inbox.chat_of(json.loads(raw)), raw)
                for place, raw in enumerate(updates[first : first + BATCH])
            ]
            await store.run(inbox.take_in, settled.keys, BOT, batch, machine.now())
            worker.nudge()
        await worker.idle()
    worker.stop()
    await working
    await store.close()
    return watch.per(len(updates))
