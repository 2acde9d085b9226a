"""The resident answers 解决了吗: 解决了 · 没有 · 好了一部分, by a tap or in so many words."""

from types import MappingProxyType
from typing import Any

from aiogram import Router
from aiogram.filters import Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery, Message

from handlers.cards.buttons import Press, Verb
from handlers.chat.adding import await_more, say_joined
from handlers.chat.hearing import Pressed, Private
from handlers.words import Words
from models.actions.confirming import confirm, deny
from models.actions.relaying import Remark, deny_saying_why
from models.queries.cases import only_question, view
from models.queries.exchange import case_of_card
from models.queries.people import Speaker
from models.rules.lifecycle import Event, State
from models.rules.policy import Town
from models.rules.refusals import NotYours, Refused
from models.turn import Turn
from models.understanding.answering import answered, says_why

router = Router(name="confirming")


class TypedAnswer(Filter):
    """One of those words, under the question itself or from somebody who is asked about exactly one case; hands on
    `answer`.
    """

    async def __call__(self, message: Message, turn: Turn, speaker: Speaker | None) -> bool | dict[str, Any]:
        event = answered(message.text or "")
        if event is None or speaker is None:
            return False
        asked = await turn.ask(only_question, person=speaker.person)
        if asked is None and message.reply_to_message is not None:
            case_id = await turn.ask(
                case_of_card,
                bot_id=turn.waiting.bot_id,
                chat_id=message.chat.id,
                message_id=message.reply_to_message.message_id,
                person=speaker.person,
            )
            seen = await turn.ask(view, case_id=case_id) if case_id is not None else None
            asked = (seen.id, seen.version) if seen is not None and seen.state is State.CLAIMED else None
        return False if asked is None else {"answer": (event, *asked)}


@router.message(Private(), StateFilter(None), TypedAnswer())
async def take_typed(
    message: Message,
    answer: tuple[Event, int, int],
    state: FSMContext,
    turn: Turn,
    w: Words,
    speaker: Speaker | None,
    town: Town,
) -> list[SendMessage]:
    """The same as the tap it stands for; a No that says why keeps it, and nobody asks once more."""
    event, case_id, version = answer
    if event is Event.DENY and says_why(message.text or "") and speaker is not None:
        return await _deny_saying_why(message, case_id, version, state, turn, w, speaker, town)
    said = await _answer(event, case_id, version, state, turn, w, speaker)
    return [SendMessage(chat_id=message.chat.id, text=said), *_then(event, message.chat.id, w)]


async def _deny_saying_why(
    message: Message,
    case_id: int,
    version: int,
    state: FSMContext,
    turn: Turn,
    w: Words,
    speaker: Speaker,
    town: Town,
) -> list[SendMessage]:
    text = message.text or ""
    await await_more(case_id, state, turn, unbidden=True)
    risen, done = await turn.do(
        deny_saying_why,
        case_id=case_id,
        by=speaker,
        version=version,
        bot_id=turn.waiting.bot_id,
        remark=Remark(text),
    )
    said = SendMessage(chat_id=message.chat.id, text=_sent_back(w, risen=risen))
    more = say_joined(message.chat.id, done, text, w, town)
    return [*more, said] if done.danger else [said, *more]


_TAPPED = MappingProxyType({Verb.SOLVED: Event.CONFIRM, Verb.UNSOLVED: Event.DENY, Verb.PARTLY: Event.PARTLY})


@router.callback_query(Pressed(*_TAPPED))
async def take_tap(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None
) -> list[Any]:
    """Closed, because the resident says so; or back to the desk, with a new date and the next level told."""
    event = _TAPPED[press.verb]
    said = await _answer(event, press.of, press.version, state, turn, w, speaker)
    return [AnswerCallbackQuery(callback_query_id=query.id, text=said), *_then(event, turn.waiting.chat_id, w)]


async def _answer(
    event: Event, case_id: int, version: int, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None
) -> str:
    if speaker is None:
        raise Refused(NotYours())
    if event is Event.CONFIRM:
        await turn.do(confirm, case_id=case_id, by=speaker, version=version)
        return w.plain("谢谢您！这件事办结。")
    await await_more(case_id, state, turn, unbidden=event is Event.DENY)
    risen = await turn.do(deny, case_id=case_id, by=speaker, version=version, event=event)
    return _sent_back(w, risen=risen)


def _sent_back(w: Words, *, risen: bool) -> str:
    return w.plain("知道了，这次改由上一级牵头重办。") if risen else w.plain("知道了，已退回重办，并告诉了上一级。")


def _then(event: Event, chat_id: int, w: Words) -> list[SendMessage]:
    """After 没有 and 好了一部分: what is missing, if the resident likes to say it; what comes next joins the case."""
    if event is Event.PARTLY:
        return [SendMessage(chat_id=chat_id, text=w("还差什么？一句话就行，办事的人会看到。不说也行，他们会来问。"))]
    if event is Event.DENY:
        return [SendMessage(chat_id=chat_id, text=w("哪里没好？一句话就行，办事的人会看到。不说也行。"))]
    return []
