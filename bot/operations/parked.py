"""Which updates were set aside, and how is one let in again once what it failed on is mended? (reliability S7)"""

from collections.abc import Sequence

from sqlmodel import Session

from bot.house import house
from bot.settings import Settings
from models import inbox
from models.inbox import Parked


class NotParked(Exception):
    """Nothing was let in: these are not among the parked ones."""

    def __init__(self, rows: Sequence[int]) -> None:
        super().__init__(f"not parked: {', '.join(map(str, rows))}; huiyin parked lists those that are")


async def list_parked(settings: Settings) -> tuple[Parked, ...]:
    """What is set aside now, oldest first; may run beside the service."""
    async with house(settings, existing=True) as home:
        return tuple(await home.store.read(inbox.parked))


async def let_in_again(settings: Settings, rows: Sequence[int]) -> int:
    """These wait again, and a running service takes them within a second; how many. `NotParked`: none of them did."""
    async with house(settings, existing=True) as home:
        now = home.machine.now()

        def all_or_none(session: Session) -> int:
            strange = [row for row in rows if not inbox.replay(session, row, now)]
            if strange:
                raise NotParked(strange)
            return len(rows)

        return await home.store.run(all_or_none)


def as_line(one: Parked) -> str:
    """One line of what an operator reads: numbers, moments in UTC and the name of an error, nobody's words (I12)."""
    came, aside = (f"{at:%Y-%m-%d %H:%M}Z" for at in (one.received_at, one.parked_at))
    return f"{one.id}  bot {one.bot_id}  came {came}  parked {aside}  tries {one.tries}  {one.reason}"
