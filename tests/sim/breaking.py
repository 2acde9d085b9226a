"""How surely is a broken variant caught? `python -m tests.sim.breaking --record` lives thirty seeds of each."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.sim.record import keep
from tests.sim.variants import VARIANTS, broken
from tests.sim.world import Violation, World

SEEDS = range(1, 31)
COMMAND = "python -m tests.sim.breaking --record"


def caught_by(name: str, seed: int) -> str | None:
    """The law that the variant was found to break in that life; None: nothing was noticed."""
    with broken(name), World(seed) as world:
        try:
            world.run()
        except Violation as found:
            return found.law
    return None


def main(arguments: Sequence[str] | None = None) -> None:
    """Lives them all, and prints each as it is known."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", nargs="*", default=list(VARIANTS), help="these variants; nothing is recorded then")
    asked.add_argument("--seeds", type=int, default=len(SEEDS), help="so many of them")
    asked.add_argument("--record", action="store_true", help="what all of them came to goes into docs/reliability.json")
    told = asked.parse_args(arguments)
    names, seeds = told.only, SEEDS[: told.seeds]
    figures: dict[str, int | str] = {}
    for name in names:
        laws: Counter[str] = Counter()
        soonest: dict[int, float] = {}
        for seed in seeds:
            began = time.process_time()
            law = caught_by(name, seed)
            if law is not None:
                laws[law] += 1
                soonest[seed] = time.process_time() - began
        many = sum(laws.values())
        by = ", ".join(law for law, _ in laws.most_common())
        best = min(soonest, key=soonest.__getitem__, default=0)
        figures[name.replace("_", " ")] = f"{many} of {len(seeds)} seeds, by {by}" if many else "not caught"
        sys.stdout.write(f"{name}: {figures[name.replace('_', ' ')]}; soonest {best} in {soonest.get(best, 0):.2f} s\n")
        sys.stdout.flush()
    if told.record and len(names) == len(VARIANTS):
        command = COMMAND if len(seeds) == len(SEEDS) else f"{COMMAND} --seeds {len(seeds)}"
        keep("Broken variants", figures, command=command)


if __name__ == "__main__":
    main()
