"""`huiyin release`: somebody looked at the machine's clock, and what it set off may go on (reliability S35)."""

from datetime import datetime

from sqlmodel import Session

from bot.house import house
from bot.settings import Settings
from models.actions.leaping import held_since, release


async def let_go(settings: Settings) -> datetime | None:
    """What a leap of the clock held goes on with a running house's next beat; since when it was held, or None."""

    async with house(settings, existing=True) as home:

        def both(session: Session) -> datetime | None:
            since = held_since(session)
            release(home.work(session))
            return since

        return await home.store.run(both)
