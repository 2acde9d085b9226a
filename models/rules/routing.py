"""Who is accountable from minute 0, and who comes next? (domain C1 routing, C4)

The building head is asked, never accountable: behind an L1 case stands the property desk, so a case is never lower than
`COMPOUND`. Whoever is accused is passed over, whatever the category's firewall says (reliability I5).
"""

from dataclasses import dataclass, replace

from models.rules.gone import compound_of
from models.rules.policy import UNCLASSIFIED, Category, Level, Party, Sla, Tier, Town

LADDER: tuple[Level, ...] = (Level.COMPOUND, Level.COMMUNITY, Level.STREET, Level.DISTRICT)
"""The levels that can own a case, from below."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a case begins. `reasons`: why it is not the category's own desk, as codes for the log and the board."""

    desk: str  # accountable from minute 0
    level: Level  # the accountable desk's
    ask_head: bool
    reasons: tuple[str, ...] = ()
    above: tuple[str, ...] = ()  # desks that get the card at once beside it: the community for an emergency
    helping: tuple[str, ...] = ()  # desks that work on it at once beside it: the category's own over a holiday (M09)


def presumed_accused(category: Category) -> frozenset[Party]:
    """Whom a complaint of this category is about, until a person says otherwise: a party of the firewall that the
    category's own tier passes over. A leak is the firm's to mend; 物业不作为 goes past the firm to the community.
    """
    handles = {Tier.PROPERTY: Party.PROPERTY, Tier.BUILDING: Party.PROPERTY, Tier.COMMITTEE: Party.COMMITTEE}
    return category.firewall - {Party.NEIGHBOUR, handles.get(category.tier)}


def route(
    category: Category,
    building: str,
    town: Town,
    *,
    accused: frozenset[Party] = frozenset(),
    has_head: bool,
    sla: Sla | None = None,
    sealed: bool | None = None,
) -> Route:
    """The accountable desk, always; the street's where nobody knows the building ("") yet, KeyError for an unknown one.

    `sla` and `sealed` None: the category's; danger words may have raised the one, care words set the other.
    """
    sla = category.sla if sla is None else sla
    sealed = category.sealed if sealed is None else sealed
    desk, reasons = _first_desk(category, building, town, accused)
    level = Level.COMPOUND
    if desk is None:
        floor = Level.COMMUNITY if category.tier is Tier.STREET and category.code != UNCLASSIFIED else Level.COMPOUND
        level, desk = next_desk(town, building, floor) or (Level.STREET, town.street_desk)
    if Party.HEAD in accused:
        reasons += ("accused-head",)
    above: tuple[str, ...] = ()
    if sla is Sla.P0 and level is Level.COMPOUND and (second := next_desk(town, building, level)):
        above = (second[1],)  # C4 P0, 0m: the duty of L3 is told with L2's
    asked = has_head and head_may_be_asked(category, sla, accused=accused, sealed=sealed)
    return Route(desk, level, asked, reasons, above)


def came_back(way: Route, building: str, town: Town, *, accused: frozenset[Party] = frozenset()) -> Route:
    """The way of a matter that was closed within the year and is back (反弹): it starts one level up, and the desk that
    would have led helps (domain C4 relapse_365d, M08). At the street it stays there.
    """
    above = next_desk(town, building, way.level, accused=accused)
    if above is None or above[0] > Level.STREET:
        return replace(way, reasons=(*way.reasons, "relapse"))
    level, desk = above
    told = tuple(other for other in way.above if other != desk)
    helping = tuple(dict.fromkeys((*way.helping, way.desk)))
    return replace(way, desk=desk, level=level, above=told, helping=helping, reasons=(*way.reasons, "relapse"))


def head_may_be_asked(category: Category, sla: Sla, *, accused: frozenset[Party], sealed: bool) -> bool:
    """Whether it is a neighbour's matter: L1, or the copy of an urgent one (C4 P1, 0m).

    Never enforcement, never a sealed matter, never one about the head.
    """
    if sealed or category.enforcement or Party.HEAD in accused:
        return False
    return category.tier is Tier.BUILDING or sla is Sla.P1


def next_desk(
    town: Town,
    building: str,
    level: Level,
    *,
    accused: frozenset[Party] = frozenset(),
    skip: frozenset[str] = frozenset(),
) -> tuple[Level, str] | None:
    """The lowest level above `level` with a desk that is neither accused nor in `skip`; None at the top."""
    for higher in LADDER:
        if higher > level:
            desk = desk_at(town, building, higher, accused=accused)
            if desk is not None and desk not in skip:
                return higher, desk
    return None


def rises_to(
    town: Town, building: str, level: Level, raised_to: int, *, accused: frozenset[Party] = frozenset()
) -> tuple[Level, str] | None:
    """The desk above that 申请上报 reaches; None where there is none, or it was raised so high before.

    Once a level; `raised_to` 0: never yet.
    """
    above = next_desk(town, building, level, accused=accused)
    return None if above is None or above[0] <= raised_to else above


def brought_down(raised_to: int, *, frm: int, to: int) -> int:
    """How high it counts as raised once a desk at `to` leads: what comes down may go up again."""
    return min(raised_to, to) if to < frm else raised_to


def desk_at(town: Town, building: str, level: Level, *, accused: frozenset[Party] = frozenset()) -> str | None:
    """The desk that answers for the building at a level; None where there is none or it is the accused."""
    compound = compound_of(town, building)  # a case of a building forgotten since still climbs to the street
    match level:
        case Level.COMMUNITY:
            return town.community_desks.get(compound.community)
        case Level.STREET:
            return town.street_desk
        case Level.DISTRICT:
            return town.district_desk
        case _:  # the compound's, and the building's, behind whose head it stands
            return None if Party.PROPERTY in accused else compound.property_desk


def _first_desk(
    category: Category, building: str, town: Town, accused: frozenset[Party]
) -> tuple[str | None, tuple[str, ...]]:
    """The desk of the compound that takes it, or None and why the levels above do."""
    if not building:
        return None, ("nowhere",)
    compound = town.compound_of(building)
    if category.code == UNCLASSIFIED:
        return None, ("unclassified",)
    match category.tier:
        case Tier.COMMUNITY | Tier.STREET:
            return None, ()
        case Tier.COMMITTEE:
            desk, party, missing = compound.committee_desk, Party.COMMITTEE, "no-committee"
        case _:
            desk, party, missing = compound.property_desk, Party.PROPERTY, "no-firm"
    if desk is None:
        return None, (missing,)
    if party in accused:
        return None, (f"accused-{party.name.lower()}",)
    return desk, ()


MOST_TRANSFERS = 2
"""So often a case may change hands between the desks themselves; then the street rules (domain C3, B8)."""


def transfer_targets(
    town: Town, building: str, lead: str, *, accused: frozenset[Party] = frozenset(), sealed: bool = False
) -> tuple[str, ...]:
    """The desks that may be asked to take a case over (转办): the compound's and its community's, never the accused.

    Nobody below the community is asked to take a sealed one.
    """
    compound = compound_of(town, building)
    property_desk = None if sealed or Party.PROPERTY in accused else compound.property_desk
    committee = None if sealed or Party.COMMITTEE in accused else compound.committee_desk
    found = (property_desk, committee, town.community_desks.get(compound.community))
    return tuple(desk for desk in found if desk is not None and desk != lead)


def ruling_desk(town: Town, lead: str, target: str, *, transfers: int) -> str:
    """Who decides whether `target` takes it: itself, and from the third transfer on the street, unless it leads."""
    return target if transfers < MOST_TRANSFERS or lead == town.street_desk else town.street_desk
