"""A caller writes down with one tap what a resident said on the telephone.

说解决了 · 说没解决 · 好了一部分     the resident's word, by whoever called
说上话了                        somebody who asked for a person was called
没人接                          another day
"""

from types import MappingProxyType

from aiogram import Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from handlers.cards.buttons import Press, Verb
from handlers.chat.hearing import Pressed
from handlers.words import Words
from models.actions.calling import answer_call
from models.queries.people import Speaker
from models.rules.lifecycle import CLOSED, Event, State
from models.rules.refusals import NotYours, Refused
from models.turn import Turn

router = Router(name="calling")

_SAID = MappingProxyType(
    {
        Verb.CALLED_SOLVED: Event.CONFIRM,
        Verb.CALLED_UNSOLVED: Event.DENY,
        Verb.CALLED_PARTLY: Event.PARTLY,
        Verb.CALLED_NOBODY: Event.NO_ANSWER,
        Verb.CALLED_SPOKE: Event.SPOKE,
    }
)


@router.callback_query(Pressed(*_SAID))
async def take_call(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> AnswerCallbackQuery:
    """What was said is on record, as said by telephone; or the call comes back on another day."""
    if speaker is None:
        raise Refused(NotYours())
    event = _SAID[press.verb]
    state = await turn.do(answer_call, case_id=press.of, by=speaker, event=event, version=press.version)
    return AnswerCallbackQuery(callback_query_id=query.id, text=_written(w, event, state))


def _written(w: Words, event: Event, state: State) -> str:
    match event:
        case Event.CONFIRM:
            return w.plain("记下了，居民电话里说解决了，办结。")
        case Event.SPOKE:
            return w.plain("记下了，谢谢！")
        case Event.NO_ANSWER if state in CLOSED:
            return w.plain("记下了，几天都没人接，先办结。居民30天内还能说没好。")
        case Event.NO_ANSWER:
            return w.plain("记下了，下个工作日再提醒您打。")
        case _:
            return w.plain("记下了，已退回重办。")
