"""A resident changes what was understood: what it is, where, how urgent, for whom.

改一下   the menu; the next words replace the old ones
    换地方 · 替别人说   the place is asked for again (room `placing`); one's own home stays what it is
    换件事            what else it may be; 都不是 hands it to a person
    有危险            whatever the words seem to say; 报错了 (room `calming`) is its opposite
    重说一遍 · 不改了
"""

from dataclasses import replace
from typing import Any

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery

from handlers.cards import correcting as cards
from handlers.cards.buttons import Press, Verb
from handlers.chat.hearing import Pressed, keyboard
from handlers.chat.paper import Filing, Paper, paper_of, put_away
from handlers.chat.picking import Picked
from handlers.chat.questions import ask_next, ask_place
from handlers.words import Words
from models.actions.filing import Reading, Urgency, reading
from models.queries.people import Speaker
from models.rules.policy import Town
from models.rules.refusals import NoDraft, Refused
from models.turn import Turn
from models.understanding.matter import proposals
from models.understanding.reading import clean, matching

router = Router(name="correcting")

MOST_PROPOSED = 3


@router.callback_query(StateFilter(Filing), Pressed(Verb.CHANGE))
async def open_menu(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """改一下: what can be changed. Whoever just says it again has no need of a button."""
    paper, chat_id = await paper_of(press, state), turn.waiting.chat_id
    if press.version == cards.BACK:
        card = await ask_next(chat_id, paper, state, turn, w, speaker, town)
        return _instead(query, card)
    await state.set_state(Filing.changing)
    if press.version == cards.AGAIN:
        await replace(paper, card=turn.waiting.id).keep(state)
        return _instead(query, SendMessage(chat_id=chat_id, text=w("好的，请重新说一遍：什么事，在哪里。")))
    read = await _read(paper, turn, speaker)
    paper = replace(paper, card=turn.waiting.id, choices=())
    await paper.keep(state)
    rows = cards.menu_buttons(w, turn.keys, chat_id, read, draft=paper.card)
    return _instead(query, SendMessage(chat_id=chat_id, text=cards.menu(w), reply_markup=keyboard(rows)))


@router.callback_query(StateFilter(Filing), Pressed(Verb.URGENT))
async def take_urgency(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """There is danger, whatever the words seem to say."""
    paper = replace(await paper_of(press, state), urgency=Urgency.DANGER)
    card = await ask_next(turn.waiting.chat_id, paper, state, turn, w, speaker, town)
    return _instead(query, card)


@router.callback_query(StateFilter(Filing), Pressed(Verb.WHAT))
async def ask_what(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """换件事: the likeliest other matters; where the words bring none to mind, a person sorts it."""
    paper, chat_id = await paper_of(press, state), turn.waiting.chat_id
    read = await _read(paper, turn, speaker)
    found = proposals(matching(clean(paper.text)), town, but=read.understanding.category, most=MOST_PROPOSED)
    if not found:
        return _instead(query, await ask_next(chat_id, replace(paper, by_hand=True), state, turn, w, speaker, town))
    choices = (*(cards.CATEGORY + one.code for one in found), cards.BY_HAND)
    paper = replace(paper, card=turn.waiting.id, choices=choices)
    await paper.keep(state)
    rows = cards.matters(w, turn.keys, chat_id, found, draft=paper.card)
    return _instead(query, SendMessage(chat_id=chat_id, text=w("那是哪件事？"), reply_markup=keyboard(rows)))


@router.callback_query(StateFilter(Filing), Picked(cards.CATEGORY, cards.BY_HAND))
async def take_what(
    query: CallbackQuery,
    picked: str,
    paper: Paper,
    state: FSMContext,
    turn: Turn,
    w: Words,
    speaker: Speaker | None,
    town: Town,
) -> list[Any]:
    """The matter the resident named, or a person who will."""
    if picked == cards.BY_HAND:
        paper = replace(paper, by_hand=True, category="")
    else:
        paper = replace(paper, by_hand=False, category=picked.removeprefix(cards.CATEGORY))
    card = await ask_next(turn.waiting.chat_id, paper, state, turn, w, speaker, town)
    return _instead(query, card)


@router.callback_query(StateFilter(Filing), Pressed(Verb.WHERE, versions=(cards.ELSEWHERE, cards.FOR_ANOTHER)))
async def ask_where(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """换地方 · 替别人说: the place is asked for again, for this matter alone."""
    paper = replace(await paper_of(press, state), card=turn.waiting.id, compound="", choices=())
    if press.version == cards.FOR_ANOTHER:
        paper = replace(paper, behalf=True, building="")
    await paper.keep(state)
    return _instead(query, await ask_place(turn.waiting.chat_id, paper, state, turn, w, speaker, town))


async def _read(paper: Paper, turn: Turn, speaker: Speaker | None) -> Reading:
    """The draft as its card showed it; refuses `NoDraft` where there is no place, and so was no card."""
    home = paper.building or (speaker.home if speaker is not None else None)
    if speaker is None or home is None:
        raise Refused(NoDraft())
    return await turn.ask(reading, paper.draft, home=speaker.home or home, raiser=speaker.person)


def _instead(query: CallbackQuery, card: SendMessage | None) -> list[Any]:
    """The tapped card keeps its words; what comes next stands below."""
    return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), card]
