"""In what part may somebody read a case?"""

from collections.abc import Iterable

from models.queries.cases import subject, subjects
from models.queries.people import held_by
from models.records import Case
from models.rules.access import Action, Actor, Relation, Subject, can, relations
from models.rules.lifecycle import Reader
from models.turn import Work

_READERS = {
    Relation.OWN: Reader.RAISER,
    Relation.LEAD: Reader.DESK,
    Relation.DECIDER: Reader.DECIDER,
    Relation.CALLER: Reader.CALLER,
    Relation.HELPING: Reader.HELPING,
    Relation.ABOVE: Reader.ABOVE,
    Relation.HEAD: Reader.HEAD,
    Relation.FAMILY: Reader.FAMILY,
}
"""The part that is drawn where somebody has several: what they can do goes before what they only read."""


def reader_of(work: Work, case_id: int, person: int) -> Reader | None:
    """In what part this person may read the case at this moment; None: not at all."""
    case = work.session.get(Case, case_id)
    if case is None:
        return None
    return _reader(work, subject(work, case), Actor(person=person, held=held_by(work, person)))


def those_read(work: Work, case_ids: Iterable[int], person: int) -> frozenset[int]:
    """Which of these cases this person may read at this moment."""
    actor = Actor(person=person, held=held_by(work, person))
    about = subjects(work, case_ids)
    return frozenset(case_id for case_id, one in about.items() if _reader(work, one, actor) is not None)


def _reader(work: Work, about: Subject, actor: Actor) -> Reader | None:
    if not can(actor, Action.READ_WORDS, about, now=work.now).allow:
        return None
    found = {relation for _, relation in relations(actor, about, now=work.now)}
    return next((reader for relation, reader in _READERS.items() if relation in found), None)


def may_call(work: Work, case_id: int, person: int) -> bool:
    """Whether this person sits at the desk that is to telephone the raiser, and is not the accused."""
    case = work.session.get(Case, case_id)
    if case is None or not case.caller:
        return False
    actor = Actor(person=person, held=held_by(work, person))
    return any(relation is Relation.CALLER for _, relation in relations(actor, subject(work, case), now=work.now))


def raiser_of(work: Work, case_id: int) -> int:
    """Whose case it is; only for whoever has to telephone. 0 where there is no such case."""
    case = work.session.get(Case, case_id)
    return case.raiser_id if case is not None else 0
