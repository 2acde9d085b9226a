"""Somebody leaves a telephone number for when messages do not arrive, and deletes it again.

one's own contact · 「我的电话138…」   kept, sealed, for the desk's call list
删掉电话                              gone

A number that belongs to somebody else is not kept, and a number among other words is part of what they say.
"""

import re
from typing import Any

from aiogram import Router
from aiogram.filters import Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.methods import SendMessage
from aiogram.types import Message

from handlers.chat.hearing import Private
from handlers.chat.paper import Filing, Paper
from handlers.words import Words
from models.actions.reaching import delete_phone, leave_phone
from models.queries.people import Speaker, phone_of
from models.turn import Turn
from models.understanding.reach import deletes_number, own_number

router = Router(name="reaching")
router.message.filter(Private(), StateFilter(None, Filing))

_FEWEST, _MOST = 7, 15
"""Digits of a telephone number, a landline without its area code up to the longest there is (E.164)."""


class OwnNumber(Filter):
    """One's own number, and nothing else in the message; hands on `phone`. Who asked for a call says it for that."""

    async def __call__(self, message: Message, state: FSMContext, turn: Turn) -> bool | dict[str, Any]:
        if message.contact is not None:
            mine = message.from_user is not None and message.contact.user_id == message.from_user.id
            said = message.contact.phone_number if mine else ""
        else:
            said = own_number(message.text or "")
            if said and (await Paper.of(state)).without_old_wish(turn.now).by_hand:
                return False
        digits = re.sub(r"\D", "", said)
        if not _FEWEST <= len(digits) <= _MOST:
            return False
        return {"phone": ("+" if said.strip().startswith("+") else "") + digits}


class Delete(Filter):
    """The number is to go."""

    async def __call__(self, message: Message) -> bool:
        return deletes_number(message.text or "")


@router.message(OwnNumber())
async def take_phone(message: Message, phone: str, turn: Turn, w: Words) -> SendMessage:
    """Kept sealed; what it is for, and how it goes again."""
    await turn.do(leave_phone, bot_id=turn.waiting.bot_id, chat_id=message.chat.id, lang=w.lang, phone=phone)
    return SendMessage(
        chat_id=message.chat.id,
        text=w(
            "尾号%(tail)s记下了，锁着放。只有消息发不到您这里、又有事要问您时，值班的人才打。不想留了，发「删掉电话」。",
            tail=phone[-4:],
        ),
    )


@router.message(Delete())
async def drop_phone(message: Message, turn: Turn, w: Words, speaker: Speaker | None) -> SendMessage:
    """Gone; also where there was none."""
    if speaker is not None and await turn.ask(phone_of, person=speaker.person) is not None:
        await turn.do(delete_phone, person=speaker.person)
    return SendMessage(chat_id=message.chat.id, text=w("好的，电话删掉了。"))
