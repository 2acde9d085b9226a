"""How does one desk ask another? 转办: take this case over; 延期: grant a later day. The other desk decides.

Until then whoever was first keeps the case, and every clock runs (首接负责). Each verb returns the case's number.
"""

from datetime import datetime

from sqlmodel import select

from models.actions.calling import told_by_nobody
from models.actions.handling import keep_sentence
from models.actions.leading import sign_anew
from models.actions.moving import (
    lapse_request,
    may_move,
    move,
    stop_rung,
    take_up,
)
from models.actions.telling import accused, hand_lead, refresh_cards, tell_accountable, tell_desk, tell_raiser
from models.queries.cases import subject
from models.queries.people import Speaker, ways_to_place
from models.queries.requests import once_asked
from models.records import Case, Request
from models.rules.access import Relation, relations
from models.rules.extension import Day, days_to_name, moved_with, waits_until
from models.rules.gone import category_of, desk_of
from models.rules.ladder import RESUME
from models.rules.lifecycle import Event, Reader, Telling
from models.rules.pausing import pausable
from models.rules.policy import Level, Milestone, Role, Sla
from models.rules.refusals import (
    DayPassed,
    DecidedAlready,
    NobodyThere,
    NoLaterDay,
    NotYours,
    OneAtATime,
    Refused,
)
from models.rules.routing import next_desk, ruling_desk, transfer_targets
from models.store import Statement
from models.turn import Work

TRANSFER, EXTENSION = "transfer", "extension"


def targets(work: Work, *, case_id: int, by: Speaker) -> tuple[str, ...]:
    """The desks this person may ask to take the case over now, each with somebody there.

    Refuses `NobodyThere` for none, `OneAtATime`, `Stale` or `NotYours`.
    """
    case = _case(work, case_id)
    may_move(work, case, Event.OFFER, actor=by.actor)
    _nothing_asked(work, case)
    sealed = category_of(work.town, case.category).sealed
    found = transfer_targets(work.town, case.building, case.desk, accused=accused(case), sealed=sealed)
    there = tuple(desk for desk in found if ways_to_place(work, desk, but=case.raiser_id))
    if not there:
        raise Refused(NobodyThere(number=case.number))
    return there


def may_offer(work: Work, *, case_id: int, by: Speaker, about: str) -> str:
    """The case's number, if the desk `about` may be asked to take it; refuses as `offer` does. Changes nothing."""
    if about not in targets(work, case_id=case_id, by=by):
        raise Refused(NobodyThere(number=_case(work, case_id).number))
    return _case(work, case_id).number


def offer(work: Work, *, case_id: int, by: Speaker, sentence: str, about: str) -> str:
    """The desk `about` is asked to take the case over, for the reason of `sentence`; the third time the street rules.

    Refuses `NobodyThere` where it may not be asked or nobody answers, `OneAtATime`, `Stale` or `NotYours`.
    """
    case = take_up(work, case_id)
    may_offer(work, case_id=case_id, by=by, about=about)
    decider = ruling_desk(work.town, case.desk, about, transfers=case.transfers)
    if not ways_to_place(work, decider, but=case.raiser_id):
        raise Refused(NobodyThere(number=case.number))
    move(
        work,
        case,
        Event.OFFER,
        actor=by.actor,
        role=_role(work, case, by, Relation.LEAD),
        facts={"to": about, "decider": decider},
    )
    _ask(
        work,
        case,
        Request(case_id=case_id, kind=TRANSFER, desk=case.desk, decider=decider, target=about, asked_at=work.now),
        sentence,
    )
    return case.number


def days(work: Work, *, case_id: int, by: Speaker) -> tuple[Day, ...]:
    """The days this person's desk may name for the case; the later ones have to be granted.

    Refuses `DayPassed` once the promised day is over, `Stale` or `NotYours`.
    """
    case = _case(work, case_id)
    may_move(work, case, Event.PLAN, actor=by.actor)
    found = days_to_name(
        Sla(case.sla), case.resolve_by, work.now, work.town, case.desk, extendable=_may_extend(work, case, by)
    )
    if not found:
        raise Refused(DayPassed(number=case.number))
    return found


def may_extend(work: Work, *, case_id: int, by: Speaker, about: str) -> str:
    """The case's number, if a day as late as `about` (ISO) may be asked for; refuses as `extend` does."""
    case = _case(work, case_id)
    may_move(work, case, Event.EXTEND, actor=by.actor)
    _nothing_asked(work, case)
    if case.resolve_by is not None and case.resolve_by <= work.now:
        raise Refused(DayPassed(number=case.number))
    if case.extended or not any(day.later and day.on.isoformat() == about for day in _days(work, case)):
        raise Refused(NoLaterDay(number=case.number))
    return case.number


def extend(work: Work, *, case_id: int, by: Speaker, sentence: str, about: str) -> str:
    """The level above is asked for the later day `about`, for the reason of `sentence`; once a case, before the day.

    Refuses `DayPassed`, `NoLaterDay`, `OneAtATime`, `NobodyThere` where nobody above answers, `Stale` or `NotYours`.
    """
    case = take_up(work, case_id)
    may_extend(work, case_id=case_id, by=by, about=about)
    decider = _above(work, case)
    until = next(day.by for day in _days(work, case) if day.on.isoformat() == about)
    move(
        work,
        case,
        Event.EXTEND,
        actor=by.actor,
        role=_role(work, case, by, Relation.LEAD),
        facts={"until": until.isoformat(), "decider": decider},
    )
    case.extended = True
    _ask(
        work,
        case,
        Request(case_id=case_id, kind=EXTENSION, desk=case.desk, decider=decider, until_by=until, asked_at=work.now),
        sentence,
    )
    return case.number


def take(work: Work, *, case_id: int, by: Speaker) -> str:
    """我们来接, or the street's 同意转: the case is led by the desk that was asked for, the former one helps.

    Nothing promised to the resident moves; she hears of it once. Refuses `DecidedAlready`, `NobodyThere`, `NotYours`.
    """
    case, asked = _decide(work, case_id, by, Event.TAKE, TRANSFER)
    assert asked.target is not None
    if not ways_to_place(work, asked.target, but=case.raiser_id):
        raise Refused(NobodyThere(number=case.number))
    former = case.desk
    move(
        work,
        case,
        Event.TAKE,
        actor=by.actor,
        role=_role(work, case, by, Relation.DECIDER),
        facts={"lead": asked.target, "from": former},
    )
    _decided(work, asked, "granted")
    hand_lead(work, case, asked.target, desk_of(work.town, asked.target).kind.level or Level.COMPOUND)
    case.transfers += 1
    sign_anew(work, case)
    work.session.flush()
    if asked.target != asked.decider:
        tell_accountable(work, case, Telling.ASSIGNMENT)  # who took it themselves have the card before them
    tell_desk(work, case, former, Telling.DECIDED, Reader.HELPING)
    if not category_of(work.town, case.category).sealed and not tell_raiser(work, case, Telling.CHANGED):
        told_by_nobody(work, case)
    refresh_cards(work, case)
    return case.number


def grant(work: Work, *, case_id: int, by: Speaker) -> str:
    """同意延期: the promised day moves, and the clocks that wait for the repair with it; the resident hears why.

    Refuses `DecidedAlready`, `DayPassed` once the old day is over, `NotYours`.
    """
    case, asked = _decide(work, case_id, by, Event.GRANT, EXTENSION)
    before = case.resolve_by
    assert before is not None
    assert asked.until_by is not None
    if before <= work.now:
        raise Refused(DayPassed(number=case.number))
    move(
        work,
        case,
        Event.GRANT,
        actor=by.actor,
        role=_role(work, case, by, Relation.DECIDER),
        facts={"from": before.isoformat(), "until": asked.until_by.isoformat()},
    )
    _decided(work, asked, "granted")
    case.resolve_by = asked.until_by
    end_pause(work, case)
    _clocks_move(work, case, frm=before, to=asked.until_by)
    work.session.flush()
    _tell_asking(work, case, asked)
    sealed = category_of(work.town, case.category).sealed
    if not sealed and not tell_raiser(work, case, Telling.CHANGED, why="later"):
        told_by_nobody(work, case)
    refresh_cards(work, case)
    return case.number


def refuse(work: Work, *, case_id: int, by: Speaker) -> str:
    """不接 or 不同意, one tap and no reason: all stays as it was. Refuses `DecidedAlready` or `NotYours`."""
    case, asked = _decide(work, case_id, by, Event.REFUSE, "")
    move(
        work,
        case,
        Event.REFUSE,
        actor=by.actor,
        role=_role(work, case, by, Relation.DECIDER),
        facts={"kind": asked.kind},
    )
    _decided(work, asked, "refused")
    work.session.flush()
    _tell_asking(work, case, asked)
    refresh_cards(work, case)
    return case.number


def _tell_asking(work: Work, case: Case, asked: Request) -> None:
    """The desk that asked hears the answer, also where it only helps by now."""
    tell_desk(work, case, asked.desk, Telling.DECIDED, Reader.DESK if asked.desk == case.desk else Reader.HELPING)


def end_pause(work: Work, case: Case) -> None:
    """Dates that are set anew wait for no answer of the resident; hers is welcome all the same."""
    assert case.id is not None
    case.paused_until = None
    stop_rung(work, case.id, RESUME.code)


def _case(work: Work, case_id: int) -> Case:
    case = work.session.get(Case, case_id)
    if case is None:
        raise Refused(NotYours())
    return case


def _days(work: Work, case: Case) -> tuple[Day, ...]:
    return days_to_name(Sla(case.sla), case.resolve_by, work.now, work.town, case.desk, extendable=True)


def _may_extend(work: Work, case: Case, by: Speaker) -> bool:
    """Whether later days are worth showing: not asked for yet, and by the desk whose promise it is."""
    leads = any(relation is Relation.LEAD for _, relation in relations(by.actor, subject(work, case), now=work.now))
    asked = _open(work, case.id)
    free = asked is None or waits_until(asked.asked_at, work.town, asked.decider) <= work.now
    return leads and not case.extended and free


def _above(work: Work, case: Case) -> str:
    """The nearest level above where somebody can say yes; refuses `NobodyThere`."""
    step = next_desk(work.town, case.building, Level(case.level), accused=accused(case))
    while step is not None:
        if ways_to_place(work, step[1], but=case.raiser_id):
            return step[1]
        step = next_desk(work.town, case.building, step[0], accused=accused(case))
    raise Refused(NobodyThere(number=case.number))


def _open(work: Work, case_id: int | None) -> Request | None:
    found = select(Request).where(Request.case_id == case_id, Request.decided_at == None)  # noqa: E711 SQL's
    return work.session.exec(found).one_or_none()


def _nothing_asked(work: Work, case: Case) -> None:
    """Refuses `OneAtATime` while another desk is asked and still has time to answer."""
    asked = _open(work, case.id)
    if asked is not None and waits_until(asked.asked_at, work.town, asked.decider) > work.now:
        raise Refused(OneAtATime(number=case.number))


def _ask(work: Work, case: Case, request: Request, sentence: str) -> None:
    """The request stands, with its reason, and the desk that decides is told; one that was not answered is over."""
    lapse_request(work, request.case_id)
    keep_sentence(work, case, "request", sentence)
    work.session.add(request)
    work.session.flush()
    tell_desk(work, case, request.decider, Telling.DECIDE, Reader.DECIDER)
    refresh_cards(work, case)


def _decide(work: Work, case_id: int, by: Speaker, event: Event, kind: str) -> tuple[Case, Request]:
    """The case and the open request this person may decide; refuses `DecidedAlready` to whom it once was put."""
    case = take_up(work, case_id)
    asked = _open(work, case_id)
    found = relations(by.actor, subject(work, case), now=work.now)
    decides = any(relation is Relation.DECIDER for _, relation in found)
    if asked is None or not decides or kind not in ("", asked.kind):
        if any(held.place in once_asked(work, case_id) for held in by.held):
            raise Refused(DecidedAlready(number=case.number))
        raise Refused(NotYours())
    may_move(work, case, event, actor=by.actor)
    return case, asked


def _decided(work: Work, asked: Request, outcome: str) -> None:
    asked.decided_at, asked.outcome = work.now, outcome
    work.session.flush()


def _role(work: Work, case: Case, by: Speaker, part: Relation) -> Role:
    """The office by which this person has that part in the case; refuses `NotYours`."""
    found = relations(by.actor, subject(work, case), now=work.now)
    role = next((role for role, relation in sorted(found) if relation is part), None)
    if role is None:
        raise Refused(NotYours())
    return role


_RUNNING = Statement("SELECT id, rung, until, due_at FROM clock WHERE case_id = :case_id AND due_at IS NOT NULL")
_MOVE = Statement("UPDATE clock SET due_at = :due_at WHERE id = :id AND due_at IS NOT NULL")


def _clocks_move(work: Work, case: Case, *, frm: datetime, to: datetime) -> None:
    """The rungs that wait until it is done ring later by as much; other clocks know nothing of it."""
    for row in _RUNNING.all(work.session, case_id=case.id):
        if pausable(row.rung, Milestone(row.until), work.town):
            due_at = moved_with(row.due_at, frm=frm, to=to, town=work.town, desk=case.desk)
            _MOVE.run(work.session, id=row.id, due_at=due_at)
