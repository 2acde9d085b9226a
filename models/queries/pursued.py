"""How has the resident pursued a case: hurried it, gone higher, thanked, asked for a person? And what came back?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.records import Case
from models.records.cases import number_of
from models.rules.closure import AGAIN_WITHIN, RELAPSE_WITHIN
from models.rules.gone import desk_of
from models.rules.ladder import PERSON_ASKED
from models.rules.lifecycle import CLOSED, Event
from models.rules.policy import Desk, Role
from models.store import Statement
from models.turn import Work


@dataclass(frozen=True, slots=True)
class Pursued:
    """What a case looks like to whoever pursues it, and to the desk that is pursued."""

    urged: bool = False  # since the present stage began
    raised_seq: int = 0  # the version 申请上报 made last
    thanked: bool = False
    rated_at: datetime | None = None  # when it was rated first
    unanswered_at: datetime | None = None  # when nobody answered the telephone last
    caller: Desk | None = None  # who telephones
    person_by: datetime | None = None  # until when somebody calls, because the resident asked for a person
    wants_person: bool = False  # asked for one, and nobody has spoken with them since
    relapse: str = ""  # 反弹: the number of the case that was closed before
    relapse_closed_at: datetime | None = None


_STEPS = Statement("""
    SELECT seq, event, from_state, to_state, role, happened_at FROM case_event
    WHERE case_id = :case_id AND seq > 2 ORDER BY seq
""")
_PERSON = Statement(f"""
    SELECT max(due_at) AS due_at FROM clock
    WHERE case_id = :case_id AND rung = '{PERSON_ASKED.code}' AND due_at IS NOT NULL
""")  # noqa: S608 the only piece put in is a constant
_CLOSED_AT = Statement('SELECT closed_at FROM "case" WHERE id = :id')
_NEW_STAGE = frozenset({Event.TAKE_OVER, Event.TAKE})
"""Another desk begins, though the state may be called the same."""
_SPEAKS = frozenset({Event.SPOKE, Event.DENY, Event.PARTLY, Event.REOPEN})
"""What a caller writes down after speaking with the resident of a case that goes on."""


def pursued(work: Work, case: Case) -> Pursued:
    """Everything of it at this moment."""
    assert case.id is not None
    steps = _STEPS.all(work.session, case_id=case.id) if case.version > 2 else []
    began = max((step.seq for step in steps if step.from_state != step.to_state or step.event in _NEW_STAGE), default=0)
    person = _PERSON.one(work.session, case_id=case.id) if case.caller else None
    before = _CLOSED_AT.one(work.session, id=case.relapse_of) if case.relapse_of else None

    def last(event: Event) -> int:
        return max((step.seq for step in steps if step.event == event), default=0)

    spoke = max((step.seq for step in steps if step.event in _SPEAKS and step.role != Role.RESIDENT), default=0)
    over = max((step.seq for step in steps if step.to_state in CLOSED), default=0)

    def first(event: Event) -> datetime | None:
        return next((step.happened_at for step in steps if step.event == event), None)

    return Pursued(
        urged=any(step.event == Event.URGE and step.seq > began for step in steps),
        raised_seq=last(Event.RAISE),
        thanked=any(step.event == Event.THANK for step in steps),
        rated_at=first(Event.RATE),
        unanswered_at=max((step.happened_at for step in steps if step.event == Event.NO_ANSWER), default=None),
        caller=desk_of(work.town, case.caller) if case.caller else None,
        person_by=person.due_at if person else None,
        wants_person=last(Event.PERSON) > max(spoke, over),
        relapse=number_of(case.relapse_of) if case.relapse_of else "",
        relapse_closed_at=before.closed_at if before else None,
    )


_RECENT = Statement("""
    SELECT id, version, category FROM "case"
    WHERE raiser_id = :person AND state IN ('closed_ok', 'closed_silent') AND claimed_at >= :since ORDER BY id LIMIT 2
""")


def lately_closed(work: Work, *, person: int) -> tuple[int, int, str] | None:
    """The one case of this person that was said to be done within a week and is closed: id, version and category.

    None for none or several.
    """
    rows = _RECENT.all(work.session, person=person, since=work.now - AGAIN_WITHIN)
    return (rows[0].id, rows[0].version, rows[0].category) if len(rows) == 1 else None


_OPEN = Statement("""
    SELECT id FROM "case" WHERE raiser_id = :person
    AND state IN ('accepted', 'signed', 'working', 'reopened', 'claimed') ORDER BY id LIMIT 2
""")


def only_open(work: Work, *, person: int) -> int | None:
    """The one case of this person that is open; None for none or several."""
    rows = _OPEN.all(work.session, person=person)
    return int(rows[0].id) if len(rows) == 1 else None


_NEWEST_OPEN = Statement("""
    SELECT id FROM "case" WHERE raiser_id = :person
    AND state IN ('accepted', 'signed', 'working', 'reopened', 'claimed') ORDER BY id DESC LIMIT 1
""")


def newest_open(work: Work, *, person: int) -> int | None:
    """The newest open case of this person, or None."""
    row = _NEWEST_OPEN.one(work.session, person=person)
    return None if row is None else int(row.id)


_SAME_PLACE = Statement("""
    SELECT id FROM "case"
    WHERE building = :building AND category = :category AND state IN ('closed_ok', 'closed_silent')
        AND closed_at >= :since ORDER BY closed_at DESC, id DESC LIMIT 1
""")


def closed_before(work: Work, *, building: str, category: str) -> int | None:
    """The newest case of the same building and category that was closed within 365 days (domain M08), or None."""
    since = work.now - RELAPSE_WITHIN
    row = _SAME_PLACE.one(work.session, building=building, category=category, since=since)
    return None if row is None else int(row.id)


_THANKABLE = Statement("""
    SELECT c.id FROM "case" c
    WHERE c.raiser_id = :person AND c.state = 'closed_ok' AND c.closed_at >= :since AND NOT EXISTS (
        SELECT 1 FROM case_event e WHERE e.case_id = c.id AND e.event = 'thank')
    ORDER BY c.id LIMIT 2
""")
THANKED_WITHIN = timedelta(days=1)
"""So long after closing a bare 「谢谢」 is taken to be for whoever did it."""


def thankable(work: Work, *, person: int) -> int | None:
    """The one case this person has just called solved and not given thanks for; None for none or several."""
    rows = _THANKABLE.all(work.session, person=person, since=work.now - THANKED_WITHIN)
    return int(rows[0].id) if len(rows) == 1 else None


_TO_BE_CALLED = Statement("""
    SELECT c.id FROM "case" c JOIN case_event e ON e.case_id = c.id
    WHERE c.raiser_id = :person AND c.caller <> '' AND e.event = 'person' AND e.happened_at >= :since
        AND c.state IN ('accepted', 'signed', 'working', 'reopened', 'claimed')
    ORDER BY c.id DESC LIMIT 1
""")
NUMBER_WITHIN = timedelta(days=1)
"""So long after 找人工 a telephone number among other words is the one to call."""


def to_be_called(work: Work, *, person: int) -> int | None:
    """The newest case about which this person asked for a call within a day, and waits for it; or None."""
    row = _TO_BE_CALLED.one(work.session, person=person, since=work.now - NUMBER_WITHIN)
    return None if row is None else int(row.id)
