"""A sealed matter is shown when its reader asks for it.

点开看   the message that said only 「有一件要紧的事」 becomes the card
"""

from typing import Any

from aiogram import Router
from aiogram.filters import Filter
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from handlers.cards.buttons import Press, Verb
from handlers.chat.hearing import Pressed
from models.actions.opening import open_card
from models.queries.cards import hidden_card
from models.queries.people import Speaker
from models.rules.refusals import NotYours, Refused
from models.turn import Turn
from models.vault import Keys

router = Router(name="sealed")


class OnHiddenCard(Filter):
    """OPEN under a card that hides its case; the same button under a list belongs to `listing`."""

    def __init__(self) -> None:
        self.pressed = Pressed(Verb.OPEN)

    async def __call__(self, query: CallbackQuery, keys: Keys, turn: Turn) -> bool | dict[str, Any]:
        found = await self.pressed(query, keys)
        if not isinstance(found, dict) or query.message is None:
            return False
        where = {"bot_id": turn.waiting.bot_id, "chat_id": query.message.chat.id}
        card = await turn.ask(hidden_card, case_id=found["press"].of, message_id=query.message.message_id, **where)
        return found if card is not None else False


@router.callback_query(OnHiddenCard())
async def show(query: CallbackQuery, press: Press, turn: Turn, speaker: Speaker | None) -> AnswerCallbackQuery:
    """Its reader may see it: it is shown in place."""
    if speaker is None or query.message is None:
        raise Refused(NotYours())
    await turn.do(
        open_card,
        case_id=press.of,
        by=speaker,
        bot_id=turn.waiting.bot_id,
        chat_id=query.message.chat.id,
        message_id=query.message.message_id,
    )
    return AnswerCallbackQuery(callback_query_id=query.id)
