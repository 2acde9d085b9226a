"""When are the lists of the morning made up? Once a day, by whichever process gets there first."""

from datetime import datetime

from models.actions.listing import morning_lists
from models.rules.policy import Town
from models.store import Store
from models.turn import Work
from models.vault import Keys


class Lists:
    """A metronome's beat: what presses is put into the desks' first list of the day."""

    def __init__(self, store: Store, *, town: Town, keys: Keys) -> None:
        self._store, self._town, self._keys = store, town, keys
        self._next: datetime | None = None  # until then there is nothing to do

    async def beat(self, now: datetime) -> datetime:
        """The lists of this morning are promised, if their time has come; when those of the next one are made up."""
        if self._next is None or now >= self._next:
            self._next = await self._store.run(
                lambda session: morning_lists(Work(session, self._town, self._keys, now))
            )
        return self._next
