"""Killed again and again, at random places and moments: `make torture`. Each round prints its seed and what survived.

A round that fails is lived again with `pytest tests/hostile --torture --seed SEED --rounds 1`.
"""

import asyncio
import random
from pathlib import Path

import pytest

from models.rules.failpoints import NAMES
from models.rules.policy import Town
from tests.hostile.children import Nursery
from tests.hostile.street import live, street
from tests.hostile.verdict import judge

SIDE_BY_SIDE = 2
MOST_KILLS = 5
"""Kills a round: fewer than the beginnings after which an update would rightly be parked (inbox.BEGINNINGS)."""
LATEST = 20
"""A failpoint acts at the latest on this passage; a whole round has a few hundred of some."""


@pytest.mark.kill
@pytest.mark.timeout(0)
async def test_many_kills_lose_nothing_and_double_nothing(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], nursery: Nursery, town: Town, tmp_path: Path
) -> None:
    rounds, first = int(request.config.getoption("--rounds")), int(request.config.getoption("--seed"))
    seeds = iter(range(first, first + rounds))
    kills = 0

    async def torture() -> None:
        nonlocal kills
        for seed in seeds:
            survived = await _round(seed, nursery, town, tmp_path / str(seed))
            kills += survived
            with capsys.disabled():
                print(f"\nseed {seed}: {survived} kills survived, {kills} in all", end="", flush=True)  # noqa: T201

    await asyncio.gather(*(torture() for _ in range(SIDE_BY_SIDE)))
    assert kills >= rounds


async def _round(seed: int, nursery: Nursery, town: Town, folder: Path) -> int:
    dice = random.Random(seed)
    left = dice.randint(1, MOST_KILLS)

    def somewhere() -> str:
        nonlocal left
        left -= 1
        return f"{dice.choice(NAMES)}:{dice.randint(1, LATEST)}:kill" if left >= 0 else ""

    async with street(dice.choice(("sqlite", "postgresql")), folder, nursery, town, seed=seed) as one:
        await live(one, somewhere(), somewhere)
        await judge(one)
        return one.kills
