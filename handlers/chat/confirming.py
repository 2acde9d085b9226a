"""The resident answers 解决了吗: 解决了 · 没有 · 好了一部分, by a tap or in so many words."""

from types import MappingProxyType
from typing import Any

from aiogram import Router
from aiogram.filters import Filter, StateFilter
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery, Message

from handlers.cards.buttons import Press, Verb
from handlers.chat.hearing import Pressed, Private
from handlers.words import Words
from models.actions.confirming import confirm, deny
from models.queries.cases import only_question
from models.queries.people import Speaker
from models.rules.lifecycle import Event
from models.rules.refusals import NotYours, Refused
from models.turn import Turn
from models.understanding.answering import answered

router = Router(name="confirming")


class TypedAnswer(Filter):
    """One of those words, from somebody who is being asked about exactly one case; hands on `answer`."""

    async def __call__(self, message: Message, turn: Turn, speaker: Speaker | None) -> bool | dict[str, Any]:
        event = answered(message.text or "")
        if event is None or speaker is None:
            return False
        asked = await turn.ask(only_question, person=speaker.person)
        return False if asked is None else {"answer": (event, *asked)}


@router.message(Private(), StateFilter(None), TypedAnswer())
async def take_typed(
    message: Message, answer: tuple[Event, int, int], turn: Turn, w: Words, speaker: Speaker | None
) -> SendMessage:
    """The same as the tap it stands for."""
    event, case_id, version = answer
    return SendMessage(chat_id=message.chat.id, text=await _answer(event, case_id, version, turn, w, speaker))


_TAPPED = MappingProxyType({Verb.SOLVED: Event.CONFIRM, Verb.UNSOLVED: Event.DENY, Verb.PARTLY: Event.PARTLY})


@router.callback_query(Pressed(*_TAPPED))
async def take_tap(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> AnswerCallbackQuery:
    """Closed, because the resident says so; or back to the desk, with a new date and the next level told."""
    said = await _answer(_TAPPED[press.verb], press.of, press.version, turn, w, speaker)
    return AnswerCallbackQuery(callback_query_id=query.id, text=said)


async def _answer(event: Event, case_id: int, version: int, turn: Turn, w: Words, speaker: Speaker | None) -> str:
    if speaker is None:
        raise Refused(NotYours())
    if event is Event.CONFIRM:
        await turn.do(confirm, case_id=case_id, by=speaker, version=version)
        return w.plain("谢谢您！这件事办结。")
    risen = await turn.do(deny, case_id=case_id, by=speaker, version=version, event=event)
    return w.plain("知道了，这次改由上一级牵头重办。") if risen else w.plain("知道了，已退回重办，并告诉了上一级。")
