"""Who may touch a PostgreSQL connection? One job at a time, on a seat that keeps its Session and prepared statements.

SQLAlchemy believes in autocommit; BEGIN and COMMIT are ours, on asyncpg itself, so a job that uses only Statements
never wakes it. A connection that died while nobody used it is found out by BEGIN, before anything was done.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from asyncpg import InvalidCachedStatementError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.util import await_, greenlet_spawn
from sqlmodel import Session

from models.rules.failpoints import failpoint
from models.store.statement import Hand

WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED"
READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class Gone(Exception):
    """The connection was dead before the job began: nothing was done, and another seat may do it."""


class Undone(Exception):
    """The server rolled the transaction back instead of committing it: a failed statement had been passed over."""


class _Cursor:
    """asyncpg as a driver's cursor, for Statements: each is prepared once and costs one trip to the server."""

    __slots__ = ("_found", "_prepared", "_raw", "_statement")

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._prepared: dict[str, Any] = {}
        self._statement: Any = None
        self._found: list[Any] = []

    @property
    def rowcount(self) -> int:
        number = self._statement.get_statusmsg().rpartition(" ")[2]
        return int(number) if number.isdigit() else -1

    @property
    def description(self) -> list[tuple[str]]:
        return [(column.name,) for column in self._statement.get_attributes()]

    def execute(self, sql: str, parameters: Any = ()) -> None:
        await_(self._execute(sql, parameters))

    def executemany(self, sql: str, rows: Any) -> None:
        await_(self._executemany(sql, rows))

    def fetchall(self) -> list[Any]:
        return self._found

    async def _execute(self, sql: str, parameters: Any) -> None:
        self._statement = self._prepared.get(sql) or await self._prepare(sql)
        try:
            self._found = await self._statement.fetch(*parameters)
        except InvalidCachedStatementError:
            self._prepared.clear()
            raise

    async def _executemany(self, sql: str, rows: Any) -> None:
        await (self._prepared.get(sql) or await self._prepare(sql)).executemany(rows)

    async def _prepare(self, sql: str) -> Any:
        statement = self._prepared[sql] = await self._raw.prepare(sql)
        return statement


class Seat:
    """One connection, the one Session upon it, and the way to run a job there. Not for two at a time."""

    def __init__(self, engine: Engine, begin: str) -> None:
        """Inside a greenlet of SQLAlchemy's; `engine` in autocommit."""
        self._begin = begin
        self._connection = engine.connect()
        self._raw: Any = self._connection.connection.driver_connection
        self._hand = Hand("postgresql", lambda: _Cursor(self._raw))
        self._session = self._sit_down()
        self._began = False

    @property
    def broken(self) -> bool:
        """Nobody can sit here any more."""
        return bool(self._raw.is_closed())

    def _sit_down(self) -> Session:
        if not self._connection.in_transaction():
            self._connection.begin()
        session = Session(bind=self._connection, join_transaction_mode="rollback_only", expire_on_commit=False)
        session.info["hand"] = self._hand
        return session

    def serve(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], *, durable: bool
    ) -> tuple[Any, bool]:
        """What the job returned, and whether it wrote; a failing one leaves nothing. `Gone`: it was not begun."""
        hand, session = self._hand, self._session
        hand.wrote = False
        try:
            await_(self._raw.execute(self._begin))
        except Exception as error:
            if self.broken:
                raise Gone from error
            raise
        try:
            result = fn(session, *args, **kwargs)
            if durable:
                session.flush()
                failpoint("store.before_commit")
            if session.in_transaction():
                session.commit()
            session.expunge_all()  # what a caller was handed is theirs: nobody else's flush may find it
            if await_(self._raw.execute("COMMIT")) != "COMMIT":
                raise Undone  # a statement had failed, and the job went on as if it had not
        except Exception:
            self._undo()
            raise
        except BaseException:
            self._raw.terminate()  # the loop ends: whatever it was in the middle of is the server's to undo
            raise
        if durable:
            failpoint("store.after_commit")
        return result, hand.wrote

    def _undo(self) -> None:
        with contextlib.suppress(Exception):
            self._session.close()
        try:
            await_(self._raw.execute("ROLLBACK"))
            self._session = self._sit_down()
        except Exception:
            self._raw.terminate()

    def close(self) -> None:
        """The connection is closed; inside a greenlet of SQLAlchemy's."""
        with contextlib.suppress(SQLAlchemyError, OSError):
            self._session.close()
            if self.broken:
                self._connection.invalidate()
            self._connection.close()


class Seats:
    """So many connections at most, made when they are needed."""

    def __init__(self, engine: Engine, *, many: int, begin: str) -> None:
        """`engine`: in autocommit, and without a pool of its own."""
        self._engine, self._begin = engine, begin
        self._room = asyncio.Semaphore(many)
        self._free: list[Seat] = []

    async def serve(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], *, durable: bool
    ) -> tuple[Any, bool]:
        """What the job returned, and whether it wrote. Whoever finds a dead connection sits down elsewhere."""
        async with self._room:
            while True:
                try:
                    return await greenlet_spawn(self._serve, fn, args, kwargs, durable)
                except (Gone, InvalidCachedStatementError):  # which seat it was has forgotten what it had prepared
                    continue

    async def close(self) -> None:
        """Nobody is served any more, and nobody may be under way."""
        while self._free:
            await greenlet_spawn(self._free.pop().close)

    def _serve(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], durable: bool) -> Any:
        seat = self._take()
        try:
            return seat.serve(fn, args, kwargs, durable=durable)
        finally:
            if seat.broken:
                seat.close()
            else:
                self._free.append(seat)

    def _take(self) -> Seat:
        while self._free:
            seat = self._free.pop()  # the one used last: its statements are prepared
            if not seat.broken:
                return seat
            seat.close()
        return Seat(self._engine, self._begin)
