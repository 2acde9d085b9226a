"""Which town is in force, which bots are known, how far is the office clock turned?"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from models.records import Bot, OfficeClock, TownEdition


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


def office_ahead(session: Session) -> float:
    """Seconds the office clock is ahead of the machine's."""
    row = session.get(OfficeClock, 1)
    return 0.0 if row is None else row.ahead_seconds


def username_of(session: Session, bot_id: int) -> str | None:
    """What a bot is called, once it was seen running."""
    row = session.get(Bot, bot_id)
    return None if row is None else row.username
