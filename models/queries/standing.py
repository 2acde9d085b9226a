"""How does the house stand, in figures? What waits, how long, and what a person must look at; counts only (I12).

For metrics, `doctor` and whoever watches: one view of the database, by indices that stay small, so that a scrape costs
the same after a year. No row is named and nobody is.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from models import inbox, outbox
from models.queries.draining import Draining, draining
from models.store import Statement

JOBS = ("anchor", "backup", "drill", "housekeeping", "lists", "watching")
"""Recurring work whose last run is worth knowing (`job_run`)."""
BY_THE_MACHINE = ("backup", "drill")
"""Those whose `done_at` is a machine moment: they are begun from outside the house."""

_NOTICES = Statement("""
    SELECT (SELECT count(*) FROM notice WHERE waits_from IS NOT NULL AND ring_at <= :office) AS waiting,
           (SELECT count(*) FROM notice WHERE waits_from IS NOT NULL AND ring_at > :office) AS held,
           (SELECT count(*) FROM notice WHERE state = 'dead') AS dead,
           (SELECT min(CASE WHEN ring_at > promised_at THEN ring_at ELSE promised_at END)
              FROM notice WHERE waits_from IS NOT NULL AND ring_at <= :office) AS oldest_at
""")
_BY_BOT = Statement("""
    SELECT bot_id, count(*) AS many FROM notice WHERE waits_from IS NOT NULL GROUP BY bot_id ORDER BY bot_id
""")
_DUE = Statement("SELECT min(due_at) AS due_at FROM clock WHERE due_at IS NOT NULL")
_CASES = Statement("""
    SELECT sla, state, count(*) AS many FROM "case" WHERE closed_at IS NULL GROUP BY sla, state ORDER BY sla, state
""")
_ALARMS = Statement("SELECT kind, count(*) AS many FROM alarm WHERE cleared_at IS NULL GROUP BY kind ORDER BY kind")
_JOBS = Statement("SELECT job, max(done_at) AS done_at FROM job_run WHERE done_at IS NOT NULL GROUP BY job")
_FENCED = Statement("SELECT count(*) AS many FROM halt WHERE chat_id = 0 AND halted_until >= :until")
_SEALED = Statement("""
    SELECT (SELECT sealed_at FROM seal ORDER BY id DESC LIMIT 1) AS sealed_at,
           (SELECT sealed_at FROM seal ORDER BY id LIMIT 1) AS first_at
""")
_BEGAN = Statement("SELECT kept_at FROM secret WHERE owner = 'keys' AND owner_id = 0 AND field = 'mark'")
_LIVES = Statement("SELECT parts, count(*) AS many FROM life WHERE ended_from IS NULL GROUP BY parts ORDER BY parts")


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures of one moment.

    Office moments: `notices_oldest_at`, since when the oldest notice might have rung; `due_at`, the earliest clock that
    has not rung; `sealed_at`, and of the first seal `first_at`. Machine moments: `updates_oldest_at`,
    `began_at`, when the database met its keys, and the drain's. `jobs`: the last end of each recurring work
    (`job_ages`). `fenced`: a restored database from which nothing leaves yet. `cases`: open ones by class and state.
    `alarms`: uncleared ones by kind. `lives`: processes by their parts.
    """

    updates_waiting: int
    updates_oldest_at: datetime | None
    updates_parked: int
    notices_waiting: int
    notices_held: int
    notices_oldest_at: datetime | None
    notices_dead: int
    due_at: datetime | None
    drain: Draining | None
    fenced: bool
    sealed_at: datetime | None
    first_at: datetime | None
    began_at: datetime | None
    cases: dict[tuple[str, str], int] = field(default_factory=dict)
    alarms: dict[str, int] = field(default_factory=dict)
    jobs: dict[str, datetime] = field(default_factory=dict)
    lives: dict[str, int] = field(default_factory=dict)


def standing(session: Session, *, office_now: datetime) -> Standing:
    """How everything stands."""
    updates, notices = inbox.backlog(session), _NOTICES.one(session, office=office_now)
    due, sealed, fenced = _DUE.one(session), _SEALED.one(session), _FENCED.one(session, until=outbox.FOR_EVER)
    assert notices is not None
    began = _BEGAN.one(session)
    return Standing(
        updates_waiting=updates.waiting,
        updates_oldest_at=updates.oldest_at,
        updates_parked=updates.parked,
        notices_waiting=notices.waiting,
        notices_held=notices.held,
        notices_oldest_at=notices.oldest_at,
        notices_dead=notices.dead,
        due_at=None if due is None else due.due_at,
        drain=draining(session),
        fenced=fenced is not None and fenced.many > 0,
        sealed_at=None if sealed is None else sealed.sealed_at,
        first_at=None if sealed is None else sealed.first_at,
        began_at=None if began is None else began.kept_at,
        cases={(row.sla, row.state): row.many for row in _CASES.all(session)},
        alarms={row.kind: row.many for row in _ALARMS.all(session)},
        jobs={row.job: row.done_at for row in _JOBS.all(session) if row.job in JOBS},
        lives={row.parts: row.many for row in _LIVES.all(session)},
    )


def waiting_by_bot(session: Session) -> dict[int, int]:
    """How many notices wait for each bot to say them."""
    return {row.bot_id: row.many for row in _BY_BOT.all(session)}


def job_ages(stands: Standing, *, office_now: datetime, machine_now: datetime) -> dict[str, timedelta]:
    """How long ago each recurring work was last done, by the clock it is written down with.

    What a person has to set up and was never done is as old as the database, or the record: the same limit finds it.
    """
    since = dict.fromkeys(BY_THE_MACHINE, stands.began_at) | {"anchor": stands.first_at} | stands.jobs
    return {
        job: (machine_now if job in BY_THE_MACHINE else office_now) - done_at
        for job, done_at in since.items()
        if done_at is not None
    }
