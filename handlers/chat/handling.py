"""A desk or a head acts on a card.

签收 · 已联系或上门 · 已到场      one tap, the card changes without a sound
我来看看 · 没空 · 我不便管         the head's answers, all of them right
带话给居民 · 办好了 · 已经好了     then one sentence, shown once more before it goes (`sentences`)
"""

from functools import partial
from types import MappingProxyType

from aiogram import Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from handlers.cards.buttons import Press, Verb
from handlers.chat.hearing import Pressed, Private
from handlers.chat.sentences import Sentence, awaits
from handlers.words import Words
from models.actions import handling
from models.queries.people import Speaker
from models.rules.lifecycle import Event
from models.rules.refusals import NotYours, Refused
from models.turn import Turn

router = Router(name="handling")
router.message.filter(Private())

_ANSWERS = MappingProxyType({Verb.LOOK: Event.LOOK, Verb.BUSY: Event.BUSY, Verb.DECLINE: Event.DECLINE})

awaits(
    Verb.CLAIM,
    Sentence(
        may=partial(handling.may_say, event=Event.CLAIM),
        act=handling.claim,
        asks=lambda w, number: w("%(number)s号：用一句话说说做了什么，居民会看到。比如「换了门锁」。", number=number),
        shows=lambda w, said: w("居民会看到：「%(said)s」", said=said),
        done=lambda w, number: w("%(number)s号已报办好，正在问居民是不是解决了。居民说了算。", number=number),
        drops=lambda w: w.plain("还没好"),
    ),
)
awaits(
    Verb.WORD,
    Sentence(
        may=handling.may_let_know,
        act=handling.let_know,
        asks=lambda w, number: w("%(number)s号：想让居民知道什么？比如「师傅下午3点到」。", number=number),
        shows=lambda w, said: w("居民会看到：「%(said)s」", said=said),
        done=lambda w, number: w("%(number)s号：话带到了。", number=number),
    ),
)


_TAPS = MappingProxyType(
    {
        Verb.SIGN: handling.sign,
        Verb.CONTACT: handling.contact,
        Verb.ARRIVE: handling.arrive,
        Verb.NOT_THERE: handling.not_there,
    }
)


@router.callback_query(Pressed(*_TAPS))
async def take_desk(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> AnswerCallbackQuery:
    """The desk signed, has spoken with the resident, or stands there."""
    await turn.do(_TAPS[press.verb], case_id=press.of, by=_somebody(speaker))
    toast = w.plain("已签收") if press.verb is Verb.SIGN else w.plain("记下了")
    return AnswerCallbackQuery(callback_query_id=query.id, text=toast)


@router.callback_query(Pressed(*_ANSWERS))
async def take_head(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> AnswerCallbackQuery:
    """The head answered; any answer is right."""
    await turn.do(handling.answer, case_id=press.of, by=_somebody(speaker), event=_ANSWERS[press.verb])
    return AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("谢谢您！"))


def _somebody(speaker: Speaker | None) -> Speaker:
    """Whoever pressed; refuses `NotYours` to somebody we never met."""
    if speaker is None:
        raise Refused(NotYours())
    return speaker
