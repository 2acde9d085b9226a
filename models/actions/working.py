"""What can a desk do on the way? 派工, 定日子, 外部编号, 已围挡: each is on record and returns the number."""

from datetime import date, datetime, timedelta
from datetime import time as clock

from models.actions.calling import told_by_nobody
from models.actions.external import remind_of_external
from models.actions.handling import acting_desk, acting_role, keep_sentence, may_say
from models.actions.moving import Facts, move, next_round, start_clocks, stop_ladder, take_up
from models.actions.requesting import days, end_pause
from models.actions.telling import refresh_cards, tell_raiser
from models.queries.cases import CaseView, history, view
from models.queries.people import Speaker
from models.records import Case
from models.rules.closure import after_safe, hazard
from models.rules.gone import category_of, desk_of
from models.rules.ladder import clocks_from, promised, push_at
from models.rules.lifecycle import Event, Telling
from models.rules.policy import Sla
from models.rules.refusals import DayGone, NoNumber, PersonsNumber, Refused, Stale
from models.rules.working_time import working_day
from models.turn import Work
from models.understanding.external import External, external_in, of_a_person

_DAY = timedelta(days=1)


def dispatch(work: Work, *, case_id: int, by: Speaker) -> CaseView:
    """A worker is sent (派工): the case is signed for and stays with the desk; what to tell the worker comes back.

    An impatient thumb sends nobody twice. Refuses `Stale` or `NotYours`.
    """
    case = take_up(work, case_id)
    role = acting_role(work, case, by)
    if history(work, case_id)[-1].event is not Event.DISPATCH:
        move(work, case, Event.DISPATCH, actor=by.actor, role=role)
        work.session.flush()
        refresh_cards(work, case)
    seen = view(work, case_id)
    assert seen is not None
    return seen


def plan(work: Work, *, case_id: int, by: Speaker, on: date) -> str:
    """The desk names its own day within what was promised, and the resident is told; nothing promised moves.

    Refuses `DayGone` for a day that cannot be named any more, `DayPassed` for all of them, `Stale` or `NotYours`.
    """
    case = take_up(work, case_id)
    day = next((day for day in days(work, case_id=case_id, by=by) if day.on == on and not day.later), None)
    if day is None:
        raise Refused(DayGone(number=case.number))
    facts: Facts = {"by": day.by.isoformat(), "desk": acting_desk(work, case, by)}
    move(work, case, Event.PLAN, actor=by.actor, role=acting_role(work, case, by), facts=facts)
    work.session.flush()
    if not category_of(work.town, case.category).sealed and not tell_raiser(work, case, Telling.WORD):
        told_by_nobody(work, case)
    refresh_cards(work, case)
    return case.number


def note_external(work: Work, *, case_id: int, by: Speaker, sentence: str) -> str:
    """Another office's number for the same matter is kept, and its own day, before which the desk is reminded.

    Nothing promised to the resident depends on it. Refuses `NoNumber`, `PersonsNumber`, `Stale` or
    `NotYours`.
    """
    case = take_up(work, case_id)
    zone = work.town.calendar.zone
    found = external_in(sentence, today=work.now.astimezone(zone).date())
    if found is None:
        raise Refused(NoNumber())
    if of_a_person(found.number):
        raise Refused(PersonsNumber())
    by_day = None if found.by is None else _closing(work, case, found)
    facts = {"by": by_day.isoformat() if by_day else None}
    move(work, case, Event.EXTERNAL, actor=by.actor, role=acting_role(work, case, by), facts=facts)
    case.external_number, case.external_by = found.number, by_day
    remind_of_external(work, case)
    work.session.flush()
    refresh_cards(work, case)
    return case.number


def make_safe(work: Work, *, case_id: int, by: Speaker, sentence: str) -> str:
    """Nobody is in danger any more (已围挡): the repair has a class and a day of its own from now, and stays open.

    The resident is told. Only for fire, building and lift hazards, once (domain M46). Refuses `Stale` or `NotYours`.
    """
    case = take_up(work, case_id)
    may_make_safe(work, case_id=case_id, by=by)
    row = move(work, case, Event.SAFE, actor=by.actor, role=acting_role(work, case, by))
    keep_sentence(work, case, "safe", sentence)
    case.safe_at = work.now
    if (sla := after_safe(Sla(case.sla))) is not Sla(case.sla):
        case.sla = sla.value
        starts = push_at(work.now, sla, category_of(work.town, case.category), work.town)
        case.resolve_by = promised(sla, starts, work.town, case.desk).resolve_by
        end_pause(work, case)
        stop_ladder(work, case_id)
        dues = [due for due in clocks_from(sla, starts, work.town, case.desk) if due.until not in row.reaches]
        start_clocks(work, case_id, dues, turn=next_round(work, case_id))
    work.session.flush()
    if not tell_raiser(work, case, Telling.CHANGED, why="safe"):
        told_by_nobody(work, case)
    refresh_cards(work, case)
    return case.number


def may_make_safe(work: Work, *, case_id: int, by: Speaker) -> str:
    """The case's number, if it is a hazard not yet made safe and this person may say so; refuses as `make_safe`."""
    number = may_say(work, case_id=case_id, by=by, event=Event.SAFE)
    case = work.session.get(Case, case_id)
    if case is None or case.safe_at is not None or not hazard(category_of(work.town, case.category)):
        raise Refused(Stale(number=number, state="" if case is None else case.state))
    return number


def _closing(work: Work, case: Case, found: External) -> datetime:
    """Until when it is that day: the desk's closing time, or the town's midnight where nobody is there."""
    assert found.by is not None
    opening = working_day(found.by, work.town.calendar, desk_of(work.town, case.desk).hours)
    if opening is not None:
        return opening[1]
    return datetime.combine(found.by + _DAY, clock(), work.town.calendar.zone)
