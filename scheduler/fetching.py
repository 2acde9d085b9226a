"""When do photos and voices come into our keeping? Soon after they were sent: no messenger promises to keep them."""

import asyncio
from datetime import datetime

from sqlmodel import Session

from models.actions.attaching import Wanted, kept, not_kept, wanted
from models.ports import Clock, FileLost, FileSource, FileStore
from models.rules.policy import Town
from models.store import Store
from models.turn import Work
from models.vault import Keys

AT_MOST = 50
"""Files one beat fetches of a bot: the other sweeps are not kept waiting."""


class Fetching:
    """One file, one fetch, one row. A file that fails rests, and goes behind those tried less often."""

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

    async def beat(self, now: datetime) -> datetime | None:
        """Every file whose pause is over was tried once; `now` again when there were too many for one beat."""
        more = [await self._sweep(bot_id) for bot_id in self._source.bots]
        return now if any(more) else None  # every pause is as long as the ordinary beat, or longer

    async def _sweep(self, bot_id: int) -> bool:
        for _ in range(AT_MOST):
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
            reason, for_ever, now = type(error).__name__, isinstance(error, FileLost), self._machine.now()
            await self._store.run(
                lambda session: not_kept(self._work(session), one, reason=reason, for_ever=for_ever, machine_now=now)
            )
            return
        await self._store.run(
            lambda session: kept(self._work(session), attachment=one.id, digest=digest, size=len(content))
        )

    def _work(self, session: Session) -> Work:
        return Work(session, self._town, self._keys, self._office.now())
