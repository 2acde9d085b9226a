"""When is what comes looked at? Once an hour of the office, by whichever process gets there first."""

import logging
from datetime import UTC, datetime

from sqlmodel import Session

from models.actions.watching import EVERY, fallen_silent, given_up, hand_on, watch
from models.rules.policy import Town
from models.store import Store
from models.turn import Work
from models.vault import Keys

log = logging.getLogger(__name__)


class Watching:
    """A metronome's beat: what must be seen coming, and desks that stand empty (domain M08b, M09, reliability S38)."""

    def __init__(self, store: Store, *, town: Town, keys: Keys) -> None:
        self._store, self._town, self._keys = store, town, keys
        self._seen: tuple[datetime, tuple[int, int]] | None = None  # most beats find it unchanged, and ask no more

    async def beat(self, now: datetime) -> datetime:
        """This hour has been looked at, and each case handed on in a transaction of its own; the next full hour.

        An office that ended, or an official's chat that was found shut, is looked after within this very beat.
        """
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        silent = await self._store.read(lambda session: fallen_silent(self._work(session, now)))
        if self._seen != (hour, silent):
            if self._seen is None or self._seen[0] != hour:
                await self._store.run(lambda session: watch(self._work(session, now), hour=hour))
            for case_id, desk in await self._store.read(lambda session: given_up(self._work(session, now))):
                await self._hand_on(case_id, desk, now)
            self._seen = hour, silent
        return hour + EVERY

    async def _hand_on(self, case_id: int, desk: str, now: datetime) -> None:
        """One that cannot be handed on must not hold up the others; it is tried again in an hour."""
        try:
            await self._store.run(lambda session: hand_on(self._work(session, now), case_id=case_id, desk=desk))
        except Exception as error:
            log.error("case %d could not be handed on: %s", case_id, type(error).__name__)

    def _work(self, session: Session, now: datetime) -> Work:
        return Work(session, self._town, self._keys, now)
