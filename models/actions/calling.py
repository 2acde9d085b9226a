"""Who telephones the resident, and what comes of it? The call list (待打电话): domain C3, users.md rules 5, 8 and 9.

Somebody who did not do the work: the community of the building, else the street. What they were told is written down
with one tap, as the resident's word by telephone.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from models.actions.confirming import close, send_back
from models.actions.moving import Facts, may_move, move, next_round, start_clocks, stop_rung, take_up
from models.actions.telling import refresh_cards, tell_desk, tell_raiser
from models.queries.cases import subject, view
from models.queries.people import Speaker, phone_of, ways_to_place
from models.queries.pursued import pursued
from models.records import Alarm, Case
from models.rules.access import CLOCK, Relation, relations
from models.rules.alarms import AlarmKind
from models.rules.closure import (
    CALLS_AT_MOST,
    REMINDED_FOR,
    call_again,
    callers,
    never_silent,
    person_by,
    sampled,
)
from models.rules.gone import category_of, desk_of
from models.rules.ladder import CALL_AGAIN, PERSON_ASKED, Due, push_at
from models.rules.lifecycle import Event, Reader, State, Telling, move_for
from models.rules.policy import Category, Desk, Role, Sla
from models.rules.refusals import CalledToday, NotYours, Refused, Stale
from models.rules.ringing import when_there
from models.store import Statement
from models.turn import Work
from models.understanding.reach import number_in, only_a_number

_LAST_CLAIM = Statement("""
    SELECT facts FROM case_event WHERE case_id = :case_id AND event = 'claim' ORDER BY seq DESC LIMIT 1
""")
_SAID = Statement("""
    SELECT sent_at FROM notice
    WHERE person_id = :raiser AND ring_at >= :since AND case_id = :case_id AND telling = 'question'
        AND edits IS NULL AND state = 'sent' ORDER BY sent_at
""")


# ── who calls ────────────────────────────────────────────────────────────────────────────────────────────────────────


def put_on_call_list(work: Work, case: Case, *, but: str = "", at_once: bool = False) -> Desk | None:
    """A desk that did not do the work is to telephone the raiser; None where there is none, and an alarm says so.

    Once a case at a time: who is on a list already stays on it. `but`: a desk that has had its turn.
    """
    if case.caller and not but:
        return desk_of(work.town, case.caller)
    found = _caller(work, case, but=but)
    if found is None:
        work.session.add(
            Alarm(kind=AlarmKind.RAISER_UNREACHABLE, ref=f"case {case.id}", reason="no caller", raised_at=work.now)
        )
        return None
    case.caller = found
    work.session.flush()
    tell_desk(work, case, found, Telling.CALL, Reader.CALLER, awaited=at_once)
    return desk_of(work.town, found)


CALLED_FOR = frozenset({Telling.RECEIPT, Telling.CHANGED, Telling.QUESTION})
"""What the raiser must hear somehow."""

_TOLD = Statement("""
    SELECT 1 AS told FROM case_event
    WHERE case_id = :case_id AND event = 'climb' AND facts LIKE '%"why":"unheard"%' LIMIT 1
""")


def told_by_nobody(work: Work, case: Case) -> None:
    """What the raiser had to hear reached no chat: somebody telephones. A question each time, all else once a case."""
    asked = _can(case, Event.DENY)
    if case.caller or (not asked and _TOLD.one(work.session, case_id=case.id) is not None):
        return
    if not asked:
        move(work, case, Event.CLIMB, actor=CLOCK, role=Role.CLOCK, facts={"why": "unheard"})
    put_on_call_list(work, case)
    refresh_cards(work, case)


def _caller(work: Work, case: Case, *, but: str) -> str | None:
    """The nearest desk that may call and where somebody can be reached; the nearest one at all where nobody can."""
    claimant = _claimant(work, case) if _can(case, Event.CONFIRM) else ""
    able = callers(work.town, case.building, but=claimant)
    if but in able:  # it had its turn: those above it, and it once more where there is none
        able = (*able[able.index(but) + 1 :], but)
    reached = (desk for desk in able if ways_to_place(work, desk, but=case.raiser_id))
    return next(reached, able[0] if able else None)


def _claimant(work: Work, case: Case) -> str:
    """The desk whose work the last claim was; "" for a head's, who is no desk."""
    row = _LAST_CLAIM.one(work.session, case_id=case.id)
    return str(json.loads(row.facts).get("desk") or "") if row else ""


# ── silence ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def after_silence(work: Work, case: Case, facts: Facts) -> None:
    """72 hours without a word: closed as not rated where the question and a reminder arrived, else a call.

    Danger and what is sealed never close so (users.md rule 5), nor what somebody is to call about. A few of the others
    are called all the same.
    """
    never = case.caller or never_silent(category_of(work.town, case.category), Sla(case.sla))
    if not never and _was_asked(work, case):
        lapse(work, case, facts)
        if sampled(work.keys.mac("sample"), case.id or 0):
            put_on_call_list(work, case)
        return
    move(work, case, Event.CLIMB, actor=CLOCK, role=Role.CLOCK, facts=facts)
    if case.caller:  # the resident asked for a person before
        work.session.flush()
        tell_desk(work, case, case.caller, Telling.CALL, Reader.CALLER)
    put_on_call_list(work, case)


def claimed(work: Work, case: Case, *, desk: str | None) -> None:
    """The work is said to be done: nobody calls about their own, and whom no chat reaches is called at once."""
    case.calls = 0
    if case.caller and case.caller == desk:
        wanted = pursued(work, case).wants_person
        case.caller = ""
        if wanted:
            put_on_call_list(work, case, at_once=True)
    if not tell_raiser(work, case, Telling.QUESTION):
        put_on_call_list(work, case)


def lapse(work: Work, case: Case, facts: Facts | None = None) -> None:
    """Closed without a word; one tap within thirty days reopens it."""
    move(work, case, Event.LAPSE, actor=CLOCK, role=Role.CLOCK, facts=facts)
    case.closed_at, case.caller = work.now, ""
    work.session.flush()


def _was_asked(work: Work, case: Case) -> bool:
    """Whether the question and a reminder arrived, the reminder a day ago at least (I9: undelivered never counts)."""
    rows = _SAID.all(work.session, raiser=case.raiser_id, case_id=case.id, since=case.claimed_at)
    return len(rows) > 1 and rows[1].sent_at <= work.now - REMINDED_FOR


def call_once_more(work: Work, case: Case, facts: Facts) -> None:
    """A call that was to be made is on the list again, at the next desk above where this one let its time pass."""
    if not case.caller or not _can(case, Event.CLIMB):
        return
    move(work, case, Event.CLIMB, actor=CLOCK, role=Role.CLOCK, facts=facts)
    if facts.get("rung") == CALL_AGAIN.code:
        work.session.flush()
        tell_desk(work, case, case.caller, Telling.CALL, Reader.CALLER)
        return
    before, asked = case.caller, facts.get("rung") == PERSON_ASKED.code
    found = put_on_call_list(work, case, but=before, at_once=asked)
    if asked and found is not None and found.code != before:
        starts = _rung_at(work, Sla(case.sla), category_of(work.town, case.category), found.code)
        start_clocks(work, case.id or 0, [person_by(starts, work.town, found.code)], turn=case.version)


def review_call(work: Work, case: Case) -> None:
    """A week has gone by: who is still trying goes on; else the call is on the list of the next desk above."""
    trying = 0 < case.calls < CALLS_AT_MOST
    put_on_call_list(work, case, but="" if trying else case.caller)


# ── 找人工 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Answering:
    """Who will speak with the resident, and until when."""

    number: str
    desk: Desk
    by: datetime
    number_known: bool  # the resident left a telephone number


def ask_person(work: Work, *, case_id: int, by: Speaker) -> Answering:
    """A named desk is to call the raiser by its own promise; asked twice, the same answer. Refuses `Stale`, `NotYours`.

    The desk is the community of the building, else the street: whoever can be reached.
    """
    case = take_up(work, case_id)
    may_move(work, case, Event.PERSON, actor=by.actor)
    before, known = pursued(work, case), phone_of(work, case.raiser_id) is not None
    if before.caller is not None and before.person_by is not None:
        return Answering(case.number, before.caller, before.person_by, known)
    sla, category = Sla(case.sla), category_of(work.town, case.category)
    caller, due = will_call(work, building=case.building, sla=sla, category=category, raiser=case.raiser_id)
    move(work, case, Event.PERSON, actor=by.actor, role=Role.RESIDENT, facts={"caller": caller})
    start_clocks(work, case_id, [due], turn=next_round(work, case_id))
    case.caller = caller
    work.session.flush()
    tell_desk(work, case, caller, Telling.CALL, Reader.CALLER, awaited=True)
    refresh_cards(work, case)
    return Answering(case.number, desk_of(work.town, caller), due.due_at, known)


@dataclass(frozen=True, slots=True)
class Call:
    """What the number in somebody's words is for. `phone`: as it was said; only whoever calls reads it."""

    phone: str
    by: datetime
    alone: bool  # nothing else was said


def call_on(work: Work, text: str, *, building: str, sla: Sla, category: Category, raiser: int | None) -> Call | None:
    """The call that would be made if these words were handed to a person now; None where they name no number."""
    if not (phone := number_in(text)):
        return None
    _, due = will_call(work, building=building, sla=sla, category=category, raiser=raiser)
    return Call(phone, due.due_at, only_a_number(text))


def will_call(work: Work, *, building: str, sla: Sla, category: Category, raiser: int | None) -> tuple[str, Due]:
    """Which desk would call whoever asks for a person now, and until when: the nearest where anybody is."""
    able = callers(work.town, building, but="")
    caller = next((desk for desk in able if ways_to_place(work, desk, but=raiser)), able[0])
    return caller, person_by(_rung_at(work, sla, category, caller), work.town, caller)


def _rung_at(work: Work, sla: Sla, category: Category, desk: str) -> datetime:
    """When the desk hears of it, and its promise begins: what is urgent or sealed waits for nobody's hours."""
    awake = push_at(work.now, sla, category, work.town)
    urgent = category.sealed or sla in (Sla.P0, Sla.P1)
    return awake if urgent else when_there(awake, work.town, desk_of(work.town, desk))


# ── what was said on the telephone ───────────────────────────────────────────────────────────────────────────────────


def answer_call(work: Work, *, case_id: int, by: Speaker, event: Event, version: int) -> State:
    """What the resident said, or that nobody answered, is written down; the state the case has now.

    Refuses `Stale` for an older question, `NotYours`, `CalledToday` for a second unanswered call on one day.
    """
    case = take_up(work, case_id)
    if event in (Event.DENY, Event.PARTLY) and not _can(case, event):
        facts: Facts = {"channel": "call", "partly": event is Event.PARTLY}
        event = Event.REOPEN
    else:
        facts = {"channel": "call"}
    may_move(work, case, event, actor=by.actor)
    seen = view(work, case_id)
    if seen is None or version < seen.claim_version:
        raise Refused(Stale(number=case.number, state=case.state))
    role = _calls_as(work, case, by)
    match event:
        case Event.CONFIRM:
            close(work, case, actor=by.actor, role=role, facts=facts)
        case Event.NO_ANSWER:
            _nobody(work, case, by, role)
        case Event.SPOKE:
            move(work, case, event, actor=by.actor, role=role, facts=facts)
            stop_rung(work, case_id, PERSON_ASKED.code)
            case.caller = ""
            work.session.flush()
            refresh_cards(work, case)
        case _:
            send_back(work, case, event, actor=by.actor, role=role, facts=facts)
    return State(case.state)


def _nobody(work: Work, case: Case, by: Speaker, role: Role) -> None:
    """Tried again on another day; after the third a case that endangers nobody is let go, others wait for review."""
    assert case.id is not None
    zone, before = work.town.calendar.zone, pursued(work, case).unanswered_at
    if before is not None and before.astimezone(zone).date() == work.now.astimezone(zone).date():
        raise Refused(CalledToday(number=case.number))
    move(work, case, Event.NO_ANSWER, actor=by.actor, role=role, facts={"channel": "call"})
    case.calls += 1
    stop_rung(work, case.id, PERSON_ASKED.code)
    if case.calls < CALLS_AT_MOST:
        if _can(case, Event.CLIMB):
            again = call_again(work.now, work.town, case.caller)
            start_clocks(work, case.id, [again], turn=next_round(work, case.id))
    elif _can(case, Event.LAPSE) and not never_silent(category_of(work.town, case.category), Sla(case.sla)):
        lapse(work, case, {"calls": case.calls})
    elif not _can(case, Event.DENY):
        case.caller = ""
    work.session.flush()
    refresh_cards(work, case)


def _can(case: Case, event: Event) -> bool:
    """Whether the table has a row for it where the case stands."""
    return move_for(State(case.state), event) is not None


def _calls_as(work: Work, case: Case, by: Speaker) -> Role:
    """The office in which somebody calls; refuses `NotYours` to whoever does not."""
    for role, relation in relations(by.actor, subject(work, case), now=work.now):
        if relation is Relation.CALLER:
            return role
    raise Refused(NotYours())
