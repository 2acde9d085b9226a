"""Which town is in force, which bots are known, how far is the office clock turned?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, select

from models.records import Bot, OfficeClock, TownEdition
from models.rules.ladder import REVIEW
from models.rules.policy import Town
from models.store import Statement

_TELEGRAM = "https://api.telegram.org"
"""Only what runs there has links that a phone opens."""


@dataclass(frozen=True, slots=True)
class Edition:
    """The town as it was loaded last: a zip of its folder."""

    sha256: str
    folder: bytes
    loaded_at: datetime


def edition_in_force(session: Session) -> Edition | None:
    """The edition loaded last, or None before any was loaded."""
    row = session.exec(select(TownEdition).order_by(TownEdition.loaded_at.desc())).first()  # type: ignore[attr-defined]
    return None if row is None else Edition(row.sha256, row.folder, row.loaded_at)


class Named(StrEnum):
    """What a case or a clock names by its code in the town's folder."""

    CATEGORY = "category"
    BUILDING = "building"
    DESK = "desk"
    RUNG = "rung"


@dataclass(frozen=True, slots=True)
class Gone:
    """A code that open cases name and a town does not have."""

    what: Named
    code: str
    cases: int

    def __str__(self) -> str:
        return f"{self.what} {self.code}, of {self.cases} open case{'s' if self.cases > 1 else ''}"


_NAMED = Statement("""
    WITH open_case AS (SELECT id, category, building, desk FROM "case" WHERE state <> 'closed_ok'),
    named AS (
        SELECT 'category' AS what, category AS code, id FROM open_case
        UNION SELECT 'building', building, id FROM open_case
        UNION SELECT 'desk', desk, id FROM open_case
        UNION SELECT 'desk', d.desk, d.case_id FROM case_desk d JOIN open_case o ON o.id = d.case_id
        UNION SELECT 'rung', rung, case_id FROM clock WHERE due_at IS NOT NULL)
    SELECT what, code, count(*) AS cases FROM named GROUP BY what, code ORDER BY what, code
""")


def gone_from(session: Session, town: Town) -> tuple[Gone, ...]:
    """What open cases and running clocks name and this town does not have; empty for one they can live on in."""
    has: dict[Named, Collection[str]] = {
        Named.CATEGORY: town.categories,
        Named.BUILDING: {"", *town.buildings},  # "": nobody knows yet where it is
        Named.DESK: town.desks,
        Named.RUNG: {REVIEW.code, *(rung.code for rung in town.ladder)},
    }
    named = (Gone(Named(row.what), row.code, row.cases) for row in _NAMED.all(session))
    return tuple(one for one in named if one.code not in has[one.what])


def office_ahead(session: Session) -> float:
    """Seconds the office clock is ahead of the machine's."""
    row = session.get(OfficeClock, 1)
    return 0.0 if row is None else row.ahead_seconds


def username_of(session: Session, bot_id: int | None) -> str | None:
    """What a bot is called, once it was seen running; `bot_id` None: the only one there is at Telegram."""
    if bot_id is None:
        seen = session.exec(select(Bot)).all()
        return seen[0].username if len(seen) == 1 and seen[0].base.startswith(_TELEGRAM) else None
    row = session.get(Bot, bot_id)
    return None if row is None else row.username
