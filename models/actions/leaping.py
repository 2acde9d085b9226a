"""What follows when the machine's clock leaps? Time alone does nothing more until a person says so.

A wall clock that is suddenly hours ahead is wrong, or the machine was asleep (reliability S35). Either way half the
town's promises would break in one minute; so what only time sets off is held, and emergencies go on.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from models.records import Alarm
from models.rules.alarms import AlarmKind
from models.store import Statement
from models.turn import Work

AHEAD, BACK = "clock ahead", "clock back"
"""`Alarm.ref`: the first holds what time sets off for as long as it is not cleared; the second only tells."""

TOGETHER = timedelta(minutes=10)
"""Processes of one machine see the same leap within this; one of them acts on it."""

_HELD = Statement(
    "SELECT min(raised_at) AS raised_at FROM alarm WHERE kind = :kind AND ref = :ref AND cleared_at IS NULL"
)
_RELEASE = Statement("UPDATE alarm SET cleared_at = :now WHERE kind = :kind AND ref = :ref AND cleared_at IS NULL")
_FIRST = Statement("""
    INSERT INTO job_run (job, due_at, done_at) VALUES ('clock back', :slot, :slot) ON CONFLICT (job, due_at) DO NOTHING
""")
_WAITS = tuple(
    (
        Statement(f'SELECT id, {column} FROM "{table}" WHERE {column} > :now'),  # noqa: S608 the names are ours
        Statement(f'UPDATE "{table}" SET {column} = :moment WHERE id = :id'),  # noqa: S608
        column,
    )
    for table, column in (
        ("update", "leased_until"),
        ("notice", "leased_until"),
        ("notice", "waits_from"),
        ("halt", "halted_until"),
        ("attachment", "fetch_from"),
        ("spent", "free_from"),
    )
)
"""Every machine moment somebody waits for."""
_MAY_RING = Statement("""
    SELECT id, ring_at FROM notice WHERE waits_from IS NOT NULL AND ring_at > :now AND ring_at <= :before
""")
_RINGS = Statement("UPDATE notice SET ring_at = :moment WHERE id = :id")


def held_since(session: Session) -> datetime | None:
    """The office moment since which what time alone sets off is held; None: nothing is."""
    row = _HELD.one(session, kind=AlarmKind.CLOCK_JUMPED, ref=AHEAD)
    return None if row is None else row.raised_at


def hold(work: Work, *, seconds: float) -> None:
    """The clock stands `seconds` further than the time that has passed: held from now on, and an alarm says so."""
    if held_since(work.session) is None:
        _tell(work, AHEAD, seconds)


def release(work: Work) -> bool:
    """What was held goes on with the next beat; False when nothing was."""
    return _RELEASE.run(work.session, kind=AlarmKind.CLOCK_JUMPED, ref=AHEAD, now=work.now) > 0


def set_back(work: Work, *, seconds: float, machine_now: datetime, tell: bool) -> bool:
    """The clock stands `seconds` behind where it stood: who waits for a machine moment waits no longer for it.

    What might ring already may ring still. Done once, whichever process of the machine sees it first (False for the
    others). `tell`: with an alarm.
    """
    slot = datetime.fromtimestamp(
        machine_now.timestamp() // TOGETHER.total_seconds() * TOGETHER.total_seconds(), machine_now.tzinfo
    )
    if _FIRST.run(work.session, slot=slot) != 1:
        return False
    by = timedelta(seconds=seconds)
    for find, put, column in _WAITS:
        for row in find.all(work.session, now=machine_now):
            moment: Any = getattr(row, column)
            put.run(work.session, id=row.id, moment=moment - by)
    for row in _MAY_RING.all(work.session, now=work.now, before=work.now + by):
        _RINGS.run(work.session, id=row.id, moment=row.ring_at - by)
    if tell:
        _tell(work, BACK, seconds)
    return True


def _tell(work: Work, ref: str, seconds: float) -> None:
    reason = f"by {round(seconds)} s"
    work.session.add(Alarm(kind=AlarmKind.CLOCK_JUMPED, ref=ref, reason=reason, raised_at=work.now))
