"""Updates sent to a webhook: in order a chat, until taken, signed with the secret, answered in place."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from aiogram import Bot, Dispatcher
from aiogram import types as aio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.people import Person
from bot.messenger.server import listening_server
from tests.messenger.conftest import Ask, until


@dataclass
class Ear:
    """A bot's own server: what it was told, and how it answers the next ones."""

    address: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    held: asyncio.Event | None = None

    async def hear(self, request: Request) -> Response:
        self.heard.append(json.loads(await request.body()))
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if self.held is not None:
            await self.held.wait()
        return self.answers.pop(0) if self.answers else Response()

    def texts(self) -> list[str]:
        return [one["message"]["text"] for one in self.heard]


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    ear = Ear()
    app = Starlette(routes=[Route("/hook", ear.hear, methods=["POST"])])
    async with listening_server(app) as address:
        ear.address = f"{address.base}/hook"
        yield ear


async def test_updates_arrive_with_the_secret_and_are_then_forgotten(
    bot: BotAccount, person: Person, ask: Ask, ear: Ear
) -> None:
    person.say(bot, "之前")
    await ask("setWebhook", url=ear.address, secret_token="s-3_C")
    person.say(bot, "之后")
    await until(lambda: len(ear.heard) == 2 and not bot.updates.pending)
    assert ear.texts() == ["之前", "之后"]
    assert ear.secrets == ["s-3_C", "s-3_C"]
    told = (await ask("getWebhookInfo")).result
    assert (told["url"], told["pending_update_count"]) == (ear.address, 0)


async def test_what_is_not_taken_comes_again_and_the_next_waits_for_it(
    bot: BotAccount, person: Person, ask: Ask, ear: Ear
) -> None:
    ear.answers = [Response(status_code=500), Response(status_code=404)]
    await ask("setWebhook", url=ear.address)
    person.say(bot, "一")
    person.say(bot, "二")
    await until(lambda: len(ear.heard) == 4)
    assert ear.texts() == ["一", "一", "一", "二"]
    told = (await ask("getWebhookInfo")).result
    assert told["last_error_message"] == "Wrong response from the webhook: 404 Not Found"


async def test_a_server_that_is_away_gets_its_updates_when_it_is_back(
    bot: BotAccount, person: Person, ask: Ask, ear: Ear
) -> None:
    await ask("setWebhook", url="http://127.0.0.1:9/hook")
    person.say(bot, "一")
    await until(lambda: bot.webhook_failure)
    assert bot.webhook_failure
    assert bot.webhook_failure.text.startswith("Connection failed")
    await ask("setWebhook", url=ear.address)
    await until(lambda: ear.heard)
    assert ear.texts() == ["一"]


async def test_one_is_in_flight_a_chat_and_chats_do_not_wait_for_each_other(
    messenger: Messenger, bot: BotAccount, person: Person, ask: Ask, ear: Ear
) -> None:
    other = messenger.add_person("李")
    ear.held = asyncio.Event()
    await ask("setWebhook", url=ear.address)
    person.say(bot, "王一")
    person.say(bot, "王二")
    other.say(bot, "李一")
    await until(lambda: len(ear.heard) == 2)
    await asyncio.sleep(0.1)
    assert sorted(ear.texts()) == ["李一", "王一"]
    ear.held.set()
    await until(lambda: len(ear.heard) == 3)


async def test_retry_after_is_honoured(bot: BotAccount, person: Person, ask: Ask, ear: Ear) -> None:
    ear.answers = [Response(status_code=503, headers={"Retry-After": "1"})]
    await ask("setWebhook", url=ear.address)
    begun = asyncio.get_running_loop().time()
    person.say(bot, "一")
    await until(lambda: len(ear.heard) == 2)
    assert asyncio.get_running_loop().time() - begun >= 0.95


async def test_a_method_in_the_answer_is_done_but_not_every_method(
    bot: BotAccount, person: Person, ask: Ask, ear: Ear
) -> None:
    said = {"method": "sendMessage", "chat_id": person.id, "text": "收到"}
    ear.answers = [
        Response(json.dumps(said), media_type="application/json"),
        Response(json.dumps({"method": "deleteWebhook"}), media_type="application/json"),
        Response("not json"),
    ]
    await ask("setWebhook", url=ear.address)
    for text in "一二三":
        person.say(bot, text)
    await until(lambda: len(ear.heard) == 3 and not bot.updates.pending)
    assert person.last(bot).text == "收到"
    assert bot.webhook is not None


async def test_aiograms_own_way_of_answering_in_place_is_understood(
    bot: BotAccount, person: Person, ask: Ask, aiogram_bot: Bot
) -> None:
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler
    from aiohttp import web

    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: aio.Message) -> Any:
        return message.answer(f"您说:{message.text}")

    application = web.Application()
    SimpleRequestHandler(dispatcher, aiogram_bot, handle_in_background=False).register(application, "/hook")
    application.on_shutdown.clear()
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        await ask("setWebhook", url=f"http://127.0.0.1:{port}/hook")
        person.say(bot, "灯坏了")
        await until(lambda: person.inbox(bot)[-1].from_bot)
        assert person.last(bot).text == "您说:灯坏了"
        await ask("deleteWebhook")
    finally:
        await runner.cleanup()


async def test_a_dropped_webhook_leaves_the_updates_to_polling(
    bot: BotAccount, person: Person, ask: Ask, client: httpx.AsyncClient
) -> None:
    await ask("setWebhook", url="http://127.0.0.1:9/hook", max_connections=500)
    person.say(bot, "一")
    await until(lambda: bot.webhook_failure)
    assert (await ask("getWebhookInfo")).result["max_connections"] == 100, "moved into its range"
    await ask("deleteWebhook")
    assert [one["message"]["text"] for one in (await ask("getUpdates")).result] == ["一"]
    await ask("deleteWebhook", drop_pending_updates=True)
    assert (await ask("getUpdates")).result == []
