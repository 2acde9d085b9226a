"""`huiyin check`: does the living database keep every invariant that its tables can show? Changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from bot.clocks import MachineClock
from bot.house import town_in_force
from bot.settings import Settings
from models.queries.housing import office_ahead
from models.queries.invariants import Violation, looked_at, violations
from models.rules.policy import Town
from models.store import Store


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, by kind, and what is not as it must be."""

    looked_at: dict[str, int]
    found: tuple[Violation, ...]

    def lines(self) -> Iterator[str]:
        """What is to be printed."""
        yield from (f"{name}: {many}" for name, many in self.looked_at.items())
        if not self.found:
            yield "every invariant holds"
            return
        yield f"BROKEN: {len(self.found)}"
        yield from map(str, self.found)


async def check(settings: Settings, *, running: bool = True) -> Checked:
    """Every violation in one view of the database, which is opened as it is; `DatabaseRefused` where there is none.

    `running` False: nobody serves it, so what is overdue is nobody's fault.
    """
    store = await Store.open(settings.store_url, as_it_is=True)
    try:
        town = await town_in_force(settings, store)
        return await store.read(_checked, town, running)
    finally:
        await store.close()


def _checked(session: Session, town: Town, running: bool) -> Checked:
    machine_now = MachineClock().now()
    now = machine_now + timedelta(seconds=office_ahead(session))
    found = violations(session, town, now=now, machine_now=machine_now, running=running)
    return Checked(looked_at(session), tuple(found))
