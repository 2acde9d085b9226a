"""How does the family follow a case? With its number and code; they read how it stands, and not whose it is."""

from models.actions.enrolling import meet
from models.outbox import promise
from models.ports import Priority
from models.queries.following import case_to_follow, code_of
from models.queries.people import Speaker
from models.records import Case
from models.rules.gone import category_of
from models.rules.lifecycle import Reader, Telling
from models.rules.refusals import CodeUnknown, NotYours, Refused
from models.store import Statement
from models.turn import Work

_FOLLOW = Statement("""
    INSERT INTO follower (case_id, person_id, since_at) VALUES (:case_id, :person, :now)
    ON CONFLICT (case_id, person_id) DO NOTHING RETURNING id
""")
_LEAVE = Statement("DELETE FROM follower WHERE case_id = :case_id AND person_id = :person")
_CARDS = Statement("""
    SELECT id, bot_id, chat_id, message_id FROM card
    WHERE case_id = :case_id AND person_id = :person AND reader = 'family'
""")


def share(work: Work, *, case_id: int, by: Speaker) -> tuple[str, str]:
    """The number and code the raiser may hand to the family; refuses `NotYours` for another's case or a sealed one."""
    case = work.session.get(Case, case_id)
    if case is None or case.raiser_id != by.person or category_of(work.town, case.category).sealed:
        raise Refused(NotYours())
    return case.number, code_of(work.keys, case_id)


def follow(work: Work, *, case_id: int, code: str, bot_id: int, chat_id: int, lang: str) -> str:
    """Whoever has number and code gets the card, and follows from now on; the case's number.

    Refuses `CodeUnknown` alike for a wrong code, a number nobody has, a sealed case and one's own.
    """
    case = case_to_follow(work, case_id=case_id, code=code)
    person = meet(work, bot_id=bot_id, chat_id=chat_id, lang=lang)
    if case is None or case.raiser_id == person:
        raise Refused(CodeUnknown())
    begun = _FOLLOW.one(work.session, case_id=case_id, person=person, now=work.now)
    if begun is not None:
        promise(
            work.session,
            key=f"follow:{case_id}:{person}:{begun.id}",
            person_id=person,
            bot_id=bot_id,
            chat_id=chat_id,
            case_id=case_id,
            telling=Telling.RECEIPT,
            reader=Reader.FAMILY,
            facts={},
            priority=Priority.RECEIPT,
            ring_at=work.now,
            now=work.now,
        )
    return case.number


def leave(work: Work, *, case_id: int, by: Speaker) -> str:
    """The person follows no more, and the card is emptied; the case's number. Refuses `NotYours` to who does not."""
    case = work.session.get(Case, case_id)
    if case is None or not _LEAVE.run(work.session, case_id=case_id, person=by.person):
        raise Refused(NotYours())
    for card in _CARDS.all(work.session, case_id=case_id, person=by.person):
        promise(
            work.session,
            key=f"unfollow:{card.id}:{work.now.isoformat()}",
            person_id=by.person,
            bot_id=card.bot_id,
            chat_id=card.chat_id,
            case_id=case_id,
            telling=Telling.REFRESH,
            reader=Reader.FAMILY,
            edits=card.message_id,
            facts={"telling": Telling.RECEIPT},
            priority=Priority.LIST,
            ring_at=work.now,
            now=work.now,
        )
    return case.number
