"""Fifty lives, each of its own seed. One that breaks says how to live it again."""

from tests.sim.seeds import SEEDS_OF_A_FILE, Lived, hard_enough, live

SEEDS = range(SEEDS_OF_A_FILE)


def test_every_law_is_kept(seed: int, steps: int, lived: Lived) -> None:
    live(seed, steps, lived)


def test_the_lives_were_hard(lived: Lived) -> None:
    hard_enough(lived)
