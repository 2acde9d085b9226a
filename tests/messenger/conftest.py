"""One messenger listening for the whole session, a bot and a person of their own for every test, both libraries."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram.ext import ExtBot

from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.people import Person
from bot.messenger.server import serve
from bot.messenger.stage import Stage, TurnableClock


@dataclass(frozen=True)
class Served:
    """A messenger and where it is reached."""

    messenger: Messenger
    stage: Stage
    base: str


@dataclass(frozen=True)
class Said:
    """An answer, as it came over HTTP."""

    status: int
    body: dict[str, Any]

    @property
    def result(self) -> Any:
        assert self.status == 200, self.body
        return self.body["result"]


Ask = Callable[..., Coroutine[Any, Any, Said]]


async def until(condition: Callable[[], object]) -> None:
    """Waits for it, ten seconds at most."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture(scope="session")
async def served() -> AsyncIterator[Served]:
    messenger = Messenger()
    stage = Stage(messenger)
    async with serve(messenger, stage, webhook_first_retry=0.05) as address:
        yield Served(messenger, stage, address.base)


@pytest.fixture
def messenger(served: Served) -> Messenger:
    return served.messenger


@pytest.fixture
def stage(served: Served) -> Stage:
    served.stage.calls.clear()
    served.stage.clear()
    return served.stage


@pytest.fixture
def bot(messenger: Messenger) -> BotAccount:
    return messenger.add_bot("huiyin_demo_bot")


@pytest.fixture
def person(messenger: Messenger, bot: BotAccount) -> Person:
    """Somebody who has started the bot; what the bot heard of it is gone."""
    person = messenger.add_person("王阿姨")
    person.start(bot)
    bot.updates.keep_last(0)
    return person


@pytest.fixture(scope="session")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


@pytest.fixture
def ask(served: Served, bot: BotAccount, client: httpx.AsyncClient) -> Ask:
    """Asks one method with JSON parameters, without any library."""

    async def ask(method: str, **params: object) -> Said:
        response = await client.post(f"{served.base}/bot{bot.token}/{method}", json=params, timeout=10)
        body = json.loads(response.content)
        assert body["ok"] is (response.status_code == 200)
        assert body.get("error_code", 200) == response.status_code
        return Said(response.status_code, body)

    return ask


@pytest.fixture(scope="session")
async def aiogram_session(served: Served) -> AsyncIterator[AiohttpSession]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(served.base))
    yield session
    await session.close()


@pytest.fixture
def aiogram_bot(bot: BotAccount, aiogram_session: AiohttpSession) -> Bot:
    return Bot(bot.token, session=aiogram_session)


@pytest.fixture
async def ptb_bot(served: Served, bot: BotAccount) -> AsyncIterator[ExtBot[None]]:
    async with ExtBot(bot.token, base_url=f"{served.base}/bot", base_file_url=f"{served.base}/file/bot") as library:
        yield library


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()
