"""An update that cannot be handled is parked with an alarm, and the next one is served: with the real process."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from models.inbox import BEGINNINGS, FAILURES
from models.rules.policy import Town
from models.store import Statement
from tests.hostile.children import Nursery
from tests.hostile.people import Phone
from tests.hostile.street import Street, settled, street

pytestmark = pytest.mark.kill

GREETED = "您好"
_PARKED = Statement("""
    SELECT u.update_id, u.tries, u.reason, a.kind, a.reason AS alarmed FROM "update" u
    LEFT JOIN alarm a ON a.kind = 'update_parked' AND a.ref = 'update:' || CAST(u.id AS TEXT)
    WHERE u.parked_at IS NOT NULL ORDER BY u.update_id
""")
_HUNG_BEFORE = Statement('UPDATE "update" SET tries = :tries, leased_until = NULL WHERE lease IS NOT NULL')


@pytest.fixture
async def quiet(nursery: Nursery, town: Town, tmp_path: Path) -> AsyncIterator[Street]:
    """A street where everybody's first word has been answered, and nobody speaks."""
    async with street("sqlite", tmp_path, nursery, town) as one:
        life = await one.start()
        async with asyncio.timeout(60):
            await settled(one)
        await life.stop()
        yield one


async def _parked(one: Street) -> list[Any]:
    return await one.store.read(_PARKED.all)


async def _is_served(one: Street, phone: Phone, *, failpoint: str = "") -> None:
    """A fresh child answers this person's next word, and everything that waits is settled."""
    heard = len(phone.heard)
    phone.say("/help")
    life = await one.start(failpoint)
    try:
        async with asyncio.timeout(60):
            await settled(one)
            await phone.until(lambda: len(phone.heard) > heard)
    except TimeoutError:
        raise AssertionError(one.words()) from None
    finally:
        await life.kill()
    assert GREETED in phone.heard[-1].text


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(b'{"text": "\xff\xfe', id="cut off in the middle of a letter"),
        pytest.param(b"[" * 9000 + b"]" * 9000 + b"}", id="nested too deep to be read"),
        pytest.param({"message": "hello"}, id="JSON, but no update as Telegram means it"),
    ],
)
async def test_what_cannot_be_decoded_is_parked_and_the_next_is_served(
    quiet: Street, message: bytes | dict[str, object]
) -> None:
    number = quiet.bot.updates.next_id
    if isinstance(message, bytes):
        message = b'{"update_id": %d, "message": ' % number + message
    assert quiet.messenger.push_raw(quiet.bot, message) == number
    await _is_served(quiet, quiet.phones["resident:0"])
    (parked,) = await _parked(quiet)
    assert parked.update_id == number
    assert parked.kind == "update_parked"
    assert parked.alarmed == parked.reason


async def test_a_handler_that_always_fails_parks_its_update_and_the_next_is_served(quiet: Street) -> None:
    phone = quiet.phones["resident:0"]
    phone.say("楼道的灯坏了")
    await _is_served(quiet, phone, failpoint=f"worker.before_handle:1:raise:{FAILURES}")
    (parked,) = await _parked(quiet)
    assert (parked.tries, parked.reason, parked.kind) == (FAILURES, "Tripped", "update_parked")


async def test_a_handler_that_fails_once_is_tried_again_and_nothing_is_parked(quiet: Street) -> None:
    phone = quiet.phones["resident:0"]
    await _is_served(quiet, phone, failpoint="worker.before_handle:1:raise")
    assert not await _parked(quiet)


async def test_an_update_the_process_always_hangs_on_is_parked_and_the_next_is_served(quiet: Street) -> None:
    phone = quiet.phones["resident:0"]
    phone.say("楼道的灯坏了")
    life = await quiet.start("worker.before_handle:1:hang")
    async with asyncio.timeout(60):
        while not await quiet.store.read(Statement('SELECT 1 AS held FROM "update" WHERE lease IS NOT NULL').all):
            await asyncio.sleep(0.05)
    await life.kill()  # whoever watches over the process finds it dead and starts it again, each time
    await quiet.store.run(_HUNG_BEFORE.run, tries=BEGINNINGS)
    await _is_served(quiet, phone)
    (parked,) = await _parked(quiet)
    assert (parked.reason, parked.kind) == ("NeverEnded", "update_parked")
