"""A desk or a head acts on a card.

签收 · 已联系或上门              one tap, the card changes without a sound
我来看看 · 没空 · 我不便管         the head's answers, all of them right
带话给居民 · 办好了 · 已经好了     then one sentence, shown once more before it goes: 发给居民 · 重说 · 还没好

    saying   the sentence is awaited
    sending  the sentence is shown as the resident will read it
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery, Message

from handlers.cards.buttons import Press, Verb, button
from handlers.chat.filing import put_away, take_words
from handlers.chat.hearing import Heard, OnDuty, Pressed, Private, Said, keyboard
from handlers.words import Words
from models.actions import handling
from models.ports import Button
from models.queries.people import Speaker
from models.rules.lifecycle import Event
from models.rules.policy import Town
from models.rules.refusals import NoDraft, NotYours, Refused, Stale
from models.turn import Turn
from models.understanding.answering import answered

router = Router(name="handling")
router.message.filter(Private())

_ANSWERS = MappingProxyType({Verb.LOOK: Event.LOOK, Verb.BUSY: Event.BUSY, Verb.DECLINE: Event.DECLINE})
_SENTENCES: Mapping[Verb, Event] = MappingProxyType({Verb.CLAIM: Event.CLAIM, Verb.WORD: Event.CONTACT})

IMPATIENT = timedelta(seconds=10)
"""A second tap within this is the same tap of an impatient thumb."""

AWAITED = timedelta(hours=1)
"""A sentence that comes later than this after it was asked for is not meant for the resident."""


MOST_CARDS = 10
"""How many cards of one and the same sentence are remembered."""


class Handling(StatesGroup):
    saying = State()
    sending = State()


@dataclass(frozen=True, slots=True)
class Awaited:
    """Which sentence is awaited: for which case, as what, since when. `cards`: the messages that show it as it is."""

    case: int
    verb: str
    since: str  # office moment, ISO
    sentence: str = ""
    cards: tuple[int, ...] = ()

    @classmethod
    async def of(cls, state: FSMContext) -> "Awaited | None":
        kept = await state.get_data()
        return cls(**{**kept, "cards": tuple(kept["cards"])}) if "verb" in kept else None

    async def keep(self, state: FSMContext) -> None:
        await state.set_data(asdict(self))

    def with_sentence(self, sentence: str, card: int) -> "Awaited":
        """With this sentence, as `card` shows it; said once more, the cards that show the same stay good."""
        same = self.cards[-MOST_CARDS:] if sentence == self.sentence else ()
        return replace(self, sentence=sentence, cards=(*same, card))

    def fresh(self, now: datetime) -> bool:
        """Whether the question was put this moment; an older one may have been lost on its way (design §2.4)."""
        return now - datetime.fromisoformat(self.since) < IMPATIENT

    def over(self, now: datetime) -> bool:
        return now - datetime.fromisoformat(self.since) > AWAITED


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


@router.callback_query(Pressed(*_SENTENCES))
async def ask_sentence(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None
) -> list[Any]:
    """Whoever may is asked for one sentence, which the resident will read word for word; an impatient thumb once."""
    number = await turn.ask(handling.may_say, case_id=press.of, by=_somebody(speaker), event=_SENTENCES[press.verb])
    before = await Awaited.of(state)
    if before is not None and (before.case, before.verb) == (press.of, press.verb) and before.fresh(turn.now):
        return [AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("请直接发一句话"))]
    await state.set_state(Handling.saying)
    await Awaited(press.of, press.verb, turn.now.isoformat(), cards=(turn.waiting.id,)).keep(state)
    if press.verb is Verb.CLAIM:
        text = w("%(number)s号：用一句话说说做了什么，居民会看到。比如「换了门锁」。", number=number)
    else:
        text = w("%(number)s号：想让居民知道什么？比如「师傅下午3点到」。", number=number)
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        SendMessage(
            chat_id=turn.waiting.chat_id,
            text=text,
            parse_mode="HTML",
            reply_markup=keyboard(((_button(turn, w.plain("还没好"), Verb.NOT_YET),),)),
        ),
    ]


@router.message(StateFilter(Handling), Said())
async def take_sentence(
    message: Message, said: Heard, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage | list[SendMessage] | None:
    """The sentence, shown as the resident will read it. Words that come much later belong to another conversation."""
    awaited = await Awaited.of(state)
    if awaited is None or awaited.over(turn.now):
        await state.clear()
        if speaker is None or speaker.home is None:
            pointed: SendMessage = await point_to_cards(message, w)
            return pointed
        asked: SendMessage | list[SendMessage] | None = await take_words(message, said, state, turn, w, speaker, town)
        return asked
    if answered(said.text) is Event.DENY:
        await state.clear()
        return SendMessage(chat_id=message.chat.id, text=w("好的，什么也没发。"))
    awaited = awaited.with_sentence(handling.one_sentence(said.text), turn.waiting.id)
    await state.set_state(Handling.sending)
    await awaited.keep(state)
    return SendMessage(
        chat_id=message.chat.id,
        text=w("居民会看到：「%(said)s」", said=awaited.sentence),
        parse_mode="HTML",
        reply_markup=keyboard(
            (
                (_button(turn, w.plain("发给居民"), Verb.SEND),),
                (_button(turn, w.plain("重说"), Verb.AGAIN), _button(turn, w.plain("还没好"), Verb.NOT_YET)),
            )
        ),
    )


@router.callback_query(StateFilter(Handling.sending), Pressed(Verb.SEND))
async def send_sentence(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None
) -> list[Any]:
    """The sentence went: said to be done, and the resident is asked; or a word that lets them know."""
    awaited = await _awaited(press, state)
    await state.clear()
    by, verb = _somebody(speaker), Verb(awaited.verb)
    try:
        act = handling.claim if verb is Verb.CLAIM else handling.contact
        number = await turn.do(act, case_id=awaited.case, by=by, sentence=awaited.sentence)
    except Refused as refused:
        if isinstance(refused.refusal, Stale | NotYours):
            await turn.do(None)  # somebody else was first: nothing is awaited any more
        raise
    if verb is Verb.CLAIM:
        text = w("%(number)s号已报办好，正在问居民是不是解决了。居民说了算。", number=number)
    else:
        text = w("%(number)s号：话带到了。", number=number)
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        put_away(query),
        SendMessage(chat_id=turn.waiting.chat_id, text=text, parse_mode="HTML"),
    ]


@router.callback_query(StateFilter(Handling), Pressed(Verb.AGAIN, Verb.NOT_YET))
async def take_back(query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words) -> list[Any]:
    """Nothing went: the sentence is said anew, or not at all."""
    await _awaited(press, state)
    if press.verb is Verb.AGAIN:
        await state.set_state(Handling.saying)
        text = w("好的，请再说一句。")
    else:
        await state.clear()
        text = w("好的，什么也没发。")
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        put_away(query),
        SendMessage(chat_id=turn.waiting.chat_id, text=text),
    ]


async def _awaited(press: Press, state: FSMContext) -> Awaited:
    """What is awaited, if this button stands under a message that shows it; refuses `NoDraft`."""
    awaited = await Awaited.of(state)
    if awaited is None or press.of not in awaited.cards:
        raise Refused(NoDraft())
    return awaited


def _button(turn: Turn, text: str, verb: Verb) -> Button:
    return button(turn.keys, turn.waiting.chat_id, text, verb, of=turn.waiting.id)


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
