"""What does silence do? One clock that is due rings once; its rung of the ladder says who hears of it."""

from datetime import datetime, timedelta

from models.actions.asking import resume
from models.actions.calling import after_silence, call_once_more, put_on_call_list, review_call
from models.actions.leading import take_over
from models.actions.moving import Facts, move, next_round, runs_beside, start_clocks, take_up
from models.actions.telling import accused, refresh_cards, tell_above, tell_assistant, tell_desk, tell_raiser
from models.queries.cases import head_has_answered
from models.records import Alarm, Case, Clock
from models.rules.access import CLOCK
from models.rules.alarms import AlarmKind
from models.rules.gone import category_of
from models.rules.ladder import CALL_AGAIN, EXTERNAL, PERSON_ASKED, Climb, again, climb, rung
from models.rules.lifecycle import Event, Reader, State, Telling
from models.rules.policy import Effect, Level, Role, Rung
from models.store import Statement
from models.turn import Work

DUE_AT_ONCE = 500
"""Clocks found in one look. Each rings in a transaction of its own, and asks then whether it is still due."""

DUE_SQL = "SELECT id FROM clock WHERE due_at IS NOT NULL AND due_at <= :now ORDER BY due_at, id LIMIT :limit"
_DUE = Statement(DUE_SQL)
_DUE_EMERGENCY = Statement("""
    SELECT clock.id FROM clock JOIN "case" ON "case".id = clock.case_id
    WHERE clock.due_at IS NOT NULL AND clock.due_at <= :now AND "case".sla = 'P0' AND "case".closed_at IS NULL
    ORDER BY clock.due_at, clock.id LIMIT :limit
""")
_NEXT = Statement("SELECT min(due_at) AS due_at FROM clock WHERE due_at IS NOT NULL")


def due_clocks(work: Work, *, emergencies_only: bool = False, limit: int = DUE_AT_ONCE) -> list[int]:
    """The clocks that have been due longest, in that order; empty when nothing is due."""
    due = _DUE_EMERGENCY if emergencies_only else _DUE
    return due.numbers(work.session, now=work.now, limit=limit)


def next_due(work: Work) -> datetime | None:
    """When the next clock rings; None when nothing runs."""
    row = _NEXT.one(work.session)
    return row.due_at if row else None


PUT_OFF = timedelta(hours=1)
"""How long a clock whose ringing failed is left alone: it holds up no other, and an alarm says so."""


def put_off(work: Work, *, clock_id: int, reason: str) -> None:
    """The clock rings again in an hour; a person can see that it failed. `reason` is an error's name."""
    clock = work.session.get(Clock, clock_id)
    if clock is not None and clock.due_at is not None:
        clock.due_at = work.now + PUT_OFF
        work.session.add(Alarm(kind=AlarmKind.CLOCK_FAILED, ref=f"clock {clock_id}", reason=reason, raised_at=work.now))


def ring(work: Work, *, clock_id: int) -> bool:
    """The clock has rung, once, and its rung has had its effect; False when another hand was first or it stopped."""
    clock = work.session.get(Clock, clock_id)
    if clock is None:
        return False
    case = take_up(work, clock.case_id)  # the case first, then its clocks: the order every verb locks in
    work.session.refresh(clock, with_for_update=True)
    if clock.due_at is None or clock.due_at > work.now:
        return False
    clock.rang_at, clock.due_at = work.now, None
    step = rung(work.town, clock.rung)
    if step.effect is Effect.RESUME:
        work.session.flush()
        resume(work, case)
        return True
    if step == EXTERNAL:
        _remind_of_other_office(work, case)
        return True
    if step.effect is Effect.ASSIST:
        _ask_assistant(work, case, step)
        return True
    if step.effect is Effect.CALL:
        after = call_once_more if step in (CALL_AGAIN, PERSON_ASKED) else after_silence
        after(work, case, {"rung": step.code, "effect": step.effect})
        work.session.flush()
        refresh_cards(work, case)
        return True
    result = climb(step, Level(case.level), work.town, case.building, accused(case))
    once_more = again(clock.rung, work.now, work.town, case.desk)
    if once_more is not None and not runs_beside(work, clock, once_more.rung):
        start_clocks(work, clock.case_id, [once_more], turn=next_round(work, clock.case_id))
    if step.effect is Effect.REMIND and case.reminded:
        return True  # one reminder a case, not one a clock (users.md)
    facts: Facts = {"rung": step.code, "effect": result.effect, "above": " ".join(result.above)}
    if result.lead is not None:
        take_over(work, case, result.level, result.lead, above=result.above, facts=facts)
    else:
        move(work, case, Event.CLIMB, actor=CLOCK, role=Role.CLOCK, facts=facts)
        work.session.flush()
        _take_effect(work, case, result)
    work.session.flush()
    refresh_cards(work, case)
    return True


def _remind_of_other_office(work: Work, case: Case) -> None:
    """The day another office set is near; beside the one reminder of a case, for the desk noted that day itself."""
    facts: Facts = {"rung": EXTERNAL.code, "effect": EXTERNAL.effect, "above": ""}
    move(work, case, Event.CLIMB, actor=CLOCK, role=Role.CLOCK, facts=facts)
    work.session.flush()
    tell_desk(work, case, case.desk, Telling.REMINDER, Reader.DESK)
    refresh_cards(work, case)


def _ask_assistant(work: Work, case: Case, step: Rung) -> None:
    """Where the head has not said anything the next of the building's people is asked; the head hears nothing (M04)."""
    assert case.id is not None
    if case.ask_head and not head_has_answered(work, case.id) and tell_assistant(work, case):
        facts: Facts = {"rung": step.code, "effect": step.effect, "above": ""}
        move(work, case, Event.CLIMB, actor=CLOCK, role=Role.CLOCK, facts=facts)


def _take_effect(work: Work, case: Case, result: Climb) -> None:
    match result.effect:
        case Effect.REMIND:
            case.reminded = True
            tell_desk(work, case, case.desk, Telling.REMINDER, Reader.DESK)
        case Effect.COPY:
            for desk in result.above:
                tell_above(work, case, desk, unanswered=True)
        case Effect.ASK_AGAIN:
            if not tell_raiser(work, case, Telling.QUESTION):
                put_on_call_list(work, case)
        case Effect.REVIEW if case.state == State.CLAIMED and case.caller:
            review_call(work, case)
        case Effect.REVIEW:
            work.session.add(
                Alarm(kind=AlarmKind.REVIEW, ref=f"case {case.id}", reason="top of the ladder", raised_at=work.now)
            )
            if case.desk != work.town.street_desk and not category_of(work.town, case.category).sealed:
                tell_above(work, case, work.town.street_desk)  # whose list names it from now on, where it is late
            tell_desk(work, case, case.desk, Telling.REMINDER, Reader.DESK)
