"""A card's second page of buttons, and back: 更多 · 收起. And what it has no room for: 看全文."""

from typing import Any

from aiogram import Router
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, SendMessage
from aiogram.types import CallbackQuery

from handlers.cards import raiser, relay, staff
from handlers.cards.buttons import Press, Verb
from handlers.chat.hearing import Pressed, keyboard
from handlers.words import Words
from models.ports import Rows
from models.queries.cases import view
from models.queries.people import Speaker
from models.queries.reading import may_call, reader_of
from models.queries.whole import whole_letter
from models.rules.lifecycle import Reader
from models.rules.refusals import NotYours, Refused
from models.turn import Turn, Work
from models.vault import Keys

router = Router(name="turning")


@router.callback_query(Pressed(Verb.MORE, Verb.LESS))
async def turn_page(query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None) -> list[Any]:
    """The same card with its other buttons; what it says stays."""
    if speaker is None or query.message is None:
        raise Refused(NotYours())
    rows = await turn.ask(_page, w=w, keys=turn.keys, press=press, person=speaker.person, chat_id=turn.waiting.chat_id)
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        EditMessageReplyMarkup(
            chat_id=query.message.chat.id, message_id=query.message.message_id, reply_markup=keyboard(rows)
        ),
    ]


@router.callback_query(Pressed(Verb.WHOLE))
async def show_whole(query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None) -> list[Any]:
    """Every word that this reader may read, below the card."""
    if speaker is None:
        raise Refused(NotYours())
    found = await turn.ask(whole_letter, case_id=press.of, by=speaker)
    parts = relay.whole(w, found.number, found.letter, found.added)
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        *(SendMessage(chat_id=turn.waiting.chat_id, text=part) for part in parts),
    ]


def _page(work: Work, *, w: Words, keys: Keys, press: Press, person: int, chat_id: int) -> Rows:
    """The buttons this person may see there now; refuses `NotYours`."""
    seen, reader = view(work, press.of), reader_of(work, press.of, person)
    if seen is None or reader is None:
        raise Refused(NotYours())
    more = press.verb is Verb.MORE
    if reader is Reader.RAISER:
        return raiser.receipt_buttons(w, keys, chat_id, seen, more=more)
    calls = may_call(work, press.of, person)
    return staff.desk_buttons(w, keys, chat_id, seen, reader, more=more, calls=calls)
