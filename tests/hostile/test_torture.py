"""Killed twice in a row, at every pair of places, on both engines: `make torture` goes on where it stopped.

The walk is the same every time, in an order that spreads what is reached so far over everything. What was reached is
kept in artefacts/kills.json and said; with `--record` it goes into docs/reliability.json. A street that fails is lived
again with `pytest tests/hostile --torture --from NUMBER --streets 1`.
"""

import asyncio
import itertools
import json
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from models.rules.failpoints import NAMES
from models.rules.policy import Town
from tests.hostile.children import Nursery
from tests.hostile.street import live, street
from tests.hostile.verdict import judge
from tests.sim.record import keep

STATE = Path(__file__).parents[2] / "artefacts" / "kills.json"
SIDE_BY_SIDE = 2
ENGINES = ("sqlite", "postgresql")
FIRST, SECOND = (1, 2, 5, 9, 15, 30), (1, 4, 10)
"""Passages at which a place kills: the first child's, and that of the child which takes over."""


@dataclass(frozen=True, slots=True)
class Deaths:
    """Where the first child of a street dies, and where the next."""

    engine: str
    orders: tuple[str, str]


def walk() -> list[Deaths]:
    """Every place and passage after every other, in an order that is always the same."""
    places = itertools.product(ENGINES, NAMES, FIRST, NAMES, SECOND)
    every = [
        Deaths(engine, (f"{one}:{early}:kill", f"{other}:{late}:kill")) for engine, one, early, other, late in places
    ]
    random.Random(0).shuffle(every)
    return every


@dataclass(slots=True)
class Reached:
    """How far the walk came, and what was survived on the way."""

    next: int = 0
    streets: int = 0
    kills_sqlite: int = 0
    kills_postgresql: int = 0
    acknowledged: int = 0
    complaints: int = 0

    @classmethod
    def known(cls) -> "Reached":
        return cls(**json.loads(STATE.read_text("utf-8"))) if STATE.exists() else cls()

    def keep(self) -> None:
        STATE.parent.mkdir(exist_ok=True)
        new = STATE.with_suffix(".new")
        new.write_text(json.dumps(asdict(self)), "utf-8")
        new.replace(STATE)

    def figures(self) -> dict[str, int | str]:
        """For docs/reliability.md; a street in which one was lost would have ended the walk."""
        return {
            "streets lived, of all pairs of places": f"{self.streets:,} of {len(walk()):,}",
            "SIGKILLs survived on SQLite": self.kills_sqlite,
            "SIGKILLs survived on PostgreSQL": self.kills_postgresql,
            "updates acknowledged": self.acknowledged,
            "of them lost": 0,
            "complaints carried from word to thanks": self.complaints,
        }


@pytest.mark.kill
@pytest.mark.timeout(0)
async def test_two_kills_in_a_row_lose_nothing_and_double_nothing_wherever_they_fall(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], nursery: Nursery, town: Town, tmp_path: Path
) -> None:
    asked = request.config.getoption
    again = asked("--from") is not None
    reached = Reached(next=int(asked("--from"))) if again else Reached.known()
    until = time.monotonic() + float(asked("--kill-minutes")) * 60
    ways = walk()
    numbers = iter(range(reached.next, min(len(ways), reached.next + int(asked("--streets")))))
    done: set[int] = set()

    async def go_on() -> None:
        while time.monotonic() < until and (number := next(numbers, None)) is not None:
            try:
                await _lived(number, ways[number], reached, nursery, town, tmp_path / str(number))
            except BaseException as error:
                error.add_note(f"street {number}: {ways[number]}")
                raise
            done.add(number)
            while reached.next in done:
                reached.next += 1
            if not again:
                reached.keep()
            with capsys.disabled():
                kills = reached.kills_sqlite + reached.kills_postgresql
                print(f"\rstreet {number}: {kills:,} kills survived in {reached.streets:,}", end="", flush=True)  # noqa: T201

    async with asyncio.TaskGroup() as tasks:
        for _ in range(SIDE_BY_SIDE):
            tasks.create_task(go_on())
    if asked("--record"):
        keep("Real processes", reached.figures(), command="make torture")


async def _lived(number: int, way: Deaths, reached: Reached, nursery: Nursery, town: Town, folder: Path) -> None:
    first, second = way.orders
    orders = iter((second,))
    async with street(way.engine, folder, nursery, town, seed=number) as one:
        await live(one, first, lambda: next(orders, ""))
        await judge(one)
        reached.streets += 1
        reached.acknowledged += len(one.confirmed())
        reached.complaints += sum(name.startswith("resident") for name in one.phones)
        if way.engine == "sqlite":
            reached.kills_sqlite += one.kills
        else:
            reached.kills_postgresql += one.kills
