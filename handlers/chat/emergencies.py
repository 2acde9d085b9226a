"""Somebody is in danger, or may not want to live: filed before anything is asked.

报错了   it was said by mistake, and nobody is on the way any more
"""

from collections.abc import Callable

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from handlers.cards.buttons import Press, Verb
from handlers.chat.hearing import Pressed
from handlers.chat.paper import Paper
from handlers.words import Words
from models.actions import emergencies
from models.queries.people import Speaker
from models.rules.policy import Town
from models.rules.refusals import NotYours, Refused
from models.turn import Turn, Work

router = Router(name="emergencies")

Before = Callable[[Work], object]
"""What must be on disk before the case can be: that the raiser lives there."""


async def filed_at_once(
    paper: Paper,
    state: FSMContext,
    turn: Turn,
    town: Town,
    *,
    home: str | None,
    first: Before | None = None,
    left: Paper | None = None,
) -> bool:
    """Whether the draft was an emergency and is a case now; what to do, whom to call and the number are its receipt.

    `left`: another draft, which stays open as it was.
    """
    if not emergencies.is_emergency(paper.draft, town, home=home):
        return False
    if left is None:
        await state.clear()
    else:
        await left.keep(state)
    await turn.do(
        emergencies.file_at_once,
        bot_id=turn.waiting.bot_id,
        update_id=turn.waiting.update_id,
        chat_id=turn.waiting.chat_id,
        draft=paper.draft,
        first=first,
    )
    return True


@router.callback_query(Pressed(Verb.MISTAKE))
async def take_mistake(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> AnswerCallbackQuery:
    """It was said by mistake."""
    if speaker is None:
        raise Refused(NotYours())
    await turn.do(emergencies.mistaken, case_id=press.of, by=speaker)
    return AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("好的，撤回了，已告诉他们不用来。"))
