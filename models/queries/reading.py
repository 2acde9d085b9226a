"""In what part may somebody read a case?"""

from models.queries.cases import subject
from models.queries.people import held_by
from models.records import Case
from models.rules.access import Action, Actor, Relation, can, relations
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
    actor = Actor(person=person, held=held_by(work, person))
    about = subject(work, case)
    if not can(actor, Action.READ_WORDS, about, now=work.now).allow:
        return None
    found = {relation for _, relation in relations(actor, about, now=work.now)}
    return next((reader for relation, reader in _READERS.items() if relation in found), None)
