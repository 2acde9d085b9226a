"""Who starts after a process that died goes on at once; who starts beside one that lives takes nothing from it."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.house import heir
from models import inbox, outbox
from models.inbox import Arrived, Unreadable, Waiting
from models.outbox import Promised
from models.ports import Priority
from models.store import Keys, Statement, Store
from tests.databases import postgres_url, sqlite_url

NOW = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
_PERSON = Statement("INSERT INTO person (id, lang, met_at) VALUES (1, 'zh', :now)")


class Queues:
    """A store with one update and one notice, both held by somebody."""

    def __init__(self, store: Store, url: str) -> None:
        self.store, self.url, self.keys = store, url, Keys.fresh()

    async def updates(self, lease: str) -> list[Waiting | Unreadable]:
        return await self.store.run(inbox.claim, self.keys, lease=lease, limit=9, now=NOW)

    async def notices(self, lease: str) -> list[Promised]:
        return await self.store.run(outbox.claim, bots=(7,), lease=lease, limit=9, office_now=NOW, machine_now=NOW)


async def _held(url: str) -> Queues:
    queues = Queues(await Store.open(url), url)
    store = queues.store
    await store.run(_PERSON.run, now=NOW)
    await store.run(inbox.take_in, queues.keys, 7, [Arrived(1, 5, b'{"update_id": 1}')], NOW)
    await store.run(
        lambda session: outbox.promise(
            session,
            key="receipt:1",
            person_id=1,
            bot_id=7,
            chat_id=5,
            case_id=None,
            telling="receipt",
            reader="raiser",
            priority=Priority.RECEIPT,
            facts={},
            ring_at=NOW,
            now=NOW,
        )
    )
    assert len(await queues.updates("the dead")) == len(await queues.notices("the dead")) == 1
    return queues


@pytest.fixture
async def held(tmp_path: Path) -> AsyncIterator[Queues]:
    queues = await _held(sqlite_url(tmp_path))
    yield queues
    await queues.store.close()


async def test_who_starts_after_the_dead_goes_on_at_once(held: Queues) -> None:
    async with heir(held.store, held.url) as alone:
        assert alone
        (update,) = await held.updates("the heir")
        (notice,) = await held.notices("the heir")
    assert update.tries == 2
    assert notice.unsure == 1, "it may have arrived: a copy says so"


async def test_who_starts_beside_the_living_takes_nothing(held: Queues) -> None:
    async with heir(held.store, held.url):
        await held.updates("the living")
        await held.notices("the living")
        async with heir(held.store, held.url) as alone:
            assert not alone
            assert not await held.updates("a second")
            assert not await held.notices("a second")


async def test_who_starts_again_beside_the_living_takes_nothing(held: Queues) -> None:
    async with AsyncExitStack() as dying, AsyncExitStack() as living:
        assert await dying.enter_async_context(heir(held.store, held.url))
        assert not await living.enter_async_context(heir(held.store, held.url))
        await held.updates("the living")
        await held.notices("the living")
        await dying.aclose()
        async with heir(held.store, held.url) as alone:
            assert not alone, "the first died, the second lives"
            assert not await held.updates("the first again")
            assert not await held.notices("the first again")


async def test_who_starts_after_everybody_died_is_the_heir(held: Queues) -> None:
    for _ in range(2):
        async with heir(held.store, held.url), heir(held.store, held.url):
            await held.updates("the dead")
    async with heir(held.store, held.url) as alone:
        assert alone
        assert await held.updates("the heir")


async def test_nobody_else_may_read_the_lock(held: Queues) -> None:
    async with heir(held.store, held.url):
        mode = os.stat(f"{held.url.removeprefix('sqlite:///')}.working").st_mode
    assert mode & 0o077 == 0


async def test_on_a_shared_server_leases_run_out_by_themselves() -> None:
    held = await _held(postgres_url())
    async with heir(held.store, held.url) as alone:
        assert not alone
        assert not await held.updates("another")
    await held.store.close()
