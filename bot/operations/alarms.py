"""What must a person look at, and how is it put away? `huiyin alarms`, beside the running service."""

from collections.abc import Sequence

from bot.house import house
from bot.settings import Settings
from models.actions.clearing import clear_alarms
from models.queries.alarms import OpenAlarm, open_alarms


async def alarms(settings: Settings, clear: Sequence[int] = ()) -> tuple[tuple[int, ...], tuple[OpenAlarm, ...]]:
    """Which were cleared just now, and what is still open."""
    async with house(settings, existing=True) as home:
        now = home.office.now()
        cleared = await home.store.run(clear_alarms, ids=clear, now=now) if clear else ()
        return cleared, await home.store.read(open_alarms)
