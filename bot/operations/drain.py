"""How is the door closed before an upgrade, and is the house empty yet? `huiyin drain on|off|status`."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.clocks import MachineClock
from bot.house import refuse_another_version
from bot.settings import Settings
from models.actions.draining import begin_drain, end_drain
from models.actions.keeping import is_fenced
from models.queries.draining import Inside, draining, inside
from models.queries.housing import office_ahead
from models.store import Store

LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the door is closed, until when at the latest, and what is inside. `fenced`: restored, not lifted."""

    closed_until: datetime | None
    left: Inside
    fenced: bool = False

    def __str__(self) -> str:
        door = (
            "open"
            if self.closed_until is None
            else f"closed until {self.closed_until:%Y-%m-%d %H:%M} UTC at the latest"
        )
        if self.fenced:
            door = "closed: a restored database is fenced until huiyin restore --lift"
        return (
            f"the door is {door}; inside: {self.left.updates} updates, {self.left.notices} notices that may leave now"
        )


async def drain(
    settings: Settings, do: Literal["on", "off", "status"], *, span: timedelta, wait: timedelta = timedelta(0)
) -> Standing:
    """The door is closed, opened or only looked at; how it stands then.

    Closing waits up to `wait` until nothing is left inside. ValueError for a span beyond the cap; `DatabaseRefused`
    for a database that another version of this program serves: this one must not change its tables under it.
    """
    clock = MachineClock()
    await refuse_another_version(settings)
    store = await Store.open(settings.store_url)
    try:
        if do == "on":
            await store.run(begin_drain, now=clock.now(), span=span)
        elif do == "off":
            await store.run(end_drain, now=clock.now())
        until = clock.now() + wait
        while True:
            standing = await _standing(store, clock)
            if do != "on" or standing.left == Inside(0, 0) or clock.now() >= until:
                return standing
            await asyncio.sleep(LOOK_EVERY_S)
    finally:
        await store.close()


async def _standing(store: Store, clock: MachineClock) -> Standing:
    now = clock.now()
    office = now + timedelta(seconds=await store.read(office_ahead))
    found = await store.read(draining)
    closed_until = found.capped_until if found is not None and now < found.capped_until else None
    return Standing(closed_until, await store.read(inside, office_now=office), await store.read(is_fenced))
