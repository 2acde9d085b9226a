"""What does finding 500 clocks that are due cost, among ten thousand, a hundred thousand and a million that run?

Ours is the look of `scheduler/overdue.py`; bare is the same SQL on the driver, fetched and no more, on PostgreSQL in a
transaction as ours. The rows are found
by an index that holds running clocks only, so how many there are must make no difference.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from bot.bench.figures import Cost, Figure, Stopwatch, in_turns, micros
from bot.bench.residents import MORNING, Settled, settle
from bot.bench.server import Server, server
from models.actions.climbing import DUE_AT_ONCE, DUE_SQL, due_clocks
from models.records import Case, Person
from models.store import Store
from models.turn import Work

OPEN = (10_000, 100_000, 1_000_000)
LOOKS = 40

_FILL = """
INSERT INTO clock (case_id, rung, round, until, due_at)
WITH RECURSIVE n (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {many})
SELECT 1, 'bench', k + 100, 'signed', {moment} FROM n"""
_LITE = "CASE WHEN k % {each} = 0 THEN '2026-12-01 00:00:00.000000' ELSE '2027-06-01 00:00:00.000000' END"
_PG = "CASE WHEN k % {each} = 0 THEN TIMESTAMPTZ '2026-12-01Z' ELSE TIMESTAMPTZ '2027-06-01Z' END"

Look = Callable[[], Awaitable[Cost]]


async def measure(folder: Path, rounds: int) -> list[Figure]:
    """The look among each number of clocks, on SQLite and PostgreSQL."""
    settled = await settle(folder, 1)
    found = await _figures("SQLite", rounds, [await _on_sqlite(settled, many) for many in OPEN])
    with server(folder) as running:
        if running is not None:
            found += await _figures(
                "PostgreSQL", rounds, [await _on_postgresql(settled, running, many) for many in OPEN]
            )
    return found


async def _figures(engine: str, rounds: int, sides: list[tuple[Look, Look, Store]]) -> list[Figure]:
    costs = await in_turns(rounds, *(look for ours, bare, _ in sides for look in (ours, bare)))
    for _, _, store in sides:
        await store.close()
    ours, bare = costs[::2], costs[1::2]
    spread = max(one.cpu for one in ours) / min(one.cpu for one in ours)
    figures = [
        Figure(
            what=f"finding {DUE_AT_ONCE} due clocks among {many:,} open ones, {engine}, against the driver",
            ours=micros(mine),
            bare=micros(driver),
            ratio=f"{mine.cpu / driver.cpu:.1f}× ({mine.wall / driver.wall:.1f}×)",
            goal="≤ 2×",
            met=mine.cpu <= 2 * driver.cpu,
        )
        for many, mine, driver in zip(OPEN, ours, bare, strict=True)
    ]
    what = f"the dearest of these looks against the cheapest, {engine}"
    return [*figures, Figure(what, "", "", f"{spread:.2f}×", "≤ 1.3×", spread <= 1.3)]


async def _filled(url: str, many: int, moment: str) -> Store:
    store = await Store.open(url)
    sql = _FILL.format(many=many, moment=moment.format(each=many // DUE_AT_ONCE))

    def fill(session: Session) -> None:
        session.add(Person(id=1, met_at=MORNING))
        session.flush()
        session.add(
            Case(
                id=1,
                bot_id=1,
                update_id=1,
                raiser_id=1,
                building="LC01-3",
                category="C11-1",
                sla="P2",
                state="accepted",
                level=1,
                desk="WY-01",
                filed_at=MORNING,
                acknowledge_by=MORNING,
                resolve_by=MORNING,
            )
        )
        session.flush()
        for step in (sql, "ANALYZE"):
            session.info["hand"].cursor.execute(step, ())

    await store.run(fill)
    return store


async def _ours(settled: Settled, store: Store) -> Cost:
    def look(session: Session) -> list[int]:
        return due_clocks(Work(session, settled.town, settled.keys, MORNING - timedelta(hours=1)))

    with Stopwatch() as watch:
        for _ in range(LOOKS):
            assert len(await store.read(look)) == DUE_AT_ONCE
    return watch.per(LOOKS)


async def _on_sqlite(settled: Settled, many: int) -> tuple[Look, Look, Store]:
    url = f"sqlite:///{settled.folder}/clocks-{many}.db"
    store = await _filled(url, many, _LITE)
    driver = sqlite3.connect(url.removeprefix("sqlite:///"), check_same_thread=False)

    async def bare() -> Cost:
        moment = (MORNING - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
        with Stopwatch() as watch:
            for _ in range(LOOKS):
                rows: list[Any] = driver.execute(DUE_SQL, {"now": moment, "limit": DUE_AT_ONCE}).fetchall()
                assert len(rows) == DUE_AT_ONCE
        return watch.per(LOOKS)

    return lambda: _ours(settled, store), bare, store


async def _on_postgresql(settled: Settled, running: Server, many: int) -> tuple[Look, Look, Store]:
    import asyncpg

    url = running.address()
    store = await _filled(url, many, _PG)
    driver = await asyncpg.connect(url)

    async def bare() -> Cost:
        sql = DUE_SQL.replace(":now", "$1").replace(":limit", "$2")
        with Stopwatch() as watch:
            for _ in range(LOOKS):
                async with driver.transaction(isolation="repeatable_read", readonly=True):
                    found = await driver.fetch(sql, MORNING - timedelta(hours=1), DUE_AT_ONCE)
                assert len(found) == DUE_AT_ONCE
        return watch.per(LOOKS)

    return lambda: _ours(settled, store), bare, store
