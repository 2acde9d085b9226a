"""Who may touch a SQLite connection? One thread each; callers queue, and a batch of them shares one commit."""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

from models.rules.failpoints import failpoint
from models.store.errors import StoreClosed
from models.store.statement import Hand


@dataclass(slots=True, eq=False)
class Job:
    """What one caller wants done, and where the answer goes."""

    fn: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    answer: "asyncio.Future[Any]"


Answer = tuple[Job, Any, BaseException | None]


class _Vanished(Exception):
    """The engine itself rolled the transaction back (disk full, I/O): the work of the neighbours is gone too."""


class _Bench:
    """One connection, the one Session upon it, and the way to run jobs there.

    SQLAlchemy believes in one endless transaction; BEGIN and COMMIT are ours, on the driver's cursor, so a job that
    uses only Statements never wakes it. ORM work lives in a savepoint of the Session's own, inside the job's savepoint:
    a flush that fails takes nothing of the neighbours with it.
    """

    def __init__(self, driver: sqlite3.Connection, *, begin: str, durable: bool) -> None:
        self._driver = driver
        self._cursor = driver.cursor()
        self._begin = begin
        self._durable = durable
        self.session = self._sit_down()

    def _sit_down(self) -> Session:
        engine = create_engine(
            "sqlite://", creator=lambda: self._driver, poolclass=StaticPool, pool_reset_on_return=None
        )
        connection = engine.connect()
        connection.begin()
        session = Session(bind=connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        hand = Hand("sqlite", self._driver.cursor)
        session.info["hand"] = hand
        return session

    def close(self) -> None:
        self._driver.close()

    def serve(self, batch: list[Job]) -> tuple[list[Answer], bool]:
        """Every job's answer, and whether something changed. All stay or none; a failing job takes only itself."""
        before = self._driver.total_changes
        try:
            answers = self._together(batch)
        except _Vanished:
            answers = [answer for job in batch for answer in self._together([job])]
        return answers, self._driver.total_changes != before

    def _together(self, batch: list[Job]) -> list[Answer]:
        answers: list[Answer] = []
        try:
            self._cursor.execute(self._begin)
            alone = len(batch) == 1
            answers.extend(self._do(job, alone=alone) for job in batch if not job.answer.cancelled())
            if self._driver.in_transaction:  # a job that was alone may have lost it
                if self._durable:
                    failpoint("store.before_commit")
                self._cursor.execute("COMMIT")
                if self._durable:
                    failpoint("store.after_commit")
        except _Vanished:
            raise
        except BaseException as error:
            if self._driver.in_transaction:
                self._driver.rollback()
            failed = {id(job): own for job, _, own in answers}
            return [(job, None, failed.get(id(job)) or error) for job in batch]
        return answers

    def _do(self, job: Job, *, alone: bool) -> Answer:
        execute, session = self._cursor.execute, self.session
        if not alone:
            execute("SAVEPOINT job")
        try:
            result = job.fn(session, *job.args, **job.kwargs)
            if session.in_transaction():
                session.commit()
                session.expunge_all()  # what a caller was handed is his: nobody else's flush may find it
        except BaseException as error:
            told = error if self._driver.in_transaction else _first_cause(error)
            self._undo(alone=alone)
            return job, None, told
        if not alone:
            execute("RELEASE job")
        return job, result, None

    def _undo(self, *, alone: bool) -> None:
        if self.session.in_transaction():
            try:
                self.session.rollback()
                self.session.expunge_all()
            except Exception:
                self.session = self._sit_down()
        if alone:
            if self._driver.in_transaction:
                self._driver.rollback()
        elif self._driver.in_transaction:
            self._cursor.execute("ROLLBACK TO job")
            self._cursor.execute("RELEASE job")
        else:
            raise _Vanished


def _first_cause(error: BaseException) -> BaseException:
    """What went wrong before SQLAlchemy looked for its savepoint in a transaction that was no more."""
    while error.__context__ is not None:
        error = error.__context__
    return error


class Lane:
    """Takes jobs from the loop's thread, in order, and answers there. `most`: how many share a commit."""

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        *,
        name: str,
        threads: int = 1,
        most: int = 1,
        begin: str = "BEGIN",
        durable: bool = False,
        committed: Callable[[], None] | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._connect = connect
        self._most = most
        self._begin = begin
        self._durable = durable
        self._committed = committed
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._gate = threading.Lock()  # nothing slips into the queue behind the end
        self._closed = False
        self._opened = [self._loop.create_future() for _ in range(threads)]
        self._ended = [self._loop.create_future() for _ in range(threads)]
        for place in range(threads):
            threading.Thread(target=self._live, args=(place,), name=f"{name}-{place}", daemon=True).start()

    async def opened(self) -> None:
        """Every connection stands; raises why one does not."""
        results = await asyncio.gather(*self._opened, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                await self.close()
                raise result

    async def do(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What `fn` returned, once its batch is committed. A caller that is cancelled before its turn is skipped."""
        job = Job(fn, args, kwargs, self._loop.create_future())
        with self._gate:
            if self._closed:
                raise StoreClosed
            self._jobs.put(job)
        return await job.answer

    async def close(self) -> None:
        """What was accepted is finished, then nothing more is taken."""
        self._shut()
        await asyncio.gather(*self._ended)

    def _shut(self) -> None:
        with self._gate:
            if not self._closed:
                self._closed = True
                for _ in self._ended:
                    self._jobs.put(None)

    def _live(self, place: int) -> None:
        bench: _Bench | None = None
        batch: list[Job] = []
        try:
            bench = _Bench(self._connect(), begin=self._begin, durable=self._durable)
            self._tell(_resolve, self._opened[place], None, None)
            while batch := self._take():
                answers, changed = bench.serve(batch)
                self._tell(self._hand_out, answers, changed)
        except BaseException as error:
            self._die(place, batch, error)
        finally:
            if bench is not None:
                with contextlib.suppress(sqlite3.Error):
                    bench.close()
            self._tell(_resolve, self._ended[place], None, None)

    def _take(self) -> list[Job]:
        """The next job and those that queue behind it; empty at the end."""
        first = self._jobs.get()
        batch: list[Job] = []
        if first is None:
            return batch
        batch.append(first)
        while len(batch) < self._most:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)  # the end comes after this batch
                break
            batch.append(job)
        return batch

    def _die(self, place: int, batch: list[Job], error: BaseException) -> None:
        """A thread that breaks takes nobody with it into silence: everyone who waits is told."""
        self._shut()
        left = list(batch)
        with contextlib.suppress(queue.Empty):
            while True:
                job = self._jobs.get_nowait()
                if job is not None:
                    left.append(job)
        for _ in self._ended:
            self._jobs.put(None)
        self._tell(_resolve, self._opened[place], None, error)
        reason = StoreClosed(f"the store's thread ended: {type(error).__name__}")
        self._tell(self._hand_out, [(job, None, reason) for job in left], False)

    def _tell(self, callback: Callable[..., None], *args: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to hear it
            self._loop.call_soon_threadsafe(callback, *args)

    def _hand_out(self, answers: list[Answer], changed: bool) -> None:
        for job, result, error in answers:
            _resolve(job.answer, result, error)
        if changed and self._committed is not None:
            self._committed()


def _resolve(future: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    elif isinstance(error, StopIteration):  # a future cannot carry it
        future.set_exception(RuntimeError("the job raised StopIteration"))
    else:
        future.set_exception(error)
