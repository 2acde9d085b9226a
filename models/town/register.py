"""Who and what is in the town? Reads the register, the CSV files people edit in Excel, with every broken reference."""

import re
from collections.abc import Mapping
from datetime import date

from models.rules.policy import (
    Body,
    Building,
    Community,
    Compound,
    Desk,
    DeskKind,
    Incumbent,
    Role,
)
from models.town.cells import choice, degrees, known, unique, yes
from models.town.findings import Fault
from models.town.rows import Folder, Row, table
from models.town.times import read_day, read_hours

_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{1,24}")
_OFFICES = {kind.value: kind for kind in DeskKind if kind.level is not None}
_KINDS = {kind.value: kind for kind in DeskKind}
_BODIES = {body.value: body for body in Body}


def read_desks(folder: Folder) -> dict[str, Desk]:
    """desks.csv. `hours` empty: the town's; `holidays` 是: also on public holidays."""
    needed, more = ("code", "kind", "name", "en", "phone"), ("firm", "body", "hours", "holidays")

    def make(row: Row) -> Desk:
        kind = choice(row, "kind", _KINDS) or DeskKind.DEPARTMENT
        phone = row.word("phone")
        if phone and not _PHONE.fullmatch(phone):
            row.wrong(Fault.BAD_VALUE, "phone", "a number a telephone can dial")
        holidays = yes(row, "holidays", absent=False)
        spoken = row.maybe("hours")
        hours = read_hours(spoken, holidays=holidays) if spoken else None
        if spoken and hours is None:
            row.wrong(Fault.BAD_VALUE, "hours", "like 周一至周五 08:30-12:00 14:30-18:00;周六 09:00-12:00")
        body = choice(row, "body", _BODIES, needed=False)
        if kind is DeskKind.COMMITTEE and body is None and not row.maybe("body"):
            row.wrong(Fault.MISSING_VALUE, "body")
        return Desk(row.word("code"), kind, row.word("name"), row.maybe("en"), phone, hours, row.maybe("firm"), body)

    return unique(table(folder, "desks.csv", needed, more), make)


def read_communities(folder: Folder, desks: Mapping[str, Desk]) -> tuple[dict[str, Community], dict[str, str]]:
    """communities.csv, and which desk answers for each."""
    answering: dict[str, str] = {}

    def make(row: Row) -> Community:
        desk = desk_of(row, "desk", desks, DeskKind.COMMUNITY)
        if desk:
            answering[row.word("code")] = desk
        return Community(row.word("code"), row.word("name"), row.maybe("en"))

    return unique(table(folder, "communities.csv", ("code", "name", "desk"), ("en",)), make), answering


def read_compounds(
    folder: Folder, communities: Mapping[str, Community], answering: Mapping[str, str], desks: Mapping[str, Desk]
) -> dict[str, Compound]:
    """compounds.csv. Without a `property_desk` the community answers (失管), so it must have a desk.

    `latitude` and `longitude`, both or neither: where a resident's location is looked for.
    """
    needed = ("code", "name", "community", "commercial", "property_desk", "committee_desk")

    def make(row: Row) -> Compound:
        community = known(row, "community", communities, "communities.csv")
        if community in communities and community not in answering:
            row.wrong(Fault.NO_DESK, row.maybe("name") or row.maybe("code"))
        return Compound(
            row.word("code"),
            row.word("name"),
            row.maybe("en"),
            community,
            yes(row, "commercial"),
            row.words("aliases"),
            desk_of(row, "property_desk", desks, DeskKind.PROPERTY) or None,
            desk_of(row, "committee_desk", desks, DeskKind.COMMITTEE) or None,
            *degrees(row),
        )

    return unique(table(folder, "compounds.csv", needed, ("en", "aliases", "latitude", "longitude")), make)


def read_buildings(folder: Folder, compounds: Mapping[str, Compound]) -> dict[str, Building]:
    """buildings.csv; one label stands once in a compound."""
    labels: dict[tuple[str, str], int] = {}

    def make(row: Row) -> Building:
        compound = known(row, "compound", compounds, "compounds.csv")
        label, households = row.word("label"), row.word("households")
        if (compound, label) in labels:
            row.wrong(Fault.DUPLICATE, label, labels[compound, label])
        labels[compound, label] = row.number
        if households and not (households.isascii() and households.isdigit() and len(households) < 6):
            row.wrong(Fault.BAD_VALUE, "households", "a whole number")
            households = ""
        return Building(row.word("code"), compound, label, int(households or 0))

    return unique(table(folder, "buildings.csv", ("code", "compound", "label", "households")), make)


ASSISTANT = "assistant"
"""How incumbents.csv calls a head's assistant (楼长助理): the same office, a second person (domain M04)."""


def read_incumbents(
    folder: Folder, buildings: Mapping[str, Building], desks: Mapping[str, Desk]
) -> tuple[Incumbent, ...]:
    """incumbents.csv: one head a building, any number of assistants and of clerks a desk; their role is its kind."""
    seen: dict[tuple[str, ...], int] = {}
    held: list[Incumbent] = []
    for row in table(folder, "incumbents.csv", ("role", "place", "name"), bare=True):
        role, name = row.word("role"), row.word("name")
        if role == Role.HEAD:
            place = known(row, "place", buildings, "buildings.csv")
            mark: tuple[str, ...] = (role, place)
        elif role == ASSISTANT:
            place = known(row, "place", buildings, "buildings.csv")
            mark = (role, place, name)
        elif role in _OFFICES:
            place = desk_of(row, "place", desks, _OFFICES[role], needed=True)
            mark = (role, place, name)
        else:
            if role:
                row.wrong(Fault.BAD_VALUE, "role", f"one of head, {ASSISTANT}, " + ", ".join(_OFFICES))
            continue
        if place and mark in seen:
            row.wrong(Fault.DUPLICATE, place if role == Role.HEAD else name, seen[mark])
        seen.setdefault(mark, row.number)
        if role == ASSISTANT:
            held.append(Incumbent(Role.HEAD, place, name, assistant=True))
        else:
            held.append(Incumbent(Role(role), place, name))
    return tuple(held)


def read_days(folder: Folder) -> tuple[frozenset[date], frozenset[date], date]:
    """calendar.csv: days off, make-up days (调休), and the last date they cover: the end of the last year."""
    off, on, first = set(), set(), dict[date, int]()
    for row in table(folder, "calendar.csv", ("date", "day"), ("name",)):
        written, kind = row.word("date"), row.word("day").lower()
        day = read_day(written)
        if day is None:
            if written:
                row.wrong(Fault.BAD_VALUE, "date", "a date like 2026-10-01")
            continue
        if day in first:
            row.wrong(Fault.DUPLICATE, day, first[day])
        first.setdefault(day, row.number)
        if kind in ("off", "休"):
            off.add(day)
        elif kind in ("work", "班"):
            on.add(day)
        elif kind:
            row.wrong(Fault.BAD_VALUE, "day", "work or off")
    return frozenset(off), frozenset(on), date(max(first).year if first else 1, 12, 31)


def desk_of(row: Row, name: str, desks: Mapping[str, Desk], kind: DeskKind, *, needed: bool = False) -> str:
    """The desk's code in this cell; a finding where there is no such desk or it is of another kind."""
    code = known(row, name, desks, "desks.csv", needed=needed)
    if code in desks and desks[code].kind is not kind:
        row.wrong(Fault.WRONG_DESK, code, kind.value, at=name)
    return code
