"""What is being done about a case? A worker was sent, a day was named, it was made safe: read off the events."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from models.queries.requests import Decided, last_decided, went_unanswered
from models.rules.gone import desk_of
from models.rules.lifecycle import Event
from models.rules.policy import Desk, Sla
from models.store import Statement
from models.turn import Work
from models.understanding.absence import nobody_came, not_safe
from models.vault import reveal


@dataclass(frozen=True, slots=True)
class Doing:
    """`planned_by`: the day the desk named. `safe`: what was done so that nobody is hurt. `reason`: why a day moved."""

    dispatched: bool = False
    planned_by: datetime | None = None
    planned_seq: int = 0
    planner: Desk | None = None  # which desk named it
    answered: bool = False  # somebody has spoken to the resident since she last said No
    arrived: bool = False  # somebody stands at the emergency (已到场)
    safe: str = ""
    reason: str = ""
    changed: str = ""  # what of the promise changed last: lead, later, safe or sorted
    taken: bool = False  # the lead went to another desk by 转办, not upwards by silence
    former: Desk | None = None  # who led before the lead went up, and why it did: "" is silence
    why_up: str = ""
    decided: Decided | None = None
    later: Decided | None = None  # who wanted the later day and who granted it, where that changed last
    unanswered: bool = False  # what was asked of another desk last lapsed


IDLE = Doing()

_EVENTS = Statement("""
    SELECT seq, event, facts FROM case_event
    WHERE case_id = :case_id AND event IN
        ('contact', 'arrive', 'word', 'ask', 'plan', 'dispatch', 'safe', 'extend', 'grant', 'sort', 'take', 'take_over',
         'deny', 'partly', 'reopen', 'claim', 'add', 'reply')
    ORDER BY seq
""")
_ANEW = frozenset({Event.DENY, Event.PARTLY, Event.REOPEN})


def doing(work: Work, case_id: int) -> Doing:
    """As it stands now: what was sent or named before the resident said No is over."""
    found, safe, asked, reason, changed, taken = IDLE, "", "", "", "", False
    for row in _EVENTS.all(work.session, case_id=case_id):
        match Event(row.event):
            case Event.DISPATCH:
                found = replace(found, dispatched=True)
            case Event.CONTACT | Event.WORD | Event.ASK:
                found = replace(found, answered=True)
            case Event.ARRIVE:  # `mistaken`: the desk tapped it by mistake
                found = replace(found, arrived=not json.loads(row.facts).get("mistaken"), answered=True)
            case Event.ADD | Event.REPLY:
                facts = json.loads(row.facts)
                if facts.get("nobody") or (safe and facts.get("danger")):  # she says it is not so
                    found, safe, changed = replace(found, arrived=False), "", "" if changed == "safe" else changed
            case Event.CLAIM:
                found = replace(found, arrived=False)  # they went; if it comes back, somebody comes back
            case Event.PLAN:
                by, planner = _moment(row.facts, "by"), said_by(work, row.facts)
                found = replace(found, planned_by=by, planned_seq=row.seq, planner=planner, answered=True)
            case Event.SAFE:
                found, safe = replace(found, planned_by=None, answered=True), f"safe.{row.seq}"
                changed = "safe"
            case Event.GRANT:
                found, reason, changed = replace(found, planned_by=None), asked, "later"
            case Event.EXTEND:
                asked = f"request.{row.seq}"
            case Event.SORT:
                found, reason, changed = Doing(answered=found.answered), f"sort.{row.seq}", "sorted"
            case event if event in _ANEW:
                found, changed = IDLE, ""
            case _:
                # another desk has workers and days of its own
                found, changed = replace(found, dispatched=False, planned_by=None), "lead"
                taken, led = row.event == Event.TAKE, json.loads(row.facts)
                former = None if taken or "from" not in led else desk_of(work.town, led["from"])
                found = replace(found, former=former, why_up=led.get("why", ""))
    return replace(
        found,
        changed=changed,
        taken=taken,
        safe=_words(work, case_id, safe),
        reason=_words(work, case_id, reason),
        decided=last_decided(work, case_id),
        later=last_decided(work, case_id, kind="extension") if changed == "later" else None,
        unanswered=went_unanswered(work, case_id),
    )


_HELD = Statement("""
    SELECT id, sla, safe_at FROM "case"
    WHERE raiser_id = :person AND state IN ('accepted', 'signed', 'working', 'reopened') ORDER BY id DESC
""")


def contradicted(work: Work, *, person: int, text: str) -> int | None:
    """The newest case of which these words say that a desk's report is not so: nobody is there, nothing is safe."""
    absent, unsafe = nobody_came(text), not_safe(text)
    for row in _HELD.all(work.session, person=person) if absent or unsafe else ():
        if (unsafe and row.safe_at is not None) or (absent and row.sla == Sla.P0 and doing(work, row.id).arrived):
            return int(row.id)
    return None


_LAST = Statement("""
    SELECT event, facts FROM case_event
    WHERE case_id = :case_id AND (event IN ('plan', 'safe', 'grant', 'sort', 'deny', 'partly', 'reopen')
        OR :former = 0 AND event IN ('take', 'take_over'))
    ORDER BY seq DESC LIMIT 1
""")


def named_day(work: Work, case_id: int, *, former: bool = False) -> datetime | None:
    """The day a desk named (定日子), as long as it stands. `former`: also that of a desk which leads no more."""
    last = _LAST.one(work.session, case_id=case_id, former=int(former))
    return _moment(last.facts, "by") if last is not None and last.event == Event.PLAN else None


def said_by(work: Work, facts: str) -> Desk | None:
    """Which desk did it; None where its event does not say."""
    desk = json.loads(facts).get("desk")
    return desk_of(work.town, desk) if desk else None


def _moment(facts: str, name: str) -> datetime | None:
    said = json.loads(facts).get(name)
    return datetime.fromisoformat(said) if said else None


def _words(work: Work, case_id: int, field: str) -> str:
    if not field:
        return ""
    return reveal(work.session, work.keys, owner="case", owner_id=case_id, field=field) or ""
