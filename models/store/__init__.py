"""How is something kept, once and for good? Jobs are plain functions of a session; the store runs them.

`await store.run(fn, …)` is one transaction, durable when it returns. SQLite: one writer thread, up to 64 jobs a commit.
PostgreSQL: a transaction each on asyncpg. One code path for both: `fn` uses the ORM, or `Statement` where it is hot.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from models.store.errors import DatabaseRefused, StoreClosed
from models.store.keys import DoesNotOpen, Keys, KeysRefused
from models.store.locks import Locks
from models.store.sqlite import SqliteEngine
from models.store.statement import Dialect, Row, Statement

__all__ = ["DatabaseRefused", "DoesNotOpen", "Keys", "KeysRefused", "Locks", "Row", "Statement", "Store", "StoreClosed"]

P = ParamSpec("P")
T = TypeVar("T")


class _Engine(Protocol):
    async def run(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...

    async def read(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...

    async def locks(self) -> Locks: ...

    async def close(self) -> None: ...


class Store:
    """One database, used from one event loop."""

    def __init__(self, dialect: Dialect) -> None:
        """Use `Store.open`."""
        self.dialect: Dialect = dialect
        self._engine: _Engine
        self._listeners: list[Callable[[], None]] = []

    @classmethod
    async def open(cls, url: str, *, as_it_is: bool = False) -> "Store":
        """Opens "sqlite:///path/huiyin.db" or "postgresql://…" with the newest tables, or raises DatabaseRefused.

        `as_it_is`: nothing is made and no table is changed; a database without tables, or with newer ones, is refused.
        """
        try:
            address = make_url(url)
        except ArgumentError:
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
        """
        result: T = await self._engine.run(fn, args, kwargs)
        return result

    async def read(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What `fn` returned, from one consistent view that holds everything committed before; it cannot write."""
        result: T = await self._engine.read(fn, args, kwargs)
        return result

    async def locks(self) -> Locks:
        """Locks of this process among those that have this database open, to be closed by the caller."""
        return await self._engine.locks()

    def after_commit(self, listener: Callable[[], None]) -> None:
        """`listener` is called in the loop's thread after each commit that may have changed something."""
        self._listeners.append(listener)

    async def close(self) -> None:
        """Finishes what was accepted; from then on everything raises StoreClosed. May be called twice."""
        await self._engine.close()

    def _committed(self) -> None:
        loop = asyncio.get_running_loop()
        for listener in self._listeners:
            loop.call_soon(listener)  # a listener that fails is the loop's to report, and stops nobody
