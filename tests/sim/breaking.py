"""How surely is a broken variant caught? `python -m tests.sim.breaking` lives thirty seeds of each and records it."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.sim.record import keep
from tests.sim.variants import VARIANTS, broken
from tests.sim.world import Violation, World

SEEDS = range(1, 31)
COMMAND = "python -m tests.sim.breaking"


def caught_by(name: str, seed: int) -> str | None:
    """The law that the variant was found to break in that life; None: nothing was noticed."""
    with broken(name), World(seed) as world:
        try:
            world.run()
        except Violation as found:
            return found.law
    return None


def main(arguments: Sequence[str] | None = None) -> None:
    """Lives them all, prints each as it is known, and keeps the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", nargs="*", default=list(VARIANTS), help="these variants; nothing is recorded then")
    names = asked.parse_args(arguments).only
    figures: dict[str, int | str] = {}
    for name in names:
        laws: Counter[str] = Counter()
        soonest: dict[int, float] = {}
        for seed in SEEDS:
            began = time.process_time()
            law = caught_by(name, seed)
            if law is not None:
                laws[law] += 1
                soonest[seed] = time.process_time() - began
        many = sum(laws.values())
        by = ", ".join(law for law, _ in laws.most_common())
        best = min(soonest, key=soonest.__getitem__, default=0)
        figures[name.replace("_", " ")] = f"{many} of {len(SEEDS)} seeds, by {by}" if many else "not caught"
        sys.stdout.write(f"{name}: {figures[name.replace('_', ' ')]}; soonest {best} in {soonest.get(best, 0):.2f} s\n")
        sys.stdout.flush()
    if len(names) == len(VARIANTS):
        keep("Broken variants", figures, command=COMMAND)


if __name__ == "__main__":
    main()
