"""Is it solved? Only the resident's word closes a case; a No sends it back to the same desk, the second time higher."""

from models.actions.moving import move, next_round, start_clocks, stop_clocks, take_up
from models.actions.telling import accused, hand_lead, refresh_cards, tell_above, tell_desk
from models.queries.cases import view
from models.queries.people import Speaker
from models.records import Alarm, Case
from models.rules.alarms import AlarmKind
from models.rules.closure import after_denial
from models.rules.gone import category_of
from models.rules.ladder import Climb, clocks_from, promised, push_at
from models.rules.lifecycle import Event, Reader, Telling
from models.rules.policy import Level, Milestone, Role, Sla
from models.rules.refusals import NotYours, Refused, Stale
from models.turn import Work


def confirm(work: Work, *, case_id: int, by: Speaker, version: int) -> str:
    """The resident said it is solved: closed. Refuses `Stale` for an old question, `NotYours` to anybody else."""
    case = _asked(work, case_id, by, version)
    move(work, case, Event.CONFIRM, actor=by.actor, role=Role.RESIDENT)
    case.closed_at = work.now
    work.session.flush()
    refresh_cards(work, case)
    return case.number


def deny(work: Work, *, case_id: int, by: Speaker, version: int, event: Event = Event.DENY) -> bool:
    """The resident said No or only partly: back to the desk with a new date, the next level told; a second time the
    next level leads, and this is True. Refuses `Stale` for an old question, `NotYours` to anybody else.
    """
    case = _asked(work, case_id, by, version)
    case.returned += 1
    higher = after_denial(case.returned, Level(case.level), work.town, case.building, accused(case))
    move(
        work,
        case,
        event,
        actor=by.actor,
        role=Role.RESIDENT,
        facts={"returned": case.returned, "lead": higher.lead, "above": " ".join(higher.above)},
    )
    case.claimed_at = None
    give_new_dates(work, case, higher)
    work.session.flush()
    tell_desk(work, case, case.desk, Telling.RETURNED, Reader.DESK)
    for desk in higher.above:
        tell_above(work, case, desk)
    if higher.fresh_eyes:
        work.session.add(
            Alarm(kind=AlarmKind.FRESH_EYES, ref=f"case {case_id}", reason="returned a third time", raised_at=work.now)
        )
    refresh_cards(work, case)
    return higher.lead is not None


def give_new_dates(work: Work, case: Case, higher: Climb) -> None:
    """The ladder begins anew from now, at the desk that leads now."""
    assert case.id is not None
    if higher.lead is not None:
        hand_lead(work, case, higher.lead, higher.level)
    starts = push_at(work.now, Sla(case.sla), category_of(work.town, case.category), work.town)
    dates = promised(Sla(case.sla), starts, work.town, case.desk)
    case.acknowledge_by, case.contact_by, case.resolve_by = (
        dates.acknowledge_by,
        dates.contact_by,
        dates.resolve_by,
    )
    case.paused_until = None
    turn = next_round(work, case.id)
    stop_clocks(work, case.id, Milestone)
    start_clocks(work, case.id, clocks_from(Sla(case.sla), starts, work.town, case.desk), turn=turn)


def _asked(work: Work, case_id: int, by: Speaker, version: int) -> Case:
    """The case, if this answer is to its newest question."""
    case = take_up(work, case_id)
    if case.raiser_id != by.person:
        raise Refused(NotYours())
    seen = view(work, case_id)
    if seen is None or version < seen.claim_version:
        raise Refused(Stale(number=case.number, state=case.state))
    return case
