"""What is said that is no matter: thanks, a greeting, 找人工, 「我的事怎么样了」, a word taken back. Nothing is filed.

A draft on the table stays there, but for two words: 找人工 hands it to a person, 不用了 puts it away.
"""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.methods import SendMessage
from aiogram.types import Message

from handlers.cards.buttons import Verb, button
from handlers.cards.following import family_card
from handlers.cards.phrases import desk_name, title
from handlers.cards.pursuit import answering, hurried, hurry_buttons
from handlers.cards.raiser import question_buttons, standing_of, with_place
from handlers.chat.adding import case_meant
from handlers.chat.filing import hand_to_a_person
from handlers.chat.hearing import Private, keyboard
from handlers.chat.paper import Filing, Paper
from handlers.chat.pursuing import withdrawing
from handlers.chat.questions import greeted, show_unsent, who_answers
from handlers.words import Html, Words
from models.actions.calling import ask_person
from models.actions.pursuing import may_withdraw, thank, urge
from models.queries.cases import CaseView, only_question, own_cases, view
from models.queries.following import followed
from models.queries.people import Speaker
from models.queries.pursued import newest_open, thankable
from models.rules.lifecycle import HELD
from models.rules.policy import UNCLASSIFIED, Town
from models.rules.refusals import NothingSaid, Refused
from models.turn import Turn
from models.understanding import ASKED, Intent, understand
from models.understanding.answering import hurries
from models.understanding.reach import wants_a_call

MOST_OFFERED = 6
"""Cases of which one may say that it need not be done: as many buttons as fit beside their question."""
MOST_SHOWN = 3
"""Cases one answer tells of: a large-font phone's screen."""


class NoMatter(Filter):
    """Words that ask for nothing to be mended: understood once for all of this room, with the case they are `about`."""

    async def __call__(self, message: Message, state: FSMContext, town: Town) -> bool | dict[str, Any]:
        if not message.text or message.text.startswith("/"):
            return False
        said = understand(message.text, town, home=None)
        unclear = said.category.code in (UNCLASSIFIED, ASKED) and not (said.danger or said.care)
        if said.intent is Intent.MATTER and unclear and wants_a_call(message.text) and (await Paper.of(state)).text:
            return {"intent": Intent.PERSON, "about": None}  # of the draft on the table
        return False if said.intent is Intent.MATTER else {"intent": said.intent, "about": said.about}


class Courtesy(Filter):
    """One of these intents."""

    def __init__(self, *intents: Intent) -> None:
        self.intents = frozenset(intents)

    async def __call__(self, message: Message, intent: Intent) -> bool:
        return intent in self.intents


router = Router(name="courtesies")
router.message.filter(Private(), StateFilter(None, Filing), NoMatter())


@router.message(Courtesy(Intent.EMPTY))
async def ask_for_words(message: Message) -> None:
    raise Refused(NothingSaid())


@router.message(Courtesy(Intent.THANKS))
async def take_thanks(message: Message, turn: Turn, w: Words, speaker: Speaker | None) -> SendMessage:
    """Passed on, where something was solved just now."""
    case_id = await turn.ask(thankable, person=speaker.person) if speaker is not None else None
    if speaker is not None and case_id is not None:
        await turn.do(thank, case_id=case_id, by=speaker)
        return SendMessage(chat_id=message.chat.id, text=w("不客气！谢谢替您带到了，不说是谁。"))
    if (asked := await _still_asked(message.chat.id, turn, w, speaker)) is not None:
        return asked
    return SendMessage(chat_id=message.chat.id, text=w("不客气！有事直接发一句话就行。"))


@router.message(Courtesy(Intent.GREETING))
async def greet_back(message: Message, turn: Turn, w: Words, speaker: Speaker | None) -> SendMessage:
    return greeted(message.chat.id, turn, w, speaker)


@router.message(Courtesy(Intent.PERSON))
async def point_to_a_person(
    message: Message, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage | None:
    """The draft goes to a person; without one, whom to call."""
    paper = await Paper.of(state)
    if paper.text:
        return await hand_to_a_person(message.chat.id, paper, state, turn, w, speaker, town)
    open_one = await case_meant(message, state, turn, speaker)
    if open_one is None and speaker is not None:
        open_one = await turn.ask(newest_open, person=speaker.person)
    if speaker is not None and open_one is not None:
        said = await turn.do(ask_person, case_id=open_one, by=speaker)
        return SendMessage(chat_id=message.chat.id, text=answering(w, said, now=turn.now), parse_mode="HTML")
    desk = who_answers(speaker, town)
    if await state.get_state() is None:  # what is said next goes to them, with a promise of its own
        await replace(paper, by_hand=True, said_at=turn.now.isoformat(), lang=w.lang).keep(state)
    return SendMessage(
        chat_id=message.chat.id,
        text=w(
            "找人工可以打%(desk)s：%(phone)s。也可以直接说事，我转给他们。", desk=desk_name(w, desk), phone=desk.phone
        ),
    )


@router.message(Courtesy(Intent.STANDING))
async def tell_standing(
    message: Message, about: int | None, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage | list[SendMessage]:
    """Where one's own cases stand; somebody else's number is nobody's business and answers as none."""
    cases: Sequence[CaseView] = ()
    if speaker is not None:
        cases = await turn.ask(own_cases, person=speaker.person, number=about, most=MOST_SHOWN)
    if not cases:
        others = await turn.ask(followed, person=speaker.person, number=about, most=MOST_SHOWN) if speaker else ()
        if others:
            told = Html("\n\n".join(family_card(w, case, now=turn.now) for case in others))
            return SendMessage(chat_id=message.chat.id, text=told, parse_mode="HTML")
        if about is None and _names_a_thing(message.text or "", town):
            raise SkipHandler  # 「电梯的事怎么没人管」 of somebody who never said so here: it is said now
        if about is None and (paper := await Paper.of(state)).text:
            return await show_unsent(message.chat.id, paper, state, turn, w, speaker, town)
        return SendMessage(chat_id=message.chat.id, text=w("您还没有在办的事。有什么事，直接发一句话就行。"))
    home = speaker.home if speaker is not None else None
    text = Html("\n\n".join(with_place(w, case, standing_of(w, case, now=turn.now), home=home) for case in cases))
    held = [case for case in cases if case.state in HELD]
    if len(held) != 1 or speaker is None:
        return SendMessage(chat_id=message.chat.id, text=text, parse_mode="HTML")
    urged = hurries(message.text or "")
    if urged:
        done = await turn.do(urge, case_id=held[0].id, by=speaker)
        text = Html(f"{text}\n\n{escape(hurried(w, done.seen, first=done.first, now=turn.now), quote=False)}")
    return SendMessage(
        chat_id=message.chat.id,
        text=text,
        parse_mode="HTML",
        reply_markup=keyboard(
            hurry_buttons(w, turn.keys, message.chat.id, held[0], urged=urged or held[0].pursued.urged)
        ),
    )


@router.message(Courtesy(Intent.WITHDRAW))
async def put_away_draft(
    message: Message,
    about: int | None,
    state: FSMContext,
    turn: Turn,
    w: Words,
    speaker: Speaker | None,
    town: Town,
) -> SendMessage:
    """The draft is put away; of what was handed in already 真的不用办了 is asked, and before that of which."""
    if about is None and (await Paper.of(state)).text:
        await state.clear()
        return SendMessage(chat_id=message.chat.id, text=w("好的，这件不提交了。"))
    if (asked := await _still_asked(message.chat.id, turn, w, speaker)) is not None:
        return asked
    own = await turn.ask(own_cases, person=speaker.person, number=about, most=MOST_OFFERED) if speaker else ()
    mine = [case for case in own if case.state.open]
    if speaker is not None and len(mine) == 1:
        await turn.ask(may_withdraw, case_id=mine[0].id, by=speaker)
        return withdrawing(mine[0].id, turn, w)
    if mine:
        return _which_to_withdraw(message.chat.id, mine, turn, w)
    desk = who_answers(speaker, town)
    return SendMessage(
        chat_id=message.chat.id,
        text=w("已经提交的事要撤回，请打%(desk)s：%(phone)s。", desk=desk_name(w, desk), phone=desk.phone),
    )


def _which_to_withdraw(chat_id: int, cases: Sequence[CaseView], turn: Turn, w: Words) -> SendMessage:
    """A button a case, with what it is about."""
    rows = tuple(
        (
            button(
                turn.keys,
                chat_id,
                w.plain("%(number)s号 %(title)s", number=case.number, title=title(w, case)),
                Verb.WITHDRAW,
                of=case.id,
                version=case.version,
            ),
        )
        for case in cases
    )
    return SendMessage(chat_id=chat_id, text=w("哪一件不用办了？"), reply_markup=keyboard(rows))


async def _still_asked(chat_id: int, turn: Turn, w: Words, speaker: Speaker | None) -> SendMessage | None:
    """The question 解决了吗 once more, where exactly one waits: what was said may mean that it is."""
    only = await turn.ask(only_question, person=speaker.person) if speaker is not None else None
    seen = await turn.ask(view, case_id=only[0]) if only is not None else None
    if seen is None:
        return None
    return SendMessage(
        chat_id=chat_id,
        text=w("那%(number)s号算解决了吗？照实说就好。", number=seen.number),
        reply_markup=keyboard(question_buttons(w, turn.keys, chat_id, seen, now=turn.now)),
    )


def _names_a_thing(text: str, town: Town) -> bool:
    """Whether who hurries says what should be mended."""
    return hurries(text) and understand(text, town, home=None).category.code != UNCLASSIFIED
