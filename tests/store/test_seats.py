"""Does PostgreSQL hear of a job once, whatever became of the connection, and is nothing kept of one that failed?"""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from asyncpg import PostgresError
from sqlmodel import Session, select

from models.records import Alarm
from models.store import Statement, Store
from models.store.seats import Undone
from tests.databases import postgres_url
from tests.store.test_transactions import NOW, RAISE, many

_END_OTHERS = Statement(
    "SELECT count(pg_terminate_backend(pid)) AS many FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_END_MYSELF = Statement("SELECT pg_terminate_backend(pg_backend_pid()) AS done")
_BAD = Statement("SELECT 1 / CAST(:zero AS INTEGER) AS never")
_WIDEN = Statement("ALTER TABLE alarm ALTER COLUMN reason TYPE TEXT USING reason || ''")
_REASONS = Statement("SELECT id, reason FROM alarm")


@pytest_asyncio.fixture
async def shared() -> AsyncIterator[Store]:
    """A store on PostgreSQL."""
    opened = await Store.open(postgres_url())
    yield opened
    await opened.close()


def ring(session: Session) -> None:
    RAISE.run(session, ref="x", now=NOW)


async def test_connections_that_died_while_nobody_used_them_are_missed_by_nobody(shared: Store) -> None:
    await asyncio.gather(*(shared.run(ring) for _ in range(20)), *(shared.read(many) for _ in range(8)))
    other = await Store.open(shared_url(shared))
    await other.run(_END_OTHERS.one)
    assert await asyncio.gather(*(shared.run(ring) for _ in range(20))) == [None] * 20
    assert await shared.read(many) == 40
    await other.close()


async def test_a_connection_that_dies_under_a_job_takes_only_that_job(shared: Store) -> None:
    def dies(session: Session) -> None:
        ring(session)
        _END_MYSELF.one(session)

    answers = await asyncio.gather(shared.run(ring), shared.run(dies), shared.run(ring), return_exceptions=True)
    assert [isinstance(one, Exception) for one in answers] == [False, True, False]
    await shared.run(ring)
    assert await shared.read(many) == 3


async def test_a_failed_statement_that_a_job_passes_over_undoes_it_loudly(shared: Store) -> None:
    def passes_over(session: Session) -> None:
        ring(session)
        with pytest.raises(PostgresError):
            _BAD.one(session, zero=0)

    with pytest.raises(Undone):
        await shared.run(passes_over)
    await shared.run(ring)
    assert await shared.read(many) == 1


async def test_a_job_finds_nothing_of_the_one_that_sat_there_before(shared: Store) -> None:
    def leaves(session: Session) -> None:
        session.add(Alarm(kind="test", ref="1", reason="x", raised_at=NOW))
        session.flush()
        raise ValueError("on purpose")

    def finds(session: Session) -> tuple[int, int]:
        return len(session.identity_map), len(session.new)

    with pytest.raises(ValueError, match="on purpose"):
        await shared.run(leaves)
    assert await shared.run(finds) == (0, 0)
    await shared.run(lambda session: session.add(Alarm(kind="test", ref="2", reason="x", raised_at=NOW)))
    assert await shared.run(finds) == (0, 0)
    assert await shared.read(many) == 1


async def test_a_statement_prepared_before_the_tables_changed_is_prepared_anew(shared: Store) -> None:
    await shared.run(ring)
    await shared.read(_REASONS.all)
    await shared.run(_REASONS.all)
    await shared.run(_WIDEN.run)
    await shared.run(_REASONS.all)
    assert len(await shared.read(_REASONS.all)) == 1


async def test_what_the_orm_prepared_before_the_tables_changed_is_prepared_anew(shared: Store) -> None:
    def reasons(session: Session) -> list[str]:
        return [alarm.reason for alarm in session.exec(select(Alarm))]

    await shared.run(ring)
    both = (shared.read, shared.run)
    for look in both:
        for _ in range(3):
            assert await look(reasons) == ["x"]
    for _ in range(2):
        await asyncio.gather(*(look(reasons) for look in both for _ in range(8)))
        await shared.run(_WIDEN.run)
        assert await asyncio.gather(*(look(reasons) for look in both for _ in range(8))) == [["x"]] * 16


def shared_url(store: Store) -> str:
    """The address the store was opened with."""
    engine = store._engine
    url: str = engine._url.set(drivername="postgresql").render_as_string(hide_password=False)  # type: ignore[attr-defined]
    return url
