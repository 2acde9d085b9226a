"""Which street is simulated? As many compounds of 600 households as asked for, six to a community, under one street."""

from dataclasses import dataclass, replace
from types import MappingProxyType

from models.rules.policy import Building, Community, Compound, Desk, DeskKind, Hours, Role, Town

A_COMMUNITY_HAS = 6
"""Compounds a community secretary looks after (users.md)."""
BUILDINGS = 17
HOUSEHOLDS = 36
"""17 buildings of 36 households are the 600 of users.md."""
WITHOUT_FIRM = 6
"""Every so manieth compound has no firm, and its community answers: about as in domain M22."""


@dataclass(frozen=True, slots=True)
class Post:
    """An office somebody holds."""

    role: Role
    place: str


def street_of(town: Town, compounds: int) -> Town:
    """`town` with these places instead of its own: its calendar, categories, promises and ladder stay."""
    desks = {code: town.desks[code] for code in (town.street_desk, town.district_desk) if code is not None}
    desks |= {code: desk for code, desk in town.desks.items() if desk.kind is DeskKind.DEPARTMENT}
    communities, answering, places, buildings = {}, {}, {}, {}
    for number in range(compounds):
        community = f"S{number // A_COMMUNITY_HAS:02d}"
        if community not in communities:
            communities[community] = Community(community, f"{community}社区")
            desks[f"SQ-{community}"] = Desk(f"SQ-{community}", DeskKind.COMMUNITY, f"{community}社区服务台", "", "0595")
            answering[community] = f"SQ-{community}"
        code = f"X{number:02d}"
        firm = number % WITHOUT_FIRM != WITHOUT_FIRM - 1
        if firm:
            hours = _hours(town, number)
            desks[f"WY-{code}"] = Desk(f"WY-{code}", DeskKind.PROPERTY, f"{code}物业", "", "0595", hours, firm=code)
        desks[f"YW-{code}"] = Desk(f"YW-{code}", DeskKind.COMMITTEE, f"{code}业委会", "", "0595")
        places[code] = Compound(
            code, f"{code}花园", "", community, True, (), f"WY-{code}" if firm else None, f"YW-{code}"
        )
        for label in range(1, BUILDINGS + 1):
            building = f"{code}-{label}"
            buildings[building] = Building(building, code, f"{label}栋", HOUSEHOLDS)
    return replace(
        town,
        desks=MappingProxyType(desks),
        communities=MappingProxyType(communities),
        compounds=MappingProxyType(places),
        buildings=MappingProxyType(buildings),
        community_desks=MappingProxyType(answering),
        incumbents=(),
    )


def _hours(town: Town, number: int) -> Hours | None:
    """The hours of the sample's firms, in turn: some daily until late, some on working days and Saturday mornings."""
    known = [desk.hours for desk in town.desks.values() if desk.kind is DeskKind.PROPERTY]
    return known[number % len(known)]


def posts(town: Town) -> list[Post]:
    """One person for every desk that leads, and a head for every building."""
    desks = [Post(Role(desk.kind), desk.code) for desk in town.desks.values() if desk.kind.level is not None]
    return desks + [Post(Role.HEAD, building) for building in town.buildings]
