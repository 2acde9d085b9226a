"""Where is it? A place without a QR: by a typed name, old ones too, by a location, or by buttons.

找不到二维码 · 按名单找    communities, compounds, buildings; one card that turns into the next list
a name, a sentence with one        known, or asked between the few it may be
a location                        the compounds nearest to it

Whoever has no home yet lives at what they choose, until they scan another stairwell's code; whoever has one chooses for
this matter alone. The draft goes on where it stopped.
"""

from dataclasses import replace
from typing import Any

from aiogram import Router
from aiogram.filters import Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage
from aiogram.types import CallbackQuery, Message

from handlers.cards import places
from handlers.cards.buttons import Press, Verb
from handlers.cards.phrases import place_name
from handlers.chat.filing import danger_first
from handlers.chat.hearing import Pressed, Private
from handlers.chat.paper import Filing, Paper, put_away
from handlers.chat.picking import Picked
from handlers.chat.questions import ask_from, ask_words, go_on, number_said, place_missing, settle
from handlers.words import Words
from models.queries.people import Speaker
from models.rules.policy import Town
from models.rules.refusals import NoDraft, Refused
from models.turn import Turn
from models.understanding import understand
from models.understanding.place import Named, compounds_near, moves_to, named_in, numbered

router = Router(name="placing")
router.message.filter(Private())

NEAR_M = 1_000.0
"""Metres: a telephone among high houses errs by a hundred or two, a compound is some hundreds long."""
CLEAR_M = 300.0
"""Metres within which the nearest compound is meant, if the next one is twice as far."""
FEW = 5
"""Compounds that are offered for one location."""


class PlaceSaid(Filter):
    """Words that name a place, or all but name one, where a place is asked for; hands on what they name."""

    async def __call__(
        self, message: Message, state: FSMContext, speaker: Speaker | None, town: Town
    ) -> bool | dict[str, Any]:
        if not message.text or message.text.startswith("/"):
            return False
        paper = await Paper.of(state)
        own = paper.building or (speaker.home if speaker is not None else None)
        near = paper.compound or (town.buildings[own].compound if own is not None and own in town.buildings else "")
        named = named_in(message.text, town, home=None, near=near)
        return {"named": named} if named and (named.alone or named.building) else False


class PlaceFirst(PlaceSaid):
    """A place and nothing else, before any word of what is the matter, from whoever has to say where."""

    async def __call__(
        self, message: Message, state: FSMContext, speaker: Speaker | None, town: Town
    ) -> bool | dict[str, Any]:
        paper = await Paper.of(state)
        if paper.words or not place_missing(paper, speaker) or (speaker is not None and speaker.staff):
            return False
        found = await super().__call__(message, state, speaker, town)
        return found if isinstance(found, dict) and found["named"].sure and found["named"].alone else False


class MovesIn(Filter):
    """「我住丰泽花园3栋」, and nothing else: where one lives, at any time."""

    async def __call__(self, message: Message, town: Town) -> bool | dict[str, Any]:
        building = moves_to(message.text or "", town)
        return False if building is None else {"building": building}


@router.message(StateFilter(None, Filing), MovesIn())
async def take_home(
    message: Message, building: str, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[SendMessage]:
    """This is their home from now on."""
    paper = await Paper.of(state)
    return await settle(building, message.chat.id, paper, state, turn, w, speaker, town, moves=not paper.behalf)


@router.message(StateFilter(None, Filing.telling), PlaceFirst())
@router.message(StateFilter(Filing.placing), PlaceSaid())
async def take_name(
    message: Message, named: Named, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[SendMessage]:
    """The place is known, or asked between the few it may be; words that say more than a place join the draft."""
    paper, chat_id, text = await Paper.of(state), message.chat.id, message.text or ""
    told = understand(text, town, home=None)
    if not named.alone:
        paper = replace(paper, words=(*paper.words, (message.message_id, text)), said_at=turn.now.isoformat())
    paper = replace(paper, lang=paper.lang or w.lang)
    if named.building is not None:
        asked = await settle(named.building, chat_id, paper, state, turn, w, speaker, town)
    elif named.sure and len(named.compounds) == 1:
        asked = await enter(named.compounds[0], paper, state, turn, w, speaker, town)
    else:
        which = places.among(named.compounds)
        asked = [await ask_from(which, chat_id, paper, state, turn, w, town, sure=named.sure)]
    return danger_first(asked, told, w)


async def enter(
    compound: str, paper: Paper, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[SendMessage]:
    """The compound is known; its building too where it has one only, or the draft said the number."""
    chat_id = turn.waiting.chat_id
    if (only := _only_building(compound, paper, town)) is not None:
        return await settle(only, chat_id, paper, state, turn, w, speaker, town)
    paper = replace(paper, compound=compound)
    return [await ask_from(places.of_compound(compound), chat_id, paper, state, turn, w, town)]


@router.callback_query(Pressed(Verb.WHERE, versions=(0,)))
async def open_places(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """找不到二维码 · 按名单找: the list of all places, for whoever has no home or has something to place."""
    paper = await Paper.of(state)
    if not place_missing(paper, speaker) and await state.get_state() != Filing.placing:
        raise Refused(NoDraft())
    paper = replace(paper, compound="", lang=paper.lang or w.lang)
    card = await ask_from(places.TOWN, turn.waiting.chat_id, paper, state, turn, w, town)
    return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), card]


@router.callback_query(StateFilter(Filing), Picked(places.TOWN, "community:", "compound:", "among:"))
async def turn_list(
    query: CallbackQuery,
    picked: str,
    paper: Paper,
    state: FSMContext,
    turn: Turn,
    w: Words,
    speaker: Speaker | None,
    town: Town,
) -> list[Any]:
    """The card turns into the list that was picked; a compound whose building is known is no list any more."""
    compound = picked.partition("#")[0].removeprefix("compound:") if picked.startswith("compound:") else ""
    only = _only_building(compound, paper, town) if compound and "#" not in picked else None
    if only is not None:
        cards = await settle(only, turn.waiting.chat_id, paper, state, turn, w, speaker, town)
        return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), *cards]
    paper = replace(paper, compound=compound)
    card = await ask_from(picked, turn.waiting.chat_id, paper, state, turn, w, town)
    shown = EditMessageText(
        chat_id=turn.waiting.chat_id,
        message_id=query.message.message_id if query.message else None,
        text=card.text,
        reply_markup=card.reply_markup,  # type: ignore[arg-type]  # `keyboard` makes no other kind
        parse_mode="HTML",
    )
    return [AnswerCallbackQuery(callback_query_id=query.id), shown]


@router.callback_query(StateFilter(Filing), Picked(places.BUILDING))
async def take_building(
    query: CallbackQuery,
    picked: str,
    paper: Paper,
    state: FSMContext,
    turn: Turn,
    w: Words,
    speaker: Speaker | None,
    town: Town,
) -> list[Any]:
    """The building is known, and the draft goes on."""
    building = picked.removeprefix(places.BUILDING)
    if building not in town.buildings:  # the town has been loaded anew since
        cards = [await ask_from(places.TOWN, turn.waiting.chat_id, paper, state, turn, w, town)]
    else:
        cards = await settle(building, turn.waiting.chat_id, paper, state, turn, w, speaker, town)
    return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), *cards]


class Pointed(Filter):
    """A point on the map, one's own or a venue's, from somebody who may complain; hands on `at`, in degrees."""

    async def __call__(self, message: Message, speaker: Speaker | None) -> bool | dict[str, Any]:
        point = message.location or (message.venue.location if message.venue is not None else None)
        if point is None or (speaker is not None and speaker.staff and speaker.home is None):
            return False
        return {"at": (point.latitude, point.longitude)}


@router.message(StateFilter(None, Filing), Pointed())
async def take_location(
    message: Message,
    at: tuple[float, float],
    state: FSMContext,
    turn: Turn,
    w: Words,
    speaker: Speaker | None,
    town: Town,
) -> list[SendMessage]:
    """The nearest compounds are offered where a place is missing; else a clear one is kept, and a doubtful one said."""
    paper, chat_id = await Paper.of(state), message.chat.id
    paper = replace(paper, lang=paper.lang or w.lang)
    near = compounds_near(*at, town, within=NEAR_M)
    if place_missing(paper, speaker) or await state.get_state() == Filing.placing:
        if not near:
            lost = w("位置收到了，附近没有我认得的小区。")
            return [await ask_from(places.TOWN, chat_id, paper, state, turn, w, town, first=lost)]
        if len(near) == 1:
            return await enter(near[0][1], paper, state, turn, w, speaker, town)
        which = places.among(code for _, code in near[:FEW])
        return [await ask_from(which, chat_id, paper, state, turn, w, town, first=w("位置收到了。"))]
    assert speaker is not None
    assert speaker.home is not None
    present = paper.building or speaker.home
    clear = near[0][1] if near and near[0][0] <= CLEAR_M and (len(near) == 1 or near[1][0] >= 2 * near[0][0]) else None
    if clear is not None and clear != town.buildings[present].compound:
        if paper.begun:
            return await enter(clear, paper, state, turn, w, speaker, town)
        paper = replace(paper, compound=clear, card=turn.waiting.id)
    elif paper.begun:
        said = w(
            "位置收到了，还是按%(place)s办；不对就点「改一下」。",
            place=place_name(w, town.compound_of(present), town.buildings[present]),
        )
        return [
            SendMessage(chat_id=chat_id, text=said, parse_mode="HTML"),
            *await go_on(chat_id, paper, state, turn, w, speaker, town),
        ]
    await paper.keep(state)
    return [await ask_words(chat_id, paper, state, w)]


def _only_building(compound: str, paper: Paper, town: Town) -> str | None:
    """The building meant when this compound is: its only one, or the one whose number was said."""
    within = [building.code for building in town.buildings.values() if building.compound == compound]
    if len(within) == 1:
        return within[0]
    said = number_said(paper)
    return numbered(compound, said, town) if said is not None else None
