"""The family follows a case by its number and code, and stops when it likes.

给家人看       number and code, and what the family does with them
0412 K7MPQ3   whoever types both gets a card that changes by itself
不看了         and it is gone
"""

from typing import Any

from aiogram import Router
from aiogram.filters import Filter, StateFilter
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery, Message

from handlers.cards.buttons import Press, Verb
from handlers.cards.following import how_to_follow
from handlers.chat.hearing import Pressed, Private
from handlers.chat.paper import Filing
from handlers.chat.trying import Tries
from handlers.words import Words
from handlers.words.refused import sentence
from models.actions.following import follow, leave, share
from models.queries.people import Speaker
from models.rules.refusals import CodeUnknown, NotYours, Refused
from models.turn import Turn
from models.understanding.reach import number_and_code

router = Router(name="following")

MOST_WRONG = 5
"""So many wrong codes from one chat within an hour; after that even a right one opens nothing for a while."""


class NumberAndCode(Filter):
    """A number and a code, and nothing else; hands on `wanted`: the case, and the code as it would be read."""

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        wanted = number_and_code(message.text or "")
        return False if wanted is None else {"wanted": wanted}


@router.callback_query(Pressed(Verb.FAMILY))
async def show_code(query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None) -> list[Any]:
    """The raiser is shown what to hand to the family."""
    number, code = await turn.ask(share, case_id=press.of, by=_somebody(speaker))
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        SendMessage(chat_id=turn.waiting.chat_id, text=how_to_follow(w, number, code), parse_mode="HTML"),
    ]


@router.message(Private(), StateFilter(None, Filing), NumberAndCode())
async def take_code(
    message: Message, wanted: tuple[int, str], turn: Turn, w: Words, speaker: Speaker | None
) -> SendMessage | None:
    """Whoever has both follows; the card comes from the outbox. Too many wrong ones, and nothing opens for an hour."""
    w = Words(_language(message, speaker), w.zone)  # a code is in no language
    tries = await Tries.of(turn, "follow")
    if tries.many < MOST_WRONG:
        try:
            await turn.do(
                follow,
                case_id=wanted[0],
                code=wanted[1],
                bot_id=turn.waiting.bot_id,
                chat_id=turn.waiting.chat_id,
                lang=w.lang,
            )
        except Refused as refused:
            if not isinstance(refused.refusal, CodeUnknown):
                raise
        else:
            return None
        tries.one_more()
    return SendMessage(chat_id=message.chat.id, text=sentence(w, CodeUnknown()))


@router.callback_query(Pressed(Verb.UNFOLLOW))
async def stop(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> AnswerCallbackQuery:
    """The person follows no more."""
    number = await turn.do(leave, case_id=press.of, by=_somebody(speaker))
    return AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("好的，不看%(number)s号了。", number=number))


def _language(message: Message, speaker: Speaker | None) -> str:
    code = message.from_user.language_code if message.from_user is not None else None
    if speaker is not None:
        return speaker.lang
    return "en" if (code or "").startswith("en") else "zh"


def _somebody(speaker: Speaker | None) -> Speaker:
    if speaker is None:
        raise Refused(NotYours())
    return speaker
