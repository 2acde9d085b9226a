"""How is a database looked at without being touched? No tables are laid down, nothing is written, no file appears.

For whoever looks after the machine: `Store.open` brings the tables to the newest revision, which a look must not do.
"""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

from models.store.errors import DatabaseRefused, NoTables, NotGranted
from models.store.sqlite import locks_of
from models.store.statement import Hand, Statement

P = ParamSpec("P")
T = TypeVar("T")

_BUSY_S = 5.0
_HELD = Statement("""
    SELECT 1 AS held FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (CAST(classid AS BIGINT) << 32 | CAST(objid AS BIGINT)) = hashtextextended(:name, 1)
""")
"""As `ServerLocks` take them: the server shows the number of a lock in two halves."""
_NO_TABLE, _NO_RIGHT = "42P01", "42501"
"""SQLSTATE: undefined_table, insufficient_privilege."""
_TABLES = "its tables are not there, or not the newest: huiyin town load FOLDER makes them, huiyin run renews them"


async def look(url: str, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What `fn` finds in one view of the database as it is, whatever its revision.

    `DatabaseRefused` where there is none, it does not answer or is damaged; what else `fn` raises comes out as it is.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: of its port
        raise DatabaseRefused("the address of the database is not one") from None
    if address.get_backend_name() == "sqlite":
        if not address.database:
            raise DatabaseRefused("the address of the database names no file")
        return await asyncio.to_thread(_at_rest_or_not, Path(address.database), lambda one: fn(one, *args, **kwargs))
    return await _on_server(url, lambda session: fn(session, *args, **kwargs))


async def held(url: str, names: Collection[str]) -> frozenset[str]:
    """Which of these locks (`Store.locks`) somebody holds just now; none is taken. `DatabaseRefused` as of `look`."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        folder = locks_of(Path(str(address.database)))
        return frozenset(name for name in names if _is_held(folder / name))
    return await look(url, lambda session: frozenset(name for name in names if _HELD.one(session, name=name)))


def _is_held(path: Path) -> bool:
    try:
        lock = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _at_rest_or_not(path: Path, fn: Callable[[Session], T]) -> T:
    """A file nobody has open is read without the files a reader would leave beside it, unless somebody comes."""
    if not path.is_file():
        raise DatabaseRefused(f"{path}: there is no such file")
    log = path.with_name(f"{path.name}-wal")
    if not log.exists():
        try:
            found = _in_file(path, fn, "&immutable=1")
        except Exception:
            if not log.exists():
                raise
        else:
            if not log.exists():
                return found
    return _in_file(path, fn)


def _in_file(path: Path, fn: Callable[[Session], T], how: str = "") -> T:
    try:
        driver = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro{how}",
            uri=True,
            isolation_level=None,
            timeout=_BUSY_S,
            check_same_thread=False,
        )
    except sqlite3.Error as error:
        raise DatabaseRefused(f"{path}: {error}") from error
    try:
        driver.execute("PRAGMA query_only=ON")
        engine = create_engine("sqlite://", creator=lambda: driver, poolclass=StaticPool)
        with engine.connect() as connection:
            driver.execute("BEGIN")
            with Session(bind=connection) as session:
                session.info["hand"] = Hand("sqlite", driver.cursor)
                return fn(session)
    except SQLAlchemyError as error:
        raise _refused(str(path), getattr(error, "orig", None) or error) from error
    except sqlite3.Error as error:  # a file that is none of SQLite's, or half of one, among them
        raise _refused(str(path), error) from error
    finally:
        driver.close()


async def _on_server(url: str, fn: Callable[[Session], T]) -> T:
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlmodel.ext.asyncio.session import AsyncSession

    address = make_url(url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(address, isolation_level="REPEATABLE READ", connect_args={"timeout": _BUSY_S})

    def found(session: Any) -> T:
        session.info["hand"] = Hand("postgresql", lambda: session.connection().connection.cursor())
        return fn(session)

    try:
        async with AsyncSession(engine.execution_options(postgresql_readonly=True)) as session:
            return await session.run_sync(found)
    except Exception as error:
        if not isinstance(error, OSError | SQLAlchemyError) and _state(error) not in (_NO_TABLE, _NO_RIGHT):
            raise
        shown = address.set(drivername="postgresql").render_as_string(hide_password=True)
        raise _refused(shown, getattr(error, "orig", None) or error) from error
    finally:
        await engine.dispose()


def _refused(shown: str, error: BaseException) -> DatabaseRefused:
    """What to tell whoever looked, with what is to be done where that is known."""
    if _state(error) == _NO_TABLE or (isinstance(error, sqlite3.Error) and str(error).startswith("no such table")):
        return NoTables(f"{shown}: {_TABLES}")
    if _state(error) == _NO_RIGHT:
        return NotGranted(f"{shown}: this role may not read it; as its owner: huiyin database grant ROLE")
    said = error if isinstance(error, sqlite3.Error) else type(error).__name__
    return DatabaseRefused(f"{shown}: {said}")


def _state(error: BaseException) -> str | None:
    state = getattr(getattr(error, "orig", None) or error, "sqlstate", None)
    return state if isinstance(state, str) else None
