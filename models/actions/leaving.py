"""Somebody is away: nothing rings for them, what they owe leads to whoever can be reached, a deputy may stand in.

Coming back early needs no word: whoever acts is back (users.md rule 4).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from models.actions.enrolling import invite
from models.actions.rerouting import leave_no_desk_empty
from models.queries.desks import Answering, answering
from models.queries.people import Speaker
from models.records import Leave
from models.rules.presence import Away
from models.rules.refusals import NotYours, Refused
from models.turn import Work


def take_leave(work: Work, *, by: Speaker, away: Away) -> tuple[Answering, ...]:
    """Nothing rings for them from `away.since_at` to `away.ended_at`; who answers meanwhile, place by place.

    It stands in place of any leave they had said before. Where it begins now and leaves a desk empty, the desk above
    leads at once what was led there; a later one is seen when it begins. Refuses `NotYours` to who has no office.
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
            leave_no_desk_empty(work, place)
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
