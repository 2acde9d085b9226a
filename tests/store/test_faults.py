"""When is the database at fault and not the job? Who is told so may try the very same again."""

import asyncio
import contextlib
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from models.store import DatabaseRefused, Fault, Statement, Store, Unavailable
from models.store.errors import fault_of
from tests.databases import postgres_url, sqlite_url

NOW = datetime(2026, 11, 24, tzinfo=UTC)
RAISE = Statement("INSERT INTO alarm (kind, ref, reason, raised_at) VALUES ('test', :ref, 'x', :now)")
TWICE = Statement("INSERT INTO alarm (id, kind, ref, reason, raised_at) VALUES (1, 'test', '', 'x', :now)")
HANG_UP = Statement("SELECT CAST(pg_terminate_backend(pg_backend_pid()) AS TEXT) AS gone")


def limit(session: Session, pages: int) -> None:
    cursor = session.info["hand"].cursor
    (used,) = cursor.execute("PRAGMA page_count").fetchone()
    cursor.execute(f"PRAGMA max_page_count = {used + pages}")


async def test_a_full_disk_is_the_databases_fault_until_something_fits_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = await Store.open(sqlite_url(tmp_path))
    assert await store.healthy(NOW)
    await store.run(limit, 0)
    for _ in range(3):
        with pytest.raises(Unavailable, match="full") as told:
            await store.run(RAISE.run, ref="x" * 100_000, now=NOW)
        assert told.value.fault is store.fault is Fault.FULL
    assert [line.message for line in caplog.records] == [
        "the database has no space left: nothing is acknowledged until it serves again"
    ], "said once"
    assert not await store.healthy(NOW)
    await store.run(limit, 1_000)
    assert await store.healthy(NOW)
    assert store.fault is None
    assert not await store.read(Statement("SELECT id FROM job_run").all), "the attempt leaves nothing behind"
    await store.close()


async def test_a_lock_of_another_process_is_the_databases_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.store.sqlite._PRAGMAS", ("busy_timeout=50",))
    url = sqlite_url(tmp_path)
    store = await Store.open(url)
    with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable) as told:
            await store.run(RAISE.run, ref="", now=NOW)
        assert told.value.fault is Fault.LOCKED
    await store.run(RAISE.run, ref="", now=NOW)
    assert store.fault is None
    await store.close()


async def test_a_connection_that_breaks_is_the_databases_fault() -> None:
    store = await Store.open(postgres_url())
    with pytest.raises(Unavailable) as told:
        await store.run(HANG_UP.one)
    assert told.value.fault is Fault.AWAY
    await store.run(RAISE.run, ref="", now=NOW)
    assert store.fault is None
    await store.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_a_job_that_is_wrong_is_told_so_itself(engine: str, tmp_path: Path) -> None:
    store = await Store.open(sqlite_url(tmp_path) if engine == "sqlite" else postgres_url())
    await store.run(TWICE.run, now=NOW)
    for job in (lambda session: TWICE.run(session, now=NOW), _wrong):
        (told,) = await asyncio.gather(store.run(job), return_exceptions=True)
        assert isinstance(told, Exception)
        assert not isinstance(told, Unavailable)
    assert store.fault is None
    await store.close()


def _wrong(session: Session) -> None:
    raise ValueError("住户的话")


@pytest.mark.parametrize(
    ("state", "fault"),
    [
        ("08006", Fault.AWAY),
        ("57P01", Fault.AWAY),
        ("57P03", Fault.AWAY),
        ("53300", Fault.AWAY),
        ("53100", Fault.FULL),
        ("25006", Fault.READ_ONLY),
        ("58030", Fault.BROKEN),
        ("XX001", Fault.BROKEN),
        ("57014", None),
        ("23505", None),
        ("40001", None),
    ],
)
def test_what_a_server_says_by_its_state(state: str, fault: Fault | None) -> None:
    class Said(Exception):
        sqlstate = state

    told = fault_of(Said())
    assert (told.fault if told else None) is fault


def test_nobody_listening_is_away() -> None:
    told = fault_of(ConnectionRefusedError())
    assert told is not None
    assert told.fault is Fault.AWAY


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_a_job_that_could_not_write_a_file_of_its_own_says_so_itself(engine: str, tmp_path: Path) -> None:
    def write(session: Session) -> None:
        try:
            (tmp_path / "nowhere" / "backup").write_bytes(b"")
        except OSError as error:
            raise DatabaseRefused("the backup's folder is not there") from error

    store = await Store.open(sqlite_url(tmp_path) if engine == "sqlite" else postgres_url())
    for ask in (store.run, store.read):
        with pytest.raises(DatabaseRefused, match="the backup's folder"):
            await ask(write)
    assert store.fault is None
    await store.close()


async def test_a_caller_who_gave_up_waiting_is_not_the_databases_fault(tmp_path: Path) -> None:
    store = await Store.open(sqlite_url(tmp_path))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await store.run(RAISE.run, ref="", now=NOW)
    assert store.fault is None
    await store.close()
