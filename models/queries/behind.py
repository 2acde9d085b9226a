"""What happened behind? Cases, their events and clocks, notices, alarms: facts only, no words but the short title.

For an official at the demo's page: what rang and what only changed without a sound are told apart, a time is pressing
only when hardly any working time is left, and a sealed matter stands here without its title.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import select

from models.queries.cases import Happened, history
from models.records import Case
from models.records.cases import number_of
from models.rules.gone import building_of, category_of, desk_of
from models.rules.ladder import rung
from models.rules.lifecycle import Event
from models.rules.policy import Effect
from models.rules.working_time import is_working, working_span
from models.store import Row, Statement
from models.turn import Work
from models.vault import reveal

PRESSING = timedelta(hours=1)
"""Less working time than this before a due moment, and it is shown in red."""


@dataclass(frozen=True, slots=True)
class ClockBehind:
    """One clock that runs: when it rings, unless what was reached, and what its ringing does.

    `pressing`: due already, or less than a working hour of the accountable desk is left and somebody is there: at night
    nothing presses.
    """

    due_at: datetime
    rung: str
    until: str
    effect: Effect
    pressing: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A desk that answers for a case, in both languages, and the level it stands at."""

    desk: str
    desk_en: str
    level: int


@dataclass(frozen=True, slots=True)
class CaseBehind:
    """One case as the office sees it, with its chain of events and the clocks that run.

    `title`, `title_en`, `category` are empty where the matter is sealed. `began`: who answered first; `leads`: who now.
    """

    number: str
    title: str
    title_en: str
    sealed: bool
    state: str
    sla: str
    category: str
    began: Held
    leads: Held
    next_due: datetime | None
    next_rung: str | None
    pressing: bool
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
    """What stands in the tables now; computed, never kept.

    `sent` is `rang`, a telephone rang for it, and `silent`, a card changed without a sound. `held`: of those `waiting`,
    the ones quiet hours keep back, the first until `held_until`.
    """

    cases: int
    open: int
    events: int
    waiting: int
    sent: int
    rang: int
    silent: int
    held: int
    held_until: datetime | None
    dead: int
    parked: int
    alarms: int


@dataclass(frozen=True, slots=True)
class AlarmBehind:
    """Something a person must look at: `number` is the case it is about, empty where it is about none."""

    kind: str
    number: str
    reason: str
    raised_at: datetime


_CLOCKS = Statement("""
    SELECT rung, until, due_at FROM clock WHERE case_id = :case_id AND due_at IS NOT NULL ORDER BY due_at, id
""")
_NOTICES = Statement("""
    SELECT case_id, telling, reader, state, tries, ring_at, sent_at, edits FROM notice
     WHERE telling <> 'refresh' ORDER BY id DESC LIMIT :most
""")
_CASE_NEXT = Statement("""
    SELECT min(due_at) AS due_at FROM (
        SELECT due_at FROM clock WHERE case_id = :case_id AND due_at IS NOT NULL
        UNION ALL
        SELECT ring_at FROM notice WHERE case_id = :case_id AND waits_from IS NOT NULL AND ring_at > :now) AS moments
""")
_COUNTS = Statement("""
    SELECT (SELECT count(*) FROM "case") AS cases,
           (SELECT count(*) FROM "case" WHERE closed_at IS NULL) AS open,
           (SELECT count(*) FROM case_event) AS events,
           (SELECT count(*) FROM notice WHERE state = 'waiting') AS waiting,
           (SELECT count(*) FROM notice WHERE state = 'sent') AS sent,
           (SELECT count(*) FROM notice WHERE state = 'sent' AND edits IS NULL) AS rang,
           (SELECT count(*) FROM notice WHERE state = 'sent' AND edits IS NOT NULL) AS silent,
           (SELECT count(*) FROM notice WHERE waits_from IS NOT NULL AND ring_at > :now) AS held,
           (SELECT min(ring_at) FROM notice WHERE waits_from IS NOT NULL AND ring_at > :now) AS held_until,
           (SELECT count(*) FROM notice WHERE state = 'dead') AS dead,
           (SELECT count(*) FROM "update" WHERE parked_at IS NOT NULL) AS parked,
           (SELECT count(*) FROM alarm WHERE cleared_at IS NULL) AS alarms
""")
_ALARMS = Statement("""
    SELECT kind, ref, reason, raised_at FROM alarm WHERE cleared_at IS NULL ORDER BY id DESC LIMIT :most
""")
_NOTICE_OF = Statement("SELECT case_id FROM notice WHERE id = :id")
_CLOCK_OF = Statement("SELECT case_id FROM clock WHERE id = :id")


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
    row = _COUNTS.one(work.session, now=work.now)
    assert row is not None
    return Counts(*row)


def next_of_case(work: Work, number: str) -> datetime | None:
    """When a clock of this case rings next, or a notice of it that quiet hours keep back may leave."""
    row = _CASE_NEXT.one(work.session, case_id=int(number), now=work.now)
    return row.due_at if row else None


def alarms_behind(work: Work, *, most: int = 20) -> tuple[AlarmBehind, ...]:
    """The open alarms, newest first."""
    return tuple(
        AlarmBehind(row.kind, _number(work, row.ref), row.reason, row.raised_at)
        for row in _ALARMS.all(work.session, most=most)
    )


def _number(work: Work, ref: str) -> str:
    """The case an alarm is about: it names the case itself, or a notice or a clock of it."""
    what, _, rest = ref.replace(":", " ").partition(" ")
    one = rest.partition(" ")[0]
    if not one.isdecimal():
        return ""
    if what == "case":
        return number_of(int(one))
    table = {"notice": _NOTICE_OF, "clock": _CLOCK_OF}.get(what)
    row = table.one(work.session, id=int(one)) if table else None
    return "" if row is None or row.case_id is None else number_of(row.case_id)


def _behind(work: Work, case: Case) -> CaseBehind:
    assert case.id is not None
    town, events = work.town, history(work, case.id)
    category = category_of(town, case.category)
    clocks = tuple(_clock(work, case, row) for row in _CLOCKS.all(work.session, case_id=case.id))
    title, title_en = ("", "") if category.sealed else _titles(work, case)
    accepted = next((one.facts for one in events if one.event is Event.ACCEPT), {})
    return CaseBehind(
        number=case.number,
        title=title,
        title_en=title_en,
        sealed=category.sealed,
        state=case.state,
        sla=case.sla,
        category="" if category.sealed and case.category in town.categories else category.zh,
        began=_held(work, str(accepted.get("desk", case.desk)), int(str(accepted.get("level", case.level)))),
        leads=_held(work, case.desk, case.level),
        next_due=clocks[0].due_at if clocks else None,
        next_rung=clocks[0].rung if clocks else None,
        pressing=bool(clocks) and clocks[0].pressing,
        clocks=clocks,
        events=events,
    )


def _clock(work: Work, case: Case, row: Row) -> ClockBehind:
    town, hours = work.town, desk_of(work.town, case.desk).hours
    left = working_span(work.now, row.due_at, town.calendar, hours)
    runs_out = is_working(work.now, town.calendar, hours) or row.due_at - work.now < PRESSING
    pressing = row.due_at <= work.now or (left < PRESSING and runs_out)
    return ClockBehind(row.due_at, row.rung, row.until, rung(town, row.rung).effect, pressing)


def _held(work: Work, desk: str, level: int) -> Held:
    one = desk_of(work.town, desk)
    return Held(one.name, one.en or one.name, level)


def _titles(work: Work, case: Case) -> tuple[str, str]:
    """What it is about in one line, zh and en; its category in the language the raiser does not speak."""
    assert case.id is not None
    said = reveal(work.session, work.keys, owner="case", owner_id=case.id, field="title") or ""
    category, town = category_of(work.town, case.category), work.town
    if case.lang == "zh":
        known = case.building in town.buildings
        place = town.place_name(case.building, lang="en").rpartition(", ")[2] if known else case.building
        return said, f"{place}: {category.short_en or category.en}"
    return f"{building_of(town, case.building).label}{category.short[0] if category.short else category.zh}", said
