"""One desk asks another, and the answer: 转办 → which desk → why → 〔我们来接〕〔不接〕; 延期 → 〔同意延期〕〔不同意〕.

Until the other desk has answered, the first one keeps the case. How 延期 is asked for stands in `working`.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery

from handlers.cards.buttons import Press, Verb, button
from handlers.cards.phrases import desk_name
from handlers.chat.filing import put_away
from handlers.chat.hearing import Pressed, Private, keyboard
from handlers.chat.sentences import Sentence, ask_sentence, awaits, somebody
from handlers.chat.working import mark_of
from handlers.words import Words
from models.actions import requesting
from models.ports import Button
from models.queries.people import Speaker
from models.rules.gone import desk_of
from models.rules.policy import Town
from models.rules.refusals import NobodyThere, Refused
from models.turn import Turn
from models.understanding.masking import masked

router = Router(name="requesting")
router.message.filter(Private())

awaits(
    Verb.OFFER,
    Sentence(
        may=requesting.may_offer,
        act=requesting.offer,
        asks=lambda w, number: w("%(number)s号：为什么该转？用一句话说说，只给对方看。", number=number),
        shows=lambda w, said: w("对方会看到：「%(said)s」", said=masked(said)),
        done=lambda w, number: w("%(number)s号：问过去了。没人接之前，还是您这里办。", number=number),
        sends=lambda w: w.plain("问过去"),
        asks_first=True,
    ),
)

_ANSWERS: MappingProxyType[Verb, Callable[..., str]] = MappingProxyType(
    {Verb.TAKE: requesting.take, Verb.GRANT: requesting.grant, Verb.REFUSE: requesting.refuse}
)


@router.callback_query(Pressed(Verb.OFFER))
async def ask_desk(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """The desks that may be asked, as buttons."""
    desks = await turn.ask(requesting.targets, case_id=press.of, by=somebody(speaker))
    chat_id = turn.waiting.chat_id

    def ask(code: str) -> Button:
        name = desk_name(w, desk_of(town, code))
        return button(turn.keys, chat_id, name, Verb.TO_DESK, of=press.of, version=mark_of(code))

    rows = tuple((ask(code),) for code in desks)
    text = w("问哪里接？对方答应之前，还是您这里办。")
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        SendMessage(chat_id=chat_id, text=text, reply_markup=keyboard(rows)),
    ]


@router.callback_query(Pressed(Verb.TO_DESK))
async def take_desk(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None
) -> list[Any]:
    """Why should that desk have it? One sentence, for its eyes."""
    desks = await turn.ask(requesting.targets, case_id=press.of, by=somebody(speaker))
    desk = next((code for code in desks if mark_of(code) == press.version), None)
    if desk is None:
        raise Refused(NobodyThere(number=f"{press.of:04d}"))
    asked = await ask_sentence(query, Verb.OFFER, press.of, state, turn, w, speaker, about=desk)
    return [*asked, put_away(query)]


@router.callback_query(Pressed(*_ANSWERS))
async def take_answer(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> AnswerCallbackQuery:
    """One tap decides; the cards say what follows."""
    await turn.do(_ANSWERS[press.verb], case_id=press.of, by=somebody(speaker))
    said = {
        Verb.TAKE: w.plain("好的，由新的一方接着办。"),
        Verb.GRANT: w.plain("好的，日子改了，居民会知道。"),
        Verb.REFUSE: w.plain("好的，已回复对方，一切照旧。"),
    }
    return AnswerCallbackQuery(callback_query_id=query.id, text=said[press.verb])
