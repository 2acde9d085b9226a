"""Who may, said a second time in another way: plain ifs, from domain C2, C3 and reliability I5, not from the table."""

from datetime import datetime

from models.rules.access import Action, Actor, Subject
from models.rules.lifecycle import State
from models.rules.policy import Party, Role

DESKS = (Role.PROPERTY, Role.COMMITTEE, Role.COMMUNITY, Role.STREET, Role.DISTRICT)
BUSY = (State.ACCEPTED, State.SIGNED, State.WORKING, State.REOPENED)
ENDED = (State.CLOSED_OK, State.CLOSED_SILENT, State.WITHDRAWN)
READING = (Action.READ, Action.READ_WORDS)


def may(actor: Actor, action: Action, subject: Subject, now: datetime) -> bool:
    offices = [
        office
        for office in actor.held
        if not (office.since_at and now < office.since_at) and not (office.ended_at and now >= office.ended_at)
    ]
    if actor.person is None:
        return any(_by_system(office.role, action, subject.state) for office in offices)
    if actor.person == subject.raiser:
        return _by_raiser(action, subject.state)
    for office in offices:
        if Party.PROPERTY in subject.accused and office.role is Role.PROPERTY:
            return False
        if Party.COMMITTEE in subject.accused and office.role is Role.COMMITTEE:
            return False
        if Party.HEAD in subject.accused and office.role is Role.HEAD and office.place == subject.building:
            return False
    if actor.person in subject.family and action in READING and subject.state is not State.DRAFT:
        return True
    return any(_by_office(office.role, office.place, action, subject) for office in offices)


def _by_system(role: Role, action: Action, state: State) -> bool:
    if role is Role.BOT:
        return action is Action.ACCEPT and state is State.SUBMITTED
    if role is not Role.CLOCK:
        return False
    if action is Action.CLIMB:
        return state in BUSY or state is State.CLAIMED
    if action is Action.LAPSE:
        return state is State.CLAIMED
    if action is Action.RESUME:
        return state in BUSY and state is not State.REOPENED
    return action is Action.TAKE_OVER and state in BUSY


def _by_raiser(action: Action, state: State) -> bool:
    asked = state is State.CLAIMED
    if action in READING:
        return True
    if action is Action.SUBMIT:
        return state is State.DRAFT
    if action is Action.CONFIRM:
        return asked or state is State.CLOSED_SILENT
    if action in (Action.DENY, Action.PARTLY):
        return asked
    if action in (Action.ADD, Action.RAISE, Action.WITHDRAW, Action.PERSON):
        return asked or state in BUSY
    if action in (Action.REPLY, Action.URGE, Action.PLACE):
        return state in BUSY
    if action in (Action.AGREE, Action.DISAGREE):
        return state in (State.ACCEPTED, State.SIGNED)
    if action is Action.REOPEN:
        return state in (State.CLOSED_OK, State.CLOSED_SILENT)
    return action in (Action.RATE, Action.THANK) and state is State.CLOSED_OK


def _by_office(role: Role, place: str, action: Action, subject: Subject) -> bool:
    state = subject.state
    if role is Role.HEAD:
        if place != subject.building or not subject.asked_head or subject.sealed or subject.enforcement:
            return False
        if action in (Action.LOOK, Action.BUSY, Action.DECLINE, Action.CLAIM):
            return state in BUSY
        return action in READING and (state in BUSY or state is State.CLAIMED or state in ENDED)
    if role not in DESKS:
        return False
    if action is Action.ENTER:
        return state is State.DRAFT
    if subject.sealed and role in (Role.PROPERTY, Role.COMMITTEE):
        return False
    return _by_part(role, place, action, subject) or _by_request(role, place, action, subject)


def _by_part(role: Role, place: str, action: Action, subject: Subject) -> bool:
    """As the accountable desk, as one that helps, as one that was told."""
    state = subject.state
    leads = place == subject.lead
    helps = place in subject.helping and not leads
    told = place in subject.above and not leads and not helps
    if action in READING:
        if state is State.DRAFT:
            return False
        return leads or ((helps or told) and state is not State.SUBMITTED)
    if action is Action.ACCEPT:
        return leads and role is Role.COMMUNITY and state is State.SUBMITTED
    if action in (Action.SORT, Action.HEAR):
        return leads and role in (Role.COMMUNITY, Role.STREET) and state in (State.ACCEPTED, State.SIGNED)
    if action is Action.SIGN:
        return leads and state in (State.ACCEPTED, State.REOPENED)
    if action is Action.ASK:
        return leads and state in (State.SIGNED, State.WORKING)
    if action in (Action.OFFER, Action.EXTEND):
        return leads and state in BUSY
    if action is Action.CONTACT:
        return (leads or helps) and state is State.SIGNED
    if action is Action.WORD:
        return (leads or helps) and state is State.WORKING
    works = (Action.CLAIM, Action.ARRIVE, Action.SAFE, Action.PLAN, Action.DISPATCH, Action.EXTERNAL)
    return action in works and (leads or helps) and state in BUSY


def _by_request(role: Role, place: str, action: Action, subject: Subject) -> bool:
    """As whoever is asked to decide, or has the resident on the call list."""
    state = subject.state
    if place == subject.decider and state in BUSY and action in (Action.TAKE, Action.GRANT, Action.REFUSE, *READING):
        return True
    if place != subject.caller or role not in (Role.COMMUNITY, Role.STREET, Role.DISTRICT):
        return False
    if state is State.CLAIMED:
        return action in (Action.CONFIRM, Action.DENY, Action.PARTLY, Action.NO_ANSWER, *READING)
    if state in BUSY:  # she asked for a person, or no message reaches her
        return action in (Action.SPOKE, Action.NO_ANSWER, *READING)
    return state is State.CLOSED_SILENT and action in (Action.CONFIRM, Action.REOPEN, Action.NO_ANSWER, *READING)
