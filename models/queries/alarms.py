"""What must a person still look at? The open alarms by their numbers: codes and ids, never anybody's words (I12)."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from models.store import Statement

_OPEN = Statement("SELECT id, kind, ref, reason, raised_at FROM alarm WHERE cleared_at IS NULL ORDER BY id LIMIT :most")


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """One that nobody has cleared; `ref` names what it is about, «notice:7»."""

    id: int
    kind: str
    ref: str
    reason: str
    raised_at: datetime


def open_alarms(session: Session, *, most: int = 200) -> tuple[OpenAlarm, ...]:
    """The oldest first, at most so many."""
    return tuple(OpenAlarm(*row) for row in _OPEN.all(session, most=most))
