"""Which town is this? Loads a town's folder into frozen policy types, or says everything that is wrong with it.

A folder holds the policy as YAML (town, categories, promises, ladder) and the register as CSV tables (communities,
compounds, buildings, desks, incumbents, calendar and, where there are any, periods) that people edit in Excel: UTF-8, a
header; Excel's byte order mark is accepted.

calendar.csv is the only source of working days when the program runs. The `holidays` library silently returns a year
without make-up days until the State Council's list is out, so a person enters a year once it is; `holiday_rows` says
what the library knows, and a test holds the sample's table equal to it. Nothing else here imports it.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, time
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from models.rules.policy import LISTS, Body, Calendar, DeskKind, Hours, Role, Town
from models.town.findings import Fault, TownError, TownErrors
from models.town.periods import read_periods
from models.town.policy import read_categories, read_ladder, read_promises
from models.town.register import (
    desk_of,
    read_buildings,
    read_communities,
    read_compounds,
    read_days,
    read_desks,
    read_incumbents,
)
from models.town.rows import Folder, Row, whole
from models.town.times import read_between, read_hours, read_time

__all__ = [
    "Fault",
    "TownError",
    "TownErrors",
    "TownSummary",
    "holiday_rows",
    "load_town",
    "sample_town_folder",
    "town_summary",
]

_NEEDED = ("code", "name", "en", "zone", "hours", "quiet", "consent_version", "street_desk")
_MORE = ("district_desk", "danger_words", "care_words", "lists")


def load_town(folder: Path) -> Town:
    """The town a folder describes; raises `TownErrors` with every finding when any of it is wrong or missing."""
    reading = Folder(folder)
    settings = whole(reading, "town.yaml", _NEEDED, _MORE)
    desks = read_desks(reading)
    communities, answering = read_communities(reading, desks)
    compounds = read_compounds(reading, communities, answering, desks)
    buildings = read_buildings(reading, compounds)
    incumbents = read_incumbents(reading, buildings, desks)
    off, on, known_until = read_days(reading)
    categories = read_categories(reading, desks)
    periods = read_periods(reading, desks, categories)
    promises, ladder = read_promises(reading), read_ladder(reading)
    if settings is None:
        raise TownErrors(tuple(reading.errors))
    hours, zone, quiet = _hours(settings), _zone(settings), _quiet(settings)
    town = Town(
        code=settings.word("code"),
        name=settings.word("name"),
        en=settings.word("en"),
        calendar=Calendar(zone, hours, off, on, known_until),
        quiet=quiet,
        consent_version=settings.word("consent_version"),
        street_desk=desk_of(settings, "street_desk", desks, DeskKind.STREET, needed=True),
        categories=MappingProxyType(categories),
        communities=MappingProxyType(communities),
        compounds=MappingProxyType(compounds),
        buildings=MappingProxyType(buildings),
        desks=MappingProxyType(desks),
        community_desks=MappingProxyType(answering),
        promises=MappingProxyType(promises),
        ladder=ladder,
        incumbents=incumbents,
        danger_words=settings.words("danger_words"),
        care_words=settings.words("care_words"),
        district_desk=desk_of(settings, "district_desk", desks, DeskKind.DISTRICT) or None,
        firms=tuple(dict.fromkeys(desk.firm for desk in desks.values() if desk.firm)),
        lists=_lists(settings),
        periods=periods,
        edition=_edition(reading),
    )
    if reading.errors:
        raise TownErrors(tuple(reading.errors))
    return town


def sample_town_folder() -> Path:
    """The folder of the town that comes with the program: 鲤江街道, invented, in the articles' shape."""
    return Path(str(files("models") / "towns" / "licheng"))


@dataclass(frozen=True, slots=True)
class TownSummary:
    """How big a town is; what `huiyin town check` prints."""

    compounds: int
    not_commercial: int
    without_firm: int  # 失管
    buildings: int
    without_head: int
    heads: int
    households: int
    communities: int
    committees: int  # owners' committees; the numerator of the committee rate
    other_bodies: int
    firms: int
    desks: int
    clerks: int
    categories: int
    keywords: int
    known_until: date

    @property
    def committee_rate(self) -> float | None:
        """Committees over commercial compounds in per cent (domain M25); None where there is no such compound."""
        commercial = self.compounds - self.not_commercial
        return 100 * self.committees / commercial if commercial else None


def town_summary(town: Town) -> TownSummary:
    """The counts of a loaded town."""
    bodies = [
        town.desks[place.committee_desk].body for place in town.compounds.values() if place.committee_desk is not None
    ]
    headed = {office.place for office in town.incumbents if office.role is Role.HEAD}
    return TownSummary(
        compounds=len(town.compounds),
        not_commercial=sum(not place.commercial for place in town.compounds.values()),
        without_firm=sum(place.property_desk is None for place in town.compounds.values()),
        buildings=len(town.buildings),
        without_head=len(town.buildings.keys() - headed),
        heads=len(headed),
        households=sum(building.households for building in town.buildings.values()),
        communities=len(town.communities),
        committees=bodies.count(Body.COMMITTEE),
        other_bodies=len(bodies) - bodies.count(Body.COMMITTEE),
        firms=len(town.firms),
        desks=len(town.desks),
        clerks=sum(office.role is not Role.HEAD for office in town.incumbents),
        categories=len(town.categories),
        keywords=sum(len(category.keywords) for category in town.categories.values()),
        known_until=town.calendar.known_until,
    )


def holiday_rows(year: int) -> list[tuple[date, str, str]]:
    """calendar.csv's rows of a year as the `holidays` library knows it; empty while it knows no make-up days for it."""
    from holidays import country_holidays  # 60 ms, and only the person who enters a new year waits for it

    days = country_holidays("CN", years=year, language="zh_CN")
    made_up = [day for day in getattr(days, "weekend_workdays", ()) if day.year == year]
    if not made_up:
        return []
    return sorted([(day, "off", name) for day, name in days.items()] + [(day, "work", "调休上班") for day in made_up])


def _edition(reading: Folder) -> str:
    digest = hashlib.sha256()
    for name, body in sorted(reading.read.items()):
        digest.update(f"{name}\0{len(body)}\0".encode() + body)
    return digest.hexdigest()


def _hours(settings: Row) -> Hours:
    hours = read_hours(settings.word("hours"))
    if hours is None:
        settings.wrong(Fault.BAD_VALUE, "hours", "like 周一至周五 08:30-12:00 14:30-18:00", at="hours")
    return hours or Hours(MappingProxyType({}))


def _zone(settings: Row) -> ZoneInfo:
    name = settings.word("zone")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        settings.wrong(Fault.BAD_VALUE, "zone", "a time zone like Asia/Shanghai", at="zone")
        return ZoneInfo("UTC")


def _lists(settings: Row) -> tuple[time, ...]:
    """When desks read what waits; the usual times where the town says nothing."""
    said = settings.words("lists")
    times = tuple(sorted(time for word in said if (time := read_time(word)) is not None))
    if len(set(times)) < len(said):
        settings.wrong(Fault.BAD_VALUE, "lists", 'times of day like ["08:30", "16:00"]', at="lists")
    return times or LISTS


def _quiet(settings: Row) -> tuple[time, time]:
    quiet = read_between(settings.word("quiet"))
    if quiet is None:
        settings.wrong(Fault.BAD_VALUE, "quiet", "two times like 21:30-08:00", at="quiet")
    return quiet or (time(0), time(0))
