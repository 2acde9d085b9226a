"""A resident decides what others will see; the understanding card shows what changes.

告诉楼长我是谁   one line, 「5楼小王」, for the head alone; the same button takes it back
巡查时一并处理   the community deals with it on a round, and nobody hears that somebody complained; the same

    naming   how the head is to call them
"""

from dataclasses import replace
from typing import Any

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery, Message

from handlers.cards.buttons import Press, Verb, button
from handlers.chat.hearing import Heard, Pressed, Private, Said, keyboard
from handlers.chat.paper import Filing, Paper, paper_of, put_away
from handlers.chat.questions import ask_next
from handlers.words import Words
from models.queries.people import Speaker
from models.rules.policy import Town
from models.rules.refusals import NothingSaid, Refused
from models.turn import Turn
from models.understanding import understand
from models.understanding.reading import clean

router = Router(name="previewing")
router.message.filter(Private())

NAME_MOST = 20
"""Characters by which a neighbour is known: 「5楼小王」, 「门口开店的老林」."""
NOT_NOW = 1
"""Version of TELL_HEAD that leaves it as it was."""


@router.callback_query(StateFilter(Filing), Pressed(Verb.TELL_HEAD))
async def ask_name(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """How the head is to call them; what was told before is taken back."""
    paper, chat_id = await paper_of(press, state), turn.waiting.chat_id
    if paper.for_head or press.version == NOT_NOW:
        card = await ask_next(chat_id, replace(paper, for_head=""), state, turn, w, speaker, town)
        return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), card]
    await state.set_state(Filing.naming)
    await replace(paper, card=turn.waiting.id).keep(state)
    back = button(turn.keys, chat_id, w.plain("不告诉楼长了"), Verb.TELL_HEAD, of=turn.waiting.id, version=NOT_NOW)
    asked = SendMessage(
        chat_id=chat_id,
        text=w("楼长怎么称呼您？说一句就行，比如「5楼小王」。只有楼长看到。"),
        reply_markup=keyboard(((back,),)),
    )
    return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), asked]


@router.message(StateFilter(Filing.naming), Said())
async def take_name(
    message: Message, said: Heard, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage | None:
    """The card, with what the head reads now; a cry for help is no name. Refuses `NothingSaid` for no letters."""
    told = understand(said.text, town, home=None)
    if said.files or told.danger or told.care:
        raise SkipHandler
    name = " ".join(clean(said.text).split())[:NAME_MOST]
    if not any(character.isalnum() for character in name):
        raise Refused(NothingSaid())
    paper = replace(await Paper.of(state), for_head=name)
    return await ask_next(message.chat.id, paper, state, turn, w, speaker, town)


@router.callback_query(StateFilter(Filing), Pressed(Verb.PATROL))
async def take_round(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """On a round, or not after all."""
    paper = await paper_of(press, state)
    paper = replace(paper, patrol=not paper.patrol)
    card = await ask_next(turn.waiting.chat_id, paper, state, turn, w, speaker, town)
    return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), card]
