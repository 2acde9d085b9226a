"""Options and shared things of the room where processes are killed."""

from collections.abc import AsyncIterator

import pytest

from models.rules.policy import Town
from models.town import load_town, sample_town_folder
from tests.hostile.children import Nursery


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--torture", action="store_true", help="kill at every pair of places (make torture)")
    parser.addoption("--streets", type=int, default=10**6, help="so many streets of the walk, and no more")
    parser.addoption("--from", type=int, default=None, help="from that street on; what is reached is not kept")
    parser.addoption("--kill-minutes", type=float, default=60.0, help="no street begins later")
    parser.addoption("--record", action="store_true", help="what was reached goes into docs/reliability.json")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Torture is asked for by name; it is not part of `make test`, and is not called skipped there."""
    if not config.getoption("--torture", default=False):
        spared = [item for item in items if item.path.name == "test_torture.py" or "[torture-" in item.name]
        items[:] = [item for item in items if item not in spared]
        config.hook.pytest_deselected(items=spared)


@pytest.fixture(scope="session")
async def nursery() -> AsyncIterator[Nursery]:
    nursery = await Nursery.open()
    yield nursery
    await nursery.close()


@pytest.fixture(scope="session")
def town() -> Town:
    return load_town(sample_town_folder())
