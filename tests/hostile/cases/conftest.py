"""What do the numbered cases stand in? A house by webhook for a file; whoever comes is new to it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from models.rules import failpoints
from models.rules.policy import Town
from tests.conftest import opened
from tests.hostile.cases.door import Door
from tests.house import House, Line


@pytest.fixture(scope="module")
async def inhabited(line: Line, licheng: Town, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One house for a file."""
    async with opened(line, licheng, tmp_path_factory.mktemp("case"), by="webhook") as house:
        yield house


@pytest.fixture
def door(inhabited: House) -> Door:
    return Door(inhabited)


@pytest.fixture(autouse=True)
def _no_failpoint() -> Iterator[None]:
    yield
    failpoints.disarm()
