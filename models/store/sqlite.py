"""How is one machine's database opened? One writer thread, two readers, and nothing lost when the power goes."""

import asyncio
import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.store.errors import DatabaseRefused
from models.store.lane import Lane
from models.store.locks import FileLocks, Locks
from models.store.migrated import at_head, known_revision, missing_tables, upgrade

_TOGETHER = 64  # jobs that share one commit: makes synchronous=FULL affordable on slow disks (store.md §1)
_READERS = 2
_BUSY_MS = 30_000  # another process (a backup) may hold the lock; reliability §8

_PRAGMAS = (
    f"busy_timeout={_BUSY_MS}",
    "synchronous=FULL",  # a receipt given to a resident must survive a power cut
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "recursive_triggers=ON",  # or INSERT OR REPLACE would delete an event past its trigger
)

_one_at_a_time = threading.Lock()  # Alembic keeps its context in a global


class SqliteEngine:
    """Jobs of one process on one file."""

    def __init__(self, path: Path, writer: Lane, readers: Lane) -> None:
        self.path = path
        self._writer = writer
        self._readers = readers

    @classmethod
    async def open(cls, path: Path, committed: Callable[[], None], *, as_it_is: bool = False) -> "SqliteEngine":
        """The file exists, is whole, and has the newest tables; `as_it_is`: those it has."""
        await asyncio.to_thread(_prepare, path, as_it_is=as_it_is)
        writer = Lane(
            lambda: connect(path),
            name="writer",
            most=_TOGETHER,
            begin="BEGIN IMMEDIATE",  # the driver's own BEGIN silently lost 303 of 400 updates (store.md)
            durable=True,
            committed=committed,
        )
        await writer.opened()
        _unclosed(path).touch(mode=0o600)
        readers = Lane(lambda: connect(path, reading=True), name="reader", threads=_READERS)
        try:
            await readers.opened()
        except BaseException:
            await writer.close()
            raise
        return cls(path, writer, readers)

    async def run(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return await self._writer.do(fn, args, kwargs)

    async def read(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return await self._readers.do(fn, args, kwargs)

    async def locks(self) -> Locks:
        """Files in a folder beside the database."""
        return FileLocks(locks_of(self.path))

    async def close(self) -> None:
        await self._readers.close()
        await (
            self._writer.close()
        )  # last: only who may write can bring the write-ahead log home, and leave one whole file
        if not _log_of(self.path).exists():  # whoever closes last takes it away
            _unclosed(self.path).unlink(missing_ok=True)


def connect(path: Path, *, reading: bool = False) -> sqlite3.Connection:
    """A connection to a file that exists, with every precaution; transactions are the caller's."""
    driver = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'ro' if reading else 'rw'}",
        uri=True,
        isolation_level=None,
        cached_statements=512,
        timeout=_BUSY_MS / 1000,
    )
    for pragma in _PRAGMAS:
        driver.execute(f"PRAGMA {pragma}")
    if reading:
        driver.execute("PRAGMA query_only=ON")
    return driver


def locks_of(path: Path) -> Path:
    """The folder of the locks of those who have the file open."""
    return path.with_name(f"{path.name}.locks")


def _log_of(path: Path) -> Path:
    """Where SQLite keeps what was committed and is not yet in the file itself."""
    return path.with_name(f"{path.name}-wal")


def _unclosed(path: Path) -> Path:
    """A mark that stands as long as there may be a write-ahead log beside the file."""
    return path.with_name(f"{path.name}.unclosed")


def _prepare(path: Path, *, as_it_is: bool) -> None:
    if path.exists() and _unclosed(path).exists() and not _log_of(path).exists():
        raise DatabaseRefused(
            f"{path}: {_log_of(path).name} is missing, and in it what was acknowledged last: bring it back beside the"
            f" file; or restore a backup; or, to go on without it, delete {_unclosed(path).name}"
        )
    try:
        if not as_it_is:
            create(path)
        driver = connect(path)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseRefused(f"{path}: {error}") from error
    try:
        mode = _write_ahead(driver)
        if mode != "wal":
            raise DatabaseRefused(f"{path}: this file system has no shared memory for a write-ahead log (mode {mode})")
        (whole,) = driver.execute("PRAGMA quick_check(1)").fetchone()
        if whole != "ok":
            raise DatabaseRefused(f"{path}: damaged; restore a backup ({whole})")
        ready = at_head(driver.execute)
        if ready and (missing := missing_tables("SELECT name FROM sqlite_master", driver.execute)):
            raise DatabaseRefused(f"{path}: tables are missing; restore a backup ({', '.join(missing)})")
        if as_it_is and not known_revision(driver.execute):
            raise DatabaseRefused(f"{path}: it has no tables, or those of a newer version")
    except sqlite3.DatabaseError as error:
        raise DatabaseRefused(f"{path}: {error}") from error
    finally:
        driver.close()
    if not ready and not as_it_is:
        with _one_at_a_time:
            _upgrade(path)


def create(path: Path) -> None:
    """An empty file only its owner may read; SQLite gives -wal and -shm the same mode.

    A file that exists is not touched: closing any descriptor of it would drop the locks of every connection this
    process has to it (POSIX), and another process would take the write-ahead log away from under them.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _write_ahead(driver: sqlite3.Connection) -> str:
    """The journal's mode, changed to WAL where it was not; the change, unlike a write, does not wait for a lock."""
    until = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            (mode,) = driver.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return str(mode)


def _upgrade(path: Path) -> None:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    driver = connect(path)
    driver.execute("PRAGMA foreign_keys=OFF")  # Alembic's batch mode rebuilds tables, and must not cascade
    try:
        with create_engine("sqlite://", creator=lambda: driver, poolclass=StaticPool).connect() as connection:
            # only now: an engine's first connection rolls back, and with it would go the lock that keeps others out
            driver.execute("BEGIN IMMEDIATE")
            if not at_head(driver.execute):  # another process may have been first
                upgrade(connection)
                connection.commit()
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise DatabaseRefused(f"{path}: after the migration {len(broken)} rows point nowhere")
        if driver.in_transaction:
            driver.commit()
    finally:
        if driver.in_transaction:
            driver.rollback()
        driver.close()
