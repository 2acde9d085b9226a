"""Which figures are there, and where are they written down?"""

import tempfile
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path

from bot.bench.figures import Figure, machine, table
from bot.bench.papers import write_section
from bot.clocks import MachineClock

MEASURES = ("conversation", "filing", "filing_postgres", "claim", "echo", "startup", "audit")

_HEAD = """\
# Benchmarks

What `huiyin bench --write` measured last. Ours and the bare thing run in turns in one process; medians of {rounds}
rounds after one that warms up. A cost is CPU time, with wall time in brackets; so is a ratio. CPU decides: the machine
is shared, and other people's work lengthens the clock, not the CPU.

{machine}

{table}

- **Conversation step**: the same handler on both sides, which reads and writes state and data and returns a message.
  Bare is aiogram's `feed_raw_update` with `MemoryStorage`. Ours keeps the update in the inbox, claims it, handles it in
  a Turn and commits both, with `synchronous=FULL`. Sending is left out on both sides.
- **Filing**: `actions.filing.submit` through `store.run`. Bare is one thread of plain `sqlite3` that runs the SQL and
  parameters recorded from those very filings, with the same savepoints and the same commit of up to 64 together.
- **Finding what is due**: one look of the sweep, 500 clocks, against the same SQL on the bare driver.
- **Filing on PostgreSQL**: the same against plain asyncpg, 8 connections a process, with fsync; CPU of the clients.
- **Echo**: poller, inbox, worker, reply over HTTP, against aiogram's `start_polling`; our messenger is next door.
- **Page**: from typing `huiyin demo` to a page whose house is up.
- **verify-audit**: every case's chain and every seal, computed anew beside a running service, in bounded memory.
"""


async def figures(names: tuple[str, ...], rounds: int) -> AsyncIterator[list[Figure]]:
    """The figures of each measure, as soon as they are there."""
    for name in names:
        with tempfile.TemporaryDirectory(prefix="huiyin-bench-") as folder:
            measured: list[Figure] = await import_module(f"bot.bench.{name}").measure(Path(folder), rounds)
        yield measured


async def bench(names: tuple[str, ...], rounds: int, *, write: bool) -> str:
    """The table, with the machine above it; written to docs/benchmarks.md too when asked."""
    conditions = machine(MachineClock().now())
    found = [one async for some in figures(names, rounds) for one in some]
    shown = table(found)
    if write:
        write_section("", _HEAD.format(rounds=rounds, machine=conditions, table=shown))
    return f"{conditions}\n\n{shown}"
