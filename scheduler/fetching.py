"""When do photos and voices come into our keeping? Soon after they were sent: no messenger promises to keep them."""

import asyncio
import logging
from datetime import datetime

from sqlmodel import Session

from models.actions.attaching import Wanted, kept, not_kept, wanted
from models.ports import Clock, FileLost, FileSource, FileStore
from models.rules.policy import Town
from models.store import Store, StoreClosed
from models.turn import Work
from models.vault import Keys
from scheduler.cleaning import NotShown, cleaned

log = logging.getLogger(__name__)

AT_MOST = 50
"""Files one beat fetches of a bot: the other sweeps are not kept waiting."""


class Fetching:
    """One file, one fetch, one row. A file that fails rests, and goes behind those tried less often.

    A picture is cleaned as soon as it is fetched, and then shown to whoever has a card. A commit nudges: a desk does
    not wait half a minute for what it is to look at.
    """

    def __init__(
        self,
        store: Store,
        source: FileSource,
        files: FileStore,
        *,
        town: Town,
        keys: Keys,
        office: Clock,
        machine: Clock,
    ) -> None:
        self._store, self._source, self._files = store, source, files
        self._town, self._keys, self._office, self._machine = town, keys, office, machine
        self._nudged = asyncio.Event()
        self._sweeping = asyncio.Lock()
        self._stopping = False

    def nudge(self) -> None:
        """There may be a file to fetch: look at once."""
        self._nudged.set()

    def stop(self) -> None:
        """`run` returns after the file that is being fetched."""
        self._stopping = True
        self._nudged.set()

    async def run(self) -> None:
        """Looks at every nudge, until `stop`; a look that fails is left to the next beat."""
        while not self._stopping:
            await self._nudged.wait()
            try:
                if await self.beat(self._office.now()) is not None:
                    self._nudged.set()
            except StoreClosed:
                return
            except Exception as error:
                log.error("fetching failed: %s", type(error).__name__)

    async def idle(self) -> None:
        """Returns when nothing is left that may be fetched now."""
        await self.beat(self._office.now())

    async def beat(self, now: datetime) -> datetime | None:
        """Every file whose pause is over was tried once; `now` again when there were too many for one beat."""
        async with self._sweeping:
            self._nudged.clear()
            more = [await self._sweep(bot_id) for bot_id in self._source.bots]
        return now if any(more) else None  # every pause is as long as the ordinary beat, or longer

    async def _sweep(self, bot_id: int) -> bool:
        for _ in range(AT_MOST):
            if self._stopping:
                return False
            one = await self._store.read(
                lambda session: wanted(self._work(session), bot_id=bot_id, machine_now=self._machine.now())
            )
            if one is None:
                return False
            await self._take(one)
        return True

    async def _take(self, one: Wanted) -> None:
        try:
            content = await self._source.fetch(one.bot_id, one.file_id)
            digest = await asyncio.to_thread(self._files.put, content)
        except Exception as error:
            name, for_ever, now = type(error).__name__, isinstance(error, FileLost), self._machine.now()
            await self._store.run(
                lambda session: not_kept(self._work(session), one, reason=name, for_ever=for_ever, machine_now=now)
            )
            return
        clean, reason = await self._cleaned(content) if one.kind == "photo" else (None, None)
        size = len(content)

        def keep(session: Session) -> None:
            kept(self._work(session), attachment=one.id, digest=digest, size=size, clean=clean, reason=reason)

        await self._store.run(keep)

    async def _cleaned(self, content: bytes) -> tuple[str | None, str | None]:
        """The clean copy's digest, or why there is none."""
        try:
            clean = await asyncio.to_thread(cleaned, content)
        except NotShown as not_shown:
            return None, str(not_shown)
        return await asyncio.to_thread(self._files.put, clean), None

    def _work(self, session: Session) -> Work:
        return Work(session, self._town, self._keys, self._office.now())
