"""Is anybody let in just now? Open, but in a drain or on a restored database: then the messenger keeps what comes.

Every process that listens looks at the same row, so the door is the same for all. What is inside is finished; nothing
of it depends on the door. A start ends a drain: who starts wants to be heard (reliability §10). A fence it does not
end: nothing leaves a restored database until `huiyin restore --lift`, so whoever spoke would get no answer.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from models.actions.draining import end_capped, end_drain
from models.actions.keeping import is_fenced
from models.ports import Clock
from models.queries.draining import draining
from models.store import Store, StoreClosed

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
"""How long after the word the door is closed or opened."""


class Door:
    """Whether intake may take anything in. Closed only while a look at the database has found it so."""

    def __init__(self, store: Store, *, machine: Clock, office: Clock, look_every_s: float = LOOK_EVERY_S) -> None:
        self._store, self._machine, self._office, self._look_every_s = store, machine, office, look_every_s
        self._open, self._closed = asyncio.Event(), asyncio.Event()
        self._open.set()

    @property
    def is_open(self) -> bool:
        return self._open.is_set()

    async def begin(self) -> None:
        """The house begins to listen: a drain that was said before is over, a fence is not."""
        if await self._store.run(end_drain, now=self._machine.now()):
            log.warning("a drain was in force; whoever starts listens, so it has ended")
        await self.look()

    async def run(self) -> None:
        """Looks until cancelled; a database that cannot be read leaves the door as it stands."""
        while True:
            try:
                await self.look()
            except StoreClosed:
                return
            except Exception as error:
                log.error("the door could not be looked at: %s", type(error).__name__)
            await asyncio.sleep(self._look_every_s)

    async def listen(self, ears: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """`ears` hears while the door is open; what it was about to be told was not confirmed and stays outside."""
        while True:
            await self._open.wait()
            hearing, closing = asyncio.ensure_future(ears()), asyncio.ensure_future(self._closed.wait())
            try:
                await asyncio.wait((hearing, closing), return_when=asyncio.FIRST_COMPLETED)
                if hearing.done():
                    return hearing.result()
            finally:
                hearing.cancel()
                closing.cancel()
                await asyncio.gather(hearing, closing, return_exceptions=True)

    async def look(self) -> None:
        """The door stands as the database says; past its cap a drain has ended, with an alarm."""
        now = self._machine.now()
        found = await self._store.read(draining)
        drains, fenced = found is not None and now < found.capped_until, await self._store.read(is_fenced)
        closed = drains or fenced
        if found is not None and not drains:
            await self._store.run(end_capped, now=now, office_now=self._office.now())
        if closed == self._open.is_set():
            if fenced:
                log.warning("restored, and not lifted: nothing new is let in")
            else:
                log.warning("draining: nothing new is let in" if closed else "everything is let in again")
            for event, is_so in ((self._open, not closed), (self._closed, closed)):
                event.set() if is_so else event.clear()
