"""What does one desk ask another to decide, and what was decided last?"""

from dataclasses import dataclass
from datetime import datetime

from models.rules.extension import waits_until
from models.rules.gone import desk_of
from models.rules.policy import Desk
from models.store import Statement
from models.turn import Work
from models.vault import reveal


@dataclass(frozen=True, slots=True)
class Asked:
    """An open request: `kind` transfer or extension, who asks, who decides, who would take it, until when, and why."""

    kind: str
    desk: Desk
    decider: Desk
    target: Desk | None
    until_by: datetime | None
    why: str = ""
    over: bool = False  # it was waited for long enough, and another desk may be asked


@dataclass(frozen=True, slots=True)
class Decided:
    """The last answer to a request. `granted`: yes, else no; what lapsed was never answered."""

    kind: str
    granted: bool
    decider: Desk
    until_by: datetime | None
    ruled: bool = False  # a third desk decided whether another takes it
    asker: Desk | None = None  # whose request it was, and whose reason


_REQUEST = Statement("""
    SELECT id, kind, desk, decider, target, until_by, asked_at FROM request
    WHERE case_id = :case_id AND decided_at IS NULL
""")
_DECIDED = Statement("""
    SELECT kind, outcome, desk, decider, target, until_by FROM request
    WHERE case_id = :case_id AND outcome IN ('granted', 'refused') AND :kind IN ('', kind)
    ORDER BY decided_at DESC, id DESC LIMIT 1
""")
_DECIDERS = Statement("SELECT DISTINCT decider FROM request WHERE case_id = :case_id")
_WHY = Statement("""
    SELECT field FROM secret
    WHERE owner = 'case' AND owner_id = :case_id AND field LIKE 'request.%' ORDER BY id DESC LIMIT 1
""")


def open_request(work: Work, case_id: int) -> Asked | None:
    """What another desk is asked now; None while nothing is."""
    row = _REQUEST.one(work.session, case_id=case_id)
    if row is None:
        return None
    town = work.town
    target = desk_of(town, row.target) if row.target else None
    asked, decider = desk_of(town, row.desk), desk_of(town, row.decider)
    over = waits_until(row.asked_at, town, row.decider) <= work.now
    return Asked(row.kind, asked, decider, target, row.until_by, why_asked(work, case_id), over)


def why_asked(work: Work, case_id: int) -> str:
    """The sentence the newest request came with."""
    row = _WHY.one(work.session, case_id=case_id)
    if row is None:
        return ""
    return reveal(work.session, work.keys, owner="case", owner_id=case_id, field=row.field) or ""


def last_decided(work: Work, case_id: int, *, kind: str = "") -> Decided | None:
    """What another desk answered last, to a request of this kind; None where none ever did."""
    row = _DECIDED.one(work.session, case_id=case_id, kind=kind)
    if row is None:
        return None
    ruled = bool(row.target) and row.target != row.decider
    asker, decider = desk_of(work.town, row.desk), desk_of(work.town, row.decider)
    return Decided(row.kind, row.outcome == "granted", decider, row.until_by, ruled, asker)


_LAST = Statement("SELECT outcome FROM request WHERE case_id = :case_id ORDER BY id DESC LIMIT 1")


def went_unanswered(work: Work, case_id: int) -> bool:
    """Whether what was asked last never had an answer, and needs none any more."""
    row = _LAST.one(work.session, case_id=case_id)
    return row is not None and row.outcome == "lapsed"


def once_asked(work: Work, case_id: int) -> frozenset[str]:
    """Every desk that was ever asked to decide something about this case."""
    return frozenset(row.decider for row in _DECIDERS.all(work.session, case_id=case_id))
