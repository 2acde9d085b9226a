"""Somebody on duty types a number, ours or another office's: the case's card comes."""

from typing import Any

from aiogram import Router
from aiogram.filters import Filter, StateFilter
from aiogram.methods import SendMessage
from aiogram.types import Message

from handlers.chat.hearing import Private
from handlers.words import Words
from models.actions.listing import open_case
from models.queries.finding import find_case, numbers_only
from models.queries.people import Speaker
from models.turn import Turn

router = Router(name="finding")
router.message.filter(Private())


class Numbered(Filter):
    """The number, alone, of a case that somebody on duty may read; hands on `case_id`."""

    async def __call__(self, message: Message, turn: Turn, speaker: Speaker | None) -> bool | dict[str, Any]:
        number = numbers_only(message.text or "")
        if number is None or speaker is None or not speaker.staff:
            return False
        found = await turn.ask(find_case, number=number, person=speaker.person)
        return False if found is None else {"case_id": found}


@router.message(StateFilter(None), Numbered())
async def show_case(message: Message, case_id: int, turn: Turn, w: Words, speaker: Speaker) -> SendMessage:
    """The card comes below, as the live one."""
    waiting = turn.waiting
    number = await turn.do(
        open_case,
        case_id=case_id,
        person=speaker.person,
        bot_id=waiting.bot_id,
        chat_id=waiting.chat_id,
        update_id=waiting.update_id,
    )
    return SendMessage(chat_id=message.chat.id, text=w("%(number)s号在下面", number=number))
