"""What does every test of the store stand on? A store on both engines, keys, and moments that do not move."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from models.store import Keys, Store
from tests.databases import postgres_url, sqlite_url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database with its tables, on each engine in turn."""
    return sqlite_url(tmp_path) if request.param == "sqlite" else postgres_url()


@pytest_asyncio.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """A store on each engine in turn."""
    opened = await Store.open(url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def sqlite_store(tmp_path: Path) -> AsyncIterator[Store]:
    """For what only the writer thread can do wrong."""
    opened = await Store.open(sqlite_url(tmp_path))
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys.fresh()
