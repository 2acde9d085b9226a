"""A resident says what is wrong.

    telling     a picture waits for its words
    placing     the words are kept; the stairwell's link is missing
    consenting  the words are kept; the consent card of this version has not been answered
    checking    the understanding card is shown: 对，提交 · 改一下 · 找人工
    changing    the next words replace the old ones
    sorting     words came long after the others: 是同一件 · 另一件

In every state more words and pictures join the draft. What was handed in belongs to delivery: nothing here edits it.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, SendMessage
from aiogram.types import CallbackQuery, Message

from handlers.cards.buttons import Press, Verb, button
from handlers.cards.phrases import care_words, first_words
from handlers.cards.understanding import understanding, understanding_buttons
from handlers.chat.hearing import Heard, Pressed, Private, Said, keyboard
from handlers.words import Words
from handlers.words.refused import sentence
from models.actions.enrolling import consent
from models.actions.filing import Draft, reading, submit
from models.queries.people import Speaker
from models.rules.policy import UNCLASSIFIED, Sla, Town
from models.rules.refusals import NoDraft, OlderCard, Refused, TooMuch
from models.turn import Turn
from models.understanding import understand
from models.vault import Keys

router = Router(name="filing")
router.message.filter(Private())
router.edited_message.filter(Private())


class Filing(StatesGroup):
    telling = State()
    placing = State()
    consenting = State()
    checking = State()
    changing = State()
    sorting = State()


MOST_PIECES = 20
"""Messages, and files, one draft can hold; a whole evening's anger fits in."""

LONG_AFTER = timedelta(minutes=30)
"""Words that come so long after the others may be another matter: the resident says which."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What lies on the table between two messages. `card`: the newest card of this draft; older ones are stale."""

    words: tuple[tuple[int, str], ...] = ()  # (message, what it says), in speaking order
    files: tuple[tuple[str, str], ...] = ()
    card: int = 0
    by_hand: bool = False  # 找人工 was tapped
    lang: str = ""  # of the first sentence; the answers keep to it
    said_at: str = ""  # office moment of the newest words, ISO
    album: str = ""  # of the newest picture: an album comes as one message a picture
    apart: tuple[int, str] | None = None  # words that wait to be sorted: (message, what it says)

    @classmethod
    async def of(cls, state: FSMContext) -> "Paper":
        kept = await state.get_data()
        apart = kept.get("apart")
        return cls(
            words=tuple((message_id, text) for message_id, text in kept.get("words", ())),
            files=tuple((kind, file_id) for kind, file_id in kept.get("files", ())),
            card=kept.get("card", 0),
            by_hand=kept.get("by_hand", False),
            lang=kept.get("lang", ""),
            said_at=kept.get("said_at", ""),
            album=kept.get("album", ""),
            apart=(apart[0], apart[1]) if apart else None,
        )

    async def keep(self, state: FSMContext) -> None:
        await state.set_data(asdict(self))

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.words)

    @property
    def draft(self) -> Draft:
        return Draft(self.text, self.files, by_hand=self.by_hand)

    def cold(self, now: datetime) -> bool:
        """Whether the newest words were said long ago."""
        return bool(self.words) and now - datetime.fromisoformat(self.said_at) > LONG_AFTER

    def add(self, message_id: int, said: Heard, *, anew: bool = False) -> "Paper":
        """With these words and pictures too; `anew`: the new words stand in place of the old."""
        words = dict(() if anew and said.text else self.words)
        if said.text:
            words[message_id] = said.text  # an edited message keeps its place
        return replace(self, words=tuple(words.items()), files=tuple(dict.fromkeys((*self.files, *said.files))))


# ── saying it ────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.message(StateFilter(None, Filing), Said())
async def take_words(
    message: Message, said: Heard, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage | list[SendMessage] | None:
    """Words and pictures join the draft; then whatever is still missing is asked for, one thing at a time."""
    at, paper = await state.get_state(), await Paper.of(state)
    if len(paper.words) >= MOST_PIECES or len(paper.files) >= MOST_PIECES:
        card = await ask_next(message.chat.id, paper, state, turn, w, speaker, town)  # the one above may have been lost
        return [card, SendMessage(chat_id=message.chat.id, text=sentence(w, TooMuch()))]
    if message.media_group_id is not None and message.media_group_id == paper.album and not said.text:
        await paper.add(message.message_id, said).keep(state)
        return None  # one more picture of the album that was answered already
    if at in (Filing.checking, Filing.sorting) and said.text and paper.cold(turn.now):
        return await ask_which(message.chat.id, replace(paper, apart=(message.message_id, said.text)), state, turn, w)
    anew = at == Filing.changing and understand(said.text, town, home=None).category.code != UNCLASSIFIED
    paper = paper.add(message.message_id, said, anew=anew)  # a correction alone (「是2单元」) joins what was said
    paper = replace(
        paper, said_at=turn.now.isoformat(), lang=paper.lang or w.lang, album=message.media_group_id or paper.album
    )
    asked = await ask_next(message.chat.id, paper, state, turn, w, speaker, town)
    return danger_first(asked, said.text, w, town)


def danger_first(asked: SendMessage, text: str, w: Words, town: Town) -> SendMessage | list[SendMessage]:
    """What is asked, behind what to do at once where these words tell of danger and the question does not say it."""
    said = understand(text, town, home=None)
    first = care_words(w) if said.care else first_words(w, said.category, danger=said.danger)
    if first is None or said.sla is not Sla.P0 or first in asked.text:
        return asked
    return [SendMessage(chat_id=asked.chat_id, text=first, parse_mode="HTML"), asked]


@router.edited_message(StateFilter(Filing), Said())
async def take_better_words(
    message: Message, said: Heard, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage:
    """An edited message of the open draft: its words count in place of what it said before; others stay."""
    paper, at = await Paper.of(state), await state.get_state()
    if at not in (Filing.telling, Filing.changing) and message.message_id not in dict(paper.words):
        raise SkipHandler  # it belongs to what was handed in long ago
    paper = paper.add(message.message_id, said, anew=at == Filing.changing)
    return await ask_next(message.chat.id, paper, state, turn, w, speaker, town)


async def ask_next(
    chat_id: int, paper: Paper, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage:
    """The draft is kept and the one next question is put: words, place, consent, or 「是这件事吗」."""
    paper = replace(paper, card=turn.waiting.id)
    await paper.keep(state)
    if not paper.text:
        return await ask_words(chat_id, paper, state, w)
    if speaker is None or speaker.home is None:
        return await ask_place(chat_id, state, w, town)
    if speaker.consent != town.consent_version:
        return await ask_consent(chat_id, paper, state, w, turn.keys)
    return await ask_check(chat_id, paper, state, turn, w, speaker, town)


async def ask_words(chat_id: int, paper: Paper, state: FSMContext, w: Words) -> SendMessage:
    await state.set_state(Filing.telling)
    if paper.files and paper.files[-1][0] == "voice":
        text = w("语音收到了，我还听不懂话。请再打一句字：什么事、在哪里；紧急请直接打110、119、120。")
    else:
        text = w("图收到了。再说一句是什么事、在哪里，我就转给该管的人。")
    return SendMessage(chat_id=chat_id, text=text)


async def ask_place(chat_id: int, state: FSMContext, w: Words, town: Town) -> SendMessage:
    await state.set_state(Filing.placing)
    return SendMessage(
        chat_id=chat_id,
        text=w(
            "您说的我先记下了。请扫一下您楼道里的二维码，我就知道是哪一栋，不用再说一遍。扫不了就打%(phone)s，有人帮您。",
            phone=town.desks[town.street_desk].phone,
        ),
    )


async def ask_which(chat_id: int, paper: Paper, state: FSMContext, turn: Turn, w: Words) -> SendMessage:
    await state.set_state(Filing.sorting)
    paper = replace(paper, card=turn.waiting.id)
    await paper.keep(state)
    return SendMessage(
        chat_id=chat_id,
        text=w("前面那件还没提交。您刚说的，跟它是同一件吗？要是另一件，前面那件就不提交了。"),
        reply_markup=keyboard(
            (
                (button(turn.keys, chat_id, w.plain("是同一件"), Verb.JOIN, of=paper.card),),
                (button(turn.keys, chat_id, w.plain("另一件"), Verb.APART, of=paper.card),),
            )
        ),
    )


async def ask_consent(chat_id: int, paper: Paper, state: FSMContext, w: Words, keys: Keys) -> SendMessage:
    go_on = keyboard(((button(keys, chat_id, w.plain("知道了，接着办"), Verb.CONSENT, of=paper.card),),))
    if await state.get_state() == Filing.consenting:  # with the button once more: the card above may have been lost
        return SendMessage(chat_id=chat_id, text=w("也记下了。请点「知道了，接着办」。"), reply_markup=go_on)
    await state.set_state(Filing.consenting)
    return SendMessage(
        chat_id=chat_id,
        text=w(
            "先说一声：您说的话只给办这件事的人看，他们看不到您是谁；办结180天后，您的原话和照片就删掉。同意就点一下，我接着办。"
        ),
        reply_markup=go_on,
    )


async def ask_check(
    chat_id: int, paper: Paper, state: FSMContext, turn: Turn, w: Words, speaker: Speaker, town: Town
) -> SendMessage:
    assert speaker.home is not None
    read = await turn.ask(reading, paper.draft, home=speaker.home, raiser=speaker.person)
    await state.set_state(Filing.checking)
    return SendMessage(
        chat_id=chat_id,
        text=understanding(w, read, town, now=turn.now),
        parse_mode="HTML",
        reply_markup=keyboard(understanding_buttons(w, turn.keys, chat_id, read, draft=paper.card)),
    )


# ── answering the cards ──────────────────────────────────────────────────────────────────────────────────────────────


@router.callback_query(StateFilter(Filing.consenting), Pressed(Verb.CONSENT))
async def take_consent(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """The consent is on record, whichever card asked for it; the understanding card follows."""
    paper = await Paper.of(state)
    chat_id = turn.waiting.chat_id
    card = None
    if speaker is not None and speaker.home is not None:
        paper = replace(paper, card=turn.waiting.id)
        await paper.keep(state)
        card = await ask_check(chat_id, paper, state, turn, w, speaker, town)
    await turn.do(consent, bot_id=turn.waiting.bot_id, chat_id=chat_id, lang=w.lang)
    return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), card]


@router.callback_query(StateFilter(Filing), Pressed(Verb.SUBMIT))
async def take_submit(query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words) -> list[Any]:
    """The draft is a case; the receipt comes from the outbox."""
    paper = await _paper_of(press, state)
    await state.clear()
    await turn.do(
        submit,
        bot_id=turn.waiting.bot_id,
        update_id=turn.waiting.update_id,
        chat_id=turn.waiting.chat_id,
        draft=paper.draft,
    )
    return [AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("收到了")), put_away(query)]


@router.callback_query(StateFilter(Filing), Pressed(Verb.PERSON, Verb.JOIN, Verb.APART))
async def take_choice(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """A person is to sort it, or late words found their place: the card is drawn anew."""
    paper = await _paper_of(press, state)
    if press.verb is Verb.PERSON:
        card = await hand_to_a_person(turn.waiting.chat_id, paper, state, turn, w, speaker, town)
        return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), card]
    if paper.apart is not None:
        kept = paper.words if press.verb is Verb.JOIN else ()
        files = paper.files if press.verb is Verb.JOIN else ()
        paper = replace(paper, words=(*kept, paper.apart), files=files, apart=None, said_at=turn.now.isoformat())
    card = await ask_next(turn.waiting.chat_id, paper, state, turn, w, speaker, town)
    return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), card]


async def hand_to_a_person(
    chat_id: int, paper: Paper, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage:
    """The card shows the draft as a person at the community will get it."""
    return await ask_next(chat_id, replace(paper, by_hand=True), state, turn, w, speaker, town)


@router.callback_query(StateFilter(Filing), Pressed(Verb.DROP))
async def take_drop(query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words) -> list[Any]:
    """The draft is gone; the door stays open."""
    await _paper_of(press, state)
    await state.clear()
    said = w("好的，不告诉别人。什么时候想说，直接说就行；12356一直有人接。")
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        put_away(query),
        SendMessage(chat_id=turn.waiting.chat_id, text=said),
    ]


@router.callback_query(StateFilter(Filing), Pressed(Verb.CHANGE))
async def take_change(query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words) -> list[Any]:
    """The next words will replace the old ones."""
    await _paper_of(press, state)
    await state.set_state(Filing.changing)
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        put_away(query),
        SendMessage(chat_id=turn.waiting.chat_id, text=w("好的，请重新说一遍：什么事，在哪里。")),
    ]


_OF_A_DRAFT = (
    *(Verb.CONSENT, Verb.SUBMIT, Verb.PERSON, Verb.CHANGE, Verb.DROP, Verb.JOIN, Verb.APART),
    *(Verb.SEND, Verb.AGAIN, Verb.NOT_YET),
)
"""Buttons that mean nothing without what was said before them."""


@router.callback_query(Pressed(*_OF_A_DRAFT))
async def refuse_old_card(query: CallbackQuery) -> None:
    """A card of a draft that is gone."""
    raise Refused(NoDraft())


def put_away(query: CallbackQuery) -> EditMessageReplyMarkup | None:
    """The tapped card keeps its words and loses its buttons."""
    if query.message is None:
        return None
    return EditMessageReplyMarkup(chat_id=query.message.chat.id, message_id=query.message.message_id)


async def _paper_of(press: Press, state: FSMContext) -> Paper:
    """The draft, if this card is its newest; refuses `NoDraft` where there is none, else `OlderCard`."""
    paper = await Paper.of(state)
    if not paper.text:
        raise Refused(NoDraft())
    if paper.card != press.of:
        raise Refused(OlderCard())
    return paper
