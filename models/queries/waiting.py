"""What waits at a desk? Everything it owes somebody, shortest first: for the handover, and for the lists of the day.

Sealed matters are counted and opened, never named (users.md rule 7).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto

from models.queries.doing import doing, named_day
from models.queries.doubting import is_doubted
from models.records import Channel
from models.records.cases import number_of
from models.rules.gone import building_of, category_of
from models.rules.ladder import MADE_SAFE, ON_SCENE, RED_AT
from models.rules.lifecycle import HELD, State
from models.rules.policy import UNCLASSIFIED, Building, Category, Sla
from models.store import Row, Statement
from models.turn import Work
from models.vault import reveal

NAMED = 20
"""Cases a list names at most; what stands behind them is counted, and no word of it is unsealed."""


class Owed(StrEnum):
    """Why a case is on a desk's list."""

    NEW = auto()  # not signed for yet
    RETURNED = auto()  # the resident said it is not solved
    GOING = auto()  # signed or being worked on
    DECIDE = auto()  # another desk asks this one
    CALL = auto()  # the resident is to be telephoned
    BELOW = auto()  # another desk, below this one, lets it wait far too long


_OWED = {
    State.ACCEPTED: Owed.NEW,
    State.REOPENED: Owed.RETURNED,
    State.SIGNED: Owed.GOING,
    State.WORKING: Owed.GOING,
}


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """One line of a list. `due_at`: the next moment somebody was promised something; None: none was.

    `title`, `said` and `unheard` are read by `in_words`, for the lines that are shown.
    """

    id: int
    number: str
    version: int
    state: State
    owed: Owed
    sla: Sla
    category: Category
    building: Building
    lang: str  # what `title` is in
    spoken: bool  # a voice that nobody has sorted
    due_at: datetime | None
    late: bool
    filed_at: datetime
    title: str = ""  # "" for a sealed one
    said: str | None = None  # the last sentence of the desk: to the resident, or to a worker (派工)
    calls: bool = False  # whoever raised it is to be telephoned, besides what is owed
    unheard: bool = False  # it was only spoken, and nobody has written down what it says
    arrived: bool = False  # somebody stands at the emergency
    lead: str = ""  # the accountable desk

    @property
    def sealed(self) -> bool:
        return self.category.sealed

    @property
    def first(self) -> bool:
        """Whether it stands before everything else, whatever is late."""
        return self.sealed or self.sla is Sla.P0


_COLUMNS = """
    c.id, c.version, c.state, c.sla, c.category, c.building, c.lang, c.filed_at, c.acknowledge_by, c.contact_by,
    c.resolve_by, c.claimed_at, c.channel, c.returned, c.desk
"""
_LED = Statement(f"""
    SELECT {_COLUMNS} FROM "case" c WHERE c.desk = :desk AND c.closed_at IS NULL
    AND c.state IN ({", ".join(repr(state.value) for state in HELD)})
""")  # noqa: S608 the only pieces put in are constants
_TO_DECIDE = Statement(f"""
    SELECT {_COLUMNS}, r.asked_at FROM request r JOIN "case" c ON c.id = r.case_id
    WHERE r.decider = :desk AND r.decided_at IS NULL
""")  # noqa: S608 as above
_TO_CALL = Statement(f"""
    SELECT {_COLUMNS} FROM "case" c WHERE c.caller = :desk AND c.caller <> ''
""")  # noqa: S608 as above
_SAID = Statement("""
    SELECT field FROM secret
    WHERE owner = 'case' AND owner_id = :case_id AND (field LIKE 'word.%' OR field LIKE 'dispatch.%')
    ORDER BY id DESC LIMIT 1
""")


def waiting_at(work: Work, desk: str, *, page: int = 0) -> tuple[WaitingCase, ...]:
    """As `owed_at`, the `NAMED` of this page in words."""
    found = owed_at(work, desk)
    first = page * NAMED
    shown = (in_words(work, case) for case in found[first : first + NAMED])
    return (*found[:first], *shown, *found[first + NAMED :])


def owed_at(work: Work, desk: str) -> tuple[WaitingCase, ...]:
    """What the desk leads, is asked to decide and has to telephone; a case once, in the order of `pressing`."""
    found: dict[int, WaitingCase] = {}
    for row in _LED.all(work.session, desk=desk):
        found[row.id] = _waiting(work, row, _OWED[State(row.state)])
    for row in _TO_DECIDE.all(work.session, desk=desk):
        found.setdefault(row.id, _waiting(work, row, Owed.DECIDE))
    for row in _TO_CALL.all(work.session, desk=desk):
        known = found.get(row.id)
        found[row.id] = replace(known, calls=True) if known else _waiting(work, row, Owed.CALL)
    return tuple(sorted(found.values(), key=pressing))


_LATE_BELOW = Statement(f"""
    SELECT {_COLUMNS} FROM "case" c WHERE c.desk <> :desk AND c.closed_at IS NULL
    AND c.state IN ({", ".join(repr(state.value) for state in HELD)})
    AND (c.sla = 'P0' AND c.filed_at <= :unsafe OR c.resolve_by < :now)
""")  # noqa: S608 as above


def late_below(work: Work, desk: str) -> tuple[WaitingCase, ...]:
    """What other desks let wait far too long: emergencies not made safe in time, and what is red (domain C4)."""
    rows = _LATE_BELOW.all(work.session, desk=desk, unsafe=work.now - MADE_SAFE, now=work.now)
    if rows and is_doubted(work.session):
        return ()
    return tuple(_waiting(work, row, Owed.BELOW) for row in rows if row.sla == Sla.P0 or _red(row, work.now))


def _red(row: Row, now: datetime) -> bool:
    return bool(now > row.filed_at + RED_AT * (row.resolve_by - row.filed_at))


def pressing(case: WaitingCase) -> tuple[bool, bool, datetime, int]:
    """The order of every list: emergencies and sealed matters, then the shortest due, then what has no date."""
    return (not case.first, case.due_at is None, case.due_at or case.filed_at, case.id)


def _waiting(work: Work, row: Row, owed: Owed) -> WaitingCase:
    category = category_of(work.town, row.category)
    arrived = row.sla == Sla.P0 and doing(work, row.id).arrived
    due_at = _due(row, owed, arrived=arrived)
    if owed is Owed.GOING and row.state == State.WORKING:
        due_at = min(filter(None, (due_at, named_day(work, row.id))), default=None)
    return WaitingCase(
        id=row.id,
        number=number_of(row.id),
        version=row.version,
        state=State(row.state),
        owed=owed,
        sla=Sla(row.sla),
        category=category,
        building=building_of(work.town, row.building),
        lang=row.lang,
        spoken=row.channel == Channel.VOICE and row.category == UNCLASSIFIED,
        due_at=due_at,
        late=due_at is not None and due_at <= work.now and not is_doubted(work.session),
        filed_at=row.filed_at,
        arrived=arrived,
        lead=row.desk,
    )


def in_words(work: Work, case: WaitingCase) -> WaitingCase:
    """The line as it is shown: its title, what was said last, and whether anybody has listened to a voice."""
    unheard = case.spoken and not _said(work, case.id, "hear", since=("disagree",))
    if case.sealed:
        return replace(case, unheard=unheard)
    said = _SAID.one(work.session, case_id=case.id)

    def words(field: str) -> str | None:
        return reveal(work.session, work.keys, owner="case", owner_id=case.id, field=field)

    return replace(case, unheard=unheard, title=words("title") or "", said=words(said.field) if said else None)


_EVENTS = Statement("""
    SELECT event FROM case_event WHERE case_id = :case_id AND event IN ('hear', 'disagree')
    ORDER BY seq DESC
""")


def _said(work: Work, case_id: int, event: str, *, since: tuple[str, ...]) -> bool:
    """Whether it happened, and nothing `since` has undone it."""
    events = (row.event for row in _EVENTS.all(work.session, case_id=case_id))
    return next((found for found in events if found == event or found in since), "") == event


def _due(row: Row, owed: Owed, *, arrived: bool) -> datetime | None:
    """The next moment that was promised in this state; a call waits since the claim, a decision since it was asked."""
    match owed:
        case Owed.NEW | Owed.RETURNED:
            moment: datetime | None = row.acknowledge_by
        case Owed.GOING | Owed.BELOW if row.sla == Sla.P0 and not row.returned:
            moment = row.filed_at + (MADE_SAFE if arrived else ON_SCENE)
        case Owed.GOING if row.state == State.SIGNED:
            moment = row.contact_by or row.resolve_by
        case Owed.GOING | Owed.BELOW:
            moment = row.resolve_by
        case Owed.CALL:
            moment = row.claimed_at
        case Owed.DECIDE:
            moment = row.asked_at
    return moment


_NAMED = Statement(f"""
    SELECT {_COLUMNS} FROM "case" c WHERE c.id = :case_id
""")  # noqa: S608 as above


def waiting_case(work: Work, case_id: int) -> WaitingCase:
    """The case as a line of a list, whosever it is; KeyError for a number no case has."""
    row = _NAMED.one(work.session, case_id=case_id)
    if row is None:
        raise KeyError(case_id)
    return _waiting(work, row, _OWED.get(State(row.state), Owed.GOING))
