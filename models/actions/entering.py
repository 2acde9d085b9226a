"""What is said at the counter or by telephone becomes a case like any other, for somebody who has no chat (domain M37).

The raiser is a person without a way to them but a telephone number, if they leave one: the call list asks them.
"""

from dataclasses import dataclass

from models.actions.filing import Draft, EnteredBy, Reading, reading, write
from models.actions.handling import claim
from models.queries.desks import desk_of
from models.queries.people import Speaker
from models.records import Channel, Person
from models.records.cases import number_of
from models.rules.access import Action, Held, Relation, Subject, can, relations
from models.rules.lifecycle import State
from models.rules.policy import Role, Sla
from models.rules.refusals import AboutYourselves, NotHere, NotYours, Refused
from models.turn import Work
from models.understanding.counter import Spoken
from models.vault import keep_many


@dataclass(frozen=True, slots=True)
class Entered:
    """The case is on disk, and this desk leads it."""

    case_id: int
    number: str
    desk: str
    sealed: bool  # nobody else may follow it


def entry(work: Work, *, by: Speaker, said: Spoken, building: str) -> Reading:
    """How the line would be handed in; changes nothing. Refuses as `enter` does."""
    office = _office(work, by)
    read = reading(work, _draft(said, building), home=building)
    if presses(work, by=by, read=read):
        return read
    about = _about(read)
    if any(relation is Relation.ACCUSED for _, relation in relations(by.actor, about, now=work.now)):
        community = work.town.desks[work.town.community_desks[work.town.compound_of(read.building).community]]
        raise Refused(AboutYourselves(desk=community.name, phone=community.phone))
    if office.role is Role.HEAD or not can(by.actor, Action.ENTER, about, now=work.now).allow:
        raise Refused(NotYours())
    return read


def presses(work: Work, *, by: Speaker, read: Reading) -> bool:
    """Whether somebody is in danger, and only the category takes the clerk's own people for the accused.

    「登记 3栋有人要跳楼」 goes to those above at once, whoever writes it down, and the clerk sees no more of it (I5).
    """
    against = any(relation is Relation.ACCUSED for _, relation in relations(by.actor, _about(read), now=work.now))
    return against and read.understanding.sla is Sla.P0


def enter(
    work: Work, *, by: Speaker, said: Spoken, building: str, bot_id: int, update_id: int, done: str | None = None
) -> Entered:
    """The line is a case, routed as any other. `done`: 当场办结, in one sentence; the raiser is telephoned as always.

    Refuses `AboutYourselves`, `NotHere` for 当场办结 where another desk leads, `NothingSaid`, `NotYours` to a head.
    """
    office, read = _office(work, by), entry(work, by=by, said=said, building=building)
    if done is not None and read.route.desk != office.place:
        raise Refused(NotHere())
    raiser = Person(lang=read.understanding.lang, met_at=work.now)
    work.session.add(raiser)
    work.session.flush()
    assert raiser.id is not None
    kept = {field: text for field, text in (("phone", said.phone), ("name", said.name)) if text}
    if kept:
        keep_many(work.session, work.keys, owner="person", owner_id=raiser.id, texts=kept, now=work.now)
    case = write(
        work,
        _draft(said, building),
        read,
        bot_id=bot_id,
        update_id=update_id,
        raiser=raiser.id,
        channel=Channel.COUNTER,
        entered_by=EnteredBy(by.person, office.role, by.shift),
    )
    if done is not None:
        claim(work, case_id=case.id, by=by, sentence=done)
    return Entered(case.id, number_of(case.id), read.route.desk, read.understanding.category.sealed)


def _about(read: Reading) -> Subject:
    return Subject(
        state=State.DRAFT,
        raiser=None,
        building=read.building,
        lead=read.route.desk,
        helping=(),
        above=(),
        level=read.route.level,
        accused=read.accused,
    )


def _draft(said: Spoken, building: str) -> Draft:
    return Draft(said.words, building=building)


def _office(work: Work, by: Speaker) -> Held:
    """The desk office in which this person writes it down; refuses `NotYours` to anybody without one."""
    desk = desk_of(by, work.town)
    found = next((held for held in by.held if held.place == desk), None)
    if found is None:
        raise Refused(NotYours())
    return found
