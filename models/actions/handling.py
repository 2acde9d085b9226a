"""What can a desk or a head do with a case that is theirs? Each verb returns the case's number."""

from models.actions.calling import claimed, told_by_nobody
from models.actions.moving import Facts, may_move, move, start_clocks, take_up
from models.actions.onscene import look_again
from models.actions.telling import refresh_cards, tell_raiser
from models.queries.cases import head_answer, subject
from models.queries.doing import doing
from models.queries.people import Speaker
from models.records import Case
from models.rules.access import Relation, relations
from models.rules.gone import category_of
from models.rules.ladder import clocks_after_claim
from models.rules.lifecycle import Event, State, Telling, move_for
from models.rules.policy import Role, Sla
from models.rules.refusals import NothingSaid, NotYours, Refused, Stale
from models.turn import Work
from models.understanding.reading import clean
from models.vault import keep_many

SENTENCE_LIMIT = 300
"""Characters of 「做了什么」 that are kept: one sentence, read on a phone."""


def sign(work: Work, *, case_id: int, by: Speaker) -> str:
    """The desk has taken it (签收); cards change without a sound. Refuses `Stale` or `NotYours`."""
    return _handle(work, case_id, Event.SIGN, by)


def contact(work: Work, *, case_id: int, by: Speaker) -> str:
    """The desk has been there or telephoned: the case is being worked on. Refuses `Stale` or `NotYours`."""
    return _handle(work, case_id, Event.CONTACT, by)


def arrive(work: Work, *, case_id: int, by: Speaker) -> str:
    """Somebody stands at the emergency (已到场), which ends its first half hour (domain C0 on_scene); once.

    Refuses `Stale` where nothing is an emergency any more, or `NotYours`.
    """
    case = take_up(work, case_id)
    may_move(work, case, Event.ARRIVE, actor=by.actor)
    if Sla(case.sla) is not Sla.P0:
        raise Refused(Stale(number=case.number, state=case.state))
    if doing(work, case_id).arrived:
        return case.number  # an impatient thumb arrives once
    return _handle(work, case_id, Event.ARRIVE, by)


def not_there(work: Work, *, case_id: int, by: Speaker) -> str:
    """已到场 was tapped by mistake: nobody stands there, and what is due since it was cried rings; once.

    Refuses `Stale` where nobody is said to be there, or `NotYours`.
    """
    case = take_up(work, case_id)
    may_move(work, case, Event.ARRIVE, actor=by.actor)
    if Sla(case.sla) is not Sla.P0 or not doing(work, case_id).arrived:
        raise Refused(Stale(number=case.number, state=case.state))
    move(work, case, Event.ARRIVE, actor=by.actor, role=acting_role(work, case, by), facts={"mistaken": True})
    look_again(work, case, since=work.now if case.returned else case.filed_at)
    work.session.flush()
    refresh_cards(work, case)
    return case.number


def may_let_know(work: Work, *, case_id: int, by: Speaker) -> str:
    """The case's number, if this person may let the resident know something now; refuses as `let_know` does."""
    case = work.session.get(Case, case_id)
    if case is not None and _speaks_first(work, case):
        return may_say(work, case_id=case_id, by=by, event=Event.SIGN)
    return may_say(work, case_id=case_id, by=by, event=_word_of(work, case_id))


def let_know(work: Work, *, case_id: int, by: Speaker, sentence: str) -> str:
    """The resident reads `sentence` (带话); the first one is the contact that was promised.

    Refuses `NothingSaid` for a sentence without words, `Stale` or `NotYours`.
    """
    case = take_up(work, case_id)
    if _speaks_first(work, case):
        move(work, case, Event.SIGN, actor=by.actor, role=acting_role(work, case, by))
        work.session.flush()
    facts: Facts = {"desk": acting_desk(work, case, by)}
    move(work, case, _word_of(work, case_id), actor=by.actor, role=acting_role(work, case, by), facts=facts)
    keep_sentence(work, case, "word", sentence)
    work.session.flush()
    if not tell_raiser(work, case, Telling.WORD):
        told_by_nobody(work, case)
    refresh_cards(work, case)
    return case.number


def _speaks_first(work: Work, case: Case) -> bool:
    """Whether a word to somebody in despair goes before everything, and signs for the case by itself."""
    category = category_of(work.town, case.category)
    return category.sealed and category.sla is Sla.P0 and State(case.state) in (State.ACCEPTED, State.REOPENED)


def _word_of(work: Work, case_id: int) -> Event:
    """Which event a word to the resident is: one more word where the table has it, else the first contact."""
    case = work.session.get(Case, case_id)
    return Event.WORD if case is not None and move_for(State(case.state), Event.WORD) else Event.CONTACT


def answer(work: Work, *, case_id: int, by: Speaker, event: Event) -> str:
    """The head has said 我来看看, 没空 or 我不便管: noted once, nobody is told off. Refuses `Stale` or `NotYours`."""
    case = take_up(work, case_id)
    may_move(work, case, event, actor=by.actor)
    if head_answer(work, case_id, by.person) is event:
        return case.number  # an impatient thumb: the same answer a second time says nothing new
    return _handle(work, case_id, event, by)


def may_say(work: Work, *, case_id: int, by: Speaker, event: Event) -> str:
    """The case's number, if this person may `event` it now; refuses `Stale` or `NotYours`. Changes nothing."""
    case = work.session.get(Case, case_id)
    if case is None:
        raise Refused(NotYours())
    may_move(work, case, event, actor=by.actor)
    return case.number


def claim(work: Work, *, case_id: int, by: Speaker, sentence: str) -> str:
    """The handler says it is done and what was done; the resident is asked. Never closes by itself (I8).

    Refuses `NothingSaid` for a sentence without words, `Stale` or `NotYours`.
    """
    case = take_up(work, case_id)
    role, desk = acting_role(work, case, by), acting_desk(work, case, by)
    move(work, case, Event.CLAIM, actor=by.actor, role=role, facts={"desk": desk})
    case.claimed_at = work.now
    keep_sentence(work, case, "done", sentence)
    start_clocks(work, case_id, clocks_after_claim(work.now, work.town, sla=Sla(case.sla)), turn=case.version)
    work.session.flush()
    claimed(work, case, desk=desk)
    refresh_cards(work, case)
    return case.number


def acting_desk(work: Work, case: Case, by: Speaker) -> str | None:
    """At which of the case's desks this person sits; None for a head. What they say stays that desk's."""
    about = subject(work, case)
    return next((desk for desk in (about.lead, *about.helping) if any(desk == held.place for held in by.held)), None)


def one_sentence(said: str) -> str:
    """What of somebody's words is passed on; refuses `NothingSaid` where there are none."""
    sentence = " ".join(clean(said).split())[:SENTENCE_LIMIT]
    if not any(character.isalnum() for character in sentence):
        raise Refused(NothingSaid())
    return sentence


def keep_sentence(work: Work, case: Case, field: str, said: str) -> None:
    """The sentence is kept under the event it came with."""
    assert case.id is not None
    texts = {f"{field}.{case.version}": one_sentence(said)}
    keep_many(work.session, work.keys, owner="case", owner_id=case.id, texts=texts, now=work.now)


def acting_role(work: Work, case: Case, by: Speaker) -> Role:
    """In which of their capacities a person acts on this case: the office that relates them to it, or as resident.

    Refuses `NotYours` to somebody with no part in it.
    """
    found = {relation: role for role, relation in relations(by.actor, subject(work, case), now=work.now)}
    for relation in (Relation.LEAD, Relation.HELPING, Relation.ABOVE, Relation.HEAD, Relation.OWN):
        if relation in found:
            return found[relation]
    raise Refused(NotYours())


def _handle(work: Work, case_id: int, event: Event, by: Speaker) -> str:
    case = take_up(work, case_id)
    move(work, case, event, actor=by.actor, role=acting_role(work, case, by))
    work.session.flush()
    refresh_cards(work, case)
    return case.number
