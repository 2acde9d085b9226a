"""Is nothing new let in just now, and how much is still inside? (reliability §10)"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from models.store import Statement

_NEWEST = Statement("SELECT id, began_from, capped_until FROM drain WHERE ended_from IS NULL ORDER BY id DESC LIMIT 1")
_INSIDE = Statement("""
    SELECT (SELECT count(*) FROM "update" WHERE done_at IS NULL) AS updates,
           (SELECT count(*) FROM notice WHERE waits_from IS NOT NULL AND ring_at <= :office) AS notices
""")


@dataclass(frozen=True, slots=True)
class Draining:
    """A drain that nobody has ended: `id` names it. Machine moments; past `capped_until` it holds nobody any more."""

    id: int
    began_from: datetime
    capped_until: datetime


@dataclass(frozen=True, slots=True)
class Inside:
    """What is still to be done of what came in: updates without an answer, notices that may leave now."""

    updates: int
    notices: int


def draining(session: Session) -> Draining | None:
    """The drain nobody has ended, over its cap or not; None where there is none."""
    row = _NEWEST.one(session)
    return None if row is None else Draining(row.id, row.began_from, row.capped_until)


def inside(session: Session, *, office_now: datetime) -> Inside:
    """How much is left to finish; what quiet hours hold back is not counted."""
    row = _INSIDE.one(session, office=office_now)
    assert row is not None
    return Inside(row.updates, row.notices)
