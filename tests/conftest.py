"""What do stories and conversations stand in? One messenger listening for the session, and a house for every test."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.messenger.chats import Messenger
from bot.messenger.server import serve
from bot.messenger.stage import Stage
from models.rules.policy import Town
from models.town import load_town, sample_town_folder
from tests import walked
from tests.databases import postgres_url, sqlite_url
from tests.house import House, Line

Opens = Callable[..., Awaitable[House]]


LONGEST = (
    "tests/web/test_story",
    "tests/repo/test_rules_covered",
    "tests/hostile/test_kills",
    "tests/hostile/test_s32",
    "tests/hostile/test_away",
    "tests/web/test_page.",
    "tests/conversations/test_real",
    "tests/hostile/cases/test_s_canaries",
    "tests/sim/test_seeds",
)
"""Files that take longest, many of them waiting for browsers and dying processes: begun first, so that none is last."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(walked.OPTION, action="store_true", help="say which rows of the lifecycle no story walked")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(walked.Walks(config), "walks")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, the others as they stand."""

    def place(item: pytest.Item) -> int:
        return next((at for at, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST))

    items.sort(key=place)


@pytest.fixture(scope="session")
def licheng() -> Town:
    """The town that comes with the project."""
    return load_town(sample_town_folder())


@pytest.fixture(scope="session")
async def line() -> AsyncIterator[Line]:
    """The messenger every house of the session is reached by; each house has a bot of its own."""
    messenger = Messenger()
    stage = Stage(messenger)
    async with serve(messenger, stage, webhook_first_retry=0.05) as address:
        yield Line(messenger, stage, address.base)


@contextlib.asynccontextmanager
async def opened(
    line: Line, town: Town, folder: Path, /, *, engine: str = "sqlite", by: str = "polling", **told: str
) -> AsyncIterator[House]:
    """A house of its own on `engine` sqlite or postgresql, `by` polling or webhook; closed again at the end."""
    house = House(line, town, sqlite_url(folder) if engine == "sqlite" else postgres_url(), folder, by=by, **told)
    await house.open()
    try:
        yield house
    finally:
        await house.close()


@pytest.fixture
async def open_house(line: Line, licheng: Town, tmp_path: Path) -> AsyncIterator[Opens]:
    """Opens houses that are closed when the test ends."""
    async with contextlib.AsyncExitStack() as open_ones:

        async def open_one(*, engine: str = "sqlite", by: str = "polling", **told: str) -> House:
            return await open_ones.enter_async_context(opened(line, licheng, tmp_path, engine=engine, by=by, **told))

        yield open_one


@pytest.fixture
async def house(open_house: Opens) -> House:
    """The usual one: SQLite, by polling, on a Tuesday morning."""
    return await open_house()
