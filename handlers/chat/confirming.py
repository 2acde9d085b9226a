"""The resident answers 解决了吗: 解决了 · 没有 · 好了一部分. The question's own card then says what came of it."""

from aiogram import Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from handlers.cards.buttons import Press, Verb
from handlers.chat.hearing import Pressed
from handlers.words import Words
from models.actions.confirming import confirm, deny
from models.queries.people import Speaker
from models.rules.lifecycle import Event
from models.rules.refusals import NotYours, Refused
from models.turn import Turn

router = Router(name="confirming")


@router.callback_query(Pressed(Verb.SOLVED))
async def take_yes(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> AnswerCallbackQuery:
    """Closed, because the resident says so."""
    if speaker is None:
        raise Refused(NotYours())
    await turn.do(confirm, case_id=press.of, by=speaker, version=press.version)
    return AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("谢谢您！这件事办结。"))


@router.callback_query(Pressed(Verb.UNSOLVED, Verb.PARTLY))
async def take_no(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> AnswerCallbackQuery:
    """Back to the desk, with a new date and the next level told."""
    if speaker is None:
        raise Refused(NotYours())
    event = Event.DENY if press.verb is Verb.UNSOLVED else Event.PARTLY
    risen = await turn.do(deny, case_id=press.of, by=speaker, version=press.version, event=event)
    said = w.plain("知道了，这次改由上一级牵头重办。") if risen else w.plain("知道了，已退回重办，并告诉了上一级。")
    return AnswerCallbackQuery(callback_query_id=query.id, text=said)
