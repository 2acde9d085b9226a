"""getUpdates: what is confirmed, what is kept, and who may poll."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.flood import STRICT
from bot.messenger.people import Person
from bot.messenger.server import serve
from bot.messenger.stage import TurnableClock
from bot.messenger.updates import KEPT_FOR
from tests.messenger.conftest import Ask, Said, until

OTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


def _texts(said: Said) -> list[str]:
    return [one["message"]["text"] for one in said.result]


async def test_an_offset_confirms_everything_below_and_nothing_else(bot: BotAccount, person: Person, ask: Ask) -> None:
    for text in "一二三":
        person.say(bot, text)
    first = await ask("getUpdates", limit=2)
    assert _texts(first) == ["一", "二"]
    assert _texts(await ask("getUpdates", limit=1)) == ["一"], "unconfirmed, it comes again"
    ids = [one["update_id"] for one in first.result]
    assert ids[1] == ids[0] + 1
    assert _texts(await ask("getUpdates", offset=ids[1] + 1)) == ["三"]
    assert _texts(await ask("getUpdates", offset=0)) == ["三"], "zero confirms nothing"
    assert (await ask("getUpdates", offset=ids[1] + 2)).result == []


async def test_a_negative_offset_keeps_the_last_ones(bot: BotAccount, person: Person, ask: Ask) -> None:
    for text in "一二三":
        person.say(bot, text)
    assert _texts(await ask("getUpdates", offset=-2)) == ["二", "三"]
    assert _texts(await ask("getUpdates")) == ["二", "三"]


async def test_a_long_poll_answers_as_soon_as_something_comes(bot: BotAccount, person: Person, ask: Ask) -> None:
    poll = asyncio.create_task(ask("getUpdates", timeout=30))
    await until(lambda: bot.updates.arrivals.awaited)
    assert not poll.done()
    person.say(bot, "一")
    assert _texts(await asyncio.wait_for(poll, 5)) == ["一"]


async def test_a_long_poll_ends_empty_after_its_time(ask: Ask) -> None:
    begun = time.monotonic()
    assert (await ask("getUpdates", timeout=1)).result == []
    assert time.monotonic() - begun >= 0.9


async def test_a_second_poller_ends_the_first(bot: BotAccount, person: Person, ask: Ask) -> None:
    first = asyncio.create_task(ask("getUpdates", timeout=30))
    await until(lambda: bot.updates.arrivals.awaited)
    second = asyncio.create_task(ask("getUpdates", timeout=30))
    said = await asyncio.wait_for(first, 5)
    assert (said.status, said.body["description"]) == (409, OTHER)
    person.say(bot, "一")
    assert _texts(await asyncio.wait_for(second, 5)) == ["一"]


async def test_beside_a_webhook_there_is_no_polling(bot: BotAccount, ask: Ask) -> None:
    poll = asyncio.create_task(ask("getUpdates", timeout=30))
    await until(lambda: bot.updates.arrivals.awaited)
    await ask("setWebhook", url="http://127.0.0.1:9/")
    assert (await poll).body["description"] == "Conflict: terminated by setWebhook request"
    said = await ask("getUpdates")
    assert (said.status, said.body["description"]) == (
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )
    await ask("deleteWebhook")
    assert (await ask("getUpdates")).result == []


async def test_only_kinds_asked_for_are_made_and_the_list_is_remembered(
    bot: BotAccount, person: Person, ask: Ask
) -> None:
    message = person.say(bot, "一")
    await ask("getUpdates", offset=-1, allowed_updates=["callback_query"])
    person.say(bot, "二")
    person.tap(message, callback_data="x")
    kinds = [set(one) - {"update_id"} for one in (await ask("getUpdates")).result]
    assert kinds == [{"message"}, {"callback_query"}], "the first was made before the list was given"
    await ask("getUpdates", allowed_updates=[])
    person.say(bot, "三")
    assert "message" in (await ask("getUpdates")).result[-1], "an empty list is the default again"


async def test_an_undecodable_update_comes_as_it_is(
    messenger: Messenger, bot: BotAccount, person: Person, ask: Ask
) -> None:
    messenger.push_raw(bot, {"message": {"text": "no chat, no date"}})
    messenger.push_raw(bot, b'{"update_id":700000900,"message":null}')
    person.say(bot, "一")
    first, second, third = (await ask("getUpdates")).result
    assert first["message"] == {"text": "no chat, no date"}
    assert second == {"update_id": 700000900, "message": None}
    assert third["message"]["text"] == "一"


async def test_a_repeated_update_is_delivered_before_an_offset_can_swallow_it(
    messenger: Messenger, bot: BotAccount, person: Person, ask: Ask
) -> None:
    person.say(bot, "一")
    (once,) = (await ask("getUpdates")).result
    await ask("getUpdates", offset=once["update_id"] + 1)
    messenger.push_raw(bot, json.dumps(once).encode())
    assert (await ask("getUpdates", offset=once["update_id"] + 1)).result == [once]
    assert (await ask("getUpdates", offset=once["update_id"] + 1)).result == []


async def test_update_ids_may_jump_down(bot: BotAccount, person: Person, ask: Ask) -> None:
    person.say(bot, "一")
    (high,) = (await ask("getUpdates")).result
    await ask("getUpdates", offset=high["update_id"] + 1)
    bot.updates.jump(5)
    person.say(bot, "二")
    (low,) = (await ask("getUpdates")).result
    assert low["update_id"] == 5


def test_what_waits_a_day_is_gone(clock: TurnableClock) -> None:
    messenger = Messenger(clock=clock)
    bot = messenger.add_bot("old_bot")
    messenger.add_person("王").start(bot)
    clock.turn(KEPT_FOR - 1)
    assert len(bot.updates.take(10)) == 1
    clock.turn(1)
    assert bot.updates.take(10) == []


@pytest.fixture
async def strictly(client: httpx.AsyncClient) -> AsyncIterator[tuple[BotAccount, str]]:
    messenger = Messenger(flood=STRICT)
    bot = messenger.add_bot("strict_bot")
    async with serve(messenger) as address:
        yield bot, f"{address.base}/bot{bot.token}/getUpdates"


async def test_an_empty_poll_repeated_at_once_is_slowed(
    strictly: tuple[BotAccount, str], client: httpx.AsyncClient
) -> None:
    _, address = strictly
    await client.get(address)
    begun = time.monotonic()
    assert (await client.get(address)).json()["result"] == []
    assert time.monotonic() - begun >= 2.5


async def test_closing_lets_every_held_poll_go_at_once(client: httpx.AsyncClient) -> None:
    messenger = Messenger()
    bot = messenger.add_bot("closing_bot")
    async with serve(messenger) as address:
        poll = asyncio.create_task(client.get(f"{address.base}/bot{bot.token}/getUpdates?timeout=50"))
        await until(lambda: bot.updates.arrivals.awaited)
        begun = time.monotonic()
    assert (await poll).status_code == 500
    assert time.monotonic() - begun < 5
