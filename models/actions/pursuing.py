"""What does a resident do about a case besides answering? Hurry it, go higher, take it back, rate it, give thanks.

None of it needs anybody's leave, and none of it counts against anybody (domain B8, M03).
"""

from dataclasses import dataclass

from models.actions.confirming import reopen, send_back
from models.actions.erasing import erase_now
from models.actions.leading import take_over
from models.actions.moving import Facts, may_move, move, take_up
from models.actions.relaying import Remark, add
from models.actions.telling import accused, refresh_cards, tell_above, tell_desk, tell_thanks
from models.queries.cases import CaseView, view
from models.queries.people import Speaker
from models.queries.pursued import pursued
from models.records import Case
from models.rules.closure import RATES_FOR
from models.rules.gone import desk_of
from models.rules.ladder import TOP
from models.rules.lifecycle import Event, Reader, Telling
from models.rules.policy import Desk, Level, Role
from models.rules.refusals import AtTheTop, NotYours, RatedBefore, Refused, Stale, ThankedBefore
from models.rules.routing import rises_to
from models.turn import Work


@dataclass(frozen=True, slots=True)
class Hurried:
    """`first` in this stage: the desk has been told; otherwise nothing has changed."""

    first: bool
    seen: CaseView


def urge(work: Work, *, case_id: int, by: Speaker) -> Hurried:
    """The desk hears that the resident waits, once a stage; refuses `Stale` or `NotYours`."""
    case = take_up(work, case_id)
    may_move(work, case, Event.URGE, actor=by.actor)
    first = not pursued(work, case).urged
    if first:
        move(work, case, Event.URGE, actor=by.actor, role=Role.RESIDENT)
        work.session.flush()
        tell_desk(work, case, case.desk, Telling.ADDED, Reader.DESK)
        refresh_cards(work, case)
    seen = view(work, case_id)
    assert seen is not None
    return Hurried(first, seen)


@dataclass(frozen=True, slots=True)
class Raised:
    """`desk` leads now; or, where nobody leads above, was told of it (`copied`)."""

    number: str
    desk: Desk
    copied: bool


def raise_up(work: Work, *, case_id: int, by: Speaker, version: int) -> Raised:
    """申请上报: the next level leads at once, without anybody's leave; the street's case is copied to the district.

    Once a level, and once a card: an impatient thumb raises no second level. What was claimed is reopened. Refuses
    `AtTheTop` where there is nothing above or it knows already, `Stale` or `NotYours`.
    """
    case = take_up(work, case_id)
    row = may_move(work, case, Event.RAISE, actor=by.actor)
    if version < pursued(work, case).raised_seq:
        raise Refused(Stale(number=case.number, state=case.state))
    above = rises_to(work.town, case.building, Level(case.level), case.raised_to, accused=accused(case))
    if above is None:
        raise Refused(AtTheTop(number=case.number))
    level, desk = above
    case.raised_to = int(level)
    facts: Facts = {"to": desk, "level": int(level)}
    if row.restarts:
        found = send_back(work, case, Event.RAISE, actor=by.actor, role=Role.RESIDENT, facts=facts, higher=True)
        return Raised(case.number, desk_of(work.town, case.desk), copied=found.lead is None)
    move(work, case, Event.RAISE, actor=by.actor, role=Role.RESIDENT, facts=facts)
    if level > TOP:
        work.session.flush()
        tell_above(work, case, desk)
        refresh_cards(work, case)
        return Raised(case.number, desk_of(work.town, desk), copied=True)
    take_over(work, case, level, desk, facts={"why": "raised"}, tells=False, asked=True)
    case.raised_to = max(case.raised_to, case.level)
    work.session.flush()
    refresh_cards(work, case)
    return Raised(case.number, desk_of(work.town, case.desk), copied=False)


def may_withdraw(work: Work, *, case_id: int, by: Speaker) -> str:
    """The case's number, if this person may take it back now; refuses `Stale` or `NotYours`. Changes nothing."""
    case = work.session.get(Case, case_id)
    if case is None:
        raise Refused(NotYours())
    may_move(work, case, Event.WITHDRAW, actor=by.actor)
    return case.number


def withdraw(work: Work, *, case_id: int, by: Speaker, erase: bool) -> str:
    """Nobody works on it any more (撤诉). `erase`: the words are gone at once, the number and the events stay.

    Refuses `Stale` or `NotYours`.
    """
    case = take_up(work, case_id)
    move(work, case, Event.WITHDRAW, actor=by.actor, role=Role.RESIDENT, facts={"erased": erase})
    case.closed_at, case.caller = work.now, ""
    if erase:
        erase_now(work, case_id)
    work.session.flush()
    refresh_cards(work, case)
    return case.number


def rate(work: Work, *, case_id: int, by: Speaker, rating: int) -> str:
    """One to five is kept, for no handler to see; it may be changed for a day.

    Refuses `RatedBefore` after that, `Stale` or `NotYours`.
    """
    case = take_up(work, case_id)
    may_move(work, case, Event.RATE, actor=by.actor)
    if not 1 <= rating <= 5:
        raise Refused(Stale(number=case.number, state=case.state))
    if case.rating == rating:
        return case.number
    first = pursued(work, case).rated_at
    if first is not None and work.now - first > RATES_FOR:
        raise Refused(RatedBefore(number=case.number))
    move(work, case, Event.RATE, actor=by.actor, role=Role.RESIDENT, facts={"rating": rating})
    case.rating = rating
    work.session.flush()
    refresh_cards(work, case, only=Reader.RAISER)
    return case.number


def thank(work: Work, *, case_id: int, by: Speaker) -> str:
    """Whoever said it was done hears 「谢谢您」, from a stairwell and not from a name; once.

    Refuses `ThankedBefore`, `Stale` or `NotYours`.
    """
    case = take_up(work, case_id)
    may_move(work, case, Event.THANK, actor=by.actor)
    if pursued(work, case).thanked:
        raise Refused(ThankedBefore(number=case.number))
    move(work, case, Event.THANK, actor=by.actor, role=Role.RESIDENT)
    work.session.flush()
    tell_thanks(work, case)
    refresh_cards(work, case, only=Reader.RAISER)
    return case.number


def again(work: Work, *, case_id: int, by: Speaker, bot_id: int, said: str) -> bool:
    """What was closed is to be done again, and `said` joins it; True where the next level leads; as `reopen`."""
    risen = reopen(work, case_id=case_id, by=by)
    if any(character.isalnum() for character in said):
        add(work, case_id=case_id, by=by, bot_id=bot_id, remark=Remark(said))
    return risen
