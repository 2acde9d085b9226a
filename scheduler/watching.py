"""When is what comes looked at? Once an hour of the office, by whichever process gets there first."""

from datetime import UTC, datetime

from models.actions.watching import EVERY, watch
from models.rules.policy import Town
from models.store import Store
from models.turn import Work
from models.vault import Keys


class Watching:
    """A metronome's beat: what must be seen coming, and desks that stand empty (domain M08b, M09, reliability S38)."""

    def __init__(self, store: Store, *, town: Town, keys: Keys) -> None:
        self._store, self._town, self._keys = store, town, keys
        self._seen: datetime | None = None  # this process has looked in that hour: most beats ask nothing

    async def beat(self, now: datetime) -> datetime:
        """This hour has been looked at; the next full hour."""
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        if hour != self._seen:
            await self._store.run(lambda session: watch(Work(session, self._town, self._keys, now), hour=hour))
            self._seen = hour
        return hour + EVERY
