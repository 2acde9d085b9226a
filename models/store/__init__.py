"""How is something kept, once and for good? Jobs are plain functions of a session; the store runs them.

`await store.run(fn, …)` is one transaction, durable when it returns. SQLite: one writer thread, up to 64 jobs a commit.
PostgreSQL: a transaction each on asyncpg. One code path for both: `fn` uses the ORM, or `Statement` where it is hot.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from models.store.errors import DatabaseRefused, Fault, NoTables, NotGranted, StoreClosed, Unavailable, fault_of
from models.store.keys import DoesNotOpen, Keys, KeysRefused
from models.store.locks import Locks
from models.store.sqlite import SqliteEngine
from models.store.statement import Dialect, Row, Statement, unheard

__all__ = [
    "DatabaseRefused",
    "DoesNotOpen",
    "Fault",
    "Keys",
    "KeysRefused",
    "Locks",
    "NoTables",
    "NotGranted",
    "Row",
    "Statement",
    "Store",
    "StoreClosed",
    "Unavailable",
    "unheard",
]

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class _Engine(Protocol):
    async def run(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...

    async def read(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...

    async def locks(self) -> Locks: ...

    async def close(self) -> None: ...


_TRY = Statement("""
    INSERT INTO job_run (job, due_at, done_at) VALUES (:job, :now, :now)
    ON CONFLICT (job, due_at) DO UPDATE SET done_at = excluded.done_at
""")
_TRIED = Statement("DELETE FROM job_run WHERE job = :job")
_PROBE = "probe " + "x" * 8192
"""Longer than a page: where there is no room for one, this does not fit."""


class Store:
    """One database, used from one event loop. `fault`: what keeps it from serving at the moment, as far as is known."""

    def __init__(self, dialect: Dialect) -> None:
        """Use `Store.open`."""
        self.dialect: Dialect = dialect
        self._engine: _Engine
        self._listeners: list[Callable[[], None]] = []
        self.fault: Fault | None = None

    @classmethod
    async def open(cls, url: str, *, as_it_is: bool = False) -> "Store":
        """Opens "sqlite:///path/huiyin.db" or "postgresql://…" with the newest tables, or raises DatabaseRefused.

        `as_it_is`: nothing is made and no table is changed; a database without tables, or with newer ones, is refused.
        """
        try:
            address = make_url(url)
        except (ArgumentError, ValueError):  # ValueError: of its port
            raise DatabaseRefused("the address of the database is not one") from None
        match address.get_backend_name():
            case "sqlite":
                if not address.database or address.database == ":memory:":
                    raise DatabaseRefused("a database in memory would forget; name a file: sqlite:///path/huiyin.db")
                store = cls("sqlite")
                store._engine = await SqliteEngine.open(Path(address.database), store._committed, as_it_is=as_it_is)
            case "postgresql":
                from models.store.postgres import PostgresEngine

                store = cls("postgresql")
                store._engine = await PostgresEngine.open(url, store._committed, as_it_is=as_it_is)
            case other:
                raise DatabaseRefused(f"{other} is not sqlite or postgresql")
        return store

    async def run(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What `fn` returned; its changes are durable, all or none. What `fn` raises undoes them and comes out here.

        `fn` may run more than once (a neighbour's broken disk, a deadlock) and has no effect but on the session.
        It must not commit or roll back the session itself. What it returns is detached: read, never written.
        If the commit fails, nothing stays on SQLite; on PostgreSQL a broken connection leaves the outcome unknown,
        so whatever is retried is the same by a key. Cancelled before its turn it is not run; once begun it is finished.
        `Unavailable` where the database was at fault, not the job.
        """
        try:
            result: T = await self._engine.run(fn, args, kwargs)
        except Exception as error:
            if (unavailable := self._unavailable(error)) is None:
                raise
            raise unavailable from error
        if self.fault is Fault.AWAY:
            self._serves()
        return result

    async def read(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What `fn` returned, from one consistent view that holds everything committed before; it cannot write."""
        try:
            result: T = await self._engine.read(fn, args, kwargs)
        except Exception as error:
            if (unavailable := self._unavailable(error)) is None:
                raise
            raise unavailable from error
        if self.fault is Fault.AWAY:
            self._serves()
        return result

    async def healthy(self, now: datetime) -> bool:
        """Whether something can be kept now. Costs nothing while nothing has failed; else something is tried."""
        if self.fault is None:
            return True
        try:
            await self.run(_tried, now)
        except (Unavailable, StoreClosed):
            return False
        return self.fault is None

    async def locks(self) -> Locks:
        """Locks of this process among those that have this database open, to be closed by the caller."""
        return await self._engine.locks()

    def after_commit(self, listener: Callable[[], None]) -> None:
        """`listener` is called in the loop's thread after each commit that may have changed something."""
        self._listeners.append(listener)

    async def close(self) -> None:
        """Finishes what was accepted; from then on everything raises StoreClosed. May be called twice."""
        await self._engine.close()

    def _unavailable(self, error: Exception) -> Unavailable | None:
        """What the caller is told where the database is at fault; said once in the log, for it concerns everybody."""
        unavailable = fault_of(error)
        if unavailable is not None and self.fault is not unavailable.fault:
            log.critical("the database %s: nothing is acknowledged until it serves again", unavailable.fault)
            self.fault = unavailable.fault
        return unavailable

    def _serves(self) -> None:
        log.warning("the database serves again; it was said that it %s", self.fault)
        self.fault = None

    def _committed(self) -> None:
        if self.fault is not None:
            self._serves()
        loop = asyncio.get_running_loop()
        for listener in self._listeners:
            loop.call_soon(listener)  # a listener that fails is the loop's to report, and stops nobody


def _tried(session: Session, now: datetime) -> None:
    _TRY.run(session, job=_PROBE, now=now)
    _TRIED.run(session, job=_PROBE)
