"""How does a database come to be where there was none? All of it at once, or nothing (reliability §10)."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, inspect, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

from models.store.aside import aside
from models.store.errors import DatabaseRefused
from models.store.sqlite import connect
from models.store.statement import Hand

T = TypeVar("T")


async def refuse_unless_empty(url: str) -> None:
    """Returns where a database may come to be; DatabaseRefused where there is one, or nobody answers."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        _nothing_there(Path(str(address.database)))
        return
    await _on_server(url, lambda session: None)


async def build(url: str, work: Callable[[Session], T]) -> T:
    """What `work` made is the database, durable and whole; where it raises, or a row points nowhere, nothing is."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return await asyncio.to_thread(_in_file, Path(str(address.database)), work)
    return await _on_server(url, work)


async def _on_server(url: str, work: Callable[[Session], T]) -> T:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))

    def alone(connection: Connection) -> T:
        if inspect(connection).get_table_names():
            raise DatabaseRefused(f"{make_url(url).render_as_string(hide_password=True)}: it is not empty")
        session = Session(bind=connection)
        session.info["hand"] = Hand("postgresql", lambda: connection.connection.cursor())
        return work(session)

    try:
        async with engine.begin() as outer:
            return await outer.run_sync(alone)
    except (OSError, SQLAlchemyError) as error:
        shown = make_url(url).render_as_string(hide_password=True)
        raise DatabaseRefused(f"{shown}: {type(error).__name__}") from error
    finally:
        await engine.dispose()


def _nothing_there(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        if Path(f"{path}{ending}").exists():
            raise DatabaseRefused(f"{path}{ending}: it is not empty: there is a database")


def _in_file(path: Path, work: Callable[[Session], T]) -> T:
    """Built aside under another name, which it loses when all is well."""
    _nothing_there(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with aside(path) as half:
            told = _filled(half, work)
            os.link(half, path)  # unlike a rename it never replaces what somebody has just made
    except FileExistsError:
        raise DatabaseRefused(f"{path}: it is not empty: there is a database") from None
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise DatabaseRefused(f"{path}: {type(cause).__name__}: {cause}") from error
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return told


def _filled(half: Path, work: Callable[[Session], T]) -> T:
    driver = connect(half)
    driver.execute("PRAGMA foreign_keys=OFF")  # Alembic's batch mode rebuilds tables; all is checked at the end
    try:
        with create_engine("sqlite://", creator=lambda: driver, poolclass=StaticPool).connect() as connection:
            driver.execute("BEGIN IMMEDIATE")
            transaction = connection.begin()
            session = Session(bind=connection)
            session.info["hand"] = Hand("sqlite", driver.cursor)
            told = work(session)
            transaction.commit()
        broken: list[Any] = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise DatabaseRefused(f"{len(broken)} rows point nowhere, the first in {broken[0][0]}")
        (whole,) = driver.execute("PRAGMA integrity_check(1)").fetchone()
        if whole != "ok":
            raise DatabaseRefused(f"it is damaged: {whole}")
        return told
    finally:
        driver.close()
