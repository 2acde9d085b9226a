"""I8: was everything that is closed closed honestly? By the resident's word, or as domain C3 lets silence do it."""

import json
from collections.abc import Iterator

from models.queries.breaches.found import Look, Violation
from models.rules.closure import CALLS_AT_MOST, REMINDED_FOR, never_silent
from models.rules.gone import category_of
from models.rules.lifecycle import Event, State
from models.rules.policy import Role, Sla
from models.store import Row, Statement

ENDS = {State.CLOSED_OK: Event.CONFIRM, State.CLOSED_SILENT: Event.LAPSE, State.WITHDRAWN: Event.WITHDRAW}
"""Every state in which nobody owes anything any more, and the one event that leads there."""

_ENDED = Statement("""
    SELECT c.id, c.state, c.sla, c.category, c.raiser_id, e.event, e.role, e.person_id, e.facts, e.happened_at, e.seq
    FROM "case" c LEFT JOIN case_event e ON e.case_id = c.id AND e.seq = (
        SELECT max(x.seq) FROM case_event x WHERE x.case_id = c.id AND x.from_state <> x.to_state)
    WHERE c.closed_at IS NOT NULL
        AND (c.id > :after_case OR c.id IN (SELECT case_id FROM case_event WHERE id > :after_event))
    ORDER BY c.id
""")
_CLAIM = Statement("""
    SELECT person_id, happened_at FROM case_event
    WHERE case_id = :case_id AND event = 'claim' AND seq < :seq ORDER BY seq DESC LIMIT 1
""")
_HEARD = Statement("""
    SELECT sent_at FROM notice
    WHERE person_id = :raiser AND ring_at >= :claimed_at AND case_id = :case_id AND telling = 'question'
        AND edits IS NULL AND state = 'sent' ORDER BY sent_at
""")


def found(look: Look) -> Iterator[Violation]:
    for case in look.rows(_ENDED):
        wrong = _wrong(look, case)
        if wrong:
            yield Violation("I8", "case", case.id, wrong)


def _wrong(look: Look, case: Row) -> str:
    """Why it should not be closed; "" where it may be."""
    if case.state not in set(ENDS):
        return ""  # closed by its date alone: I4 says so
    if case.event != ENDS[State(case.state)]:
        return f"{case.state} by {case.event or 'nothing on record'}, which does not close"
    match Event(case.event):
        case Event.LAPSE:
            return _silent_wrongly(look, case)
        case Event.WITHDRAW:
            return "" if case.person_id == case.raiser_id else "withdrawn by somebody else than its raiser"
        case _:
            return _confirmed_wrongly(look, case)


def _confirmed_wrongly(look: Look, case: Row) -> str:
    if case.role == Role.RESIDENT:
        return "" if case.person_id == case.raiser_id else "confirmed by somebody else than its raiser"
    if json.loads(case.facts).get("channel") != "call":
        return f"confirmed by {case.role} without a call"
    claim = look.rows(_CLAIM, case_id=case.id, seq=case.seq)
    if claim and claim[0].person_id == case.person_id:
        return "confirmed by whoever said that it was done"
    return ""


def _silent_wrongly(look: Look, case: Row) -> str:
    if never_silent(category_of(look.town, case.category), Sla(case.sla)):
        return "closed in silence, which a matter of its kind never is"
    if json.loads(case.facts).get("calls", 0) >= CALLS_AT_MOST:
        return ""
    claim = look.rows(_CLAIM, case_id=case.id, seq=case.seq)
    if not claim:
        return "closed in silence though nobody had said that it was done"
    heard = look.rows(_HEARD, raiser=case.raiser_id, claimed_at=claim[0].happened_at, case_id=case.id)
    asked = [row.sent_at for row in heard if row.sent_at <= case.happened_at]
    if len(asked) < 2 or asked[1] > case.happened_at - REMINDED_FOR:
        return "closed in silence, and the question and a reminder a day old were not both delivered"
    return ""
