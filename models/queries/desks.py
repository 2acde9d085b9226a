"""Who sits at a desk, who may be there, and who answers when nobody is?"""

from dataclasses import dataclass
from datetime import datetime

from models.queries.people import Speaker, ways_to_place
from models.rules.policy import Building, DeskKind, Level, Role, Town
from models.rules.presence import Away, day_began
from models.rules.routing import next_desk
from models.store import Statement
from models.turn import Work
from models.vault import reveal

_LEAVE = Statement("""
    SELECT since_at, ended_at FROM leave WHERE person_id = :person AND ended_at > :now ORDER BY ended_at DESC LIMIT 1
""")


def leave_of(work: Work, *, person: int) -> Away | None:
    """The leave that runs or is to come; None where there is none."""
    row = _LEAVE.one(work.session, person=person, now=work.now)
    return None if row is None else Away(row.since_at, row.ended_at)


_ENROLLED = Statement("""
    SELECT count(DISTINCT person_id) AS people FROM office
    WHERE place = :place AND since_at <= :now AND (ended_at IS NULL OR ended_at > :now)
""")


def desk_of(speaker: Speaker, town: Town) -> str | None:
    """The desk this person sits at, their oldest where they hold several; None for a head or a resident."""
    return next((held.place for held in speaker.held if held.place in town.desks), None)


def clerks_of(town: Town, desk: str) -> tuple[str, ...]:
    """The names the register has for a desk."""
    return tuple(post.name for post in town.incumbents if post.place == desk)


def enrolled_at(work: Work, *, place: str) -> int:
    """How many people hold an office there now."""
    row = _ENROLLED.one(work.session, place=place, now=work.now)
    return 0 if row is None else int(row.people)


def new_at_the_desk(work: Work, *, speaker: Speaker) -> str | None:
    """The desk where it has to be asked who sits there today; None where that is known or only one person can.

    Somebody who lives here has a telephone of their own.
    """
    desk = desk_of(speaker, work.town)
    if desk is None or speaker.home is not None:
        return None
    if speaker.shift_since is not None:
        began = day_began(work.now, work.town.calendar, work.town.desks[desk].hours)
        if speaker.shift_since >= began:
            return None
    return desk if is_shared(work, desk=desk) else None


def is_shared(work: Work, *, desk: str) -> bool:
    """Whether several clerks sit at one telephone there: the register has more of them than accounts."""
    return len(clerks_of(work.town, desk)) > enrolled_at(work, place=desk)


def on_shift(work: Work, *, shift: int | None) -> str | None:
    """The name of who sits there, if it was said."""
    return None if shift is None else reveal(work.session, work.keys, owner="shift", owner_id=shift, field="name")


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers for a place while somebody is away. `desk` None: nobody, up to the top."""

    place: str
    here: bool  # somebody else of the same desk or building can be reached
    desk: str | None  # the desk that gets what comes then


def answering(work: Work, *, place: str, without: int, at: datetime) -> Answering:
    """Who gets what comes to `place` while `without` is on leave: a colleague or deputy, else the nearest desk above.

    Behind a head stands the compound's own desk, which has every case of the building anyway.
    """
    if ways_to_place(work, place, but=without, at=at):
        return Answering(place, here=True, desk=place if place in work.town.desks else None)
    if place in work.town.buildings:
        building, level = work.town.buildings[place], Level.BUILDING
    else:
        buildings = buildings_of(work.town, place)
        found = work.town.desks[place].kind.level
        if not buildings or found is None:
            return Answering(place, here=False, desk=None)
        building, level = buildings[0], found
    while above := next_desk(work.town, building.code, level):
        level, desk = above
        if ways_to_place(work, desk, but=without, at=at):
            return Answering(place, here=False, desk=desk)
    return Answering(place, here=False, desk=None)


def buildings_of(town: Town, desk: str) -> tuple[Building, ...]:
    """The buildings a desk answers for, in the register's order."""
    kind = town.desks[desk].kind
    compounds = {
        code
        for code, compound in town.compounds.items()
        if kind in (DeskKind.STREET, DeskKind.DISTRICT)
        or desk in (compound.property_desk, compound.committee_desk, town.community_desks.get(compound.community))
    }
    return tuple(building for building in town.buildings.values() if building.compound in compounds)


@dataclass(frozen=True, slots=True)
class Missing:
    """How many of a place's people have not enrolled: what the street's office looks for before it starts."""

    role: Role
    place: str
    expected: int
    enrolled: int


def not_enrolled(work: Work) -> tuple[Missing, ...]:
    """Every desk and building where fewer people are enrolled than the register names, desks first; no names."""
    expected: dict[tuple[Role, str], int] = {}
    for post in work.town.incumbents:
        expected[post.role, post.place] = expected.get((post.role, post.place), 0) + 1
    found = (Missing(role, place, many, enrolled_at(work, place=place)) for (role, place), many in expected.items())
    return tuple(
        sorted(
            (one for one in found if one.enrolled < one.expected),
            key=lambda one: (one.role is Role.HEAD, one.enrolled > 0, one.place),
        )
    )
