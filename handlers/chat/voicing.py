"""A voice: danger or not at once; a listener writes one line; the resident says whether that was it.

有危险 · 不急     the voice is a case at the community, from this moment on
听完写一行        the listener's line, shown once more before it goes
对 · 不对         the right desk has it; or somebody listens again
"""

from dataclasses import replace
from typing import Any

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery

from handlers.cards.buttons import Press, Verb
from handlers.cards.phrases import desk_name, first_words
from handlers.chat.hearing import Pressed
from handlers.chat.paper import Filing, paper_of, put_away
from handlers.chat.questions import ask_next
from handlers.chat.sentences import Sentence, awaits
from handlers.words import Words
from models.actions import hearing
from models.actions.filing import Urgency
from models.queries.people import Speaker
from models.rules.policy import UNCLASSIFIED, Town
from models.rules.refusals import NotYours, Refused
from models.turn import Turn
from models.understanding.masking import masked

router = Router(name="voicing")

awaits(
    Verb.HEAR,
    Sentence(
        may=hearing.may_hear,
        act=hearing.hear,
        asks=lambda w, number: w(
            "%(number)s号：听完请写一行，什么事、在哪里，比如「3栋电梯停了」。居民会看到，点「对」才转出去。",
            number=number,
        ),
        shows=lambda w, said: w("居民会看到：「%(said)s」", said=masked(said)),
        done=lambda w, number: w("%(number)s号：发给居民看了，等一句对不对。", number=number),
    ),
)


@router.callback_query(StateFilter(Filing), Pressed(Verb.DANGER, Verb.NO_DANGER))
async def take_urgency(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """Danger first says whom to call. Then the voice is a case, or the place is asked, and the voice waits for it."""
    danger = press.verb is Verb.DANGER
    paper = replace(await paper_of(press, state), urgency=Urgency.DANGER if danger else Urgency.CALM)
    asked = await ask_next(turn.waiting.chat_id, paper, state, turn, w, speaker, town)
    said: list[Any] = [AnswerCallbackQuery(callback_query_id=query.id), put_away(query)]
    if danger and asked is not None:
        first = first_words(w, town.categories[UNCLASSIFIED], danger=True) or ""
        said.append(SendMessage(chat_id=turn.waiting.chat_id, text=first, parse_mode="HTML"))
    return [*said, asked]


@router.callback_query(Pressed(Verb.AGREE, Verb.DISAGREE))
async def take_answer(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> list[Any] | AnswerCallbackQuery:
    """What the listener wrote down was it, or somebody listens again."""
    if speaker is None:
        raise Refused(NotYours())
    if press.verb is Verb.AGREE:
        desk = await turn.do(hearing.agree, case_id=press.of, by=speaker, version=press.version)
        said = w.plain("好的，已经转给%(desk)s。", desk=desk_name(w, desk))
        return AnswerCallbackQuery(callback_query_id=query.id, text=said)
    desk = await turn.do(hearing.disagree, case_id=press.of, by=speaker, version=press.version)
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        SendMessage(
            chat_id=turn.waiting.chat_id,
            text=w(
                "好的，请%(desk)s的人再听一遍。找人工可以打%(phone)s，说给他们听。",
                desk=desk_name(w, desk),
                phone=desk.phone,
            ),
        ),
    ]
