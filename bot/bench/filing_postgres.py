"""What does handing in a complaint cost on PostgreSQL, beside plain asyncpg running the very same statements?

One, two and four processes of 8 callers each share the filings: each side's processes run alone, in turns. The cost is
the CPU of these processes; the server's, which is the same for both, is left out. A process of either side is a child,
`python -m bot.bench.filing_postgres`, that says "ready", waits for a line, files, and says what it cost.
"""

import asyncio
import json
import pickle
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlmodel import Session

from bot.bench.figures import Cost, Figure, Stopwatch, in_turns, micros
from bot.bench.filing import DRAFT
from bot.bench.residents import BOT, FIRST_CHAT, MORNING, Settled, settle
from bot.bench.server import Server, server
from models.actions.filing import submit
from models.store import Keys, Store
from models.town import load_town, sample_town_folder
from models.turn import Work

CALLERS = 8  # a process
FILINGS = 240
RESIDENTS = 32
PROCESSES = (1, 2, 4)

Filing = list[tuple[str, Any, bool]]
"""What the cursor was asked: SQL, parameters, and whether these are many rows."""


async def measure(folder: Path, rounds: int) -> list[Figure]:
    """One filing with each number of processes; nothing where there is no PostgreSQL."""
    with server(folder) as running:
        if running is None:
            return []
        keys = Keys.at(folder / "keys")
        first = running.address()
        settled = await settle(folder, RESIDENTS, keys=keys, url=first)
        recorded = await _record(settled, running.address(like=first))
        (folder / "recorded").write_bytes(pickle.dumps(recorded))
        statements = sum(len(values) if many else 1 for _, values, many in recorded[0])
        return [await _figure(running, first, folder, processes, rounds, statements) for processes in PROCESSES]


async def _figure(running: Server, first: str, folder: Path, processes: int, rounds: int, statements: int) -> Figure:
    ours, bare = await in_turns(
        rounds,
        lambda: _side("ours", running.address(like=first), folder, processes),
        lambda: _side("bare", running.address(like=first), folder, processes),
    )
    share = bare.cpu / ours.cpu
    return Figure(
        what=f"filing on PostgreSQL, {processes} × {CALLERS} callers, {statements} statements, against asyncpg",
        ours=micros(ours),
        bare=micros(bare),
        ratio=f"{share:.0%} ({bare.wall / ours.wall:.0%})",
        goal="≥ 50 %",
        met=share >= 0.5,
    )


async def _side(side: str, url: str, folder: Path, processes: int) -> Cost:
    """The cost of one filing, shared by so many children."""
    each = FILINGS // processes
    children = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.bench.filing_postgres", side, url, str(folder), str(each * number), str(each)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for number in range(processes)
    ]
    for child in children:
        assert child.stdout is not None
        await child.stdout.readline()
    told = await asyncio.gather(*(child.communicate(b"go\n") for child in children))
    costs = [json.loads(out.splitlines()[-1]) for out, _ in told]
    return Cost(sum(cost[0] for cost in costs) / len(costs), max(cost[1] for cost in costs) / processes)


def _file(session: Session, settled: Settled, number: int) -> None:
    work = Work(session, settled.town, settled.keys, MORNING)
    chat_id = settled.chats[number % len(settled.chats)]
    submit(work, bot_id=BOT, update_id=number, chat_id=chat_id, draft=DRAFT)


def _look(session: Session) -> None:
    session.info["hand"].cursor.execute("SELECT 1")


class _Recorder:
    """A driver's cursor that remembers what it was asked."""

    def __init__(self, cursor: Any, into: Filing) -> None:
        self._cursor, self._into = cursor, into

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        self._into.append((sql, list(parameters), False))
        return self._cursor.execute(sql, parameters)

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> Any:
        self._into.append((sql, [list(row) for row in rows], True))
        return self._cursor.executemany(sql, rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


async def _record(settled: Settled, url: str) -> list[Filing]:
    """What the driver was asked by each filing; each case has its number from the start, in whatever order they run."""
    store, filings = await Store.open(url), list[Filing]()

    def recording(session: Session, number: int) -> None:
        hand, steps = session.info["hand"], Filing()
        cursor = hand.cursor
        hand._cursor = _Recorder(cursor, steps)
        try:
            _file(session, settled, number)
        finally:
            hand._cursor = cursor
        filings.append([_numbered(step, number + 1) for step in steps])

    for number in range(FILINGS):
        await store.run(recording, number)
    await store.close()
    return filings


def _numbered(step: tuple[str, Any, bool], case_id: int) -> tuple[str, Any, bool]:
    sql, values, many = step
    if 'INSERT INTO "case"' not in sql:
        return step
    sql = re.sub(r'INSERT INTO "case"\s*\(', 'INSERT INTO "case" (id, ', sql)
    return re.sub(r"VALUES\s*\(", f"VALUES (${len(values) + 1}, ", sql), [*values, case_id], many


async def _ours(url: str, folder: Path, first: int, many: int) -> Cost:
    store = await Store.open(url)
    chats = tuple(range(FIRST_CHAT, FIRST_CHAT + RESIDENTS))
    settled = Settled(load_town(sample_town_folder()), Keys.at(folder / "keys"), chats, folder)
    await asyncio.gather(*(store.run(_look) for _ in range(CALLERS)))  # connections stand on both sides
    numbers = iter(range(first, first + many))

    async def caller() -> None:
        for number in numbers:
            await store.run(_file, settled, number)

    await _told_to_go()
    with Stopwatch() as watch:
        await asyncio.gather(*(caller() for _ in range(CALLERS)))
    await store.close()
    return watch.per(many)


async def _bare(url: str, folder: Path, first: int, many: int) -> Cost:
    import asyncpg

    filings: list[Filing] = pickle.loads((folder / "recorded").read_bytes())  # noqa: S301 written by this very bench
    drivers = await asyncio.gather(*(asyncpg.connect(url) for _ in range(CALLERS)))
    left = iter(filings[first : first + many])

    async def caller(driver: Any) -> None:
        for filing in left:
            async with driver.transaction():
                for sql, values, rows in filing:
                    if rows:
                        await driver.executemany(sql, values)
                    else:
                        await driver.fetch(sql, *values)

    await _told_to_go()
    with Stopwatch() as watch:
        await asyncio.gather(*(caller(driver) for driver in drivers))
    for driver in drivers:
        await driver.close()
    return watch.per(many)


async def _told_to_go() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)


def main() -> None:
    """A child of either side."""
    side, url, folder, first, many = sys.argv[1:]
    cost = asyncio.run((_ours if side == "ours" else _bare)(url, Path(folder), int(first), int(many)))
    sys.stdout.write(json.dumps([cost.cpu, cost.wall]) + "\n")


if __name__ == "__main__":
    main()
