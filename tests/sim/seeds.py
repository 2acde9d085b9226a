"""Which lives are lived, and what did they come to? 200 in `make test`, the others in `make torture`."""

from collections import Counter
from dataclasses import dataclass, field

import pytest

from models.rules.failpoints import NAMES
from tests.sim.telegram import Fate
from tests.sim.world import World

SEEDS_OF_A_FILE = 50
"""Four files, so that four processes of a test run share them."""
PASSED_AT_LEAST = 100
"""Passages of each failpoint in the seeds of a file (reliability §5.1)."""
SHORT = 25
"""Deeds of a life in `make test`."""
LONG = 120
"""Deeds of a life in `make torture`."""


@dataclass
class Lived:
    """What some lives came to, in sum."""

    seeds: int = 0
    steps: int = 0
    kills: int = 0
    complaints: int = 0
    acknowledged: int = 0
    virtual_hours: float = 0.0
    passages: Counter[str] = field(default_factory=Counter)
    fates: Counter[str] = field(default_factory=Counter)
    notices: Counter[str] = field(default_factory=Counter)
    parked: int = 0
    broken: dict[int, str] = field(default_factory=dict)  # seed: which law, and how

    def add(self, world: World) -> None:
        """One more life is counted."""
        self.seeds += 1
        self.steps += world.steps
        self.kills += world.kills
        self.complaints += world.judge.kept.complaints
        self.acknowledged += world.sky.tally.all_confirmed
        self.virtual_hours += world.loop.time() / 3600
        self.passages += world.passages
        self.fates += Counter({str(fate): many for fate, many in world.sky.tally.fates.items()})
        self.notices += world.judge.told.ended
        self.parked += world.judge.kept.parked


def live(seed: int, steps: int, lived: Lived) -> str:
    """The life of that seed, judged at every step; its trace. What breaks it says how to live it again."""
    with World(seed) as world:
        try:
            world.run(steps)
        except Exception as found:  # a broken law, or a world that could not go on
            lived.broken[seed] = f"{type(found).__name__}: {found}"
            raise
        finally:
            lived.add(world)
        return world.trace


def hard_enough(lived: Lived) -> None:
    """Some dozens of lives have met every fault, at every failpoint, and people got somewhere all the same."""
    if lived.seeds < SEEDS_OF_A_FILE:
        pytest.skip("only some of them were lived")
    seldom = {name: lived.passages[name] for name in NAMES if lived.passages[name] < PASSED_AT_LEAST}
    assert not seldom, f"failpoints hardly anybody passed: {seldom}"
    assert lived.kills >= lived.seeds / 2
    assert lived.complaints >= lived.seeds
    assert set(lived.fates) == set(Fate)
    assert lived.notices["sent"] > lived.notices["dead"] > 0
