"""When is the record sealed, and its head written down elsewhere? Every minute, and once a day (I6, S46)."""

import asyncio
import errno
import logging
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from models.actions import sealing
from models.ports import Clock
from models.rules.chain import Anchor
from models.store import Store

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
"""Of the machine: what happened within it is held by the chain of its case alone."""


class Sealing:
    """A metronome's beat: any number of processes may have it, each seal and each day's anchor is made once."""

    def __init__(self, store: Store, write_down: Callable[[Anchor], None], *, machine: Clock) -> None:
        """`write_down` keeps a line where whoever changes the database does not reach; OSError where it cannot."""
        self._store, self._write_down, self._machine = store, write_down, machine
        self._sealed_from: datetime | None = None

    async def beat(self, now: datetime) -> None:
        """Everything that happened is sealed, the head is written down today. Asks for no moment of its own."""
        machine = self._machine.now()
        if self._sealed_from is not None and timedelta() <= machine - self._sealed_from < EVERY:
            return
        self._sealed_from = machine
        if await self._store.read(sealing.waits):
            while await self._store.run(sealing.seal, now=now):
                pass
        anchor = await self._store.read(sealing.to_anchor, now=now)
        if anchor is not None:
            await self._anchor(anchor, now)

    async def _anchor(self, anchor: Anchor, now: datetime) -> None:
        """Written down first, then noted as done: a day may have its anchor twice, and is not without."""
        try:
            await asyncio.to_thread(self._write_down, anchor)
        except OSError as error:
            log.error("the head of the record could not be written down: %s", type(error).__name__)
            return
        log.info(
            "the record reaches seal %d, events %d, sha256 %064x", anchor.seal, anchor.events, int(anchor.hash, 16)
        )
        await self._store.run(sealing.anchored, now=now)


def write_down(path: Path, anchor: Anchor) -> None:
    """The anchor is a line at the end of the file, on the disk when this returns; OSError says why it is not."""
    new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(handle).st_size
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"  # a disk was full
        line = f"{chr(10) if torn else ''}{anchor}\n".encode()
        if os.write(handle, line) < len(line):
            raise OSError(errno.ENOSPC, "a line was cut short")
        os.fsync(handle)
    finally:
        os.close(handle)
    if new:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
