"""Whatever place the process is killed in, nothing acknowledged is lost, nothing happens twice, nothing is torn.

Streets live side by side: while one test is judged, the next ones' streets are already on their way.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.rules.failpoints import NAMES
from models.rules.policy import Town
from tests.hostile.children import Nursery
from tests.hostile.street import live, street
from tests.hostile.verdict import judge

pytestmark = pytest.mark.kill


@dataclass(frozen=True, slots=True)
class Death:
    """Where the process dies: at the n-th passage of a failpoint, on one engine."""

    name: str
    passage: int
    engine: str

    def __str__(self) -> str:
        return f"{self.engine}-{self.name}"


PASSAGE = 9
"""By then some people have arrived and some have not, and cards and receipts are on their way."""
BESIDE = 3
"""Streets that live at the same time: most of a life is waiting."""


def _passage(name: str, engine: str) -> int:
    if name.startswith("intake"):
        return 5
    if name.startswith("store") and engine == "postgresql":
        return 30  # several transactions are open side by side
    return PASSAGE


DEATHS = tuple(Death(name, _passage(name, engine), engine) for engine in ("sqlite", "postgresql") for name in NAMES)


class Streets:
    """Every death has a street of its own; the one asked for and those after it live at the same time."""

    def __init__(self, nursery: Nursery, town: Town, folder: Path) -> None:
        self._nursery, self._town, self._folder = nursery, town, folder
        self._begun: dict[Death, asyncio.Task[None]] = {}

    async def see(self, death: Death) -> None:
        """The street of this death was lived to its end and judged."""
        place = DEATHS.index(death)
        for one in DEATHS[place : place + BESIDE]:
            if one not in self._begun:
                self._begun[one] = asyncio.create_task(self._live(one))
        await self._begun[death]

    async def _live(self, death: Death) -> None:
        folder = self._folder / str(death)
        async with street(death.engine, folder, self._nursery, self._town, seed=DEATHS.index(death)) as one:
            await live(one, f"{death.name}:{death.passage}:kill")
            assert one.kills == 1, f"{death} was never reached\n{one.words()}"
            await judge(one)

    async def close(self) -> None:
        """A street nobody asked for is lived to its end all the same: nothing is left half open."""
        await asyncio.gather(*self._begun.values(), return_exceptions=True)


@pytest.fixture(scope="module")
async def streets(nursery: Nursery, town: Town, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Streets]:
    streets = Streets(nursery, town, tmp_path_factory.mktemp("kills"))
    yield streets
    await streets.close()


@pytest.mark.parametrize("death", DEATHS, ids=str)
async def test_a_kill_loses_nothing_and_doubles_nothing(death: Death, streets: Streets) -> None:
    await streets.see(death)
