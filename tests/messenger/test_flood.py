"""Telegram's limits, enforced by a clock that is turned by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.flood import LENIENT, STRICT, FloodGate
from bot.messenger.refusals import Refusal
from bot.messenger.server import serve
from bot.messenger.stage import TurnableClock


def _sent(gate: FloodGate, chat_ids: list[int]) -> int:
    """How many of them get through."""
    through = 0
    for chat_id in chat_ids:
        try:
            gate.admit(chat_id)
        except Refusal:
            continue
        through += 1
    return through


def _wait(gate: FloodGate, chat_id: int) -> int | None:
    """The seconds the gate asks to wait; nothing when it lets one through."""
    try:
        gate.admit(chat_id)
    except Refusal as refusal:
        return refusal.retry_after
    return None


def test_thirty_a_second_to_all_together(clock: TurnableClock) -> None:
    gate = FloodGate(STRICT, clock)
    assert _sent(gate, list(range(1, 301))) == 30
    clock.turn(0.5)
    assert _wait(gate, 500) == 1
    clock.turn(0.5)
    assert _sent(gate, list(range(301, 601))) == 30


def test_one_a_second_to_one_chat_after_a_short_burst(clock: TurnableClock) -> None:
    gate = FloodGate(STRICT, clock)
    assert _sent(gate, [7] * 10) == 3
    assert _wait(gate, 7) == 1
    assert _wait(gate, 8) is None, "others do not wait for it"
    clock.turn(1.0)
    assert _sent(gate, [7] * 10) == 1
    clock.turn(60.0)
    assert _sent(gate, [7] * 10) == 3, "a rest pays for the next burst, once"


def test_twenty_a_minute_to_one_group(clock: TurnableClock) -> None:
    gate = FloodGate(STRICT, clock)
    through = 0
    for _ in range(40):
        through += _sent(gate, [-7])
        clock.turn(1.0)
    assert through == 20
    assert _wait(gate, -7) == 20
    clock.turn(20.0)
    assert _wait(gate, -7) is None


def test_an_album_counts_every_piece(clock: TurnableClock) -> None:
    gate = FloodGate(STRICT, clock)
    gate.admit(7, messages=10)
    clock.turn(7.0)
    assert _wait(gate, 7) == 1
    clock.turn(1.0)
    assert _wait(gate, 7) is None


def test_refused_attempts_do_not_lengthen_the_wait(clock: TurnableClock) -> None:
    gate = FloodGate(STRICT, clock)
    assert _sent(gate, [7] * 1000) == 3
    clock.turn(1.0)
    assert _wait(gate, 7) is None


def test_lenient_lets_everything_through(clock: TurnableClock) -> None:
    assert _sent(FloodGate(LENIENT, clock), [7] * 500 + [-7] * 500) == 1000


@pytest.fixture
async def strictly(clock: TurnableClock) -> AsyncIterator[tuple[Messenger, BotAccount, str]]:
    messenger = Messenger(flood=STRICT, clock=clock)
    bot = messenger.add_bot("strict_bot")
    async with serve(messenger) as address:
        yield messenger, bot, f"{address.base}/bot{bot.token}"


async def test_over_http_the_wait_is_in_the_parameters_and_nothing_is_sent(
    strictly: tuple[Messenger, BotAccount, str], clock: TurnableClock, client: httpx.AsyncClient
) -> None:
    messenger, bot, base = strictly
    person = messenger.add_person("王")
    person.start(bot)
    said = [await client.post(f"{base}/sendMessage", json={"chat_id": person.id, "text": "一"}) for _ in range(4)]
    assert [one.status_code for one in said] == [200, 200, 200, 429]
    assert said[-1].json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert len(person.inbox(bot)) == 4
    query = person.tap(person.last(bot), callback_data="x")
    answered = await client.post(f"{base}/answerCallbackQuery", json={"callback_query_id": query})
    assert answered.status_code == 200, "answers to taps are free"
    clock.turn(1.0)
    assert (await client.post(f"{base}/sendMessage", json={"chat_id": person.id, "text": "一"})).status_code == 200


async def test_setting_a_webhook_twice_a_second_is_too_much(
    strictly: tuple[Messenger, BotAccount, str], clock: TurnableClock, client: httpx.AsyncClient
) -> None:
    _, _, base = strictly
    hook = {"url": "http://127.0.0.1:9/"}
    assert (await client.post(f"{base}/setWebhook", json=hook)).status_code == 200
    assert (await client.post(f"{base}/setWebhook", json=hook)).json()["parameters"] == {"retry_after": 1}
    clock.turn(1.0)
    assert (await client.post(f"{base}/setWebhook", json=hook)).status_code == 200
