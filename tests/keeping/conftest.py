"""What is kept, on each engine in turn, and the town and keys it belongs to."""

from pathlib import Path

import pytest

from models.store import Keys
from tests.databases import postgres_url, sqlite_url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database with its tables, on each engine in turn."""
    return sqlite_url(tmp_path) if request.param == "sqlite" else postgres_url()


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys.fresh()
