"""When does a sealed matter show on a phone? When its reader asks: a lock screen shows nothing (users.md rule 7)."""

from models.actions.telling import redraw
from models.queries.cards import hidden_card
from models.queries.people import Speaker
from models.queries.reading import reader_of
from models.rules.refusals import NotYours, Refused
from models.store import Statement
from models.turn import Work

_OPEN = Statement("UPDATE card SET opened = :yes WHERE id = :id")


def open_card(work: Work, *, case_id: int, by: Speaker, bot_id: int, chat_id: int, message_id: int) -> None:
    """That message shows the case from now on, changed in place without a sound; refuses `NotYours`."""
    card = hidden_card(work, case_id=case_id, bot_id=bot_id, chat_id=chat_id, message_id=message_id)
    if card is None or reader_of(work, case_id, by.person) is None:
        raise Refused(NotYours())
    _OPEN.run(work.session, id=card.id, yes=True)
    redraw(work, case_id, card, f"opened:{card.id}")
