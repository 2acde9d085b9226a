"""A server that says nothing and hangs up on nobody is given up: who waited is told, and the next one is served."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import asyncpg
import pytest

from models.store import Fault, Statement, Store, Unavailable
from models.store.patience import Patience
from models.store.postgres import PostgresEngine
from tests.databases import postgres_url
from tests.store.between import Wire
from tests.store.test_transactions import NOW, RAISE, many

SHORT = Patience(begins_s=0.3, connects_s=2, writes_s=0.3, reads_s=0.3)
PATIENT = Patience(begins_s=0.3, writes_s=600, reads_s=600)
SLEEP = Statement("SELECT CAST(pg_sleep(1000) AS TEXT) AS slept")
SLEEPING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
WITHIN_S = 30


@contextlib.asynccontextmanager
async def opened(wire: Wire, patience: Patience) -> AsyncIterator[Store]:
    store = Store("postgresql")
    store._engine = await PostgresEngine.open(wire.address, store._committed, patience=patience)
    yield store
    async with asyncio.timeout(WITHIN_S):
        await store.close()


@contextlib.asynccontextmanager
async def direct_to(wire: Wire) -> AsyncIterator[asyncpg.Connection]:
    """A connection that does not go by the wire."""
    direct = await asyncpg.connect(wire.beyond)
    yield direct
    await direct.close()


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire(postgres_url()).laid() as one:
        yield one


def ring(store: Store, ref: str) -> "asyncio.Task[int]":
    return asyncio.create_task(store.run(RAISE.run, ref=ref, now=NOW))


async def busy(store: Store) -> None:
    """Every connection has been used."""
    await asyncio.gather(*(ring(store, "before") for _ in range(20)), *(store.read(many) for _ in range(8)))


async def test_connections_that_fell_silent_while_nobody_used_them_cost_nobody_an_answer(wire: Wire) -> None:
    async with opened(wire, SHORT) as store:
        await busy(store)
        wire.silence()
        async with asyncio.timeout(WITHIN_S):
            await asyncio.gather(*(ring(store, "after") for _ in range(20)))
            assert await store.read(many) == 40
        assert store.fault is None


async def test_who_waits_in_the_middle_of_a_job_is_told_the_database_is_away_and_the_next_is_served(wire: Wire) -> None:
    async with opened(wire, SHORT) as store:
        jobs = [asyncio.create_task(store.run(SLEEP.one)) for _ in range(8)]
        jobs += [asyncio.create_task(store.read(SLEEP.one)) for _ in range(4)]
        async with asyncio.timeout(WITHIN_S):
            for told in await asyncio.gather(*jobs, return_exceptions=True):
                assert isinstance(told, Unavailable)
                assert told.fault is Fault.AWAY
            assert store.fault is Fault.AWAY
            await ring(store, "after")
        assert store.fault is None
        assert await store.read(many) == 1


async def test_a_commit_nobody_answers_is_told_away_and_what_is_tried_again_is_kept_once(wire: Wire) -> None:
    kept = Statement("""
        INSERT INTO alarm (id, kind, ref, reason, raised_at) VALUES (7, 'test', '', 'x', :now) ON CONFLICT DO NOTHING
    """)

    async with opened(wire, SHORT) as store:

        def silenced(session: object) -> None:
            kept.run(session, now=NOW)  # type: ignore[arg-type]
            wire.silence()

        with pytest.raises(Unavailable):
            await store.run(silenced)
        await store.run(kept.run, now=NOW)
        assert await store.read(many) == 1


async def test_a_server_that_lets_in_and_says_nothing_is_away(wire: Wire) -> None:
    async with opened(wire, SHORT) as store:
        await busy(store)
        wire.silence(for_good=True)
        async with asyncio.timeout(WITHIN_S):
            with pytest.raises(Unavailable) as told:
                await ring(store, "after")
        assert told.value.fault is Fault.AWAY


async def test_where_the_locks_fall_silent_they_are_lost_and_nobody_waits_for_the_other_connections(wire: Wire) -> None:
    async with direct_to(wire) as direct, opened(wire, PATIENT) as store:
        locks = await store.locks()
        assert await locks.take("mine")
        await locks.check()
        assert not locks.lost.is_set()
        jobs = [asyncio.create_task(store.run(SLEEP.one)) for _ in range(8)]
        jobs += [asyncio.create_task(store.read(SLEEP.one)) for _ in range(4)]
        async with asyncio.timeout(WITHIN_S):
            while await direct.fetchval(SLEEPING) < 12:
                await asyncio.sleep(0.01)
        wire.silence()
        async with asyncio.timeout(WITHIN_S):
            await locks.check()
            assert locks.lost.is_set()
            for told in await asyncio.gather(*jobs, return_exceptions=True):
                assert isinstance(told, Unavailable)
            assert await ring(store, "after") == 1
        await locks.close()
