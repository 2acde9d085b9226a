"""Which parts make a running house, and in what order do they start and stop? Nothing here decides anything else."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
from sqlmodel import Session

from bot.doors import PortTaken, doors
from bot.house import House, house, look_ahead, refuse_a_broken_record
from bot.parts import Parts
from bot.settings import EVERYTHING, Part, Settings
from bot.telegram.account import Account, TokenRefused, accounts_of
from bot.telegram.trust import trust
from models.actions.rerouting import find_another_way
from models.files import DiskFiles
from models.lives import Life, TakenIn
from models.outbox import Promised
from models.rules import failpoints
from models.rules.policy import Town
from models.turn import Work

if TYPE_CHECKING:
    from bot.telegram.pace import Budget
    from scheduler.metronome import Beat

_TELLERS = frozenset({Part.INTAKE, Part.WORKER, Part.CLOCK})
"""Who writes what others are to take up."""

ANSWERS_END_S = 5.0
"""How long the answers that were on their way may take once the house is told to stop."""


async def run(
    settings: Settings,
    *,
    only: frozenset[Part] = EVERYTHING,
    town: Town | None = None,
    stop: asyncio.Event | None = None,
    started: Callable[[Parts], None] = lambda parts: None,
) -> None:
    """Takes in, answers, delivers and climbs until `stop` is set; what was begun then is finished first.

    `only`: what this process does, beside others on the same PostgreSQL. `town` None: the one in force. `started` is
    called once, with the parts that run from then on. Raises `TokenRefused` when the messenger does not know the bot,
    `TakenIn` when another process takes in its updates, or works on the same file.
    """
    stop = stop or asyncio.Event()
    if settings.failpoint:
        failpoints.arm(settings.failpoint)
    http_client = httpx.AsyncClient(timeout=httpx.Timeout(65), verify=trust())
    async with house(settings, town=town) as home, http_client as http:
        await refuse_a_broken_record(home)
        await look_ahead(home)
        accounts = accounts_of(settings)
        async with (
            _living(home, only) as life,
            _parts(home, only, accounts, life, http) as parts,
            _one_reason(),
            asyncio.TaskGroup() as tasks,
        ):
            if Part.INTAKE in only:
                for bot_id in accounts:
                    await life.take_in(bot_id, beside_others=bool(settings.public_url))
            if home.store.dialect == "sqlite":
                await life.be_alone()
            for part in parts.working:
                tasks.create_task(part.run())
            listening = [life.run(), *await doors(home, accounts, parts, http, stop)]
            until_stopped = [tasks.create_task(one) for one in listening]
            started(parts)
            await stop.wait()
            for one in until_stopped:
                one.cancel()
            parts.stop()


@contextlib.asynccontextmanager
async def _one_reason() -> AsyncIterator[None]:
    """A token nobody knows, or a token or a port somebody else has, ends everything, and is the one thing said."""
    try:
        yield
    except* (TokenRefused, TakenIn, PortTaken) as refused:
        raise refused.exceptions[0] from None


@contextlib.asynccontextmanager
async def _living(home: House, only: frozenset[Part]) -> AsyncIterator[Life]:
    """This process is known among those that work on the database, and what the dead held is free."""
    parts = "all" if only == EVERYTHING else " ".join(sorted(only))
    life = Life(home.store, home.machine, parts=parts, host=socket.gethostname(), pid=os.getpid())
    await life.begin()
    try:
        yield life
    finally:
        await life.end()


@contextlib.asynccontextmanager
async def _parts(
    home: House, only: frozenset[Part], accounts: Mapping[int, Account], life: Life, http: httpx.AsyncClient
) -> AsyncIterator[Parts]:
    """The parts of this process; a library is imported by the part that needs it."""
    parts = Parts(home, only)
    files = DiskFiles(home.settings.data_dir / "files", home.keys)
    budget = _budget(home)
    beats: list[Beat] = []
    async with contextlib.AsyncExitStack() as closing:
        if Part.CLOCK in only:
            beats += _clock(home, files)
        if Part.DELIVERY in only:
            await _add_delivery(parts, closing, accounts, budget, life, http, files)
            beats += [part.beat for part in (parts.delivery, parts.fetching) if part is not None]
        if beats:
            from scheduler.metronome import Metronome

            parts.metronome = Metronome(home.office, beats)
        if Part.WORKER in only and accounts:
            await _add_worker(parts, closing, accounts, budget, life)
        if Part.INTAKE in only:
            from bot.telegram.intake import Poller

            ears = partial(Poller, store=home.store, keys=home.keys, http=http, machine=home.machine, kept=parts.heard)
            parts.pollers = {bot_id: ears(account) for bot_id, account in accounts.items()}
        home.store.after_commit(parts.nudge)
        life.listen(parts.look)
        if only & _TELLERS:
            home.store.after_commit(life.tell)
        yield parts


def _budget(home: House) -> "Budget":
    """What the bots may send: of this process alone on a file, of all processes on a server."""
    from bot.telegram.pace import LENIENT, STRICT, Pace

    limits = LENIENT if home.settings.pace == "lenient" else STRICT
    if home.store.dialect == "sqlite":
        return Pace(limits, home.machine, steady=home.machine.steady)

    from bot.telegram.shared_pace import SharedPace

    return SharedPace(limits, home.store)


def _clock(home: House, files: DiskFiles) -> "list[Beat]":
    """What time does. Every beat may run in several processes: whoever comes first does it."""
    from scheduler.checking import Checking
    from scheduler.housekeeping import Housekeeping
    from scheduler.leaps import Leaps
    from scheduler.listing import Lists
    from scheduler.overdue import Overdue
    from scheduler.sealing import Sealing, write_down
    from scheduler.watching import Watching

    lists = Lists(home.store, town=home.town, keys=home.keys)
    leaps = Leaps(home.store, steady=home.machine.steady, host=socket.gethostname(), **_shared(home))
    overdue = Overdue(home.store, town=home.town, keys=home.keys, office=home.office, held=leaps.distrusted)
    housekeeping = Housekeeping(home.store, files, town=home.town, keys=home.keys, machine=home.machine)
    watching = Watching(home.store, town=home.town, keys=home.keys)
    sealing = Sealing(home.store, partial(write_down, home.settings.anchors_path), machine=home.machine)
    by_time_alone = [leaps.unless_held(beat) for beat in (watching.beat, lists.beat, housekeeping)]
    checking = Checking(home.store, town=home.town, machine=home.machine)
    return [leaps.beat, overdue.beat, *by_time_alone, sealing.beat, checking.beat]


async def _add_delivery(
    parts: Parts,
    closing: contextlib.AsyncExitStack,
    accounts: Mapping[int, Account],
    budget: "Budget",
    life: Life,
    http: httpx.AsyncClient,
    files: DiskFiles,
) -> None:
    """What is promised leaves, and what people showed comes into our keeping."""
    from bot.telegram.fetches import BotFiles
    from bot.telegram.notices import PtbGateway
    from handlers.cards.draw import draw
    from scheduler.delivery import Delivery
    from scheduler.fetching import Fetching

    home = parts.house

    def unreachable(session: Session, promised: Promised, now: datetime) -> None:
        find_another_way(Work(session, home.town, home.keys, now), promised)

    gateway = PtbGateway(accounts, budget, files=files)
    closing.push_async_callback(gateway.close)
    parts.delivery = Delivery(home.store, gateway, draw, unreachable=unreachable, life=life, **_shared(home))
    parts.fetching = Fetching(home.store, BotFiles(accounts, http), files, **_shared(home))


async def _add_worker(
    parts: Parts,
    closing: contextlib.AsyncExitStack,
    accounts: Mapping[int, Account],
    budget: "Budget",
    life: Life,
) -> None:
    """Whoever speaks is answered."""
    from bot.telegram.types_later import import_aiogram

    import_aiogram()

    from aiogram import Bot
    from aiogram.client.telegram import TelegramAPIServer

    from bot.telegram.replies import Replies
    from bot.telegram.session import PromptSession
    from bot.telegram.worker import Worker
    from handlers.chat.dispatcher import build

    home = parts.house
    bots = {
        bot_id: Bot(account.token, session=PromptSession(api=TelegramAPIServer.from_base(account.base)))
        for bot_id, account in accounts.items()
    }
    for bot in bots.values():
        closing.push_async_callback(bot.session.close)
    replies = Replies(home.store, budget, office=home.office, machine=home.machine)
    closing.push_async_callback(replies.end, ANSWERS_END_S)
    if home.store.dialect == "sqlite":  # what is shared is remembered by all
        await replies.remember_halts()
    dispatcher = build(home.town, home.keys, doorstep="https://t.me/{username}")
    parts.worker = Worker(home.store, dispatcher, bots, replies, life=life, **_shared(home))


def _shared(home: House) -> dict[str, Any]:
    return {"town": home.town, "keys": home.keys, "office": home.office, "machine": home.machine}
