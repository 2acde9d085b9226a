"""What does a database know of its backups: when one was made, that it was brought back, and that nothing leaves?

A restored database does not know what was sent after the backup was made. So nothing leaves until a person has looked,
and what then does is marked as a copy (I9, reliability §10).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from models import outbox
from models.queries.housing import office_ahead
from models.rules.alarms import AlarmKind
from models.store import Statement

BACKUP, RESTORE, DRILL = "backup", "restore", "drill"
"""Names in `job_run`: `done_at` is when it last went well (machine time)."""

REASON_AT_MOST = 200
"""Characters of why a drill failed that its alarm keeps."""

FENCED_UNTIL = datetime(9999, 1, 1, tzinfo=UTC)
"""Until a person lifts it: no messenger asks to wait so long. Whatever ends after `outbox.FOR_EVER` is such a fence."""

_NOTED = Statement("""
    INSERT INTO job_run (job, due_at, done_at) VALUES (:job, :now, :done_at) ON CONFLICT (job, due_at) DO NOTHING
""")
_BETTER = Statement("UPDATE alarm SET cleared_at = :now WHERE kind = :kind AND cleared_at IS NULL")
_WORSE = Statement("INSERT INTO alarm (kind, ref, reason, raised_at) VALUES (:kind, :ref, :reason, :now)")
_LAST = Statement("SELECT max(done_at) AS last_at FROM job_run WHERE job = :job AND done_at IS NOT NULL")
_EVERY_BOT = """
    INSERT INTO halt (bot_id, chat_id, halted_until) SELECT bot_id, 0, {until}
    FROM (SELECT id AS bot_id FROM bot UNION SELECT bot_id FROM reach UNION SELECT bot_id FROM notice) AS known
    WHERE true
    ON CONFLICT (bot_id, chat_id) DO UPDATE SET halted_until = excluded.halted_until
"""
_FENCE = Statement(_EVERY_BOT.format(until=":until"), postgresql=_EVERY_BOT.format(until="CAST(:until AS TIMESTAMPTZ)"))
_UNSURE = Statement("""
    UPDATE notice SET unsure = unsure + 1, lease = NULL, leased_until = NULL WHERE waits_from IS NOT NULL
""")
_FREE = Statement('UPDATE "update" SET lease = NULL, leased_until = NULL WHERE lease IS NOT NULL')
_BURY = Statement("UPDATE life SET ended_from = :now WHERE ended_from IS NULL")
_IS_FENCED = Statement("SELECT count(*) AS many FROM halt WHERE chat_id = 0 AND halted_until >= :until")
_LIFT = Statement("DELETE FROM halt WHERE chat_id = 0 AND halted_until >= :until")
_WAITING = Statement("SELECT count(*) AS many, min(promised_at) AS oldest_at FROM notice WHERE waits_from IS NOT NULL")


@dataclass(frozen=True, slots=True)
class Lifted:
    """What a person let go: bots that may speak again, notices that leave now, since when the oldest waits."""

    bots: int
    waiting: int
    oldest_at: datetime | None


def note(session: Session, job: str, *, now: datetime, well: bool = True) -> None:
    """It is on record that this was done now, or was tried and did not go well."""
    _NOTED.run(session, job=job, now=now, done_at=now if well else None)


def note_drill(session: Session, *, now: datetime, failed: str) -> None:
    """It is on record how a drill went: one alarm while the newest one failed (`failed` says how), none while not."""
    note(session, DRILL, now=now, well=not failed)
    office = now + timedelta(seconds=office_ahead(session))
    _BETTER.run(session, kind=AlarmKind.DRILL_FAILED, now=office)
    if failed:
        reason = failed.splitlines()[0][:REASON_AT_MOST]
        _WORSE.run(session, kind=AlarmKind.DRILL_FAILED, ref=DRILL, reason=reason, now=office)


def last_done(session: Session, job: str) -> datetime | None:
    """When this last went well, or None."""
    row = _LAST.one(session, job=job)
    return None if row is None else row.last_at


def bring_back(session: Session, *, now: datetime) -> None:
    """Nothing leaves, nobody of before holds anything, and what waits is known to have perhaps been sent."""
    _FENCE.run(session, until=FENCED_UNTIL)
    _UNSURE.run(session)
    _FREE.run(session)
    _BURY.run(session, now=now)
    note(session, RESTORE, now=now)


def is_fenced(session: Session) -> bool:
    """Whether a restored database waits for a person before anything leaves."""
    row = _IS_FENCED.one(session, until=outbox.FOR_EVER)
    return row is not None and row.many > 0


def lift(session: Session) -> Lifted:
    """A person has looked: what waits may leave, marked as a copy. A house that runs meanwhile sends it soon after."""
    bots = _LIFT.run(session, until=outbox.FOR_EVER)
    outbox.let_go(session)
    row = _WAITING.one(session)
    assert row is not None
    return Lifted(bots, row.many, row.oldest_at)
