"""What happened behind? Cases, their events and clocks, and the notices: facts only, no words but the short title."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from models.queries.cases import Happened, history
from models.records import Case
from models.rules.ladder import rung
from models.rules.policy import Effect
from models.store import Statement
from models.turn import Work
from models.vault import reveal


@dataclass(frozen=True, slots=True)
class ClockBehind:
    """One clock that runs: when it rings, unless what was reached, and what its ringing does."""

    due_at: datetime
    rung: str
    until: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class CaseBehind:
    """One case as the office sees it, with its chain of events and the clocks that run."""

    number: str
    title: str
    state: str
    sla: str
    category: str
    desk: str
    level: int
    next_due: datetime | None
    next_rung: str | None
    clocks: tuple[ClockBehind, ...]
    events: tuple[Happened, ...]


@dataclass(frozen=True, slots=True)
class NoticeBehind:
    """One notice: to whom in what part, and what became of it."""

    number: str
    telling: str
    reader: str
    state: str
    tries: int
    ring_at: datetime
    sent_at: datetime | None
    edits: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """What stands in the tables now; computed, never kept."""

    cases: int
    open: int
    events: int
    waiting: int
    sent: int
    dead: int
    parked: int
    alarms: int


_CLOCKS = Statement("""
    SELECT rung, until, due_at FROM clock WHERE case_id = :case_id AND due_at IS NOT NULL ORDER BY due_at, id
""")
_NOTICES = Statement("""
    SELECT case_id, telling, reader, state, tries, ring_at, sent_at, edits FROM notice
     WHERE telling <> 'refresh' ORDER BY id DESC LIMIT :most
""")
_COUNTS = Statement("""
    SELECT (SELECT count(*) FROM "case") AS cases,
           (SELECT count(*) FROM "case" WHERE state <> 'closed_ok') AS open,
           (SELECT count(*) FROM case_event) AS events,
           (SELECT count(*) FROM notice WHERE state = 'waiting') AS waiting,
           (SELECT count(*) FROM notice WHERE state = 'sent') AS sent,
           (SELECT count(*) FROM notice WHERE state = 'dead') AS dead,
           (SELECT count(*) FROM "update" WHERE parked_at IS NOT NULL) AS parked,
           (SELECT count(*) FROM alarm WHERE cleared_at IS NULL) AS alarms
""")


def cases_behind(work: Work, *, most: int = 20) -> tuple[CaseBehind, ...]:
    """The newest cases, newest first."""
    found = work.session.exec(select(Case).order_by(Case.id.desc()).limit(most)).all()  # type: ignore[union-attr]
    return tuple(_behind(work, case) for case in found)


def notices_behind(work: Work, *, most: int = 60) -> tuple[NoticeBehind, ...]:
    """The newest notices that were to be read, newest first; cards edited without a sound are left out."""
    return tuple(
        NoticeBehind(
            number="" if row.case_id is None else f"{row.case_id:04d}",
            telling=row.telling,
            reader=row.reader,
            state=row.state,
            tries=row.tries,
            ring_at=row.ring_at,
            sent_at=row.sent_at,
            edits=row.edits is not None,
        )
        for row in _NOTICES.all(work.session, most=most)
    )


def counts(work: Work) -> Counts:
    """How many of everything."""
    row = _COUNTS.one(work.session)
    assert row is not None
    return Counts(*row)


def _behind(work: Work, case: Case) -> CaseBehind:
    assert case.id is not None
    clocks = tuple(
        ClockBehind(row.due_at, row.rung, row.until, rung(work.town, row.rung).effect)
        for row in _CLOCKS.all(work.session, case_id=case.id)
    )
    return CaseBehind(
        number=case.number,
        title=reveal(work.session, work.keys, owner="case", owner_id=case.id, field="title") or "",
        state=case.state,
        sla=case.sla,
        category=work.town.categories[case.category].zh,
        desk=work.town.desks[case.desk].name,
        level=case.level,
        next_due=clocks[0].due_at if clocks else None,
        next_rung=clocks[0].rung if clocks else None,
        clocks=clocks,
        events=history(work, case.id),
    )
