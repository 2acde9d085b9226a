"""Which parts make a running house, and in what order do they start and stop? Nothing here decides anything else."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import httpx
from sqlmodel import Session

from bot.house import House, heir, house, look_ahead
from bot.parts import Ears, Parts
from bot.settings import Settings
from bot.telegram.account import Account
from bot.telegram.door import Door
from bot.telegram.intake import TokenRefused
from bot.telegram.trust import trust
from models.actions.housing import register_bot
from models.actions.rerouting import find_another_way
from models.files import DiskFiles
from models.outbox import Promised
from models.rules import failpoints
from models.rules.policy import Town
from models.turn import Work

log = logging.getLogger(__name__)

ANSWERS_END_S = 5.0
"""How long the answers that were on their way may take once the house is told to stop."""

ASK_AGAIN_S = 5.0
"""How long a messenger that cannot be told about the webhook is left alone."""


async def run(
    settings: Settings,
    *,
    town: Town | None = None,
    stop: asyncio.Event | None = None,
    started: Callable[[Parts], None] = lambda parts: None,
) -> None:
    """Takes in, answers, delivers and climbs until `stop` is set; what was begun then is finished first.

    `town` None: the one in force. `started` is called once, with the parts that run from then on. Raises `TokenRefused`
    when the messenger does not know the bot.
    """
    stop = stop or asyncio.Event()
    if settings.failpoint:
        failpoints.arm(settings.failpoint)
    http_client = httpx.AsyncClient(timeout=httpx.Timeout(65), verify=trust())
    async with house(settings, town=town) as home, http_client as http:
        await look_ahead(home)
        account = Account(settings.bot_id, settings.bot_token, settings.bot_api) if settings.bot_token else None
        if account is not None:
            await _introduce(home, account, http)
        async with (
            heir(home.store, settings.store_url),
            _parts(home, account, http) as parts,
            _one_reason(),
            asyncio.TaskGroup() as tasks,
        ):
            for part in (parts.metronome, parts.delivery, parts.fetching, parts.worker):
                if part is not None:
                    tasks.create_task(part.run())
            door = Door(home.store, machine=home.machine, office=home.office)
            if account is not None:
                await door.begin()
            doors = [tasks.create_task(one) for one in _doors(home, account, parts, http, stop, door)]
            started(parts)
            await stop.wait()
            for one in doors:
                one.cancel()
            parts.stop()


@contextlib.asynccontextmanager
async def _one_reason() -> AsyncIterator[None]:
    """A token nobody knows ends everything, and is the one thing said."""
    try:
        yield
    except* TokenRefused as refused:
        raise refused.exceptions[0] from None


def _doors(
    home: House, account: Account | None, parts: Parts, http: httpx.AsyncClient, stop: asyncio.Event, door: Door
) -> Iterator[Coroutine[Any, Any, None]]:
    """What is listened to: the messenger, by webhook or by polling, and the demo's line."""
    if account is not None and home.settings.public_url:
        yield _serve_webhook(home, account, parts, http, door)
    elif account is not None and parts.poller is not None:
        yield _poll(parts.poller, account, http, door)
    if account is not None:
        yield door.run()
    if home.settings.web_port is not None:
        yield _be_watched(home, home.settings.web_port)
    if home.settings.control_fd is not None:
        from bot.control import Control

        yield Control(parts, home.settings.control_fd, stop).run()


@contextlib.asynccontextmanager
async def _parts(home: House, account: Account | None, http: httpx.AsyncClient) -> AsyncIterator[Parts]:
    from bot.telegram.fetches import BotFiles
    from bot.telegram.notices import PtbGateway
    from bot.telegram.pace import LENIENT, STRICT, Pace
    from handlers.cards.draw import draw
    from scheduler.delivery import Delivery
    from scheduler.fetching import Fetching
    from scheduler.housekeeping import Housekeeping
    from scheduler.leaps import Leaps
    from scheduler.listing import Lists
    from scheduler.metronome import Beat, Metronome
    from scheduler.overdue import Overdue
    from scheduler.sealing import Sealing, write_down
    from scheduler.watching import Watching

    pace = Pace(LENIENT if home.settings.pace == "lenient" else STRICT, home.machine)
    accounts = {account.id: account} if account else {}
    files = DiskFiles(home.settings.data_dir / "files", home.keys)
    gateway = PtbGateway(accounts, pace, files=files)
    shared = {"town": home.town, "keys": home.keys, "office": home.office, "machine": home.machine}

    def unreachable(session: Session, promised: Promised, now: datetime) -> None:
        find_another_way(Work(session, home.town, home.keys, now), promised)

    delivery = Delivery(home.store, gateway, draw, unreachable=unreachable, **shared)  # type: ignore[arg-type]
    lists = Lists(home.store, town=home.town, keys=home.keys)
    leaps = Leaps(home.store, steady=home.machine.steady, **shared)  # type: ignore[arg-type]
    overdue = Overdue(home.store, town=home.town, keys=home.keys, office=home.office, held=leaps.distrusted)
    fetching = Fetching(home.store, BotFiles(accounts, http), files, **shared)  # type: ignore[arg-type]
    housekeeping = Housekeeping(home.store, files, town=home.town, keys=home.keys, machine=home.machine)
    watching = Watching(home.store, town=home.town, keys=home.keys)
    sealing = Sealing(home.store, partial(write_down, home.settings.anchors_path), machine=home.machine)
    by_time_alone = [leaps.unless_held(beat) for beat in (watching.beat, lists.beat, housekeeping)]
    beats: list[Beat] = [leaps.beat, overdue.beat, delivery.beat, fetching.beat, *by_time_alone, sealing.beat]
    metronome = Metronome(home.office, beats)
    parts = Parts(home, delivery, fetching, metronome)
    home.store.after_commit(parts.nudge)
    if account is None:
        yield parts
        await gateway.close()
        return

    from bot.telegram.types_later import import_aiogram

    import_aiogram()

    from aiogram import Bot
    from aiogram.client.telegram import TelegramAPIServer

    from bot.telegram.intake import Poller
    from bot.telegram.replies import Replies
    from bot.telegram.session import PromptSession
    from bot.telegram.worker import Worker
    from handlers.chat.dispatcher import build

    bot = Bot(account.token, session=PromptSession(api=TelegramAPIServer.from_base(account.base)))
    replies = Replies(home.store, pace, office=home.office, machine=home.machine)
    await replies.remember_halts()
    dispatcher = build(home.town, home.keys, doorstep="https://t.me/{username}")
    parts.worker = Worker(home.store, dispatcher, {account.id: bot}, replies, **shared)  # type: ignore[arg-type]
    parts.poller = Poller(account, home.store, home.keys, http, home.machine, kept=parts.worker.nudge)
    try:
        yield parts
    finally:
        await replies.end(ANSWERS_END_S)
        await bot.session.close()
        await gateway.close()


async def _introduce(home: House, account: Account, http: httpx.AsyncClient) -> None:
    """The bot's name is on record, for links; a messenger out of reach is asked again at the next start."""
    try:
        answer = (await http.get(account.address("getMe"), timeout=10)).json()
        username = answer["result"]["username"]
    except (httpx.HTTPError, KeyError, ValueError) as error:
        log.warning("the messenger did not say the bot's name: %s", type(error).__name__)
        return
    await home.store.run(
        lambda session: register_bot(home.work(session), bot_id=account.id, base=account.base, username=username)
    )


async def _serve_webhook(home: House, account: Account, parts: Parts, http: httpx.AsyncClient, entrance: Door) -> None:
    """Listens for the messenger, then tells it where; updates come only with the secret."""
    from starlette.applications import Starlette

    from bot.messenger.server import listening_server
    from bot.telegram.intake import ALLOWED_UPDATES, webhook_route

    assert parts.worker is not None
    secret = home.settings.webhook_secret
    door = webhook_route(
        home.store,
        home.keys,
        home.machine,
        {account.id: secret},
        kept=parts.worker.nudge,
        takes=lambda: entrance.is_open,
    )
    async with listening_server(Starlette(routes=[door]), port=home.settings.webhook_port):
        address = f"{home.settings.public_url.rstrip('/')}/telegram/{account.id}"
        told = {"url": address, "secret_token": secret, "allowed_updates": list(ALLOWED_UPDATES)}
        await _tell(http, account, "setWebhook", told)
        await asyncio.Event().wait()


async def _be_watched(home: House, port: int) -> None:
    """Answers whoever watches over the house: health, readiness, metrics."""
    from bot.messenger.server import listening_server
    from handlers.api.watched import watched

    town_named, folder = home.settings.town is not None, home.settings.data_dir
    app = watched(home.store, town_named=town_named, folder=folder, office=home.office, machine=home.machine)
    async with listening_server(app, home.settings.web_host, port):
        await asyncio.Event().wait()


async def _poll(poller: Ears, account: Account, http: httpx.AsyncClient, door: Door) -> None:
    """Asks for updates, once no webhook of an earlier time stands in the way."""
    await _tell(http, account, "deleteWebhook", {})
    await door.listen(poller.run)


async def _tell(http: httpx.AsyncClient, account: Account, method: str, told: dict[str, Any]) -> None:
    """The messenger has done it; asked again every few seconds while it does not answer or refuses."""
    while True:
        try:
            answer = await http.post(account.address(method), json=told)
            if answer.is_success:
                return
            if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND):
                raise TokenRefused(account.id)
            reason = f"status {answer.status_code}"
        except httpx.HTTPError as error:
            reason = type(error).__name__
        log.warning("%s of bot %d failed: %s; asking again", method, account.id, reason)
        await asyncio.sleep(ASK_AGAIN_S)
