"""Where is this process listened to and spoken to from outside? By a messenger, by whoever watches, by the demo."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import httpx

from bot.house import House
from bot.parts import Ears, Parts
from bot.settings import PREFIX, Part
from bot.telegram.account import Account, TokenRefused
from bot.telegram.door import Door
from models.actions.housing import register_bot

if TYPE_CHECKING:
    from starlette.applications import Starlette

log = logging.getLogger(__name__)

UNKNOWN = (httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND)
"""What a messenger answers who does not know the token."""
ASK_AGAIN_S = 5.0
"""How long a messenger that cannot be told about the webhook is left alone."""


class PortTaken(Exception):
    """Nobody can listen there: somebody does already, or it is not an address of this machine."""


async def doors(
    home: House,
    accounts: Mapping[int, Account],
    parts: Parts,
    http: httpx.AsyncClient,
    stop: asyncio.Event,
) -> list[Coroutine[Any, Any, None]]:
    """Everything that listens: to the messengers, by webhook or by polling; for health and metrics; on the demo's line.

    Whoever begins to listen to a messenger wants to be told: a drain that was said before is over.
    """
    listening = list(_others(home, parts, stop))
    if Part.INTAKE not in parts.only or not accounts:
        return listening
    for account in accounts.values():
        await _introduce(home, account, http, alone=len(accounts) == 1)
    door = Door(home.store, machine=home.machine, office=home.office)
    await door.begin()
    if home.settings.public_url:
        listening.append(_serve_webhooks(home, accounts, parts, http, door))
    else:
        alone = len(accounts) == 1
        listening.extend(_poll(poller, accounts[bot_id], http, door, alone) for bot_id, poller in parts.pollers.items())
    return [*listening, door.run()]


def _others(home: House, parts: Parts, stop: asyncio.Event) -> Iterator[Coroutine[Any, Any, None]]:
    if Part.WEB in parts.only and home.settings.web_port is not None:
        yield _be_watched(home, home.settings.web_port)
    if home.settings.control_fd is not None:
        from bot.control import Control

        yield Control(parts, home.settings.control_fd, stop).run()


async def _introduce(home: House, account: Account, http: httpx.AsyncClient, *, alone: bool) -> None:
    """The bot's name is on record, for links; a messenger out of reach is asked again at the next start.

    Raises `TokenRefused` where it is the only bot and nobody knows its token.
    """
    try:
        answer = await http.get(account.address("getMe"), timeout=10)
        if answer.status_code in UNKNOWN:
            if alone:
                raise TokenRefused(account.id)
            return  # said once, when it is told how its updates come
        username = answer.json()["result"]["username"]
    except (httpx.HTTPError, KeyError, ValueError) as error:
        log.warning("the messenger did not say the bot's name: %s", type(error).__name__)
        return
    await home.store.run(
        lambda session: register_bot(home.work(session), bot_id=account.id, base=account.base, username=username)
    )


async def _serve_webhooks(
    home: House, accounts: Mapping[int, Account], parts: Parts, http: httpx.AsyncClient, entrance: Door
) -> None:
    """Listens for the messengers, then tells each where; updates come only with the secret."""
    from starlette.applications import Starlette

    from bot.telegram.intake import ALLOWED_UPDATES, webhook_route

    secret = home.settings.webhook_secret
    door = webhook_route(
        home.store,
        home.keys,
        home.machine,
        dict.fromkeys(accounts, secret),
        kept=parts.heard,
        takes=lambda: entrance.is_open,
    )
    async with _listening(Starlette(routes=[door]), "127.0.0.1", home.settings.webhook_port, "WEBHOOK_PORT"):
        for account in accounts.values():
            address = f"{home.settings.public_url.rstrip('/')}/telegram/{account.id}"
            told = {"url": address, "secret_token": secret, "allowed_updates": list(ALLOWED_UPDATES)}
            try:
                await _tell(http, account, "setWebhook", told)
            except TokenRefused:
                _one_of_several(account, alone=len(accounts) == 1)
        await asyncio.Event().wait()


async def _be_watched(home: House, port: int) -> None:
    """Answers whoever watches over the house: health, readiness, metrics."""
    from handlers.api.watched import watched

    town_named, folder = home.settings.town is not None, home.settings.data_dir
    app = watched(home.store, town_named=town_named, folder=folder, office=home.office, machine=home.machine)
    async with _listening(app, home.settings.web_host, port, "WEB_PORT"):
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def _listening(app: "Starlette", host: str, port: int, setting: str) -> AsyncIterator[None]:
    """The application is served there; `PortTaken` where it cannot be."""
    from bot.messenger.server import listening_server

    async with contextlib.AsyncExitStack() as served:
        try:
            await served.enter_async_context(listening_server(app, host, port))
        except OSError as error:
            raise PortTaken(f"{PREFIX}{setting}: nobody can listen at {host} {port}: {error.strerror}") from None
        yield


async def _poll(poller: Ears, account: Account, http: httpx.AsyncClient, door: Door, alone: bool) -> None:
    """Asks for updates, once no webhook of an earlier time stands in the way."""
    try:
        await _tell(http, account, "deleteWebhook", {})
        await door.listen(poller.run)
    except TokenRefused:
        _one_of_several(account, alone=alone)


def _one_of_several(account: Account, *, alone: bool) -> None:
    """A token nobody knows ends the process; not where it also speaks for bots whose tokens are known."""
    if alone:
        raise TokenRefused(account.id)
    log.critical("bot %d: the messenger does not know this token; the other bots go on", account.id)


async def _tell(http: httpx.AsyncClient, account: Account, method: str, told: dict[str, Any]) -> None:
    """The messenger has done it; asked again every few seconds while it does not answer or refuses."""
    while True:
        try:
            answer = await http.post(account.address(method), json=told)
            if answer.is_success:
                return
            if answer.status_code in UNKNOWN:
                raise TokenRefused(account.id)
            reason = f"status {answer.status_code}"
        except httpx.HTTPError as error:
            reason = type(error).__name__
        log.warning("%s of bot %d failed: %s; asking again", method, account.id, reason)
        await asyncio.sleep(ASK_AGAIN_S)
