"""When do photos and voices come into our keeping? Soon after they were sent: no messenger promises to keep them."""

import asyncio
from datetime import datetime, timedelta

from sqlmodel import Session

from models.actions.attaching import Wanted, kept, not_kept, wanted
from models.ports import Clock, FileLost, FileSource, FileStore
from models.rules.policy import Town
from models.store import Store
from models.turn import Work
from models.vault import Keys

AT_MOST = 50
"""Files one beat fetches: the other sweeps are not kept waiting."""

AGAIN = timedelta(seconds=30)


class Fetching:
    """One file, one fetch, one row. A file that fails goes behind those tried less often."""

    def __init__(
        self, store: Store, source: FileSource, files: FileStore, *, town: Town, keys: Keys, office: Clock
    ) -> None:
        self._store, self._source, self._files = store, source, files
        self._town, self._keys, self._office = town, keys, office
        self._round = 0

    async def beat(self, now: datetime) -> datetime | None:
        """Every file not yet tried is fetched, and each that failed before is tried once more."""
        for _ in range(AT_MOST):
            one = await self._store.read(lambda session: wanted(self._work(session), after_tries=self._round))
            if one is None:
                break
            await self._take(one)
        left = await self._store.read(lambda session: wanted(self._work(session), after_tries=2**31))
        self._round = left.tries if left is not None else 0
        return now + AGAIN if left is not None else None

    async def _take(self, one: Wanted) -> None:
        try:
            content = await self._source.fetch(one.bot_id, one.file_id)
            digest = await asyncio.to_thread(self._files.put, content)
        except Exception as error:
            reason, for_ever = type(error).__name__, isinstance(error, FileLost)
            await self._store.run(
                lambda session: not_kept(
                    self._work(session), attachment=one.id, tries=one.tries, reason=reason, for_ever=for_ever
                )
            )
            return
        await self._store.run(
            lambda session: kept(self._work(session), attachment=one.id, digest=digest, size=len(content))
        )

    def _work(self, session: Session) -> Work:
        return Work(session, self._town, self._keys, self._office.now())
