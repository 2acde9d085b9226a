"""How many lives have been lived? `make torture` goes on from seed to seed, wherever it stopped, towards 20,000.

`python -m tests.sim.torture [--minutes M] [--seeds N] [--processes P]`: stops after so many minutes, at so many seeds
in all, or at Ctrl-C, and loses nothing but the lives that were under way. What was reached is kept in
artefacts/torture.json, and said; a seed that broke a law is said with how to live it again, and the exit code is 1.
"""

import argparse
import concurrent.futures
import contextlib
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.sim.record import keep
from tests.sim.seeds import LONG, Lived, live

STATE = Path(__file__).parents[2] / "artefacts" / "torture.json"
TOWARDS = 20_000
"""Lives (reliability §9)."""
TOGETHER = 5
"""Seeds one process lives before it tells."""
_SUMS = ("seeds", "steps", "kills", "complaints", "acknowledged", "parked", "virtual_hours")


def known(state: Path = STATE) -> dict[str, Any]:
    """What earlier runs came to: `next`, the first seed nobody has lived; sums; the seeds that broke a law."""
    fresh: dict[str, Any] = {"next": 0, "broken": {}, **dict.fromkeys(_SUMS, 0)}
    return {**fresh, **json.loads(state.read_text(encoding="utf-8"))} if state.exists() else fresh


def _lives(first: int) -> Lived:
    """Some seeds, one after another; what breaks is in it, and stops nobody."""
    lived = Lived()
    for seed in range(first, first + TOGETHER):
        with contextlib.suppress(Exception):
            live(seed, LONG, lived)
    return lived


def _broken_still(broken: dict[str, str]) -> dict[str, str]:
    """What broke before is lived again first: what was mended meanwhile is broken no more."""
    lived = Lived()
    for seed in broken:
        with contextlib.suppress(Exception):
            live(int(seed), LONG, lived)
    return {str(seed): what for seed, what in lived.broken.items()}


def _results(first: int, until: float, last: int, processes: int) -> Iterator[Lived]:
    """The lives from `first` on, a few seeds at a time, in order: wherever it stops, no seed before was left out."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(processes, mp_context=context) as pool:
        starts = iter(range(first, last, TOGETHER))
        running = [pool.submit(_lives, start) for _, start in zip(range(processes + 1), starts, strict=False)]
        try:
            while running:
                yield running.pop(0).result()
                if time.monotonic() < until and (start := next(starts, None)) is not None:
                    running.append(pool.submit(_lives, start))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def go_on(*, minutes: float, seeds: int, processes: int, state: Path = STATE) -> dict[str, Any]:
    """Lives go on until the time is over or so many were lived in all; what was reached, in all."""
    reached = known(state)
    reached["broken"] = _broken_still(reached["broken"])
    until = time.monotonic() + minutes * 60
    with contextlib.suppress(KeyboardInterrupt):
        for lived in _results(reached["next"], until, seeds, processes):
            counted = asdict(lived)
            for name in _SUMS:
                reached[name] += counted[name]
            reached["next"] += TOGETHER
            reached["broken"] |= {str(seed): what for seed, what in lived.broken.items()}
            _keep(reached, state)
            _say(reached, lived)
    return reached


def _keep(reached: dict[str, Any], state: Path) -> None:
    state.parent.mkdir(exist_ok=True)
    new = state.with_suffix(".new")
    new.write_text(json.dumps(reached, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    new.replace(state)


def _say(reached: dict[str, Any], lived: Lived) -> None:
    for seed, what in lived.broken.items():
        sys.stdout.write(f"\nseed {seed}: {what}\n  again: .venv/bin/pytest tests/sim --seed {seed} --steps {LONG}\n")
    sys.stdout.write(f"\r{reached['seeds']:,} lives, {reached['kills']:,} kills, {reached['complaints']:,} complaints")
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> int:
    """0: no law was broken in any life so far; 1: some were."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long")
    asked.add_argument("--seeds", type=int, default=TOWARDS, help="how many lives in all, with those of earlier runs")
    asked.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked.add_argument("--record", action="store_true", help="what was reached goes into docs/reliability.json")
    told = asked.parse_args(arguments)
    reached = go_on(minutes=told.minutes, seeds=told.seeds, processes=told.processes)
    sys.stdout.write(
        f"\n{len(reached['broken'])} of {reached['seeds']:,} lives broke a law {list(reached['broken'])}\n"
    )
    if told.record:
        figures = {name: round(reached[name]) for name in _SUMS} | {
            "lives in which a law broke": len(reached["broken"])
        }
        keep("Simulated streets", figures, command="make torture")
    return 1 if reached["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
