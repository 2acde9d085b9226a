"""How is a shared database spoken to? asyncpg under SQLAlchemy; the same jobs, a transaction each."""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from models.store.errors import DatabaseRefused, StoreClosed
from models.store.locks import KEEPALIVES, Locks, ServerLocks
from models.store.migrated import at_head, known_revision, missing_tables, upgrade
from models.store.patience import Patience
from models.store.seats import READING, WRITING, Seats

_WRITERS = 8  # store.md §1: 8 at once is where one process levels off
_READERS = 4
_AGAIN = 3  # times a deadlock's or a serialization's victim is run
_LOCK = 0x4875_6979_696E  # "Huiyin": held while the tables are changed
_VICTIM = {"40001", "40P01"}


class PostgresEngine:
    """Jobs of one process among several on one server. What a job reads in order to write, it reads FOR UPDATE."""

    def __init__(self, url: URL, committed: Callable[[], None], patience: Patience) -> None:
        self._url, self._patience = url, patience
        self._engines = [_engine(url, patience, within_s) for within_s in (patience.writes_s, patience.reads_s)]
        serving = [one.execution_options(isolation_level="AUTOCOMMIT").sync_engine for one in self._engines]
        self._writers = Seats(serving[0], many=_WRITERS, begin=WRITING, begins_s=patience.begins_s)
        self._readers = Seats(serving[1], many=_READERS, begin=READING, begins_s=patience.begins_s)
        self._committed = committed
        self._under_way: set[asyncio.Task[Any]] = set()
        self._closed = False

    @classmethod
    async def open(
        cls, url: str, committed: Callable[[], None], *, as_it_is: bool = False, patience: Patience | None = None
    ) -> "PostgresEngine":
        """The server answers and has the newest tables; two processes that start together change them once.

        `as_it_is`: with those it has. `patience`: with the server from then on; a change of tables takes what it takes.
        """
        patience = patience or Patience()
        shown = make_url(url).render_as_string(hide_password=True)
        engine = _engine(make_url(url), patience)
        try:
            async with engine.connect() as connection:
                ready = await connection.run_sync(_at_head)
                await connection.rollback()
                known = not as_it_is or await connection.run_sync(_known)
                await connection.rollback()
                missing = await connection.run_sync(_missing) if ready else []
                await connection.rollback()
            if not known:
                raise DatabaseRefused(f"{shown}: it has no tables, or those of a newer version")
            if missing:
                raise DatabaseRefused(f"{shown}: tables are missing; restore a backup ({', '.join(missing)})")
            if not ready and not as_it_is:
                async with engine.begin() as connection:
                    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                    await connection.run_sync(upgrade)
        except (OSError, SQLAlchemyError) as error:
            await engine.dispose()
            raise DatabaseRefused(f"{shown}: {type(error).__name__}{_hint(error)}") from error
        except BaseException:
            await engine.dispose()
            raise
        await engine.dispose()
        return cls(make_url(url), committed, patience)

    async def run(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return await self._in_task(self._write(fn, args, kwargs))

    async def read(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return await self._in_task(self._look(fn, args, kwargs))

    async def locks(self) -> Locks:
        """Those of a connection of their own. Where it falls silent, the others are not waited for any longer."""
        if self._closed:
            raise StoreClosed
        address = self._url.set(drivername="postgresql")
        return await ServerLocks.open(
            address.render_as_string(hide_password=False),
            silent=self._abandon,
            answers_within_s=self._patience.begins_s,
        )

    async def close(self) -> None:
        self._closed = True
        while self._under_way:
            await asyncio.wait(self._under_way)
        await self._writers.close()
        await self._readers.close()
        for engine in self._engines:
            await engine.dispose()

    def _abandon(self) -> None:
        self._writers.abandon()
        self._readers.abandon()

    async def _in_task(self, work: Any) -> Any:
        """A task of its own: a caller who goes away neither tears a transaction nor leaves one open."""
        if self._closed:
            work.close()
            raise StoreClosed
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not report what a vanished caller would have been told

    async def _write(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        for left in reversed(range(_AGAIN)):
            try:
                result, wrote = await self._writers.serve(fn, args, kwargs, durable=True)
            except Exception as error:
                if not left or not _is_victim(error):
                    raise
            else:
                if wrote:  # who looks for news and finds none must not wake everybody who looks for news
                    self._committed()
                return result
        raise AssertionError("unreachable")

    async def _look(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return (await self._readers.serve(fn, args, kwargs, durable=False))[0]


def _engine(url: URL, patience: Patience, within_s: float | None = None) -> AsyncEngine:
    """`within_s`: how long a statement may take; None: as long as it does."""
    return create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        isolation_level="READ COMMITTED",
        poolclass=NullPool,  # the seats keep their connections
        connect_args={
            "timeout": patience.connects_s,
            "command_timeout": within_s,
            "server_settings": dict(KEEPALIVES),
        },
    )


@event.listens_for(Session, "after_flush")
def _flushed(session: Any, _context: object) -> None:
    """Objects were written."""
    if (hand := session.info.get("hand")) is not None:
        hand.wrote = True


def _at_head(connection: Connection) -> bool:
    return at_head(connection.exec_driver_sql)


def _missing(connection: Connection) -> list[str]:
    named = "SELECT tablename FROM pg_tables WHERE schemaname = ANY (current_schemas(false))"
    return missing_tables(named, connection.exec_driver_sql)


def _known(connection: Connection) -> bool:
    return known_revision(connection.exec_driver_sql)


def _hint(error: BaseException) -> str:
    """What to do where a role that owns nothing meets tables that are not the newest."""
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == "42501":
        return ": the tables are not those of this version, and this role may not change them; let their owner do it"
    return ""


def _is_victim(error: BaseException) -> bool:
    while isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    return getattr(error, "sqlstate", None) in _VICTIM
