"""A list of what waits; a tap on a number opens that case as a card, 下一页 shows the others."""

from typing import Any

from aiogram import Router
from aiogram.methods import AnswerCallbackQuery, EditMessageText
from aiogram.types import CallbackQuery

from handlers.cards.buttons import Press, Verb
from handlers.cards.lists import PAGE, desk_list, list_buttons
from handlers.chat.hearing import Pressed, keyboard
from handlers.words import Html, Words
from models.actions.listing import open_case
from models.ports import Rows
from models.queries.listing import list_sent_to, listed, page_in_words
from models.queries.people import Speaker
from models.rules.gone import desk_of
from models.rules.refusals import NotYours, Refused
from models.turn import Turn, Work

router = Router(name="listing")


@router.callback_query(Pressed(Verb.OPEN))
async def show_case(query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None) -> Any:
    """The case's card comes below, as the live one."""
    if speaker is None:
        raise Refused(NotYours())
    waiting = turn.waiting
    number = await turn.do(
        open_case,
        case_id=press.of,
        person=speaker.person,
        bot_id=waiting.bot_id,
        chat_id=waiting.chat_id,
        update_id=waiting.update_id,
    )
    return AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("%(number)s号在下面", number=number))


@router.callback_query(Pressed(Verb.PAGE))
async def show_page(query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None) -> list[Any]:
    """Another page of the list, as it reads now."""
    if speaker is None or query.message is None:
        raise Refused(NotYours())
    said, rows = await turn.ask(_page, w=w, press=press, person=speaker.person, chat_id=turn.waiting.chat_id)
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        EditMessageText(
            chat_id=query.message.chat.id,
            message_id=query.message.message_id,
            text=said,
            reply_markup=keyboard(rows),
        ),
    ]


def _page(work: Work, *, w: Words, press: Press, person: int, chat_id: int) -> tuple[Html, Rows]:
    """What stands on that page; the last page where there are fewer by now. Refuses `NotYours`."""
    named = list_sent_to(work, notice_id=press.of, person=person, chat_id=chat_id)
    if named is None:
        raise Refused(NotYours())
    desk, moment = named
    lines = listed(work, person=person, desk=desk, moment=moment)
    page = min(press.version, max(0, len(lines) - 1) // PAGE)
    lines = page_in_words(work, lines, first=page * PAGE, many=PAGE)
    return (
        desk_list(w, desk_of(work.town, desk), lines, work.town, page=page, now=work.now),
        list_buttons(w, work.keys, chat_id, lines, notice=press.of, page=page),
    )
