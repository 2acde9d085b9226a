"""A resident says more of an open case.

replying to any card of it              joins that case
补充一句 · 回答, then one message          joins that case
just so, where a desk waits for an answer, has let one know something within a day, or one said 没有    joins it
just so, where one question 解决了吗 is open     is asked: 是0412号的事 · 另一件事

Words of danger go first; words of somebody who may not want to live are a matter of their own, and so are voices,
but for those of a case that is one: nobody at a desk listens to them. An open draft stays where it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Any

from aiogram import Router
from aiogram.filters import Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery, Message

from handlers.cards.buttons import Press, Verb, button
from handlers.cards.phrases import desk_name, first_words
from handlers.cards.raiser import question_buttons
from handlers.cards.relay import joined
from handlers.chat.hearing import Heard, Pressed, Private, Said, keyboard
from handlers.chat.paper import Filing, Paper, put_away
from handlers.chat.pursuing import withdrawing
from handlers.chat.questions import ask_next
from handlers.words import Words
from models.actions.emergencies import still_crying
from models.actions.handling import may_say
from models.actions.relaying import Joined, Remark, add
from models.queries.cases import view
from models.queries.doing import contradicted
from models.queries.exchange import Open, asked_of, case_of_card, open_case, told_lately
from models.queries.people import Speaker
from models.queries.pursued import only_open, thankable
from models.rules.lifecycle import Event
from models.rules.policy import UNCLASSIFIED, Town
from models.rules.refusals import NoDraft, NotYours, Refused
from models.turn import Turn
from models.understanding import Intent, understand
from models.understanding.answering import answered, mended, slipped

router = Router(name="adding")
router.message.filter(Private(), StateFilter(None, Filing))

AWAITED = timedelta(hours=1)
"""A message that comes later than this after 补充一句 is about something else."""


class How(StrEnum):
    """Why it is taken to be about that case."""

    CARD = auto()  # it replies to a card
    AWAITED = auto()  # 补充一句 was tapped
    ANSWER = auto()  # a desk waits for an answer, or was answered by 没有 and hears what is missing
    WHICH = auto()  # it may be: the resident is asked


_GUESSED = (How.ANSWER, How.WHICH)
_SHORT = 30
"""Characters of an answer; whoever writes more may tell of something new."""


@dataclass(frozen=True, slots=True)
class About:
    """The case it is about."""

    case: Open
    how: How


class AboutCase(Filter):
    """What belongs to an open case of the speaker's, or may; hands on `about`."""

    async def __call__(
        self, message: Message, said: Heard, state: FSMContext, turn: Turn, speaker: Speaker | None, town: Town
    ) -> bool | dict[str, Any]:
        if speaker is None:
            return False
        kept = await state.get_data()
        found = await _meant(message, kept, turn, speaker) or await _perhaps(message, state, turn, speaker)
        case = await turn.ask(open_case, case_id=found[0]) if found else None
        if found is None or case is None:
            return False
        how = found[1]
        if how in _GUESSED and said.only_voice:
            return False  # somebody listens to it
        return {"about": About(case, how)} if _belongs(said.text, case, how, town) else False


async def _meant(message: Message, kept: Mapping[str, Any], turn: Turn, speaker: Speaker) -> tuple[int, How] | None:
    """The case whose card this replies to, or the one a message is awaited for."""
    if message.reply_to_message is not None:
        case_id = await turn.ask(
            case_of_card,
            bot_id=turn.waiting.bot_id,
            chat_id=message.chat.id,
            message_id=message.reply_to_message.message_id,
            person=speaker.person,
        )
        if case_id is not None:
            return case_id, How.CARD
    awaited = kept.get("adding")
    if not awaited or turn.now - datetime.fromisoformat(awaited["since"]) > AWAITED:
        return None
    if awaited.get("album") and awaited["album"] != message.media_group_id:
        return None  # that one was answered; only more pictures of the same album still belong to it
    return awaited["case"], How.ANSWER if awaited.get("unbidden") else How.AWAITED


async def case_meant(message: Message, state: FSMContext, turn: Turn, speaker: Speaker | None) -> int | None:
    """The open case a card of which this replies to, or of which one more word is awaited; None: of none."""
    found = await _meant(message, await state.get_data(), turn, speaker) if speaker is not None else None
    case = await turn.ask(open_case, case_id=found[0]) if found else None
    return case.id if case is not None else None


async def _perhaps(message: Message, state: FSMContext, turn: Turn, speaker: Speaker) -> tuple[int, How] | None:
    """The one case in which something is asked of the speaker, where no draft is open."""
    if await state.get_state() is not None or message.forward_origin is not None:
        return None
    if (cried := await turn.ask(still_crying, person=speaker.person, text=message.text or "")) is not None:
        return cried, How.AWAITED
    if (against := await turn.ask(contradicted, person=speaker.person, text=message.text or "")) is not None:
        return against, How.AWAITED
    answer, question = await turn.ask(asked_of, person=speaker.person)
    if answer is not None:
        return answer, How.ANSWER
    if question is not None:
        return question, How.WHICH
    told = await turn.ask(told_lately, person=speaker.person)
    if told is None and mended(message.text or ""):
        told = await _may_be_done(turn, speaker)
    return None if told is None else (told, How.ANSWER)


async def _may_be_done(turn: Turn, speaker: Speaker) -> int | None:
    """The one case that 「已经好了」 can be about, unless it thanks for one that was closed just now."""
    if await turn.ask(thankable, person=speaker.person) is not None:
        return None
    return await turn.ask(only_open, person=speaker.person)


def _belongs(text: str, case: Open, how: How, town: Town) -> bool:
    """Whether it is to be said of this case at all; what is not goes to the other rooms, as if there were no case."""
    said = understand(text, town, home=None)
    if not case.sealed and (said.care or said.category.sealed):
        return False  # for other eyes than this desk's
    if said.danger and (not case.held or how in _GUESSED):
        return False  # an emergency of its own
    if said.intent is Intent.PERSON:
        return False  # 「找人工」 is for somebody to call, not for a card to say
    if how is How.AWAITED or (how is How.CARD and case.unanswered) or (case.held and mended(text)):
        return True
    if said.intent not in (Intent.MATTER, Intent.EMPTY):
        return False  # thanks, 「怎么样了」
    return case.held or answered(text) is None  # 「解决了」 is an answer of another kind


@router.callback_query(Pressed(Verb.ADD))
async def ask_more(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None
) -> list[Any]:
    """One message is awaited for this case; an open draft stays."""
    if speaker is None:
        raise Refused(NotYours())
    number = await turn.ask(may_say, case_id=press.of, by=speaker, event=Event.ADD)
    case = await turn.ask(open_case, case_id=press.of)
    await await_more(press.of, state, turn)
    if case is not None and case.unanswered:
        text = w("%(number)s号：请直接回答，一句话或一张照片都行。", number=number)
    else:
        text = w("%(number)s号：请发一句话或一张照片，我加到这件里。", number=number)
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        SendMessage(chat_id=turn.waiting.chat_id, text=text, parse_mode="HTML"),
    ]


async def await_more(case_id: int, state: FSMContext, turn: Turn, *, unbidden: bool = False) -> None:
    """The next message of this chat is about this case; an open draft stays.

    `unbidden`: the resident did not ask to say more, so all within the hour are, but what names another matter.
    """
    if await state.get_state() not in Filing.__all_states_names__:
        await state.clear()
    await state.update_data(adding={"case": case_id, "since": turn.now.isoformat(), "unbidden": unbidden})


@router.message(Said(), AboutCase())
async def take_more(
    message: Message,
    said: Heard,
    about: About,
    state: FSMContext,
    turn: Turn,
    w: Words,
    speaker: Speaker,
    town: Town,
) -> list[SendMessage] | SendMessage | None:
    """It joins the case, or the resident is asked whether it is meant to."""
    if said.only_voice and not about.case.listens:
        seen = await turn.ask(view, case_id=about.case.id)
        phone = seen.desk.phone if seen is not None else ""
        return SendMessage(
            chat_id=message.chat.id, text=w("语音加不进去，请打一句字或拍张照。要紧的请打%(phone)s。", phone=phone)
        )
    if about.how is How.WHICH or (about.how is How.ANSWER and _another(said.text, about.case, town)):
        return await ask_which_case(message, said, about.case, state, turn, w)
    album = message.media_group_id or ""
    kept = {**await state.get_data()}
    if not kept.get("adding", {}).get("unbidden"):
        kept.pop("adding", None)
    if album:
        kept["adding"] = {"case": about.case.id, "since": turn.now.isoformat(), "album": album}
    await state.set_data(kept)
    remark = Remark(said.text, said.files, album)
    done = await turn.do(add, case_id=about.case.id, by=speaker, bot_id=turn.waiting.bot_id, remark=remark)
    told = await _say(message.chat.id, about.case, done, said.text, turn, w, town)
    if told is None or not about.case.held or about.case.unanswered or done.danger:
        return told
    if mended(said.text) or (about.how is How.ANSWER and slipped(said.text)):
        told.append(withdrawing(about.case.id, turn, w, done=True))  # only its raiser knows, and only a tap says so
    return told


def _another(text: str, case: Open, town: Town) -> bool:
    """Whether the words name another matter than the case's, or are long enough to."""
    if mended(text):
        return False  # 「好了谢谢」
    code = understand(text, town, home=None).category.code
    return code != case.category and (code != UNCLASSIFIED or (len(text) > _SHORT and not case.unanswered))


async def _say(
    chat_id: int, case: Open, done: Joined, text: str, turn: Turn, w: Words, town: Town
) -> list[SendMessage] | None:
    """What to do at once, what the desk reads, and the question that still waits."""
    if done.more:
        return None
    said = say_joined(chat_id, done, text, w, town)
    if not case.held and (seen := await turn.ask(view, case_id=case.id)) is not None:
        said.append(
            SendMessage(
                chat_id=chat_id,
                text=w("那%(number)s号算解决了吗？照实说就好。", number=case.number),
                reply_markup=keyboard(question_buttons(w, turn.keys, chat_id, seen, now=turn.now)),
            )
        )
    return said


def say_joined(chat_id: int, done: Joined, text: str, w: Words, town: Town) -> list[SendMessage]:
    """What to do at once where somebody is in danger, and what the desk reads."""
    said = []
    if done.nobody:
        first = first_words(w, understand(text, town, home=None).category, danger=True)
        now = w(
            "已经告诉%(desk)s（%(phone)s）和社区：没看到人。半小时内还没人到场，再往上报。",
            desk=desk_name(w, done.desk),
            phone=done.desk.phone,
        )
        return [SendMessage(chat_id=chat_id, text=f"{first}\n{now}", parse_mode="HTML")]
    if done.danger:
        first = first_words(w, understand(text, town, home=None).category, danger=True)
        now = w("已经按有危险报给%(desk)s和社区，请他们马上看。", desk=desk_name(w, done.desk))
        said.append(SendMessage(chat_id=chat_id, text=f"{first}\n{now}", parse_mode="HTML"))
    said.append(SendMessage(chat_id=chat_id, text=joined(w, done), parse_mode="HTML"))
    return said


# ── is it about that case? ───────────────────────────────────────────────────────────────────────────────────────────


async def ask_which_case(
    message: Message, said: Heard, case: Open, state: FSMContext, turn: Turn, w: Words
) -> SendMessage | None:
    """The words wait, more of them join, until the resident has said which matter they belong to."""
    kept = await state.get_data()
    remark = kept.get("remark")
    if remark is None or remark["case"] != case.id or turn.now - datetime.fromisoformat(remark["since"]) > AWAITED:
        remark = {"case": case.id, "words": [], "files": [], "album": ""}
    album = message.media_group_id or ""
    same_album = bool(album) and album == remark["album"]
    remark["words"] += [[message.message_id, said.text]] if said.text else []
    remark["files"] += [list(file) for file in said.files]
    remark |= {"since": turn.now.isoformat(), "album": album, "lang": w.lang}
    if not same_album:
        remark["card"] = turn.waiting.id
    await state.update_data(remark=remark)
    if same_album and not said.text:
        return None

    def choice(text: str, verb: Verb) -> Any:
        return button(turn.keys, message.chat.id, text, verb, of=remark["card"])

    return SendMessage(
        chat_id=message.chat.id,
        text=w("您说的是%(number)s号那件，还是另一件事？", number=case.number),
        reply_markup=keyboard(
            (
                (choice(w.plain("是%(number)s号的事", number=case.number), Verb.JOIN),),
                (choice(w.plain("另一件事"), Verb.APART),),
            )
        ),
    )


class Waits(Filter):
    """A button under the newest question which matter it is; hands on the words that wait as `remark`."""

    async def __call__(self, query: CallbackQuery, press: Press, state: FSMContext) -> bool | dict[str, Any]:
        remark = (await state.get_data()).get("remark")
        return {"remark": remark} if remark is not None and remark["card"] == press.of else False


@router.callback_query(Pressed(Verb.JOIN), Waits())
async def take_join(
    query: CallbackQuery,
    remark: dict[str, Any],
    state: FSMContext,
    turn: Turn,
    w: Words,
    speaker: Speaker | None,
    town: Town,
) -> list[Any]:
    """The words join the case, and the question that waits is put once more."""
    case = await turn.ask(open_case, case_id=remark["case"])
    if speaker is None or case is None:
        raise Refused(NoDraft())
    await state.clear()
    text = "\n".join(words for _, words in remark["words"])
    said = Remark(text, tuple((kind, file) for kind, file in remark["files"]))
    done = await turn.do(add, case_id=case.id, by=speaker, bot_id=turn.waiting.bot_id, remark=said)
    answers = await _say(turn.waiting.chat_id, case, done, text, turn, w, town)
    return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), *(answers or ())]


@router.callback_query(Pressed(Verb.APART), Waits())
async def take_apart(
    query: CallbackQuery,
    remark: dict[str, Any],
    state: FSMContext,
    turn: Turn,
    w: Words,
    speaker: Speaker | None,
    town: Town,
) -> list[Any]:
    """The words begin a draft of their own."""
    paper = Paper(
        words=tuple((message_id, words) for message_id, words in remark["words"]),
        files=tuple((kind, file) for kind, file in remark["files"]),
        lang=remark["lang"],
        said_at=turn.now.isoformat(),
    )
    await state.clear()
    card = await ask_next(turn.waiting.chat_id, paper, state, turn, w, speaker, town)
    return [AnswerCallbackQuery(callback_query_id=query.id), put_away(query), card]
