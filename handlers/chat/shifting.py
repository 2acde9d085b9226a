"""Who sits at the desk's telephone?

(the first act of a day)   done first, then: 现在谁值班？ the register's names · 别人
值班 · 换班                 the same question
a name                     the handover list: what waits here, the shortest due first
待办 · 清单                  what waits here; nothing ends
交班                        the shift ends; the same list, for whoever comes on

    naming   somebody else's name is awaited

A clerk with a telephone of their own is never asked.
"""

import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from aiogram import BaseMiddleware, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.filters import Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage
from aiogram.types import CallbackQuery, Message, TelegramObject, Update

from handlers.cards.buttons import Press, Verb, button
from handlers.cards.handover import MOST, desk_doors, handover, handover_buttons
from handlers.chat.filing import put_away
from handlers.chat.hearing import Heard, Pressed, Private, Said, keyboard
from handlers.words import Words
from models.actions.shifting import begin_shift, end_shift, one_name, sit_down
from models.ports import Rows
from models.queries.desks import clerks_of, desk_of, is_shared, new_at_the_desk
from models.queries.people import Speaker, office_ended_at
from models.queries.waiting import WaitingCase, owed_at, waiting_at
from models.rules.policy import Town
from models.rules.refusals import NoDraft, NotYours, Refused
from models.turn import Turn, Work
from models.understanding.duty import BEGIN, END, LIST, OF_THE_DESK, begins, only

router = Router(name="shifting")
router.message.filter(Private())

MOST_NAMES = 8
"""Names one question offers; a bigger desk types."""


class Shifting(StatesGroup):
    naming = State()


class Typed(Filter):
    """Somebody at a desk typed nothing but one of these words; hands the handler the `desk`."""

    def __init__(self, *words: str) -> None:
        self.words = words

    async def __call__(self, message: Message, speaker: Speaker | None, town: Town) -> bool | dict[str, Any]:
        if speaker is None or not speaker.staff or not only(message.text or "", self.words):
            return False
        desk = desk_of(speaker, town)
        return {"desk": desk} if desk is not None else False


class AtTheDesk(BaseMiddleware):
    """Whoever acts at a shared telephone for the first time in a day is asked who they are, after the act is done."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        turn, speaker, w = data["turn"], data["speaker"], data["w"]
        desk = await _asked_desk(event, turn, speaker, data.get("state"))
        if desk is None:
            return await handler(event, data)

        def begins_with(work: Work, act: dict[str, Any]) -> None:
            shift = begin_shift(work, bot_id=turn.waiting.bot_id, chat_id=turn.waiting.chat_id, desk=desk)
            if isinstance(by := act.get("by"), Speaker):
                act["by"] = replace(by, shift=shift)  # the act is on record as this shift's

        turn.open_with(begins_with)
        data["speaker"] = replace(speaker, shift=None, shift_since=turn.now)
        answer = await handler(event, data)
        if not turn.opens_with(begins_with):  # it was refused: the next act asks
            return answer
        return followed_by(answer, ask_who(turn, w, data["town"], desk))


async def _asked_desk(
    event: TelegramObject, turn: Turn, speaker: Speaker | None, state: FSMContext | None
) -> str | None:
    """The desk where this update is the first act of a day; a question about the shift itself is no act."""
    if speaker is None or not speaker.staff or not isinstance(event, Update):
        return None
    if event.callback_query is not None:
        if (event.callback_query.data or "").split(".")[0] in (Verb.SHIFT, Verb.AWAY, Verb.DEPUTY):
            return None
    elif event.message is None or begins(event.message.text or "", ("/", *OF_THE_DESK)):
        return None
    desk: str | None = await turn.ask(new_at_the_desk, speaker=speaker)
    if desk is not None and state is not None and await state.get_state() == Shifting.naming:
        return None  # the name itself
    return desk


def followed_by(answer: Any, *more: Any) -> list[Any]:
    """What was answered, and these after it."""
    if answer is None or answer is UNHANDLED:
        return list(more)
    return [*answer, *more] if isinstance(answer, list) else [answer, *more]


# ── who is it ────────────────────────────────────────────────────────────────────────────────────────────────────────


def ask_who(turn: Turn, w: Words, town: Town, desk: str) -> SendMessage:
    """The register's names for the desk, and 别人."""
    chat_id, keys = turn.waiting.chat_id, turn.keys
    names = clerks_of(town, desk)[:MOST_NAMES]
    buttons = [
        button(keys, chat_id, name, Verb.SHIFT, of=at, version=_mark(desk, name)) for at, name in enumerate(names, 1)
    ]
    buttons.append(button(keys, chat_id, w.plain("别人"), Verb.SHIFT))
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    return SendMessage(
        chat_id=chat_id, text=w("现在谁值班？点一下名字，手上的件马上列给您。"), reply_markup=keyboard(rows)
    )


@router.callback_query(Pressed(Verb.SHIFT))
async def take_who(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """The name goes on record; whoever comes on reads what waits. 别人: the name is typed."""
    desk = _desk(speaker, town)
    if press.of == 0:
        if await state.get_state() not in (None, Shifting.naming.state):
            text = w.plain("请先把手上这句说完，再打「值班」两个字。")
            return [AnswerCallbackQuery(callback_query_id=query.id, text=text, show_alert=True)]
        await state.set_state(Shifting.naming)
        asked = SendMessage(chat_id=turn.waiting.chat_id, text=w("好的，请打一下名字，别人看不到。"))
        return [AnswerCallbackQuery(callback_query_id=query.id), asked]
    names = clerks_of(town, desk)
    if press.of > len(names) or _mark(desk, names[press.of - 1]) != press.version:
        raise Refused(NoDraft())  # another edition of the register
    name = names[press.of - 1]
    waiting = await turn.ask(waiting_at, desk=desk)
    await turn.do(sit_down, bot_id=turn.waiting.bot_id, chat_id=turn.waiting.chat_id, desk=desk, name=name)
    shown = show_waiting(turn, w, town, desk, waiting, name=name)
    return [AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("记下了")), put_away(query), shown]


@router.message(StateFilter(Shifting.naming), Said())
async def take_name(
    message: Message, said: Heard, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage:
    """The typed name."""
    desk, name = _desk(speaker, town), one_name(said.text)
    await state.clear()
    waiting = await turn.ask(waiting_at, desk=desk)
    await turn.do(sit_down, bot_id=turn.waiting.bot_id, chat_id=message.chat.id, desk=desk, name=name)
    return show_waiting(turn, w, town, desk, waiting, name=name)


# ── 值班, 交班 ───────────────────────────────────────────────────────────────────────────────────────────────────────


@router.message(Typed(*BEGIN))
async def come_on(message: Message, desk: str, turn: Turn, w: Words, speaker: Speaker, town: Town) -> SendMessage:
    """Who comes on? Where only one can sit, what waits there."""
    if not await _shared(turn, speaker, desk):
        return show_waiting(turn, w, town, desk, await turn.ask(waiting_at, desk=desk))
    return ask_who(turn, w, town, desk)


@router.message(Typed(*LIST))
async def show_list(message: Message, desk: str, turn: Turn, w: Words, town: Town) -> SendMessage:
    """What waits; whoever sits there goes on sitting there."""
    return show_waiting(turn, w, town, desk, await turn.ask(waiting_at, desk=desk))


class SatHere(Filter):
    """Somebody who stood in at a desk until a while ago, and has no home here, still types its words."""

    async def __call__(self, message: Message, speaker: Speaker | None, turn: Turn) -> bool:
        if speaker is None or speaker.staff or not only(message.text or "", OF_THE_DESK):
            return False
        return await turn.ask(office_ended_at, person=speaker.person) is not None


@router.message(StateFilter(None), SatHere())
async def say_it_ended(message: Message, w: Words) -> SendMessage:
    """The deputyship is over; nothing is taken for a complaint."""
    text = w("您代班的日子到了，件都回给原来的人了，辛苦您！还要接着代，请他们再发一个链接。")
    return SendMessage(chat_id=message.chat.id, text=text)


@router.message(Typed(*END))
async def hand_over(
    message: Message, desk: str, turn: Turn, w: Words, speaker: Speaker, town: Town
) -> list[SendMessage]:
    """The shift ends; what waits is listed, and whoever comes on is asked who they are."""
    waiting = await turn.ask(waiting_at, desk=desk)
    await turn.do(end_shift, bot_id=turn.waiting.bot_id, chat_id=message.chat.id)
    shown = show_waiting(turn, w, town, desk, waiting)
    return [shown, ask_who(turn, w, town, desk)] if await _shared(turn, speaker, desk) else [shown]


@router.callback_query(Pressed(Verb.WAITING))
async def turn_waiting(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """Another page of what waits, as it is now; the last one where there are fewer by now."""
    desk = _desk(speaker, town)
    many = len(await turn.ask(owed_at, desk=desk))
    page = min(press.version, max(0, many - 1) // MOST)
    waiting = await turn.ask(waiting_at, desk=desk, page=page)
    if query.message is None:
        raise Refused(NotYours())
    chat_id = query.message.chat.id
    doors: Rows = (desk_doors(w, turn.keys, chat_id),)
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        EditMessageText(
            chat_id=chat_id,
            message_id=query.message.message_id,
            text=handover(w, town.desks[desk], waiting, page=page, now=turn.now),
            parse_mode="HTML",
            reply_markup=keyboard(handover_buttons(w, turn.keys, chat_id, waiting, page=page, more=doors)),
        ),
    ]


def show_waiting(
    turn: Turn, w: Words, town: Town, desk: str, waiting: Sequence[WaitingCase], *, name: str | None = None
) -> SendMessage:
    """The handover list with its buttons."""
    chat_id, keys = turn.waiting.chat_id, turn.keys
    doors: Rows = (desk_doors(w, keys, chat_id),)
    return SendMessage(
        chat_id=chat_id,
        text=handover(w, town.desks[desk], waiting, name=name, now=turn.now),
        parse_mode="HTML",
        reply_markup=keyboard(handover_buttons(w, keys, chat_id, waiting, more=doors)),
    )


async def _shared(turn: Turn, speaker: Speaker, desk: str) -> bool:
    """Whether others may sit at this telephone; somebody who lives here has their own."""
    return speaker.home is None and await turn.ask(is_shared, desk=desk)


def _desk(speaker: Speaker | None, town: Town) -> str:
    """The desk this person sits at; refuses `NotYours`."""
    desk = desk_of(speaker, town) if speaker is not None else None
    if desk is None:
        raise Refused(NotYours())
    return desk


def _mark(desk: str, name: str) -> int:
    """What tells a button of another edition of the register."""
    return zlib.crc32(f"{desk} {name}".encode()) & 0xFFFF
