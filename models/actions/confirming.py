"""Is it solved? Only the resident's word closes a case; a No sends it back to the same desk, the second time higher."""

from models.actions.external import remind_of_external
from models.actions.moving import Facts, may_move, move, next_round, start_clocks, stop_ladder, stop_rung, take_up
from models.actions.telling import accused, hand_lead, refresh_cards, tell_above, tell_accountable
from models.queries.cases import view
from models.queries.people import Speaker
from models.queries.pursued import pursued
from models.records import Alarm, Case
from models.rules.access import Actor
from models.rules.alarms import AlarmKind
from models.rules.closure import REOPENS_WITHIN, after_denial, call_again
from models.rules.gone import category_of
from models.rules.ladder import PERSON_ASKED, Climb, clocks_from, promised, push_at, rise
from models.rules.lifecycle import Event, Telling
from models.rules.policy import Effect, Level, Role, Sla
from models.rules.refusals import NotYours, Refused, Stale, TooLate
from models.turn import Work


def confirm(work: Work, *, case_id: int, by: Speaker, version: int) -> str:
    """The resident said it is solved: closed. Refuses `Stale` for an old question, `NotYours` to anybody else."""
    case = _asked(work, case_id, by, version)
    close(work, case, actor=by.actor, role=Role.RESIDENT)
    return case.number


def close(work: Work, case: Case, *, actor: Actor, role: Role, facts: Facts | None = None) -> None:
    """Closed by the resident's word, whoever wrote it down; refuses as `move` does."""
    move(work, case, Event.CONFIRM, actor=actor, role=role, facts=facts)
    case.closed_at, case.caller = work.now, ""
    work.session.flush()
    refresh_cards(work, case)


def deny(work: Work, *, case_id: int, by: Speaker, version: int, event: Event = Event.DENY) -> bool:
    """The resident said No or only partly: back to the desk with a new date, the next level told; a second time the
    next level leads, and this is True. Refuses `Stale` for an old question, `NotYours` to anybody else.
    """
    case = _asked(work, case_id, by, version)
    return send_back(work, case, event, actor=by.actor, role=Role.RESIDENT).lead is not None


def reopen(work: Work, *, case_id: int, by: Speaker) -> bool:
    """What was closed is to be done again, as after a No; True where the next level leads.

    Refuses `TooLate` after 30 days, `Stale`, or `NotYours` to anybody but the raiser.
    """
    case = take_up(work, case_id)
    if case.raiser_id != by.person:
        raise Refused(NotYours())
    may_move(work, case, Event.REOPEN, actor=by.actor)
    if case.closed_at is not None and work.now - case.closed_at > REOPENS_WITHIN:
        raise Refused(TooLate(number=case.number))
    return send_back(work, case, Event.REOPEN, actor=by.actor, role=Role.RESIDENT).lead is not None


def send_back(
    work: Work, case: Case, event: Event, *, actor: Actor, role: Role, facts: Facts | None = None, higher: bool = False
) -> Climb:
    """It is not solved: new dates from now, and who leads and who hears of it by how often that was said.

    `higher`: the next level leads already the first time, because the resident asked for it (申请上报). Whoever was to
    ask by telephone need not any more; a call that the resident asked for is still made.
    """
    case.returned += 1
    level, against = Level(case.level), accused(case)
    found = after_denial(case.returned, level, work.town, case.building, against)
    if higher and found.lead is None:
        found = rise(Effect.LEAD, level, work.town, case.building, against)
    kept = {"returned": case.returned, "lead": found.lead, "above": " ".join(found.above)}
    move(work, case, event, actor=actor, role=role, facts={**(facts or {}), **kept})
    case.claimed_at = case.closed_at = case.paused_until = None
    give_new_dates(work, case, found)
    _calls_go_on(work, case)
    work.session.flush()
    tell_accountable(work, case, Telling.RETURNED, awaited=higher)
    for desk in found.above:
        tell_above(work, case, desk)
    if found.fresh_eyes:
        work.session.add(
            Alarm(kind=AlarmKind.FRESH_EYES, ref=f"case {case.id}", reason="returned a third time", raised_at=work.now)
        )
    refresh_cards(work, case)
    return found


def _calls_go_on(work: Work, case: Case) -> None:
    """Somebody is still to call the resident who asked for a person; nobody else is called about this claim."""
    assert case.id is not None
    before = pursued(work, case)
    if not case.caller or not before.wants_person:
        case.caller, case.calls = "", 0
        stop_rung(work, case.id, PERSON_ASKED.code)
    elif before.person_by is None:  # called once, in vain: the answer to the question stopped the next time
        start_clocks(work, case.id, [call_again(work.now, work.town, case.caller)], turn=next_round(work, case.id))


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
    stop_ladder(work, case.id)
    start_clocks(work, case.id, clocks_from(Sla(case.sla), starts, work.town, case.desk), turn=turn)
    remind_of_external(work, case)


def _asked(work: Work, case_id: int, by: Speaker, version: int) -> Case:
    """The case, if this answer is to its newest question."""
    case = take_up(work, case_id)
    if case.raiser_id != by.person:
        raise Refused(NotYours())
    seen = view(work, case_id)
    if seen is None or version < seen.claim_version:
        raise Refused(Stale(number=case.number, state=case.state))
    return case
