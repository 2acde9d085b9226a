"""A resident pursues a case, by a tap or in so many words.

催一下          the desk hears it once a stage; afterwards, when somebody comes and how to go higher
申请上报         the next level leads at once, or the district knows
找人工          a named desk telephones, by a time of its own
不用办了         asked once more: 不办了，留着 · 不办了，删掉 · 接着办
没好，重办        within 30 days; later a new draft, linked to the old
1 … 5 · 说声谢谢

又坏了          within a week of what was said to be done: 是0412号 · 另一件
"""

from typing import Any

from aiogram import Router
from aiogram.filters import Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery, Message

from handlers.cards import pursuit
from handlers.cards.buttons import Press, Verb, button
from handlers.chat.hearing import Pressed, Private, Said, keyboard
from handlers.chat.paper import Paper, put_away
from handlers.chat.questions import ask_next
from handlers.words import Words
from handlers.words.refused import sentence
from models.actions import pursuing
from models.actions.calling import ask_person
from models.actions.confirming import reopen
from models.queries.cases import only_question, view
from models.queries.people import Speaker
from models.queries.pursued import lately_closed
from models.records.cases import number_of
from models.rules.policy import UNCLASSIFIED, Town
from models.rules.refusals import NoDraft, NotYours, Refused, TooLate
from models.turn import Turn
from models.understanding import understand
from models.understanding.answering import broken_again

router = Router(name="pursuing")


class OfACase(Filter):
    """The button stands on a case's card: a draft's has no version."""

    async def __call__(self, query: CallbackQuery, press: Press) -> bool:
        return press.version > 0


# ── hurrying, going higher, a person ─────────────────────────────────────────────────────────────────────────────────


@router.callback_query(Pressed(Verb.URGE))
async def take_urge(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> AnswerCallbackQuery:
    """The desk has heard it; the resident reads what comes next and by when."""
    hurried = await turn.do(pursuing.urge, case_id=press.of, by=_raiser(speaker))
    text = pursuit.hurried(w, hurried.seen, first=hurried.first, now=turn.now)
    return AnswerCallbackQuery(callback_query_id=query.id, text=text, show_alert=True)


@router.callback_query(Pressed(Verb.RAISE))
async def take_raise(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> AnswerCallbackQuery:
    """It went higher; who leads now is the answer, not one more push."""
    raised = await turn.do(pursuing.raise_up, case_id=press.of, by=_raiser(speaker), version=press.version)
    return AnswerCallbackQuery(callback_query_id=query.id, text=pursuit.raised(w, raised), show_alert=True)


@router.callback_query(Pressed(Verb.PERSON), OfACase())
async def take_person(query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None) -> list[Any]:
    """Who will call, their number to tap, and by when."""
    answering = await turn.do(ask_person, case_id=press.of, by=_raiser(speaker))
    said = SendMessage(
        chat_id=turn.waiting.chat_id, text=pursuit.answering(w, answering, now=turn.now), parse_mode="HTML"
    )
    return [AnswerCallbackQuery(callback_query_id=query.id), said]


# ── taking back ──────────────────────────────────────────────────────────────────────────────────────────────────────


@router.callback_query(Pressed(Verb.WITHDRAW))
async def ask_withdraw(query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None) -> list[Any]:
    """Asked once, with what becomes of the words."""
    await turn.ask(pursuing.may_withdraw, case_id=press.of, by=_raiser(speaker))
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        withdrawing(press.of, turn, w),
    ]


def withdrawing(case_id: int, turn: Turn, w: Words, *, done: bool = False) -> SendMessage:
    """真的不用办了？ with its three answers. `done`: it was said to be mended, by whoever raised it."""

    def act(text: str, verb: Verb) -> Any:
        return button(turn.keys, turn.waiting.chat_id, text, verb, of=case_id)

    return SendMessage(
        chat_id=turn.waiting.chat_id,
        text=w("那%(number)s号不用再办了吗？您说过的话，可以留着，也可以现在就删掉。", number=number_of(case_id))
        if done
        else w("%(number)s号真的不用办了吗？您说过的话，可以留着，也可以现在就删掉。", number=number_of(case_id)),
        parse_mode="HTML",
        reply_markup=keyboard(
            (
                (act(w.plain("不办了，留着"), Verb.WITHDRAW_KEEP), act(w.plain("不办了，删掉"), Verb.WITHDRAW_ERASE)),
                (act(w.plain("接着办"), Verb.GO_ON),),
            )
        ),
    )


@router.callback_query(Pressed(Verb.WITHDRAW_KEEP, Verb.WITHDRAW_ERASE))
async def take_withdraw(query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None) -> list[Any]:
    """Nobody works on it any more; the words stay sealed, or are gone."""
    erase = press.verb is Verb.WITHDRAW_ERASE
    number = await turn.do(pursuing.withdraw, case_id=press.of, by=_raiser(speaker), erase=erase)
    if erase:
        text = w.plain("%(number)s号撤回了，您的话已经删掉。", number=number)
    else:
        text = w.plain("%(number)s号撤回了。以后有事，直接发一句话就行。", number=number)
    return [AnswerCallbackQuery(callback_query_id=query.id, text=text), put_away(query)]


@router.callback_query(Pressed(Verb.GO_ON))
async def take_go_on(query: CallbackQuery, w: Words) -> list[Any]:
    """Nothing has changed."""
    return [AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("好的，接着办。")), put_away(query)]


# ── after closing ────────────────────────────────────────────────────────────────────────────────────────────────────


@router.callback_query(Pressed(Verb.RATE))
async def take_rating(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> AnswerCallbackQuery:
    """One to five is kept; whoever did the work does not see it."""
    await turn.do(pursuing.rate, case_id=press.of, by=_raiser(speaker), rating=press.version)
    return AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("记下了，谢谢您！"))


@router.callback_query(Pressed(Verb.THANK))
async def take_thanks(
    query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None
) -> AnswerCallbackQuery:
    """Passed on, without a name."""
    await turn.do(pursuing.thank, case_id=press.of, by=_raiser(speaker))
    return AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("替您带到，不说是谁。"))


class Again(Filter):
    """A few words that something has come back, from somebody with one case closed lately; hands on which as `again`.

    Words that name another matter begin one of their own.
    """

    async def __call__(
        self, message: Message, turn: Turn, speaker: Speaker | None, town: Town
    ) -> bool | dict[str, Any]:
        text = message.text or ""
        if speaker is None or not broken_again(text):
            return False
        found = await turn.ask(lately_closed, person=speaker.person)
        if found is None or await turn.ask(only_question, person=speaker.person) is not None:
            return False
        case_id, _, category = found
        said = understand(text, town, home=speaker.home)
        same = said.category.code in (UNCLASSIFIED, category) and not (said.danger or said.care)
        return {"again": case_id} if same else False


@router.message(Private(), StateFilter(None), Said(), Again())
async def ask_again(message: Message, again: int, state: FSMContext, turn: Turn, w: Words) -> SendMessage:
    """Is it that case, or another?"""
    kept = {"case": again, "card": turn.waiting.id, "message": message.message_id, "text": message.text, "lang": w.lang}
    await state.set_data({"again": kept})
    number, chat_id = number_of(again), message.chat.id
    return SendMessage(
        chat_id=chat_id,
        text=w("您说的是刚办结的%(number)s号，还是另一件？", number=number),
        reply_markup=keyboard(
            (
                (
                    button(turn.keys, chat_id, w.plain("是%(number)s号", number=number), Verb.REOPEN, of=again),
                    button(turn.keys, chat_id, w.plain("另一件"), Verb.APART, of=turn.waiting.id),
                ),
            )
        ),
    )


class Waits(Filter):
    """The button stands under the newest question whether it is that case; hands on what was said as `said`."""

    async def __call__(self, query: CallbackQuery, press: Press, state: FSMContext) -> bool | dict[str, Any]:
        said = (await state.get_data()).get("again")
        return {"said": said} if said is not None and said["card"] == press.of else False


@router.callback_query(Pressed(Verb.APART), Waits())
async def take_apart(
    query: CallbackQuery,
    said: dict[str, Any],
    state: FSMContext,
    turn: Turn,
    w: Words,
    speaker: Speaker | None,
    town: Town,
) -> list[Any]:
    """The words begin a draft of their own."""
    await state.clear()
    paper = Paper(words=((said["message"], said["text"]),), lang=said["lang"], said_at=turn.now.isoformat())
    card = await ask_next(turn.waiting.chat_id, paper, state, turn, w, speaker, town)
    return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), card]


@router.callback_query(Pressed(Verb.REOPEN))
async def take_reopen(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """The same number is done again; after 30 days the matter begins anew, from what it was called."""
    by = _raiser(speaker)
    said = (await state.get_data()).get("again")
    asked = said is not None and said["case"] == press.of and press.version == 0
    try:
        if asked and said is not None:
            await state.clear()
            risen = await turn.do(
                pursuing.again, case_id=press.of, by=by, bot_id=turn.waiting.bot_id, said=str(said["text"] or "")
            )
        else:
            risen = await turn.do(reopen, case_id=press.of, by=by)
    except Refused as refused:
        if not isinstance(refused.refusal, TooLate):
            raise
        turn.forget_talk()
        card = await _anew(press.of, state, turn, w, by, town)
        late = sentence(w, refused.refusal)
        return [AnswerCallbackQuery(callback_query_id=query.id, text=late, show_alert=True), card]
    text = w.plain("知道了，这次改由上一级牵头重办。") if risen else w.plain("知道了，已退回重办，并告诉了上一级。")
    return [AnswerCallbackQuery(callback_query_id=query.id, text=text), put_away(query) if asked else None]


async def _anew(case_id: int, state: FSMContext, turn: Turn, w: Words, by: Speaker, town: Town) -> SendMessage | None:
    """A draft with what the old case was about."""
    seen = await turn.ask(view, case_id=case_id)
    if seen is None or not seen.title:
        raise Refused(NoDraft())
    await state.clear()
    paper = Paper(
        words=((0, seen.title),),
        lang=w.lang,
        said_at=turn.now.isoformat(),
        building=seen.building.code if seen.building.code in town.buildings else "",
        category=seen.category.code if seen.category.code in town.categories else "",
    )
    return await ask_next(turn.waiting.chat_id, paper, state, turn, w, by, town)


def _raiser(speaker: Speaker | None) -> Speaker:
    """Whoever pressed; refuses `NotYours` to somebody we never met."""
    if speaker is None:
        raise Refused(NotYours())
    return speaker
