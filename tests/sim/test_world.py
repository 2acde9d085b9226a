"""Is a world what it says: the same life from the same seed, wherever it is lived?"""

import os
import subprocess
import sys
from pathlib import Path

from tests.sim.seeds import Lived, live

ROOT = Path(__file__).parents[2]
STEPS = 30
_TRACE = "from tests.sim.seeds import Lived, live; print(live({seed}, {steps}, Lived()))"


def test_the_same_seed_lives_the_same_life() -> None:
    assert live(7, STEPS, Lived()) == live(7, STEPS, Lived())


def test_two_seeds_live_two_lives() -> None:
    assert live(7, STEPS, Lived()) != live(8, STEPS, Lived())


def test_a_life_is_the_same_in_another_process() -> None:
    """With other hashes of strings: nothing hangs on the order of a set."""
    here = live(7, STEPS, Lived())
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    told = [sys.executable, "-c", _TRACE.format(seed=7, steps=STEPS)]
    there = subprocess.run(told, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here
