"""A button asks for one sentence; it is shown once more as it will be read, and goes only then: 发 · 重说 · 先不发.

    saying   the sentence is awaited
    sending  the sentence is shown as its reader will read it

Any room uses this for any verb: it says in a `Sentence` what is asked, shown, done and said afterwards, and hands that
to `awaits` where it is imported. A button with such a verb then asks by itself. A room that has to ask something else
first (which day? which desk?) says `asks_first=True`, and calls `ask_sentence` with what it learned as `about`.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from aiogram import Router
from aiogram.filters import Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery, Message

from handlers.cards.buttons import Press, Verb, button
from handlers.chat.filing import put_away, take_words
from handlers.chat.hearing import Heard, Pressed, Private, Said, keyboard
from handlers.chat.pointing import point_to_cards
from handlers.words import Html, Words
from models.actions.handling import one_sentence
from models.ports import Button
from models.queries.people import Speaker
from models.rules.lifecycle import Event
from models.rules.policy import Town
from models.rules.refusals import NoDraft, NoNumber, NothingSaid, NotYours, PersonsNumber, Refused
from models.turn import Turn
from models.understanding.answering import answered

router = Router(name="sentences")
router.message.filter(Private())

IMPATIENT = timedelta(seconds=10)
"""A second tap within this is the same tap of an impatient thumb."""

AWAITED = timedelta(hours=1)
"""A sentence that comes later than this after it was asked for is meant for nobody."""

MOST_CARDS = 10
"""How many cards of one and the same sentence are remembered."""


def _to_the_resident(w: Words) -> str:
    return w.plain("发给居民")


def _as_it_was_said(w: Words, said: str) -> Html:
    return w("「%(said)s」", said=said)


def _not_now(w: Words) -> str:
    return w.plain("先不发")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What becomes of one verb's sentence.

    `may` and `act` are given `case_id` and `by`, `act` the `sentence` too, both `about` where there is one; each
    returns the case's number, or refuses. `asks` and `done` are given that number, `shows` the sentence. `at_once`: it
    is not shown again, because nobody else reads it word for word.
    """

    may: Callable[..., str]  # changes nothing
    act: Callable[..., str]
    asks: Callable[[Words, str], Html]
    done: Callable[[Words, str], Html]
    shows: Callable[[Words, str], Html] = _as_it_was_said
    sends: Callable[[Words], str] = _to_the_resident
    drops: Callable[[Words], str] = _not_now
    at_once: bool = False
    asks_first: bool = False  # the verb's button belongs to its room, which asks something else before


_KNOWN: dict[Verb, Sentence] = {}


def awaits(verb: Verb, sentence: Sentence) -> None:
    """A press of `verb` asks for this sentence from now on; said once, where the room is imported."""
    if verb in _KNOWN:
        raise ValueError(f"two rooms ask for the sentence of {verb.name}")
    _KNOWN[verb] = sentence


class Saying(StatesGroup):
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
    about: str = ""  # what was chosen before: a day, a desk

    @classmethod
    async def of(cls, state: FSMContext) -> "Awaited | None":
        kept = await state.get_data()
        return cls(**{**kept, "cards": tuple(kept["cards"])}) if "verb" in kept else None

    async def keep(self, state: FSMContext) -> None:
        await state.set_data(asdict(self))

    @property
    def kind(self) -> Sentence:
        return _KNOWN[Verb(self.verb)]

    def with_sentence(self, sentence: str, card: int) -> "Awaited":
        """With this sentence, as `card` shows it; said once more, the cards that show the same stay good."""
        same = self.cards[-MOST_CARDS:] if sentence == self.sentence else ()
        return replace(self, sentence=sentence, cards=(*same, card))

    def fresh(self, now: datetime) -> bool:
        """Whether the question was put this moment; an older one may have been lost on its way (design §2.4)."""
        return now - datetime.fromisoformat(self.since) < IMPATIENT

    def over(self, now: datetime) -> bool:
        return now - datetime.fromisoformat(self.since) > AWAITED


class Asks(Filter):
    """A button of ours whose verb wants nothing but a sentence; hands the handler its `press`."""

    async def __call__(self, query: CallbackQuery, keys: Any) -> bool | dict[str, Any]:
        return await Pressed(*(verb for verb, kind in _KNOWN.items() if not kind.asks_first))(query, keys)


@router.callback_query(Asks())
async def take_press(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None
) -> list[Any]:
    """Whoever may is asked for one sentence."""
    return await ask_sentence(query, press.verb, press.of, state, turn, w, speaker)


async def ask_sentence(
    query: CallbackQuery,
    verb: Verb,
    case_id: int,
    state: FSMContext,
    turn: Turn,
    w: Words,
    speaker: Speaker | None,
    *,
    about: str = "",
) -> list[Any]:
    """The sentence of `verb` is awaited from whoever may; an impatient thumb is asked once."""
    kind = _KNOWN[verb]
    number = await turn.ask(kind.may, case_id=case_id, by=somebody(speaker), **_about(about))
    before = await Awaited.of(state)
    if (
        before is not None
        and before.fresh(turn.now)
        and (before.case, before.verb, before.about)
        == (
            case_id,
            verb,
            about,
        )
    ):
        return [AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("请直接发一句话"))]
    await state.set_state(Saying.saying)
    await Awaited(case_id, verb, turn.now.isoformat(), cards=(turn.waiting.id,), about=about).keep(state)
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        SendMessage(
            chat_id=turn.waiting.chat_id,
            text=kind.asks(w, number),
            parse_mode="HTML",
            reply_markup=keyboard(((_button(turn, kind.drops(w), Verb.NOT_YET),),)),
        ),
    ]


@router.message(StateFilter(Saying), Said())
async def take_sentence(
    message: Message, said: Heard, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage | list[SendMessage] | None:
    """The sentence, shown as it will be read. Words that come much later belong to another conversation."""
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
    awaited = awaited.with_sentence(one_sentence(said.text), turn.waiting.id)
    if awaited.kind.at_once:
        number = await _act(awaited, state, turn, speaker)
        return SendMessage(chat_id=message.chat.id, text=awaited.kind.done(w, number), parse_mode="HTML")
    await state.set_state(Saying.sending)
    await awaited.keep(state)
    kind = awaited.kind
    return SendMessage(
        chat_id=message.chat.id,
        text=kind.shows(w, awaited.sentence),
        parse_mode="HTML",
        reply_markup=keyboard(
            (
                (_button(turn, kind.sends(w), Verb.SEND),),
                (_button(turn, w.plain("重说"), Verb.AGAIN), _button(turn, kind.drops(w), Verb.NOT_YET)),
            )
        ),
    )


@router.callback_query(StateFilter(Saying.sending), Pressed(Verb.SEND))
async def send_sentence(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None
) -> list[Any]:
    """The sentence went, and what follows from it happened."""
    awaited = await _awaited(press, state)
    number = await _act(awaited, state, turn, speaker)
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        put_away(query),
        SendMessage(chat_id=turn.waiting.chat_id, text=awaited.kind.done(w, number), parse_mode="HTML"),
    ]


@router.callback_query(StateFilter(Saying), Pressed(Verb.AGAIN, Verb.NOT_YET))
async def take_back(query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words) -> list[Any]:
    """Nothing went: the sentence is said anew, or not at all."""
    await _awaited(press, state)
    if press.verb is Verb.AGAIN:
        await state.set_state(Saying.saying)
        text = w("好的，请再说一句。")
    else:
        await state.clear()
        text = w("好的，什么也没发。")
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        put_away(query),
        SendMessage(chat_id=turn.waiting.chat_id, text=text),
    ]


async def _act(awaited: Awaited, state: FSMContext, turn: Turn, speaker: Speaker | None) -> str:
    """What follows from the sentence happened; the case's number."""
    await state.clear()
    by, kind = somebody(speaker), awaited.kind
    try:
        return await turn.do(kind.act, case_id=awaited.case, by=by, sentence=awaited.sentence, **_about(awaited.about))
    except Refused as refused:
        if not isinstance(refused.refusal, NothingSaid | NoNumber | PersonsNumber):
            await turn.do(None)  # somebody else was first, or it is too late: nothing is awaited any more
        raise


async def _awaited(press: Press, state: FSMContext) -> Awaited:
    """What is awaited, if this button stands under a message that shows it; refuses `NoDraft`."""
    awaited = await Awaited.of(state)
    if awaited is None or press.of not in awaited.cards:
        raise Refused(NoDraft())
    return awaited


def _about(about: str) -> dict[str, str]:
    return {"about": about} if about else {}


def _button(turn: Turn, text: str, verb: Verb) -> Button:
    return button(turn.keys, turn.waiting.chat_id, text, verb, of=turn.waiting.id)


def somebody(speaker: Speaker | None) -> Speaker:
    """Whoever pressed; refuses `NotYours` to somebody we never met."""
    if speaker is None:
        raise Refused(NotYours())
    return speaker
