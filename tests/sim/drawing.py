"""How many lives has Hypothesis drawn? `python -m tests.sim.drawing --record` draws others each time and adds them."""

import argparse
from collections.abc import Sequence

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sim.machine import Street
from tests.sim.record import add

MANY, LONG = 200, 40


def lives(many: int, *, deeds: int, always_the_same: bool) -> None:
    """So many lives, each of that many deeds at most; fails with the fewest deeds that break a law."""
    drawn = settings(
        max_examples=many,
        stateful_step_count=deeds,
        derandomize=always_the_same,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        database=None,
    )
    run_state_machine_as_test(Street, settings=drawn)


def main(arguments: Sequence[str] | None = None) -> None:
    """Draws, and adds what the lives came to to the record; what fails is said and not recorded."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lives", type=int, default=MANY)
    asked.add_argument("--record", action="store_true", help="add it to docs/reliability.json")
    told = asked.parse_args(arguments)
    lives(told.lives, deeds=LONG, always_the_same=False)
    if told.record:
        counts = dict(sorted(Street.tally.items()))
        add("A machine that draws the faults", counts, command="python -m tests.sim.drawing --record")


if __name__ == "__main__":
    main()
