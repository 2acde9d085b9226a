"""Where is something written until it is whole? Under a name of its own, beside the one it will have.

Whoever writes holds a lock on it, which the kernel drops however the process ends: so whoever comes next to write there
knows what a killed one has left, and takes it away. On SIGTERM a command takes its own away (`leave_on_sigterm`).
"""

import asyncio
import contextlib
import fcntl
import os
import re
import secrets
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

from models.store.locks import is_at

_ours: set[Path] = set()
_making = threading.Lock()  # a file is ours with its first byte, also for whoever is told to stop at that moment


@contextlib.contextmanager
def aside(path: Path) -> Iterator[Path]:
    """An empty file beside `path` which only its owner may read; gone afterwards, as are those of the dead.

    OSError where there can be none.
    """
    _sweep(path)
    name, lock = _made(path)
    try:
        yield name
    finally:
        _ours.discard(name)
        _take_away(name)
        os.close(lock)  # last: until it is gone nobody else may think it is left over


def leave_on_sigterm() -> None:
    """From now on SIGTERM ends this loop's process as it ends any other, but nothing half written stays behind."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, _leave)


def _leave() -> None:
    with _making:
        for name in tuple(_ours):
            _take_away(name)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)


def _made(path: Path) -> tuple[Path, int]:
    while True:
        name = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with _making:
            lock = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            _ours.add(name)
        with contextlib.suppress(OSError):  # a disk without locks, as some that are carried away: left ones stay there
            fcntl.flock(lock, fcntl.LOCK_EX)
        if is_at(lock, name):
            return name, lock
        _ours.discard(name)
        os.close(lock)  # somebody swept it away before it was locked


def _sweep(path: Path) -> None:
    """Nothing is there any more that a dead process was writing, under this name or another one of its kind."""
    kind = rf".+{re.escape(path.suffix)}" if path.suffix else re.escape(path.name)
    left = re.compile(rf"\.{kind}\.[0-9a-f]{{8}}")
    with contextlib.suppress(OSError):
        for name in [one for one in path.parent.iterdir() if left.fullmatch(one.name)]:
            _sweep_one(name)


def _sweep_one(name: Path) -> None:
    with contextlib.suppress(OSError):  # it is held, or is another's: both stay
        lock = os.open(name, os.O_RDWR | os.O_NOFOLLOW)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _take_away(name)
        finally:
            os.close(lock)


def _take_away(name: Path) -> None:
    for one in (name, name.with_name(f"{name.name}-journal")):
        one.unlink(missing_ok=True)
