"""What is tapped under a cry for help.

报错了     nobody is on the way any more, its words are a draft in calm
先不用     not now, of somebody who may not want to live
没看到人   nobody has come, whatever a desk says
"""

from typing import Any

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery

from handlers.cards.buttons import Press, Verb
from handlers.chat.adding import say_joined
from handlers.chat.hearing import Pressed
from handlers.chat.paper import Paper
from handlers.chat.questions import ask_next
from handlers.words import Words
from models.actions.emergencies import mistaken
from models.actions.filing import Urgency
from models.actions.relaying import Remark, add
from models.queries.cases import view
from models.queries.drafts import said_at_first
from models.queries.people import Speaker
from models.rules.policy import Town
from models.rules.refusals import NotYours, Refused
from models.turn import Turn

router = Router(name="calming")


@router.callback_query(Pressed(Verb.MISTAKE))
async def take_mistake(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """It is taken back; what may still have to be done is shown as any other matter, unless a draft is open already."""
    if speaker is None:
        raise Refused(NotYours())
    seen = await turn.ask(view, case_id=press.of)
    if seen is not None and seen.at_once == "care":
        return await _not_now(query, press.of, turn, w, speaker)
    said = await turn.ask(said_at_first, case_id=press.of, person=speaker.person)
    before = await Paper.of(state)
    answers: list[Any] = [
        AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("好的，撤回了，已告诉他们不用来。"))
    ]
    if said is not None and not before.begun:
        paper = Paper(
            words=((turn.waiting.id, said.text),),
            files=said.files,
            building=said.building,
            lang=w.lang,
            said_at=turn.now.isoformat(),
            urgency=Urgency.CALM,
        )
        card = await ask_next(turn.waiting.chat_id, paper, state, turn, w, speaker, town)
        offer = w("没有危险就好。事情还要办的话，点「对，提交」；不用办就不用管它。")
        answers += [SendMessage(chat_id=turn.waiting.chat_id, text=offer), card]
    await turn.do(mistaken, case_id=press.of, by=speaker)
    return answers


@router.callback_query(Pressed(Verb.NOBODY))
async def take_nobody(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """没看到人: desk and community hear of it, and the half hour begins anew; an impatient thumb says it once."""
    seen = await turn.ask(view, case_id=press.of)
    if speaker is None or seen is None:
        raise Refused(NotYours())
    if not seen.doing.arrived:
        return [AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("已经告诉他们了"))]
    said = Remark(w.plain("没看到人来"))
    done = await turn.do(add, case_id=press.of, by=speaker, bot_id=turn.waiting.bot_id, remark=said)
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        *say_joined(turn.waiting.chat_id, done, said.text, w, town),
    ]


async def _not_now(query: CallbackQuery, case_id: int, turn: Turn, w: Words, speaker: Speaker) -> list[Any]:
    """先不用, of somebody who may not want to live: those who care hear it, and stay."""
    later = Remark(w.plain("先不用联系我"))
    await turn.do(add, case_id=case_id, by=speaker, bot_id=turn.waiting.bot_id, remark=later)
    said = w("好的，先不打扰您。什么时候想说，直接说就行；12356一直有人接。")
    return [
        AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("好的")),
        SendMessage(chat_id=turn.waiting.chat_id, text=said),
    ]
