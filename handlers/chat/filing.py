"""A resident says what is wrong.

    telling     a picture waits for its words
    placing     the words are kept; the stairwell's link is missing
    consenting  the words are kept; the consent card of this version has not been answered
    checking    the understanding card is shown: 对，提交 · 改一下 · 找人工
    changing    the next words replace the old ones

In every state more words and pictures join the draft. What was handed in belongs to delivery: nothing here edits it.
"""

from dataclasses import dataclass, replace
from typing import Any

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, SendMessage
from aiogram.types import CallbackQuery, Message

from handlers.cards.buttons import Press, Verb, button
from handlers.cards.understanding import understanding, understanding_buttons
from handlers.chat.hearing import Heard, Pressed, Private, Said, keyboard
from handlers.words import Words
from models.actions.enrolling import consent
from models.actions.filing import Draft, reading, submit
from models.queries.people import Speaker
from models.rules.policy import Town
from models.rules.refusals import NoDraft, Refused
from models.turn import Turn
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


@dataclass(frozen=True, slots=True)
class Paper:
    """What lies on the table between two messages. `card`: the newest card of this draft; older ones are stale."""

    words: tuple[tuple[int, str], ...] = ()  # (message, what it says), in speaking order
    files: tuple[tuple[str, str], ...] = ()
    card: int = 0

    @classmethod
    async def of(cls, state: FSMContext) -> "Paper":
        kept = await state.get_data()
        words = tuple((message_id, text) for message_id, text in kept.get("words", ()))
        files = tuple((kind, file_id) for kind, file_id in kept.get("files", ()))
        return cls(words, files, kept.get("card", 0))

    async def keep(self, state: FSMContext) -> None:
        await state.set_data({"words": self.words, "files": self.files, "card": self.card})

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.words)

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
) -> SendMessage:
    """Words and pictures join the draft; then whatever is still missing is asked for, one thing at a time."""
    changing = await state.get_state() == Filing.changing
    paper = (await Paper.of(state)).add(message.message_id, said, anew=changing)
    return await ask_next(message.chat.id, paper, state, turn, w, speaker, town)


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
    return await ask_check(chat_id, paper, state, turn, w, speaker.home, town)


async def ask_words(chat_id: int, paper: Paper, state: FSMContext, w: Words) -> SendMessage:
    await state.set_state(Filing.telling)
    if any(kind == "voice" for kind, _ in paper.files):
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


async def ask_consent(chat_id: int, paper: Paper, state: FSMContext, w: Words, keys: Keys) -> SendMessage:
    await state.set_state(Filing.consenting)
    return SendMessage(
        chat_id=chat_id,
        text=w(
            "先说一声：您说的话只给办这件事的人看，他们看不到您是谁；办结180天后删除您的身份信息。您随时可以撤回。同意就点一下，我接着办。"
        ),
        reply_markup=keyboard(((button(keys, chat_id, w.plain("知道了，接着办"), Verb.CONSENT, of=paper.card),),)),
    )


async def ask_check(
    chat_id: int, paper: Paper, state: FSMContext, turn: Turn, w: Words, home: str, town: Town
) -> SendMessage:
    read = await turn.ask(reading, Draft(paper.text, paper.files), home=home)
    await state.set_state(Filing.checking)
    return SendMessage(
        chat_id=chat_id,
        text=understanding(w, read, town, now=turn.now),
        parse_mode="HTML",
        reply_markup=keyboard(understanding_buttons(w, turn.keys, chat_id, draft=paper.card)),
    )


# ── answering the cards ──────────────────────────────────────────────────────────────────────────────────────────────


@router.callback_query(StateFilter(Filing.consenting), Pressed(Verb.CONSENT))
async def take_consent(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """The consent is on record; the understanding card follows."""
    paper = await _paper_of(press, state)
    chat_id = turn.waiting.chat_id
    card = None
    if speaker is not None and speaker.home is not None:
        paper = replace(paper, card=turn.waiting.id)
        await paper.keep(state)
        card = await ask_check(chat_id, paper, state, turn, w, speaker.home, town)
    await turn.do(consent, bot_id=turn.waiting.bot_id, chat_id=chat_id, lang=w.lang)
    return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), card]


@router.callback_query(StateFilter(Filing), Pressed(Verb.SUBMIT, Verb.PERSON))
async def take_submit(query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words) -> list[Any]:
    """The draft is a case; the receipt comes from the outbox."""
    paper = await _paper_of(press, state)
    await state.clear()
    await turn.do(
        submit,
        bot_id=turn.waiting.bot_id,
        update_id=turn.waiting.update_id,
        chat_id=turn.waiting.chat_id,
        draft=Draft(paper.text, paper.files, by_hand=press.verb is Verb.PERSON),
    )
    return [AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("收到了")), put_away(query)]


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


@router.callback_query(Pressed(Verb.CONSENT, Verb.SUBMIT, Verb.PERSON, Verb.CHANGE))
async def refuse_old_card(query: CallbackQuery) -> None:
    """A card of a draft that is gone."""
    raise Refused(NoDraft())


def put_away(query: CallbackQuery) -> EditMessageReplyMarkup | None:
    """The tapped card keeps its words and loses its buttons."""
    if query.message is None:
        return None
    return EditMessageReplyMarkup(chat_id=query.message.chat.id, message_id=query.message.message_id)


async def _paper_of(press: Press, state: FSMContext) -> Paper:
    """The draft, if this card is its newest; refuses `NoDraft`."""
    paper = await Paper.of(state)
    if not paper.text or paper.card != press.of:
        raise Refused(NoDraft())
    return paper
