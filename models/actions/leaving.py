"""Somebody is away: nothing rings for them, what they owe leads to whoever can be reached, a deputy may stand in.

Coming back early needs no word: whoever acts is back (users.md rule 4).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from models.actions.enrolling import invite
from models.actions.leading import take_over
from models.actions.moving import take_up
from models.actions.telling import accused, refresh_cards
from models.queries.desks import Answering, answering
from models.queries.people import Speaker, ways_to_place
from models.queries.waiting import Owed, waiting_at
from models.records import Leave
from models.rules.lifecycle import Event, State, move_for
from models.rules.policy import Level
from models.rules.presence import Away
from models.rules.refusals import NotYours, Refused
from models.rules.routing import next_desk
from models.turn import Work


def take_leave(work: Work, *, by: Speaker, away: Away) -> tuple[Answering, ...]:
    """Nothing rings for them from `away.since_at` to `away.ended_at`; who answers meanwhile, place by place.

    It stands in place of any leave they had said before. Where it begins now and leaves a desk empty, what nobody has
    signed for yet goes to the desk above at once. Refuses `NotYours` to somebody without an office.
    """
    if not by.staff:
        raise Refused(NotYours())
    end_leave(work, person=by.person, planned=True)
    work.session.add(Leave(person_id=by.person, since_at=away.since_at, ended_at=away.ended_at))
    work.session.flush()
    places = dict.fromkeys(held.place for held in by.held)
    found = tuple(answering(work, place=place, without=by.person, at=away.since_at) for place in places)
    if away.since_at <= work.now:
        for place in places:
            if place in work.town.desks and not ways_to_place(work, place):
                _hand_up_unsigned(work, place)
    return found


def end_leave(work: Work, *, person: int, planned: bool = False) -> bool:
    """They are back, and can be reached again; False where they were not away. `planned`: what is to come too."""
    leaves = work.session.exec(
        select(Leave).where(Leave.person_id == person, col(Leave.ended_at) > work.now).with_for_update()
    ).all()
    ended = [leave for leave in leaves if planned or leave.since_at <= work.now]
    for leave in ended:
        leave.ended_at = max(work.now, leave.since_at)
    work.session.flush()
    return bool(ended)


@dataclass(frozen=True, slots=True)
class Deputised:
    """A link for somebody who stands in at `place`; it works once, and the office ends by itself."""

    place: str
    token: str
    ends_at: datetime


def deputise(work: Work, *, by: Speaker, until: datetime) -> tuple[Deputised, ...]:
    """One link for each office this person holds, none longer than they hold it; refuses `NotYours` without one."""
    if not by.staff or until <= work.now:
        raise Refused(NotYours())
    made = []
    for held in by.held:
        ends_at = min(until, held.ended_at) if held.ended_at else until
        made.append(Deputised(held.place, invite(work, role=held.role, place=held.place, ends_at=ends_at), ends_at))
    return tuple(made)


def _hand_up_unsigned(work: Work, desk: str) -> None:
    """What nobody at this empty desk has signed for is led by the nearest desk above that can be reached."""
    for waiting in waiting_at(work, desk):
        if waiting.owed not in (Owed.NEW, Owed.RETURNED):
            continue
        case = take_up(work, waiting.id)
        above = next_desk(work.town, case.building, Level(case.level), accused=accused(case))
        if above is None or move_for(State(case.state), Event.TAKE_OVER) is None:
            continue
        take_over(work, case, *above, facts={"why": "away"})
        work.session.flush()
        refresh_cards(work, case)
