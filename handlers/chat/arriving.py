"""A person arrives: by the stairwell's link, by an invitation, or with nothing but /start.

/start TOKEN  resident: bound to the building, and a waiting draft goes on where it stopped
              staff: the office is theirs, and one message says what will come
/start        what this is for, in a sentence or two
"""

from datetime import timedelta
from functools import partial
from typing import Any

from aiogram import Router
from aiogram.filters import Command, CommandStart
from aiogram.filters.command import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.methods import SendMessage
from aiogram.types import Message

from handlers.cards.phrases import desk_name, place_name
from handlers.chat.hearing import Private
from handlers.chat.paper import Filing, Paper
from handlers.chat.questions import ask_next, greeted
from handlers.chat.shifting import show_waiting
from handlers.chat.trying import Tries
from handlers.words import Html, Words
from handlers.words.refused import sentence
from models.actions.enrolling import Joined, join
from models.actions.suspecting import note_attempt
from models.queries.people import Speaker, link_to_home, stranger_at
from models.queries.waiting import waiting_at
from models.rules.alarms import AlarmKind
from models.rules.policy import Role, Town
from models.rules.refusals import LinkUnknown, Refused
from models.turn import Turn

router = Router(name="arriving")
router.message.filter(Private())

MOST_WRONG = 10
"""So many wrong links from one chat within an hour (reliability S15)."""


@router.message(CommandStart(deep_link=True))
async def take_link(
    message: Message,
    command: CommandObject,
    state: FSMContext,
    turn: Turn,
    w: Words,
    speaker: Speaker | None,
    town: Town,
) -> list[Any]:
    """Whoever holds a good link lives there, or holds the office, from now on; a draft that waited goes on.

    Too many wrong ones, and for an hour even a good one gets the answer of a wrong one.
    """
    tries = await Tries.of(turn, "links")
    if tries.many >= MOST_WRONG:
        return [_refused(message, w)]
    token = command.args or ""
    card, home = None, None
    take = partial(join, token=token, bot_id=turn.waiting.bot_id, chat_id=message.chat.id, lang=w.lang)
    if await state.get_state() in Filing.__all_states_names__ and (paper := await Paper.of(state)).begun:
        home = await turn.ask(link_to_home, token=token)
        if home is not None:
            resident = stranger_at(home, w.lang) if speaker is None else speaker.moved_to(home)
            card = await ask_next(message.chat.id, paper, state, turn, w, resident, town, first=take)
    if turn.done:  # it was an emergency, and is filed
        assert home is not None
        joined = Joined(0, Role.RESIDENT, home)
    else:
        try:
            joined = await turn.do(take)
        except Refused as refused:
            if not isinstance(refused.refusal, LinkUnknown):
                raise
            turn.forget_talk()
            tries.one_more()
            guessed = partial(note_attempt, kind=AlarmKind.LINKS_GUESSED, update=turn.waiting.id)
            await turn.do(guessed if tries.many == MOST_WRONG else None)
            return [_refused(message, w)]
    told = [SendMessage(chat_id=message.chat.id, text=_welcome(w, joined, town), parse_mode="HTML"), card]
    return [*told, *await _stand_in(turn, w, joined, town)] if joined.ends_at else told


def _refused(message: Message, w: Words) -> SendMessage:
    """One answer for what is wrong, used, expired, or one too many (S15)."""
    return SendMessage(chat_id=message.chat.id, text=sentence(w, LinkUnknown()))


async def _stand_in(turn: Turn, w: Words, joined: Joined, town: Town) -> list[SendMessage]:
    """Up to when somebody stands in, and what waits at the desk they stand in at."""
    assert joined.ends_at is not None
    last = (joined.ends_at - timedelta(seconds=1)).astimezone(town.calendar.zone).date()
    text = w("您是代班，到%(day)s24点自动结束，不用退出。", day=w.day(last))
    told = [SendMessage(chat_id=turn.waiting.chat_id, text=text)]
    if joined.place in town.desks:
        waiting = await turn.ask(waiting_at, desk=joined.place)
        told.append(show_waiting(turn, w, town, joined.place, waiting))
    return told


@router.message(CommandStart())
@router.message(Command("help"))
async def greet(message: Message, turn: Turn, w: Words, speaker: Speaker | None) -> SendMessage:
    """What to do now, whoever it is."""
    return greeted(message.chat.id, turn, w, speaker)


def _welcome(w: Words, joined: Joined, town: Town) -> Html:
    """The one message after a link was taken."""
    if joined.way:
        return w("好了，以后也能在这里找到您。您最近在哪边说话，消息就先发到哪边。")
    match joined.role:
        case Role.RESIDENT:
            return w(
                "好了，您这里是%(place)s。有什么事，直接发一句话或拍张照就行。紧急请直接打110、119、120。",
                place=place_name(w, town.compound_of(joined.place), town.buildings[joined.place]),
            )
        case Role.HEAD:
            return w(
                "%(place)s的楼长，您好！邻居反映的小事，我会请您帮着看看；不方便就点「没空」，没有期限，也不会催您。",
                place=place_name(w, town.compound_of(joined.place), town.buildings[joined.place]),
            )
        case _:
            return w(
                "已登记：%(desk)s值班。新件、退回件会发到这里，在卡片上点按钮就行。卡片上没有居民是谁，请别打听。",
                desk=desk_name(w, town.desks[joined.place]),
            )
