"""`make load`: everything at its full size, printed and written to docs/benchmarks.md. `--only`, `--minutes 1` to try.

The longest form takes about an hour. Everything else on the machine should rest meanwhile.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bot.bench.figures import machine
from bot.bench.papers import UNDER_LOAD, write_section
from bot.clocks import MachineClock
from tests.load.backlog import night
from tests.load.figures import Line, table
from tests.load.house import street
from tests.load.intake import intake
from tests.load.pace import day_down, real_minutes

FULL = 10.0
"""Minutes the steady part lasts; the rest is as long or as large in proportion."""

_HEAD = """\
## Under load

What `make load` measured last{short}. The client runs on the same machine in a process of its own; the house is
`huiyin run`, reached by its webhook, with synchronous=FULL, a lenient pace and every desk of the sample street
enrolled. A complaint is one text and one tap, of somebody who has not complained before. CPU is that of the house.

{machine}

{table}
"""


async def _steady(folder: Path, share: float, engine: str = "sqlite", minutes: float = FULL) -> list[Line]:
    seconds = 60 * minutes * share
    settled = await street(folder, int(50 * seconds))
    return await intake(settled, rate=50, seconds=seconds, engine=engine, goal_s=1)


async def _burst(folder: Path, share: float) -> list[Line]:
    seconds = max(5.0, 60 * share)
    settled = await street(folder, int(200 * seconds))
    return await intake(settled, rate=200, seconds=seconds, engine="sqlite", goal_s=3)


async def _night(folder: Path, share: float) -> list[Line]:
    updates, deadlines = int(20_000 * share), int(5_000 * share)
    return await night(await street(folder, updates), updates=updates, deadlines=deadlines)


PARTS: dict[str, Callable[[Path, float], list[Line]]] = {
    "intake": lambda folder, share: asyncio.run(_steady(folder, share)),
    "intake-postgresql": lambda folder, share: asyncio.run(_steady(folder, share, "postgresql", 2)),
    "burst": lambda folder, share: asyncio.run(_burst(folder, share)),
    "backlog": lambda folder, share: asyncio.run(_night(folder, share)),
    "overdue": lambda folder, share: day_down(folder, max(120, int(2_000 * share))),
    "pace": lambda folder, share: real_minutes(folder, 14.3 * share),
}


def main() -> None:
    """Ends with 1 where a goal is missed."""
    asked = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    asked.add_argument("--only", action="append", choices=tuple(PARTS), help="more than once; else every part")
    asked.add_argument("--minutes", type=float, default=FULL, help="of the steady part; the rest in proportion")
    asked.add_argument("--write", action="store_true", help="to docs/benchmarks.md")
    told = asked.parse_args()
    conditions, lines = machine(MachineClock().now()), list[Line]()
    for name in told.only or PARTS:
        sys.stdout.write(f"{name} …\n")
        sys.stdout.flush()
        with tempfile.TemporaryDirectory(prefix="huiyin-load-") as folder:
            found = PARTS[name](Path(folder), told.minutes / FULL)
        sys.stdout.write(f"{table(found)}\n\n")
        lines += found
    if told.write:
        short = "" if told.minutes == FULL else f", with --minutes {told.minutes:g} instead of {FULL:g}"
        write_section(UNDER_LOAD, _HEAD.format(short=short, machine=conditions, table=table(lines)))
    sys.exit(any(line.met is False for line in lines))


if __name__ == "__main__":
    main()
