"""What somebody says at the counter or by telephone is written down in fifteen seconds.

登记 3栋李阿姨说楼道灯不亮 13800000000      one line: where, what, and a number if there is one
对，登记 · 改一下 · 当场办结                a slip to take home: number, code, telephone

    telling   the line is awaited
    placing   the line is kept; the building is missing
    checking  the card is shown
    doing     当场办结: what was done is awaited
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from aiogram import Router
from aiogram.filters import Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery, Message

from handlers.cards.buttons import Press, Verb, button
from handlers.cards.counter import entry_buttons, entry_card, pressed, slip
from handlers.cards.phrases import place_name
from handlers.chat.filing import put_away
from handlers.chat.hearing import Heard, Pressed, Private, Said, keyboard
from handlers.chat.pointing import NOTED
from handlers.words import Html, Words
from models.actions.entering import Entered, enter, entry, presses
from models.queries.desks import buildings_of, desk_of
from models.queries.following import code_of
from models.queries.people import Speaker
from models.rules.policy import Building, Town
from models.rules.refusals import NoDraft, NotYours, OlderCard, Refused
from models.turn import Turn
from models.understanding.counter import Spoken, buildings_meant, spoken
from models.understanding.duty import line_said

router = Router(name="entering")
router.message.filter(Private())

MOST_PLACES = 8
"""Buildings one question offers; with more the place is typed."""


class Entering(StatesGroup):
    telling = State()
    placing = State()
    checking = State()
    doing = State()


@dataclass(frozen=True, slots=True)
class Line:
    """What lies on the counter. `card`: the newest message that shows it; older ones are stale."""

    words: str = ""
    name: str = ""
    phones: tuple[str, ...] = ()
    building: str = ""
    card: int = 0
    places: tuple[str, ...] = ()  # what was offered to choose from

    @classmethod
    async def of(cls, state: FSMContext) -> "Line":
        kept = await state.get_data()
        lists = {name: tuple(kept[name]) for name in ("phones", "places")} if "phones" in kept else {}
        return cls(**{**kept, **lists}) if lists else cls()

    async def keep(self, state: FSMContext) -> None:
        await state.set_data(asdict(self))

    @property
    def said(self) -> Spoken:
        return Spoken(self.words, self.name, self.phones)


class Entry(Filter):
    """Somebody with an office typed 登记, with the line or without it; hands the handler the `line`."""

    async def __call__(self, message: Message, speaker: Speaker | None) -> bool | dict[str, Any]:
        line = line_said(message.text or "") if speaker is not None and speaker.staff else None
        return False if line is None else {"line": line}


# ── one line ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.message(Entry())
async def take_line(
    message: Message, line: str, state: FSMContext, turn: Turn, w: Words, speaker: Speaker, town: Town
) -> SendMessage:
    """The line, or the question for it; a head is told how a neighbour says it."""
    if desk_of(speaker, town) is None:
        return SendMessage(
            chat_id=message.chat.id,
            text=w("楼长跟邻居一样说就行：扫一下楼道的二维码，直接发一句话。替邻居说，请邻居自己扫，或打服务台电话。"),
        )
    if not any(char.isalnum() for char in line):
        return await ask_line(turn, state, w)
    return await show(line, state, turn, w, speaker, town)


@router.callback_query(Pressed(Verb.ENTER))
async def begin(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """登记: the line is asked for; 登记这句: it was said already."""
    if speaker is None or desk_of(speaker, town) is None:
        raise Refused(NotYours())
    if press.version == NOTED:
        kept = await state.get_data()
        if kept.get("card") != press.of or "noted" not in kept:
            raise Refused(NoDraft())
        card = await show(kept["noted"], state, turn, w, speaker, town)
        return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), card]
    return [AnswerCallbackQuery(callback_query_id=query.id), await ask_line(turn, state, w)]


async def ask_line(turn: Turn, state: FSMContext, w: Words) -> SendMessage:
    await state.set_state(Entering.telling)
    await state.set_data({})
    text = w("请打一句：哪栋、什么事、电话（可以不留）。比如「3栋李阿姨说楼道灯不亮 13800000000」。")
    return SendMessage(chat_id=turn.waiting.chat_id, text=text)


@router.message(StateFilter(Entering.telling, Entering.checking), Said())
async def take_words(
    message: Message, said: Heard, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage:
    """The line that was asked for; on the card, words stand in place of what was said before."""
    if not any(char.isalnum() for char in said.text):
        return await ask_line(turn, state, w)
    return await show(said.text, state, turn, w, _clerk(speaker), town)


async def show(text: str, state: FSMContext, turn: Turn, w: Words, by: Speaker, town: Town) -> SendMessage:
    """The line taken apart, and the one thing that is missing, or the card."""
    said = spoken(text)
    line = Line(said.words, said.name, said.phones, card=turn.waiting.id)
    if not any(char.isalnum() for char in said.words):
        return await ask_line(turn, state, w)
    return await place(text, line, state, turn, w, by, town)


async def place(text: str, line: Line, state: FSMContext, turn: Turn, w: Words, by: Speaker, town: Town) -> SendMessage:
    """The building these words name is the place; several to choose from, or none, are asked for."""
    found = _places(text, by, town)
    if len(found) == 1:
        return await check(replace(line, building=found[0].code), state, turn, w, by, town)
    await state.set_state(Entering.placing)
    await replace(line, places=tuple(one.code for one in found)).keep(state)
    chat_id = turn.waiting.chat_id
    if not found or len(found) > MOST_PLACES:
        example = _example(w, by, town)
        return SendMessage(chat_id=chat_id, text=w("是哪个小区哪一栋？打一下就行，比如「%(place)s」。", place=example))
    buttons = [
        button(turn.keys, chat_id, _short(w, one, found, town), Verb.PICK, of=line.card, version=at)
        for at, one in enumerate(found, 1)
    ]
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    return SendMessage(chat_id=chat_id, text=w("是哪一栋？"), reply_markup=keyboard(rows))


@router.message(StateFilter(Entering.placing), Said())
async def take_place(
    message: Message, said: Heard, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage:
    """The typed place; the words stay as they were."""
    line = replace(await Line.of(state), card=turn.waiting.id)
    return await place(said.text, line, state, turn, w, _clerk(speaker), town)


@router.callback_query(StateFilter(Entering.placing), Pressed(Verb.PICK))
async def take_pick(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """One of the buildings that were offered."""
    line = _of(press, await Line.of(state))
    if not 0 < press.version <= len(line.places):
        raise Refused(OlderCard())
    line = replace(line, building=line.places[press.version - 1], card=turn.waiting.id)
    card = await check(line, state, turn, w, _clerk(speaker), town)
    return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), card]


# ── the card ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def check(line: Line, state: FSMContext, turn: Turn, w: Words, by: Speaker, town: Town) -> SendMessage:
    """What would be written down, in one look; an emergency that is for other eyes is with them at once."""
    line = replace(line, card=turn.waiting.id)
    read = await turn.ask(entry, by=by, said=line.said, building=line.building)
    if await turn.ask(presses, by=by, read=read):
        await state.clear()
        entered = await _enter(line, turn, by, None)
        return _slip(turn, w, entered, town, pressed(w, read, town.desks[entered.desk]))
    await state.set_state(Entering.checking)
    await line.keep(state)
    return SendMessage(
        chat_id=turn.waiting.chat_id,
        text=entry_card(w, read, line.said, town, now=turn.now),
        parse_mode="HTML",
        reply_markup=keyboard(
            entry_buttons(
                w, turn.keys, turn.waiting.chat_id, draft=line.card, here=read.route.desk == desk_of(by, town)
            )
        ),
    )


@router.callback_query(StateFilter(Entering.checking, Entering.doing), Pressed(Verb.SUBMIT))
async def take_submit(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """The case is on disk; the slip is for the person at the counter."""
    line, by = _of(press, await Line.of(state)), _clerk(speaker)
    await state.clear()
    entered = await _enter(line, turn, by, None)
    return [
        AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("登记好了")),
        put_away(query),
        _slip(turn, w, entered, town, w("登记好了。抄给居民，或者打出来：")),
    ]


@router.callback_query(StateFilter(Entering), Pressed(Verb.CHANGE))
async def take_change(query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words) -> list[Any]:
    """The line is said anew."""
    _of(press, await Line.of(state))
    return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), await ask_line(turn, state, w)]


@router.callback_query(StateFilter(Entering.checking, Entering.doing), Pressed(Verb.DONE_NOW))
async def ask_done(query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words) -> list[Any]:
    """当场办结: one sentence, what was done."""
    _of(press, await Line.of(state))
    await state.set_state(Entering.doing)
    text = w("用一句话说说当场做了什么，打电话问居民时会念给他听。比如「换了灯泡」。")
    return [AnswerCallbackQuery(callback_query_id=query.id), SendMessage(chat_id=turn.waiting.chat_id, text=text)]


@router.message(StateFilter(Entering.doing), Said())
async def take_done(
    message: Message, said: Heard, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage:
    """Written down and done in one; whether it is solved, the resident says on the telephone."""
    line, by = await Line.of(state), _clerk(speaker)
    await state.clear()
    entered = await _enter(line, turn, by, said.text)
    told = w("登记好了，也报了办好。会有人打电话问居民，居民说了算。抄给居民，或者打出来：")
    return _slip(turn, w, entered, town, told)


@router.callback_query(Pressed(Verb.DONE_NOW))
async def refuse_old_card(query: CallbackQuery) -> None:
    """A card of a line that is gone."""
    raise Refused(NoDraft())


async def _enter(line: Line, turn: Turn, by: Speaker, done: str | None) -> Entered:
    return await turn.do(
        enter,
        by=by,
        said=line.said,
        building=line.building,
        bot_id=turn.waiting.bot_id,
        update_id=turn.waiting.update_id,
        done=done,
    )


def _slip(turn: Turn, w: Words, entered: Entered, town: Town, said: Html) -> SendMessage:
    code = None if entered.sealed else code_of(turn.keys, entered.case_id)
    paper = slip(w, entered.number, code, town.desks[entered.desk])
    return SendMessage(chat_id=turn.waiting.chat_id, text=Html(f"{said}\n{paper}"), parse_mode="HTML")


def _places(text: str, by: Speaker, town: Town) -> Sequence[Building]:
    return buildings_meant(text, town, buildings_of(town, desk_of(by, town) or ""))


def _short(w: Words, one: Building, among: Sequence[Building], town: Town) -> str:
    """The building's label; with its compound where several compounds are offered."""
    if len({other.compound for other in among}) == 1:
        return one.label
    return place_name(w, town.compounds[one.compound], one)


def _example(w: Words, by: Speaker, town: Town) -> str:
    """A place of this very desk, as one would type it."""
    one = buildings_of(town, desk_of(by, town) or "")[0]
    return place_name(w, town.compounds[one.compound], one)


def _of(press: Press, line: Line) -> Line:
    """The line, if this button stands under its newest message; refuses `NoDraft` or `OlderCard`."""
    if not line.words:
        raise Refused(NoDraft())
    if line.card != press.of:
        raise Refused(OlderCard())
    return line


def _clerk(speaker: Speaker | None) -> Speaker:
    """Whoever sits at a desk; refuses `NotYours`."""
    if speaker is None or not speaker.staff:
        raise Refused(NotYours())
    return speaker
