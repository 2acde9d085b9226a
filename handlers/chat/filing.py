"""A resident says what is wrong.

    telling     a picture waits for its words
    placing     the words are kept; nobody knows yet where it is (room `placing`)
    consenting  the words are kept; the consent card of this version has not been answered
    checking    the understanding card is shown: 对，提交 · 改一下 · 找人工
    changing    改一下 (room `correcting`); the next words replace the old ones
    sorting     words came long after the others: 是同一件 · 另一件

In every state more words and pictures join the draft (`paper`); what is still missing is asked for, one thing at a time
(`questions`). What was handed in belongs to delivery: nothing here edits it.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery, Message

from handlers.cards.buttons import Press, Verb, button
from handlers.cards.phrases import care_words, first_words
from handlers.cards.pursuit import which_number
from handlers.chat.emergencies import filed_at_once
from handlers.chat.hearing import Heard, Pressed, Private, Said, keyboard
from handlers.chat.paper import MOST_PIECES, Filing, Paper, paper_of, put_away
from handlers.chat.questions import ask_check, ask_next, file_voice, go_on, place_missing
from handlers.words import Html, Words
from handlers.words.refused import sentence
from models.actions.enrolling import consent
from models.actions.filing import Urgency, submit
from models.queries.people import Speaker, has_number, stranger_at
from models.rules.policy import UNCLASSIFIED, Sla, Town
from models.rules.refusals import NoDraft, OlderCard, Refused, TooMuch
from models.turn import Turn
from models.understanding import Understanding, understand
from models.understanding.behalf import behalf
from models.understanding.place import building_meant
from models.understanding.reading import clean, matching
from models.understanding.several import near

__all__ = ["Filing", "Paper", "ask_next", "hand_to_a_person", "put_away", "router", "take_words"]

router = Router(name="filing")
router.message.filter(Private())
router.edited_message.filter(Private())


# ── saying it ────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.message(StateFilter(None, Filing), Said())
async def take_words(
    message: Message, said: Heard, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[SendMessage] | None:
    """Words and pictures join the draft; then whatever is still missing is asked for, one thing at a time."""
    at, paper = await state.get_state(), (await Paper.of(state)).without_old_wish(turn.now)
    chat_id = message.chat.id
    told = understand(said.text, town, home=None)
    if paper.text and (told.danger or told.care) and _another(paper, told, town):
        cry = Paper(words=((message.message_id, said.text),), files=said.files, lang=paper.lang)
        home = speaker.home if speaker is not None else None
        if home is not None and await filed_at_once(cry, state, turn, town, home=home, left=paper):
            return None
    if len(paper.words) >= MOST_PIECES or (len(paper.files) >= MOST_PIECES and not message.media_group_id):
        card = await ask_next(chat_id, paper, state, turn, w, speaker, town)  # the one above may have been lost
        return [*filter(None, [card]), SendMessage(chat_id=chat_id, text=sentence(w, TooMuch()))]
    if said.too_big and not said.text and not paper.begun:
        return [
            SendMessage(chat_id=chat_id, text=w("这个文件太大，我收不到（最多20兆）。请用一句话说说，什么事、在哪里。"))
        ]
    if paper.one_more_picture(said, message.media_group_id, turn.now):
        await replace(paper.add(message.message_id, said), shown_at=turn.now.isoformat()).keep(state)
        return None
    if at in (Filing.checking, Filing.sorting) and said.text and paper.cold(turn.now):
        return [await ask_which(chat_id, replace(paper, apart=(message.message_id, said.text)), state, turn, w)]
    anew = at == Filing.changing and told.category.code != UNCLASSIFIED
    # a correction alone (「是2单元」) joins what was said; 「替我妈说」 alone is no matter
    paper = heed(paper, told, said.text, town, anew=anew)
    if not (only := behalf(said.text)) or not only.alone:
        paper = paper.add(message.message_id, said, anew=anew)
    paper = replace(
        paper,
        behalf=paper.behalf or only is not None,
        said_at=turn.now.isoformat(),
        shown_at=turn.now.isoformat() if said.files and not said.text else "",
        lang=paper.lang or w.lang,
        album=message.media_group_id or paper.album,
    )
    asked = await go_on(chat_id, paper, state, turn, w, speaker, town)
    asked = danger_first(asked, told, w)
    return [SendMessage(chat_id=chat_id, text=too_big(w)), *asked] if said.too_big else asked


def _another(paper: Paper, told: Understanding, town: Town) -> bool:
    """Whether a cry for help is another matter than the open draft: 「着火了」 behind a word about rubbish."""
    before = understand(paper.text, town, home=None).category.code
    full = len(paper.words) >= MOST_PIECES or len(paper.files) >= MOST_PIECES
    return full or not (told.category.code == UNCLASSIFIED or near(before, told.category.code))


def heed(paper: Paper, told: Understanding, text: str, town: Town, *, anew: bool) -> Paper:
    """What newer words say stands over what was corrected before them."""
    if anew:
        paper = replace(paper, category="", urgency=Urgency.AS_SAID, building=paper.building if paper.behalf else "")
    if told.danger and paper.urgency is Urgency.CALM:
        paper = replace(paper, urgency=Urgency.AS_SAID)
    if text and paper.building:
        paper = replace(paper, building=building_meant(matching(clean(text)), town, home=paper.building) or "")
    return paper


def danger_first(asked: list[SendMessage], told: Understanding, w: Words) -> list[SendMessage]:
    """What is asked, behind what to do at once where these words tell of danger and the question does not say it."""
    if not asked:
        return asked  # filed at once: its receipt begins with these words
    if told.care:
        first: Html | None = care_words(w, of_another=told.of_another)
    else:
        first = first_words(w, told.category, danger=told.danger)
    if first is None or told.sla is not Sla.P0 or any(first in one.text for one in asked):
        return asked
    return [SendMessage(chat_id=asked[0].chat_id, text=first, parse_mode="HTML"), *asked]


def too_big(w: Words) -> Html:
    """The Bot API hands out nothing above 20 MB."""
    return w("这个文件太大，我收不到（最多20兆）。先按您说的办，办事的人联系您时再给他看。")


@router.edited_message(StateFilter(Filing), Said())
async def take_better_words(
    message: Message, said: Heard, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[SendMessage]:
    """An edited message of the open draft: its words count in place of what it said before; others stay."""
    paper, at = await Paper.of(state), await state.get_state()
    if at not in (Filing.telling, Filing.changing) and message.message_id not in dict(paper.words):
        raise SkipHandler  # it belongs to what was handed in long ago
    told = understand(said.text, town, home=None)
    paper = heed(paper, told, said.text, town, anew=at == Filing.changing)
    paper = paper.add(message.message_id, said, anew=at == Filing.changing)
    return danger_first(await go_on(message.chat.id, paper, state, turn, w, speaker, town), told, w)


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


# ── answering the cards ──────────────────────────────────────────────────────────────────────────────────────────────


@router.callback_query(StateFilter(Filing.consenting), Pressed(Verb.CONSENT))
async def take_consent(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """The consent is on record, whichever card asked for it; the understanding card follows."""
    paper = await Paper.of(state)
    chat_id = turn.waiting.chat_id
    card = None
    resident = stranger_at(paper.building, w.lang) if speaker is None and (paper.building or paper.nowhere) else speaker
    agree = partial(consent, bot_id=turn.waiting.bot_id, chat_id=chat_id, lang=w.lang)
    if paper.draft.only_voice and not place_missing(paper, resident):
        await file_voice(paper, state, turn, first=agree)
        return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query)]
    if resident is not None and not place_missing(paper, resident):
        paper = replace(paper, card=turn.waiting.id)
        await paper.keep(state)
        card = await ask_check(chat_id, paper, state, turn, w, resident, town)
    await turn.do(agree)
    return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), card]


@router.callback_query(StateFilter(Filing), Pressed(Verb.SUBMIT))
async def take_submit(query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words) -> list[Any]:
    """The draft is a case; the receipt comes from the outbox."""
    paper = await paper_of(press, state)
    await state.clear()
    await turn.do(
        submit,
        bot_id=turn.waiting.bot_id,
        update_id=turn.waiting.update_id,
        chat_id=turn.waiting.chat_id,
        draft=paper.draft,
    )
    known = not paper.by_hand or await turn.ask(has_number, bot_id=turn.waiting.bot_id, chat_id=turn.waiting.chat_id)
    asked = None if known else SendMessage(chat_id=turn.waiting.chat_id, text=which_number(w))
    return [AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("收到了")), put_away(query), asked]


@router.callback_query(StateFilter(Filing), Pressed(Verb.PERSON, Verb.JOIN, Verb.APART))
async def take_choice(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """A person is to sort it, or late words found their place: the card is drawn anew."""
    paper = await paper_of(press, state)
    if press.verb is Verb.PERSON:
        card = await hand_to_a_person(turn.waiting.chat_id, paper, state, turn, w, speaker, town)
        return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), card]
    if paper.apart is not None:
        kept = paper.words if press.verb is Verb.JOIN else ()
        files = paper.files if press.verb is Verb.JOIN else ()
        paper = replace(paper, words=(*kept, paper.apart), files=files, apart=None, said_at=turn.now.isoformat())
    cards = await go_on(turn.waiting.chat_id, paper, state, turn, w, speaker, town)
    return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), *cards]


async def hand_to_a_person(
    chat_id: int, paper: Paper, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage | None:
    """The card shows the draft as a person at the community will get it; the street, where nobody knows the place."""
    nowhere = paper.nowhere or (bool(paper.text) and place_missing(paper, speaker))
    return await ask_next(chat_id, replace(paper, by_hand=True, nowhere=nowhere), state, turn, w, speaker, town)


@router.callback_query(StateFilter(Filing), Pressed(Verb.DROP))
async def take_drop(query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words) -> list[Any]:
    """The draft is gone; the door stays open."""
    await paper_of(press, state)
    await state.clear()
    said = w("好的，不告诉别人。什么时候想说，直接说就行；12356一直有人接。")
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        put_away(query),
        SendMessage(chat_id=turn.waiting.chat_id, text=said),
    ]


_OF_A_DRAFT = (
    *(Verb.CONSENT, Verb.SUBMIT, Verb.PERSON, Verb.CHANGE, Verb.DROP, Verb.JOIN, Verb.APART),
    *(Verb.WHERE, Verb.WHAT, Verb.URGENT, Verb.DANGER, Verb.NO_DANGER),
    *(Verb.SEND, Verb.AGAIN, Verb.NOT_YET),
)
"""Buttons that mean nothing without what was said before them."""


@router.callback_query(Pressed(*_OF_A_DRAFT))
async def refuse_old_card(query: CallbackQuery) -> None:
    """A card of a draft that is gone."""
    raise Refused(NoDraft())


@router.callback_query(Pressed(Verb.PICK))
async def point_to_the_newest(query: CallbackQuery, w: Words) -> AnswerCallbackQuery:
    """A list that was turned since, as by an impatient thumb: it keeps its buttons, they are of the newest page."""
    return AnswerCallbackQuery(callback_query_id=query.id, text=sentence(w, OlderCard()))
