"""How is a person reached when no message arrives? By the telephone number they left, sealed, until they delete it."""

from models.actions.enrolling import meet
from models.store import Statement
from models.turn import Work
from models.vault import keep

_DROP = Statement("DELETE FROM secret WHERE owner = 'person' AND owner_id = :person AND field = 'phone'")


def leave_phone(work: Work, *, bot_id: int, chat_id: int, lang: str, phone: str) -> None:
    """The number is kept for the call list, in place of one left before."""
    person = meet(work, bot_id=bot_id, chat_id=chat_id, lang=lang)
    keep(work.session, work.keys, owner="person", owner_id=person, field="phone", text=phone, now=work.now)


def delete_phone(work: Work, *, person: int) -> bool:
    """No number is kept of this person; False where there was none."""
    return _DROP.run(work.session, person=person) > 0
