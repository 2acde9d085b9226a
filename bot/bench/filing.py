"""What does handing in a complaint cost, beside plain sqlite3 running the very same SQL with the same group commit?"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from bot.bench.figures import Cost, Figure, Stopwatch, in_turns, micros
from bot.bench.residents import BOT, COMPLAINT, MORNING, Settled, settle
from models.actions.filing import Draft, submit
from models.store import Store
from models.turn import Work

CALLERS = 32
FILINGS = 640
TOGETHER = 64
DRAFT = Draft(COMPLAINT)


@dataclass(frozen=True, slots=True)
class Step:
    """One call of the driver's cursor: the SQL, and one row of parameters or many."""

    sql: str
    parameters: Sequence[Any]
    many: bool


class Recorder:
    """A driver's cursor that remembers what it was asked."""

    def __init__(self, cursor: sqlite3.Cursor, into: list[Step]) -> None:
        self._cursor, self._into = cursor, into

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        self._into.append(Step(sql, tuple(parameters), many=False))
        return self._cursor.execute(sql, parameters)

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> sqlite3.Cursor:
        self._into.append(Step(sql, [tuple(row) for row in rows], many=True))
        return self._cursor.executemany(sql, rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


async def measure(folder: Path, rounds: int) -> list[Figure]:
    """One filing by 32 callers under synchronous=FULL: ours against plain sqlite3."""
    settled = await settle(folder, CALLERS)
    recorded = await _record(settled)
    ours, raw = await in_turns(rounds, lambda: _ours(settled), lambda: _raw(settled, recorded))
    statements = sum(len(step.parameters) if step.many else 1 for step in recorded[0])
    share = raw.cpu / ours.cpu
    return [
        Figure(
            what=f"filing, {CALLERS} callers, {statements} statements, FULL, against sqlite3",
            ours=micros(ours),
            bare=micros(raw),
            ratio=f"{share:.0%} ({raw.wall / ours.wall:.0%})",
            goal="≥ 30 %, then 60 %",
            met=share >= 0.3,
        )
    ]


def _file(session: Session, settled: Settled, number: int) -> None:
    work = Work(session, settled.town, settled.keys, MORNING)
    chat_id = settled.chats[number % len(settled.chats)]
    submit(work, bot_id=BOT, update_id=number, chat_id=chat_id, draft=DRAFT)


async def _ours(settled: Settled) -> Cost:
    store = await Store.open(settled.copy("ours"))
    numbers = iter(range(FILINGS))

    async def caller() -> None:
        for number in numbers:
            await store.run(_file, settled, number)

    with Stopwatch() as watch:
        await asyncio.gather(*(caller() for _ in range(CALLERS)))
    await store.close()
    return watch.per(FILINGS)


async def _record(settled: Settled) -> list[list[Step]]:
    """What the cursor was asked by each of the filings, one after the other on a fresh copy."""
    store = await Store.open(settled.copy("recorded"))
    filings: list[list[Step]] = []

    def recording(session: Session, number: int) -> None:
        hand = session.info["hand"]
        cursor, steps = hand.cursor, list[Step]()
        hand._cursor = Recorder(cursor, steps)
        try:
            _file(session, settled, number)
        finally:
            hand._cursor = cursor
        filings.append(steps)

    for number in range(FILINGS):
        await store.run(recording, number)
    await store.close()
    return filings


class _RawWriter:
    """Plain sqlite3 in one thread, up to 64 jobs a commit, a savepoint each: what the store does, and nothing else."""

    def __init__(self, path: str) -> None:
        self._jobs: queue.SimpleQueue[tuple[list[Step], asyncio.Future[None]] | None] = queue.SimpleQueue()
        self._path, self._loop = path, asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._live)
        self._thread.start()

    async def run(self, steps: list[Step]) -> None:
        answer: asyncio.Future[None] = self._loop.create_future()
        self._jobs.put((steps, answer))
        await answer

    def close(self) -> None:
        self._jobs.put(None)
        self._thread.join()

    def _live(self) -> None:
        driver = sqlite3.connect(self._path, isolation_level=None, cached_statements=512)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            driver.execute(f"PRAGMA {pragma}")
        cursor = driver.cursor()
        while (job := self._jobs.get()) is not None:
            batch = [job]
            while len(batch) < TOGETHER and not self._jobs.empty() and (more := self._jobs.get()) is not None:
                batch.append(more)
            cursor.execute("BEGIN IMMEDIATE")
            for steps, _ in batch:
                cursor.execute("SAVEPOINT job")
                for step in steps:
                    if step.many:
                        cursor.executemany(step.sql, step.parameters)
                    else:
                        cursor.execute(step.sql, step.parameters).fetchall()
                cursor.execute("RELEASE job")
            cursor.execute("COMMIT")
            self._loop.call_soon_threadsafe(_answer, [answer for _, answer in batch])
        driver.close()


def _answer(answers: list["asyncio.Future[None]"]) -> None:
    for answer in answers:
        answer.set_result(None)


async def _raw(settled: Settled, recorded: list[list[Step]]) -> Cost:
    writer = _RawWriter(settled.copy("raw").removeprefix("sqlite:///"))
    filings = iter(recorded)

    async def caller() -> None:
        for steps in filings:
            await writer.run(steps)

    with Stopwatch() as watch:
        await asyncio.gather(*(caller() for _ in range(CALLERS)))
    writer.close()
    return watch.per(FILINGS)
