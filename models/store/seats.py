"""Who may touch a PostgreSQL connection? One job at a time, on a seat that keeps its Session and prepared statements.

SQLAlchemy believes in autocommit; BEGIN and COMMIT are ours, on asyncpg itself, so a job that uses only Statements
never wakes it. A connection that died while nobody used it is found out by BEGIN, before anything was done. One that
fell silent is given up after a while (`Patience`), for nothing would ever break it.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from asyncpg import InvalidCachedStatementError
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.util import await_, greenlet_spawn
from sqlmodel import Session

from models.rules.failpoints import failpoint
from models.store.statement import Hand

WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED"
READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class Gone(Exception):
    """The connection was dead before the job began: nothing was done, and another seat may do it."""


class Silent(Gone):
    """It was, or seemed so: nothing was heard from it in time."""


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

    def __init__(self, engine: Engine, begin: str, begins_s: float) -> None:
        """Inside a greenlet of SQLAlchemy's; `engine` in autocommit. `begins_s`: patience with BEGIN."""
        self._begin, self._begins_s = begin, begins_s
        self._used = False
        self._connection = engine.connect()
        self._raw: Any = self._connection.connection.driver_connection
        self._hand = Hand("postgresql", lambda: _Cursor(self._raw))
        self._session = self._sit_down()

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
            await_(self._raw.execute(self._begin, timeout=self._begins_s))
        except Exception as error:
            silent = isinstance(error, TimeoutError)
            if silent:
                self.abandon()
            if silent and self._used:  # a server that is silent to whoever has just come is away
                raise Silent from error
            if self.broken and not silent:
                raise Gone from error
            raise
        self._used = True
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
        except Exception as error:
            if _is_silence(error):
                self.abandon()  # nothing it could be told would be heard: what was begun is the server's to undo
            self._undo()
            raise
        except BaseException:
            self._raw.terminate()  # the loop ends: whatever it was in the middle of is the server's to undo
            raise
        if durable:
            failpoint("store.after_commit")
        return result, hand.wrote

    def abandon(self) -> None:
        """The connection is dead from now on: whoever waits for an answer is told so at once."""
        self._raw.terminate()

    def _undo(self) -> None:
        with contextlib.suppress(Exception):
            self._session.close()
        if self.broken:
            return
        try:
            await_(self._raw.execute("ROLLBACK"))
            self._session = self._sit_down()
        except Exception:
            self._raw.terminate()

    def close(self) -> None:
        """The connection is closed; inside a greenlet of SQLAlchemy's."""
        with contextlib.suppress(SQLAlchemyError, OSError):
            self._session.close()
            if not self.broken:
                with contextlib.suppress(Exception):
                    await_(self._raw.close(timeout=self._begins_s))
            if self.broken:
                self._connection.invalidate()
            self._connection.close()


class Seats:
    """So many connections at most, made when they are needed."""

    def __init__(self, engine: Engine, *, many: int, begin: str, begins_s: float) -> None:
        """`engine`: in autocommit, and without a pool of its own. `begins_s`: patience with BEGIN."""
        self._engine, self._begin, self._begins_s = engine, begin, begins_s
        self._room = asyncio.Semaphore(many)
        self._free: list[Seat] = []
        self._taken: set[Seat] = set()

    async def serve(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], *, durable: bool
    ) -> tuple[Any, bool]:
        """What the job returned, and whether it wrote. Whoever finds a dead connection sits down elsewhere."""
        async with self._room:
            while True:
                try:
                    return await greenlet_spawn(self._serve, fn, args, kwargs, durable)
                except Silent:
                    for seat in self._free:  # what fell silent for one did for those beside it
                        seat.abandon()
                except (Gone, InvalidCachedStatementError):  # which seat it was has forgotten what it had prepared
                    continue
                except DBAPIError as error:
                    if not isinstance(error.orig, AsyncAdapt_asyncpg_dbapi.InvalidCachedStatementError):
                        raise

    def abandon(self) -> None:
        """Every connection is taken for dead: jobs under way are told so, and the next ones get new ones."""
        for seat in (*self._free, *self._taken):
            seat.abandon()

    async def close(self) -> None:
        """Nobody is served any more, and nobody may be under way."""
        while self._free:
            await greenlet_spawn(self._free.pop().close)

    def _serve(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], durable: bool) -> Any:
        seat = self._take()
        self._taken.add(seat)
        try:
            return seat.serve(fn, args, kwargs, durable=durable)
        finally:
            self._taken.discard(seat)
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
        return Seat(self._engine, self._begin, self._begins_s)


def _is_silence(error: BaseException) -> bool:
    """Whether the server let a statement wait for too long; SQLAlchemy may have wrapped the news."""
    return isinstance(error, TimeoutError) or isinstance(getattr(error, "orig", None), TimeoutError)
