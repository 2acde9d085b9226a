"""May the desk ask the resident something? Once a case; meanwhile its clocks pause, for one working day at most."""

import json
from datetime import datetime

from models.actions.handling import acting_desk, acting_role, may_say, one_sentence
from models.actions.moving import Facts, move, start_clocks, take_up
from models.actions.telling import refresh_cards, tell_raiser
from models.queries.people import Speaker, way_to
from models.records import Case
from models.rules.access import CLOCK
from models.rules.ladder import RESUME, Due
from models.rules.lifecycle import Event, Telling
from models.rules.pausing import counting_of, counting_of_promise, moved, pausable, pause_ends, pauses
from models.rules.policy import Milestone, Role, Sla
from models.rules.refusals import AskedBefore, Refused
from models.store import Row, Statement
from models.turn import Work
from models.understanding.masking import masked
from models.vault import keep


def may_ask(work: Work, *, case_id: int, by: Speaker) -> str:
    """The case's number, if this desk may ask now; refuses `AskedBefore`, `Stale` or `NotYours`. Changes nothing."""
    number = may_say(work, case_id=case_id, by=by, event=Event.ASK)
    case = work.session.get(Case, case_id)
    if case is not None and case.asked:
        raise Refused(AskedBefore(number=number))
    return number


def ask(work: Work, *, case_id: int, by: Speaker, sentence: str) -> str:
    """The resident is asked, numbers hidden; clocks and the day it is to be done by pause until they answer.

    Nothing pauses in an emergency, nor where no chat reaches the resident: what is not delivered costs them nothing.
    Refuses `NothingSaid`, `AskedBefore`, `Stale` or `NotYours`.
    """
    case = take_up(work, case_id)
    may_ask(work, case_id=case_id, by=by)
    question = one_sentence(masked(sentence))
    until = pause_ends(work.now, work.town, case.desk)
    stops = pauses(Sla(case.sla)) and way_to(work, case.raiser_id) is not None
    was, resolve_by = case.resolve_by, case.resolve_by
    if stops:
        resolve_by = _promise_moved(work, case, frm=work.now, to=until)
    facts: Facts = {
        "until": _iso(until if stops else None),
        "resolve_was": _iso(was),
        "resolve_by": _iso(resolve_by),
        "desk": acting_desk(work, case, by),
    }
    move(work, case, Event.ASK, actor=by.actor, role=acting_role(work, case, by), facts=facts)
    case.asked, case.resolve_by = True, resolve_by
    if stops:
        case.paused_until = until
        _move_clocks(work, case, frm=work.now, to=until)
        start_clocks(work, case_id, [Due(RESUME.code, RESUME.until, until)], turn=case.version)
    field = f"question.{case.version}"
    keep(work.session, work.keys, owner="case", owner_id=case_id, field=field, text=question, now=work.now)
    work.session.flush()
    tell_raiser(work, case, Telling.ASKED)
    refresh_cards(work, case)
    return case.number


def resume(work: Work, case: Case) -> None:
    """No answer came, or the question reached nobody: the clocks go on, the unused part of the pause is given back."""
    facts = go_on(work, case)
    move(work, case, Event.RESUME, actor=CLOCK, role=Role.CLOCK, facts=facts)
    work.session.flush()
    refresh_cards(work, case)


_END = Statement("""
    UPDATE clock SET due_at = NULL, stopped_at = :now WHERE case_id = :case_id AND rung = :rung AND due_at IS NOT NULL
""")
_ASK = Statement("""
    SELECT facts FROM case_event WHERE case_id = :case_id AND event = 'ask' ORDER BY seq DESC LIMIT 1
""")


def go_on(work: Work, case: Case) -> Facts:
    """The pause is over, and dates stand where the time that was really used puts them; what the event remembers.

    A day that was named anew during the pause stays as it was named.
    """
    until, case.paused_until = case.paused_until, None
    runs = _END.run(work.session, case_id=case.id, rung=RESUME.code, now=work.now) > 0
    if until is None or not runs or until <= work.now:
        return {}
    _move_clocks(work, case, frm=until, to=work.now)
    was = case.resolve_by
    asked = _ASK.one(work.session, case_id=case.id)
    if asked is not None and json.loads(asked.facts).get("resolve_by") == _iso(was):
        case.resolve_by = _promise_moved(work, case, frm=until, to=work.now)
    return {"resolve_was": _iso(was), "resolve_by": _iso(case.resolve_by)}


def _promise_moved(work: Work, case: Case, *, frm: datetime, to: datetime) -> datetime | None:
    if case.resolve_by is None:
        return None
    counting = counting_of_promise(Sla(case.sla), work.town)
    return moved(case.resolve_by, frm=frm, to=to, counting=counting, town=work.town, desk=case.desk)


_RUNNING = Statement("SELECT id, rung, until, due_at FROM clock WHERE case_id = :case_id AND due_at IS NOT NULL")
_MOVE = Statement("UPDATE clock SET due_at = :due_at WHERE id = :id AND due_at IS NOT NULL")


def _move_clocks(work: Work, case: Case, *, frm: datetime, to: datetime) -> None:
    """Every clock that waits for the desk's work stands where the pause puts it."""
    rows: list[Row] = _RUNNING.all(work.session, case_id=case.id)
    for row in rows:
        if pausable(row.rung, Milestone(row.until), work.town):
            counting = counting_of(row.rung, work.town)
            due_at = moved(row.due_at, frm=frm, to=to, counting=counting, town=work.town, desk=case.desk)
            _MOVE.run(work.session, id=row.id, due_at=due_at)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
