"""How is a street simulated for some days, and what was counted?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from models.rules.policy import Role, Town
from models.store import Keys, Store
from tests.databases import sqlite_url
from tests.noise.people import hears, write_in
from tests.noise.places import street_of
from tests.noise.table import A_CASE, A_DAY, Kind, OfCases, a_month, kinds, of_cases, written
from tests.noise.world import World, monday

SEED = 20261124
A_WEEK = 12
"""Cases a compound of 600 households writes (users.md)."""
A_MONTH_AT_MOST = 1.5
"""Cards a head gets in a month, where one is typical (users.md)."""
DAYS_OVER_AT_MOST = 0.05
"""Of the days, for kinds that may be rung for what is urgent however often that happens: twice a month is too often."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What rang in so many days of so many compounds."""

    compounds: int
    days: int
    rows: Sequence[Kind]
    cases: OfCases
    head_a_month: float

    @property
    def table(self) -> str:
        return written(self.rows, self.cases)


async def simulated(licheng: Town, folder: Path, *, compounds: int, days: int) -> Counted:
    """The same days each time: people write, desks work, clocks ring, lists come."""
    town = street_of(licheng, compounds)
    store = await Store.open(sqlite_url(folder))
    try:
        world = World(store, town, Keys.fresh(), Random(SEED), monday(town))
        world.hears = hears
        begins = world.now
        await world.enrol_everybody()
        write_in(world, days=days, a_week=A_WEEK, compounds=list(town.compounds), begins=begins)
        await world.live(begins + timedelta(days=days))
        await world.look_back()
    finally:
        await store.close()
    first = begins.astimezone(town.calendar.zone).date()
    every: list[date] = [first + timedelta(days=after) for after in range(days)]
    return Counted(compounds, days, kinds(world, every), of_cases(world), a_month(world, Role.HEAD, days))


def holds_the_budget(counted: Counted) -> None:
    """Every line of users.md's noise budget."""
    by_role = {row.role: row for row in counted.rows}
    for role, most in A_DAY.items():
        row = by_role[role]
        assert row.worst_of_what_waits <= most, f"{role}: what can wait rang {row.worst_of_what_waits} times a day"
        assert row.p95 <= most, f"{role}: {row.p95} on one day in twenty"
    assert by_role[Role.HEAD].worst <= 1, "a head has one card a day, whatever happens"
    assert counted.head_a_month <= A_MONTH_AT_MOST
    assert by_role[Role.PROPERTY].days_over <= DAYS_OVER_AT_MOST
    assert by_role[Role.STREET].days_over == 0
    assert counted.cases.ours <= A_CASE, "what we ring a raiser for, without what a desk writes"
    assert counted.cases.mean <= A_CASE
