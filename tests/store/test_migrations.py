"""Do the migrations make exactly the tables the code expects, forwards and backwards, on both engines?"""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, inspect, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from models import migrations
from models.migrations.tables import METADATA
from models.store import DatabaseRefused, Store
from tests.databases import postgres_url, sqlite_url


async def within(url: str, work: Callable[[Connection], Any]) -> Any:
    """Runs `work` in one transaction on either engine."""
    if url.startswith("sqlite"):
        engine = create_engine(url)
        try:
            with engine.begin() as connection:
                return work(connection)
        finally:
            engine.dispose()
    apart = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    try:
        async with apart.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await apart.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return sqlite_url(tmp_path, tables=False) if request.param == "sqlite" else postgres_url(tables=False)


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_up_down_up_leaves_every_table_as_it_was(bare: str) -> None:
    await within(bare, migrations.upgrade)
    first = await within(bare, tables)
    await within(bare, migrations.downgrade)
    assert await within(bare, tables) == {"alembic_version"}
    await within(bare, migrations.upgrade)
    assert await within(bare, tables) == first == set(METADATA.tables) | {"alembic_version"}


async def test_the_records_and_the_migrated_tables_agree(url: str) -> None:
    assert await within(url, migrations.differences) == []


def test_head_is_the_newest_revision() -> None:
    files = sorted((Path(migrations.__file__).parent / "versions").glob("*.py"))
    assert files[-1].name.startswith(f"{migrations.HEAD}_")


async def test_opening_an_empty_database_lays_the_tables_down(bare: str) -> None:
    store = await Store.open(bare)
    await store.close()
    assert set(METADATA.tables) <= await within(bare, tables)


async def test_four_that_open_an_empty_database_at_once_change_it_once(bare: str) -> None:
    stores = await asyncio.gather(*(Store.open(bare) for _ in range(4)))
    for store in stores:
        await store.close()
    assert await within(bare, migrations.differences) == []


def test_a_start_at_head_does_not_import_alembic(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys; from models.store import Store\n"
        f"async def main(): await (await Store.open({sqlite_url(tmp_path)!r})).close()\n"
        "asyncio.run(main()); sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


async def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    path = Path(url.removeprefix("sqlite:///"))
    with sqlite3.connect(path) as driver:
        (page,) = driver.execute("SELECT rootpage FROM sqlite_master WHERE name = 'clock_due'").fetchone()
        (size,) = driver.execute("PRAGMA page_size").fetchone()
    driver.close()
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(content)
    with pytest.raises(DatabaseRefused, match="damaged"):
        await Store.open(url)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("sqlite:///:memory:", id="it would forget"),
        pytest.param("sqlite://", id="it names no file"),
        pytest.param("mysql://x/y", id="no such engine"),
        pytest.param("huiyin.db", id="not an address"),
        pytest.param("sqlite:////no/such/folder/huiyin.db", id="the folder is missing"),
        pytest.param("postgresql://huiyin:hunter2@127.0.0.1:1/huiyin", id="nobody answers"),
    ],
)
async def test_an_address_that_cannot_keep_anything_is_refused(url: str) -> None:
    with pytest.raises(DatabaseRefused) as refused:
        await Store.open(url)
    assert "hunter2" not in str(refused.value)


async def test_nobody_else_may_read_a_new_database_file(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path / 'new.db'}")
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    await store.close()
