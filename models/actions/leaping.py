"""What follows when the machine's clock leaps? Time alone does nothing more until a person says so.

A wall clock that is suddenly hours ahead is wrong, or the machine was asleep (reliability S35). Either way half the
town's promises would break in one minute; so what only time sets off is held, and emergencies go on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from models.actions.righting import set_cases_right
from models.outbox import FOR_EVER
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
ALIKE = timedelta(seconds=30)
"""Two processes measure one step less apart than this."""
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # before every machine moment: a row to hold on to, not a step

_ONE_AT_A_TIME = Statement("""
    INSERT INTO job_run (job, due_at, done_at) VALUES (:job, :now, NULL)
    ON CONFLICT (job, due_at) DO UPDATE SET done_at = NULL
""")
_STEPS = Statement("SELECT due_at, done_at FROM job_run WHERE job = :job AND due_at > :after AND due_at < :before")
_STEP = Statement("""
    INSERT INTO job_run (job, due_at, done_at) VALUES (:job, :shows, :showed) ON CONFLICT (job, due_at) DO NOTHING
""")
_AHEAD = Statement("SELECT due_at, done_at FROM job_run WHERE job = :job ORDER BY due_at DESC LIMIT 1")
_NOT_AHEAD = Statement("DELETE FROM job_run WHERE job LIKE 'clock ahead %'")
# what another machine's processes hold runs by that machine's clock; whoever is on no record is of this one
_HERE = """
    AND NOT EXISTS (SELECT 1 FROM life WHERE life.name = "{table}".lease AND life.host <> :host)
"""
_WAITS = tuple(
    (
        Statement(
            f'SELECT id, {column} FROM "{table}" WHERE {column} >= :begins AND {column} < :ends'  # noqa: S608 ours
            + ("" if column != "leased_until" else _HERE.format(table=table))
            + ("" if table != "drain" else " AND ended_from IS NULL")
        ),
        Statement(f'UPDATE "{table}" SET {column} = :moment WHERE id = :id'),  # noqa: S608 the names are ours
        column,
    )
    for table, column in (
        ("update", "leased_until"),
        ("notice", "leased_until"),
        ("notice", "waits_from"),
        ("halt", "halted_until"),
        ("attachment", "fetch_from"),
        ("drain", "capped_until"),
    )
)
"""Every machine moment somebody waits for; `spent` runs by the server's clock, which knows nothing of ours."""
_MAY_RING = Statement("""
    SELECT id, ring_at FROM notice WHERE waits_from IS NOT NULL AND ring_at >= :begins AND ring_at <= :ends
""")
_RINGS = Statement("UPDATE notice SET ring_at = :moment WHERE id = :id")


def held_since(session: Session) -> datetime | None:
    """The office moment since which what time alone sets off is held; None: nothing is."""
    row = _HELD.one(session, kind=AlarmKind.CLOCK_JUMPED, ref=AHEAD)
    return None if row is None else row.raised_at


@dataclass(frozen=True, slots=True)
class Wrong:
    """So far a clock stood ahead. `since`: what it showed when that began; None: it never stood right before."""

    seconds: float
    since: datetime | None = None


def hold(work: Work, *, wrong: Wrong, host: str = "") -> None:
    """The clock stands further than the time that has passed: held from now on, and an alarm says so.

    `host`: whose clock, and what it showed when it leapt, is remembered until it is released.
    """
    if held_since(work.session) is None:
        _tell(work, AHEAD, wrong.seconds)
    if wrong.since is not None:
        showed = wrong.since + timedelta(seconds=wrong.seconds)
        _STEP.run(work.session, job=f"{AHEAD} {host}", shows=wrong.since, showed=showed)


def stood_ahead(session: Session, *, host: str = "") -> Wrong | None:
    """How far, while it is held, the clock of `host` was found to stand ahead; None: nobody there has found it so."""
    found = _AHEAD.one(session, job=f"{AHEAD} {host}")
    if found is None or held_since(session) is None:
        return None
    return Wrong((found.done_at - found.due_at).total_seconds(), found.due_at)


def release(work: Work) -> bool:
    """What was held goes on with the next beat; False when nothing was."""
    _NOT_AHEAD.run(work.session)
    return _RELEASE.run(work.session, kind=AlarmKind.CLOCK_JUMPED, ref=AHEAD, now=work.now) > 0


def set_back(
    work: Work,
    *,
    wrongs: Sequence[Wrong],
    machine_now: datetime,
    tell: bool,
    host: str = "",
    known: Collection[datetime] = (),
) -> datetime:
    """The clock was set back by `wrongs`, the last first: who waits for a machine moment waits no longer for it.

    Only what was written while it stood ahead is set right, and of leases only those of this machine's processes. What
    might ring already may ring still. One step is made good once, whichever process of `host` comes first: the moment
    it is on record by; `known`: those the caller has made or met before, which are other steps. `tell`: with an alarm.
    """
    session, seconds = work.session, sum(wrong.seconds for wrong in wrongs)
    job = f"{BACK} {host}"
    _ONE_AT_A_TIME.run(session, job=job, now=_BEGINNING)
    for row in _STEPS.all(session, job=job, after=machine_now - TOGETHER, before=machine_now + TOGETHER):
        met: datetime = row.due_at
        if met not in known and abs(row.done_at - row.due_at - timedelta(seconds=seconds)) < ALIKE:
            return met
    _STEP.run(session, job=job, shows=machine_now, showed=machine_now + timedelta(seconds=seconds))
    for wrong in wrongs:
        _set_right(work, wrong, machine_now, host)
    if tell:
        _tell(work, BACK, seconds)
    return machine_now


def _set_right(work: Work, wrong: Wrong, machine_now: datetime, host: str) -> None:
    by = timedelta(seconds=wrong.seconds)
    begins = machine_now if wrong.since is None else max(wrong.since, machine_now)
    for find, put, column in _WAITS:
        of_whom = {"host": host} if column == "leased_until" else {}
        for row in find.all(work.session, begins=begins, ends=FOR_EVER, **of_whom):
            moment: Any = getattr(row, column)
            put.run(work.session, id=row.id, moment=moment - by)
    for row in _MAY_RING.all(work.session, begins=begins + (work.now - machine_now), ends=work.now + by):
        _RINGS.run(work.session, id=row.id, moment=row.ring_at - by)
    if wrong.since is not None:
        set_cases_right(work, since=begins + (work.now - machine_now), by=by)


def _tell(work: Work, ref: str, seconds: float) -> None:
    reason = f"by {round(seconds)} s"
    work.session.add(Alarm(kind=AlarmKind.CLOCK_JUMPED, ref=ref, reason=reason, raised_at=work.now))
