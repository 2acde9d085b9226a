"""A desk or a head acts on a card.

签收 · 已联系或上门            one tap, the card changes without a sound
我来看看 · 没空 · 我不便管       the head's answers, all of them right
办好了 · 已经好了               then one sentence what was done, and the resident is asked
"""

from typing import Any

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery, Message

from handlers.cards.buttons import Press, Verb
from handlers.chat.hearing import Heard, OnDuty, Pressed, Private, Said
from handlers.words import Words
from models.actions import handling
from models.queries.people import Speaker
from models.rules.lifecycle import Event
from models.rules.refusals import NotYours, Refused
from models.turn import Turn

router = Router(name="handling")
router.message.filter(Private())

_ANSWERS = {Verb.LOOK: Event.LOOK, Verb.BUSY: Event.BUSY, Verb.DECLINE: Event.DECLINE}


class Handling(StatesGroup):
    saying = State()  # what was done, in one sentence


@router.callback_query(Pressed(Verb.SIGN, Verb.CONTACT))
async def take_desk(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> AnswerCallbackQuery:
    """The desk signed, or has spoken with the resident."""
    act = handling.sign if press.verb is Verb.SIGN else handling.contact
    await turn.do(act, case_id=press.of, by=_somebody(speaker))
    toast = w.plain("已签收") if press.verb is Verb.SIGN else w.plain("记下了")
    return AnswerCallbackQuery(callback_query_id=query.id, text=toast)


@router.callback_query(Pressed(*_ANSWERS))
async def take_head(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> AnswerCallbackQuery:
    """The head answered; any answer is right."""
    await turn.do(handling.answer, case_id=press.of, by=_somebody(speaker), event=_ANSWERS[press.verb])
    return AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("谢谢您！"))


@router.callback_query(Pressed(Verb.CLAIM))
async def ask_sentence(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None
) -> list[Any]:
    """Whoever may claim is asked what was done; the resident will read it word for word."""
    number = await turn.ask(handling.claimable, case_id=press.of, by=_somebody(speaker))
    await state.set_state(Handling.saying)
    await state.set_data({"case": press.of})
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        SendMessage(
            chat_id=turn.waiting.chat_id,
            text=w("%(number)s号：用一句话说说做了什么，居民会看到。比如「换了门锁」。", number=number),
            parse_mode="HTML",
        ),
    ]


@router.message(StateFilter(Handling.saying), Said())
async def take_sentence(
    message: Message, said: Heard, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None
) -> SendMessage:
    """Said to be done; the resident is asked."""
    case_id = (await state.get_data())["case"]
    await state.clear()
    case = await turn.do(handling.claim, case_id=case_id, by=_somebody(speaker), sentence=said.text)
    return SendMessage(
        chat_id=message.chat.id,
        text=w("%(number)s号已报办好，正在问居民是不是解决了。居民说了算。", number=case),
        parse_mode="HTML",
    )


@router.message(StateFilter(None), OnDuty(), Said())
async def point_to_cards(message: Message, w: Words) -> SendMessage:
    """Free words of somebody on duty: nothing is filed in their name."""
    return SendMessage(
        chat_id=message.chat.id,
        text=w("要办的件请在卡片上点按钮。您自己要反映事情，请扫您家楼道里的二维码。"),
    )


def _somebody(speaker: Speaker | None) -> Speaker:
    """Whoever pressed; refuses `NotYours` to somebody we never met."""
    if speaker is None:
        raise Refused(NotYours())
    return speaker
