"""What does silence do? One clock that is due rings once; its rung of the ladder says who hears of it."""

from datetime import datetime

from models.actions.moving import move, next_round, start_clocks, take_up
from models.actions.telling import (
    accused,
    hand_lead,
    refresh_cards,
    tell_above,
    tell_accountable,
    tell_desk,
    tell_raiser,
)
from models.records import Alarm, Case, Clock
from models.rules.access import CLOCK
from models.rules.ladder import Climb, again, climb, rung
from models.rules.lifecycle import Event, Reader, Telling
from models.rules.policy import Effect, Level, Role
from models.store import Statement
from models.turn import Work

_DUE = Statement("SELECT id FROM clock WHERE due_at IS NOT NULL AND due_at <= :now ORDER BY due_at, id LIMIT 1")
_NEXT = Statement("SELECT min(due_at) AS due_at FROM clock WHERE due_at IS NOT NULL")


def due_clock(work: Work) -> int | None:
    """The clock that has been due longest, or None."""
    row = _DUE.one(work.session, now=work.now)
    return None if row is None else int(row.id)


def next_due(work: Work) -> datetime | None:
    """When the next clock rings; None when nothing runs."""
    row = _NEXT.one(work.session)
    return row.due_at if row else None


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
    result = climb(step, Level(case.level), work.town, case.building, accused(case))
    if (once_more := again(clock.rung, work.now, work.town, case.desk)) is not None:
        start_clocks(work, clock.case_id, [once_more], turn=next_round(work, clock.case_id))
    if step.effect is Effect.REMIND and case.reminded:
        return True  # one reminder a case, not one a clock (users.md)
    move(
        work,
        case,
        Event.CLIMB,
        actor=CLOCK,
        role=Role.CLOCK,
        facts={"rung": step.code, "effect": result.effect, "lead": result.lead, "above": " ".join(result.above)},
    )
    work.session.flush()
    _take_effect(work, case, result)
    work.session.flush()
    refresh_cards(work, case)
    return True


def _take_effect(work: Work, case: Case, result: Climb) -> None:
    match result.effect:
        case Effect.REMIND:
            case.reminded = True
            tell_desk(work, case, case.desk, Telling.REMINDER, Reader.DESK)
        case Effect.COPY:
            for desk in result.above:
                tell_above(work, case, desk)
        case Effect.LEAD:
            assert result.lead is not None
            hand_lead(work, case, result.lead, result.level)
            work.session.flush()
            for desk in result.above:
                tell_above(work, case, desk)
            tell_accountable(work, case, Telling.ASSIGNMENT)
            tell_raiser(work, case, Telling.CHANGED)
        case Effect.ASK_AGAIN:
            tell_raiser(work, case, Telling.QUESTION)
        case Effect.CALL:
            tell_desk(work, case, case.desk, Telling.CALL, Reader.DESK)
        case Effect.REVIEW:
            work.session.add(
                Alarm(kind="review", ref=f"case {case.id}", reason="top of the ladder", raised_at=work.now)
            )
            tell_desk(work, case, case.desk, Telling.REMINDER, Reader.DESK)
