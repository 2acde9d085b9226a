"""Who holds what, and is it alive? Named locks that the kernel or the server drops with whoever held them.

However a process ends, nobody has to notice a silence: its locks are free at once, and whoever takes one knows.
"""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

TOLD_WITHIN_S = 0.05
"""News are gathered so long before other processes hear of them: a busy house tells twenty times a second."""
ANSWERS_WITHIN_S = 5.0
"""A server that takes longer to say that it is there has dropped our locks, as far as we know."""

KEEPALIVES = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "11000",  # ms
}
"""By these the server finds out that we are gone, and drops what we held: locks, and transactions half done."""

_CHANNEL = "huiyin"


class Locks(Protocol):
    """The locks of one process. `lost` is set once they are gone: whatever they guarded may be somebody else's now."""

    lost: asyncio.Event

    async def take(self, name: str, *, shared: bool = False) -> bool:
        """True: held until `drop`, `close` or the end of the process. False: somebody holds it, or we do."""

    async def drop(self, name: str) -> None:
        """Free again."""

    async def check(self) -> None:
        """Asks whether they are held still; if not, `lost` is set."""

    def listen(self, news: Callable[[], None]) -> None:
        """`news` is called in the loop when another process has told that something changed."""

    def tell(self) -> None:
        """Other processes hear that something changed."""

    async def close(self) -> None:
        """All are free again."""


class FileLocks:
    """On one machine: a file a lock, which the kernel guards (flock). Never lost while the process lives."""

    def __init__(self, folder: Path) -> None:
        self.lost = asyncio.Event()
        self._folder = folder
        self._held: dict[str, tuple[int, bool]] = {}

    async def take(self, name: str, *, shared: bool = False) -> bool:
        if name in self._held:
            return False
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._path(name)
        while True:
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                return False
            if is_at(lock, path):
                self._held[name] = lock, shared
                return True
            os.close(lock)  # whoever had it took the file away meanwhile: a lock on nothing guards nothing

    async def drop(self, name: str) -> None:
        lock, shared = self._held.pop(name)
        if not shared:  # others may hold a shared one
            with contextlib.suppress(FileNotFoundError):
                self._path(name).unlink()
        os.close(lock)

    async def check(self) -> None:
        return

    def listen(self, news: Callable[[], None]) -> None:
        return  # nobody tells: on one file every process looks for itself

    def tell(self) -> None:
        return

    async def close(self) -> None:
        for name in tuple(self._held):
            await self.drop(name)

    def _path(self, name: str) -> Path:
        return self._folder / name


def is_at(lock: int, path: Path) -> bool:
    """Whether the open file is the one of that name."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(found, os.fstat(lock))


class ServerLocks:
    """On PostgreSQL: advisory locks of one connection, which the server drops with it. No pooler may be in between."""

    def __init__(self, connection: Any, silent: Callable[[], None]) -> None:
        """Use `open`."""
        self.lost = asyncio.Event()
        self._connection, self._silent = connection, silent
        self._held: dict[str, str] = {}
        self._one_at_a_time = asyncio.Lock()
        self._news: Callable[[], None] = lambda: None
        self._telling: asyncio.Task[None] | None = None
        connection.add_termination_listener(lambda _: self.lost.set())

    @classmethod
    async def open(
        cls, address: str, *, silent: Callable[[], None] = lambda: None, answers_within_s: float = ANSWERS_WITHIN_S
    ) -> "ServerLocks":
        """Connected; OSError or an error of asyncpg's says no. `silent` is called where `check` got no answer."""
        import asyncpg

        locks = cls(
            await asyncpg.connect(
                address,
                timeout=ANSWERS_WITHIN_S,
                command_timeout=answers_within_s,
                server_settings={"application_name": "huiyin locks", **KEEPALIVES},
            ),
            silent,
        )
        await locks._connection.add_listener(_CHANNEL, locks._hear)
        return locks

    async def take(self, name: str, *, shared: bool = False) -> bool:
        if name in self._held:  # the server would let us in a second time
            return False
        kind = "_shared" if shared else ""
        if not await self._ask(f"SELECT pg_try_advisory_lock{kind}(hashtextextended($1, 1))", name):
            return False
        self._held[name] = kind
        return True

    async def drop(self, name: str) -> None:
        await self._ask(f"SELECT pg_advisory_unlock{self._held.pop(name)}(hashtextextended($1, 1))", name)

    async def check(self) -> None:
        try:
            await self._ask("SELECT 1")
        except Exception as error:  # whatever it was: what cannot be asked is not held
            self._connection.terminate()
            self.lost.set()
            if isinstance(error, TimeoutError):  # nor will the other connections hear anything
                self._silent()

    def listen(self, news: Callable[[], None]) -> None:
        self._news = news

    def tell(self) -> None:
        if self._telling is None and not self.lost.is_set():
            self._telling = asyncio.create_task(self._tell_soon())

    async def close(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
        try:
            await self._connection.close(timeout=ANSWERS_WITHIN_S)
        except Exception:
            self._connection.terminate()

    async def _tell_soon(self) -> None:
        """Outside the transactions it speaks of: a NOTIFY inside one makes all commits of a server wait in line."""
        await asyncio.sleep(TOLD_WITHIN_S)
        self._telling = None  # what changes from here on is told the next time
        with contextlib.suppress(Exception):  # unheard news are found by whoever looks, a second later
            await self._ask(f"NOTIFY {_CHANNEL}")

    def _hear(self, _connection: object, sender: int, _channel: str, _words: object) -> None:
        if sender != self._connection.get_server_pid():
            self._news()

    async def _ask(self, question: str, *values: object) -> Any:
        async with self._one_at_a_time:
            return await self._connection.fetchval(question, *values)
