"""Up to where has everything that happened been sealed? One link over all events since the last one (I6, S46).

The chain of a case finds what was changed inside it; only a seal finds a case that was removed whole. A head that every
event moves would let one filing wait for another, so events are sealed some time later, together.
"""

from datetime import UTC, datetime

from sqlmodel import Session

from models.queries.audit import anchor_of, head_of
from models.rules.chain import Anchor, seal_hash
from models.store import Statement

EVENTS_AT_MOST = 10_000
"""In one seal: what a transaction that holds up filing on PostgreSQL may read, some 50 ms."""

_HOLD = Statement("SELECT 1 AS held", postgresql="SELECT hold_case_event() AS held")
_UNSEALED = Statement("SELECT id, hash FROM case_event WHERE id > :after ORDER BY id LIMIT :limit")
_KEEP = Statement("""
    INSERT INTO seal (first_id, last_id, events, prev_hash, hash, sealed_at)
    VALUES (:first_id, :last_id, :events, :prev_hash, :hash, :sealed_at)
    ON CONFLICT DO NOTHING
""")

_DONE = Statement("""
    INSERT INTO job_run (job, due_at, done_at) VALUES ('anchor', :due_at, :now) ON CONFLICT (job, due_at) DO NOTHING
""")
_ANCHORED = Statement("SELECT 1 AS anchored FROM job_run WHERE job = 'anchor' AND due_at = :due_at")


def waits(session: Session) -> bool:
    """Whether anything happened that is not sealed; asked without holding anybody up."""
    return bool(_UNSEALED.all(session, after=head_of(session).last_id, limit=1))


def seal(session: Session, *, now: datetime, most: int = EVENTS_AT_MOST) -> bool:
    """The oldest events that were not sealed are; True: there may be more. `now`: the office moment it bears.

    False also where somebody else is sealing, or a writer does not end soon: the next look does it.
    """
    held = _HOLD.one(session)
    if held is None or not held.held:
        return False
    head = head_of(session)
    rows = _UNSEALED.all(session, after=head.last_id, limit=most)
    if not rows:
        return False
    link = seal_hash(
        head.hash,
        first_id=rows[0].id,
        last_id=rows[-1].id,
        events=len(rows),
        sealed_at=now,
        links=((row.id, row.hash) for row in rows),
    )
    kept = _KEEP.run(
        session,
        first_id=rows[0].id,
        last_id=rows[-1].id,
        events=len(rows),
        prev_hash=head.hash,
        hash=link,
        sealed_at=now,
    )
    return bool(kept) and len(rows) == most


def to_anchor(session: Session, *, now: datetime) -> Anchor | None:
    """The head of the chain where it is still to be written down today; None where it was, or nothing is sealed."""
    if _ANCHORED.one(session, due_at=_today(now)) is not None:
        return None
    anchor = anchor_of(session, now=now)
    return anchor if anchor.seal else None


def anchored(session: Session, *, now: datetime) -> None:
    """The head was written down today, by this process or by another."""
    _DONE.run(session, due_at=_today(now), now=now)


def _today(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
