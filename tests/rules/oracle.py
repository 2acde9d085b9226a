"""Who may, said a second time in another way: plain ifs, from domain C2 and reliability I5, not from the table."""

from datetime import datetime

from models.rules.access import Action, Actor, Subject
from models.rules.lifecycle import State
from models.rules.policy import Party, Role

DESKS = (Role.PROPERTY, Role.COMMITTEE, Role.COMMUNITY, Role.STREET, Role.DISTRICT)
BUSY = (State.ACCEPTED, State.SIGNED, State.WORKING, State.REOPENED)


def may(actor: Actor, action: Action, subject: Subject, now: datetime) -> bool:
    offices = [
        office
        for office in actor.held
        if not (office.since_at and now < office.since_at) and not (office.ended_at and now >= office.ended_at)
    ]
    if actor.person is None:
        roles = [office.role for office in offices]
        if action is Action.ACCEPT:
            return Role.BOT in roles and subject.state is State.SUBMITTED
        if action is Action.CLIMB:
            return Role.CLOCK in roles and (subject.state in BUSY or subject.state is State.CLAIMED)
        if action is Action.TAKE_OVER:
            return Role.CLOCK in roles and subject.state in BUSY
        return False
    if actor.person == subject.raiser:
        if action in (Action.READ, Action.READ_WORDS):
            return True
        if action is Action.SUBMIT:
            return subject.state is State.DRAFT
        return action in (Action.CONFIRM, Action.DENY, Action.PARTLY) and subject.state is State.CLAIMED
    for office in offices:
        if Party.PROPERTY in subject.accused and office.role is Role.PROPERTY:
            return False
        if Party.COMMITTEE in subject.accused and office.role is Role.COMMITTEE:
            return False
        if Party.HEAD in subject.accused and office.role is Role.HEAD and office.place == subject.building:
            return False
    return any(_by_office(office.role, office.place, action, subject) for office in offices)


def _by_office(role: Role, place: str, action: Action, subject: Subject) -> bool:
    if role is Role.HEAD:
        if place != subject.building or not subject.asked_head or subject.sealed or subject.enforcement:
            return False
        if action in (Action.LOOK, Action.BUSY, Action.DECLINE, Action.CLAIM):
            return subject.state in BUSY
        shown = (*BUSY, State.CLAIMED, State.CLOSED_OK)
        return action in (Action.READ, Action.READ_WORDS) and subject.state in shown
    if role not in DESKS or (subject.sealed and role in (Role.PROPERTY, Role.COMMITTEE)):
        return False
    leads = place == subject.lead
    helps = place in subject.helping and not leads
    if not leads and not helps and place not in subject.above:
        return False
    if action in (Action.READ, Action.READ_WORDS):
        return subject.state is not State.DRAFT and (leads or subject.state is not State.SUBMITTED)
    if action is Action.ACCEPT:
        return leads and role is Role.COMMUNITY and subject.state is State.SUBMITTED
    if action is Action.SIGN:
        return leads and subject.state in (State.ACCEPTED, State.REOPENED)
    if action is Action.CONTACT:
        return (leads or helps) and subject.state is State.SIGNED
    return action is Action.CLAIM and (leads or helps) and subject.state in BUSY
