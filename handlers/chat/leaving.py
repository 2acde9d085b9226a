"""Somebody on duty is away for some days, and may ask somebody else to stand in.

休假                        今天 · 明天 · 3天 · 一周, or 「12月1日到5日」: nothing rings; who answers meanwhile is said
找人代班                     a single-use link for the same office, which ends by itself
不休了, or any act of theirs   back; said once, with 还在休假 to take it back

    when        the days are awaited
    standing_in the days a deputy stands in are awaited
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aiogram import BaseMiddleware, Router
from aiogram.filters import Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery, Message, TelegramObject, Update

from handlers.cards.buttons import Press, Verb, button
from handlers.cards.phrases import desk_name, place_name
from handlers.chat.filing import put_away
from handlers.chat.hearing import Heard, Pressed, Private, Said, keyboard
from handlers.chat.shifting import followed_by
from handlers.words import Html, Words
from models.actions.leaving import Deputised, deputise, end_leave, take_leave
from models.ports import Rows
from models.queries.desks import Answering, leave_of
from models.queries.housing import username_of
from models.queries.people import Speaker
from models.rules.policy import Town
from models.rules.presence import Away, away_for, days_meant
from models.rules.refusals import DaysUnclear, NotYours, Refused
from models.turn import Turn, Work
from models.understanding.duty import AWAY, BACK, DEPUTY, OF_THE_DESK, begins, days_said

router = Router(name="leaving")
router.message.filter(Private())

_CHOICES = {1: (0, 1), 2: (1, 1), 3: (0, 3), 4: (0, 7)}
"""今天 · 明天 · 3天 · 一周: from how many days ahead, how many days. Numbers go over the wire: never reuse one."""

_BACK, _ASK, _STILL = 9, 0, 8


class Leaving(StatesGroup):
    when = State()
    standing_in = State()


class Staff(Filter):
    """Somebody who holds an office typed one of these words, and perhaps which days; hands the handler `days`."""

    def __init__(self, *words: str) -> None:
        self.words = words

    async def __call__(self, message: Message, speaker: Speaker | None) -> bool | dict[str, Any]:
        if speaker is None or not speaker.staff:
            return False
        days = days_said(message.text or "", self.words)
        return False if days is None else {"days": days}


class Back(BaseMiddleware):
    """Whoever acts is back from leave: it ends with the act, and is said once, with a way to take it back."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        speaker: Speaker | None = data["speaker"]
        if speaker is None or speaker.away_until is None or not _is_an_act(event, speaker):
            return await handler(event, data)
        turn, w = data["turn"], data["w"]
        until = speaker.away_until

        def ends(work: Work, _: object) -> None:
            end_leave(work, person=speaker.person)

        turn.open_with(ends)
        data["speaker"] = replace(speaker, away_until=None)
        answer = await handler(event, data)
        if not turn.opens_with(ends):  # it was refused: nobody did anything
            return answer
        still = button(turn.keys, turn.waiting.chat_id, w.plain("还在休假"), Verb.AWAY, of=_day(until), version=_STILL)
        said = SendMessage(
            chat_id=turn.waiting.chat_id,
            text=w("您回来了，件又会发给您。"),
            reply_markup=keyboard(((still,),)),
        )
        return followed_by(answer, said)


def _is_an_act(event: TelegramObject, speaker: Speaker) -> bool:
    """Whether this is work: a button of a card, or words of somebody who has no home here to speak from.

    What is said about the leave itself is not.
    """
    if not isinstance(event, Update):
        return False
    if event.callback_query is not None:
        return (event.callback_query.data or "").split(".")[0] not in (Verb.AWAY, Verb.DEPUTY, Verb.MORE, Verb.LESS)
    if event.message is None or speaker.home is not None:
        return False
    return not begins(event.message.text or "", ("/", *OF_THE_DESK, *"0123456789"))


# ── 休假 ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.message(Staff(*AWAY))
async def ask_when(
    message: Message, days: str, state: FSMContext, turn: Turn, w: Words, speaker: Speaker, town: Town
) -> SendMessage:
    """From when until when; asked, unless it was said."""
    if days:
        return await _leave(_meant(days, turn.now, town), state, turn, w, speaker, town)
    await state.set_state(Leaving.when)
    return _ask_days(turn, w, Verb.AWAY)


@router.callback_query(Pressed(Verb.AWAY))
async def take_when(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """A button says which days; or the leave is taken back, or goes on after all."""
    by, answer = _on_duty(speaker), AnswerCallbackQuery(callback_query_id=query.id)
    if press.version == _ASK:
        await state.set_state(Leaving.when)
        return [answer, _ask_days(turn, w, Verb.AWAY)]
    if press.version == _BACK:
        return [answer, put_away(query), await come_back_to_work(state, turn, w, by)]
    until = Away(turn.now, _moment(press.of)) if press.version == _STILL else _chosen(press, turn.now, town)
    if until.ended_at <= turn.now:
        raise Refused(DaysUnclear())
    return [answer, put_away(query), await _leave(until, state, turn, w, by, town)]


@router.message(StateFilter(Leaving.when), Said())
async def take_days(
    message: Message, said: Heard, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage:
    """Typed days; words that name none are asked for once more."""
    return await _leave(_meant(said.text, turn.now, town), state, turn, w, _on_duty(speaker), town)


async def _leave(away: Away, state: FSMContext, turn: Turn, w: Words, by: Speaker, town: Town) -> SendMessage:
    await state.clear()
    answering = await turn.do(take_leave, by=by, away=away)
    lines = [w("记下了：%(days)s休假，这几天不响您。", days=_span(w, away, turn.now, town))]
    lines += [_who_answers(w, one, town) for one in answering]
    lines.append(w("早回来了不用说，点一下卡片就行。"))
    chat_id, keys = turn.waiting.chat_id, turn.keys
    rows = (
        (button(keys, chat_id, w.plain("找人代班"), Verb.DEPUTY, of=_day(away.ended_at), version=_STILL),),
        (button(keys, chat_id, w.plain("不休了"), Verb.AWAY, version=_BACK),),
    )
    return SendMessage(chat_id=chat_id, text=Html("\n".join(lines)), parse_mode="HTML", reply_markup=keyboard(rows))


def _who_answers(w: Words, one: Answering, town: Town) -> Html:
    """Who gets what comes there meanwhile; an empty desk is said to be empty."""
    place = _place(w, one.place, town)
    if one.here:
        return w("%(place)s还有别人在。", place=place)
    if one.desk is None:
        return w("%(place)s这几天没有别人，上面也还没有人登记，请找人代班。", place=place)
    desk = desk_name(w, town.desks[one.desk])
    if one.place in town.buildings:
        return w("%(place)s的事由%(desk)s直接办，不用您操心。", place=place, desk=desk)
    return w("%(place)s这几天没有别人，新件先到%(desk)s。找人代班就还到这里。", place=place, desk=desk)


@router.message(Staff(*BACK))
async def come_back(message: Message, state: FSMContext, turn: Turn, w: Words, speaker: Speaker) -> SendMessage:
    """Back, or not going after all."""
    return await come_back_to_work(state, turn, w, speaker)


async def come_back_to_work(state: FSMContext, turn: Turn, w: Words, by: Speaker) -> SendMessage:
    await state.clear()
    was = await turn.do(end_leave, person=by.person, planned=True)
    text = w("好的，休假取消了，件照常发给您。") if was else w("您没有在休假，件照常发给您。")
    return SendMessage(chat_id=turn.waiting.chat_id, text=text)


# ── 找人代班 ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.message(Staff(*DEPUTY))
async def ask_until(
    message: Message, days: str, state: FSMContext, turn: Turn, w: Words, speaker: Speaker, town: Town
) -> list[SendMessage]:
    """A link at once where a leave or the days were said; else how long."""
    if days:
        return await _stand_in(_meant(days, turn.now, town).ended_at, state, turn, w, speaker, town)
    leave = await turn.ask(leave_of, person=speaker.person)
    if leave is not None:
        return await _stand_in(leave.ended_at, state, turn, w, speaker, town)
    await state.set_state(Leaving.standing_in)
    return [_ask_days(turn, w, Verb.DEPUTY)]


@router.callback_query(Pressed(Verb.DEPUTY))
async def take_until(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[Any]:
    """The leave's own end, or the days of the button."""
    until = _moment(press.of) if press.version == _STILL else _chosen(press, turn.now, town).ended_at
    if until <= turn.now:
        raise Refused(DaysUnclear())
    made = await _stand_in(until, state, turn, w, _on_duty(speaker), town)
    return [AnswerCallbackQuery(callback_query_id=query.id), *made]


@router.message(StateFilter(Leaving.standing_in), Said())
async def take_until_typed(
    message: Message, said: Heard, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[SendMessage]:
    """Typed days of a deputy."""
    until = _meant(said.text, turn.now, town).ended_at
    return await _stand_in(until, state, turn, w, _on_duty(speaker), town)


async def _stand_in(
    until: datetime, state: FSMContext, turn: Turn, w: Words, by: Speaker, town: Town
) -> list[SendMessage]:
    await state.clear()
    made, username = await turn.do(_deputise, by=by, until=until, bot_id=turn.waiting.bot_id)
    return [
        SendMessage(
            chat_id=turn.waiting.chat_id,
            text=w(
                "请把下面这条转给代班的人，点一下就接上%(place)s，只能用一次，到%(until)s24点自动结束。",
                place=_place(w, one.place, town),
                until=w.day(_last_day(one.ends_at, town)),
            )
            + "\n"
            + _link(username, one.token),
        )
        for one in made
    ]


def _deputise(work: Work, *, by: Speaker, until: datetime, bot_id: int) -> tuple[Sequence[Deputised], str | None]:
    return deputise(work, by=by, until=until), username_of(work.session, bot_id)


def _link(username: str | None, token: str) -> str:
    return f"https://t.me/{username}?start={token}" if username else f"/start {token}"


# ── days ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _ask_days(turn: Turn, w: Words, verb: Verb) -> SendMessage:
    chat_id, keys = turn.waiting.chat_id, turn.keys

    def choice(text: str, version: int) -> Any:
        return button(keys, chat_id, text, verb, version=version)

    rows: Rows = (
        (choice(w.plain("今天"), 1), choice(w.plain("明天"), 2)),
        (choice(w.plain("3天"), 3), choice(w.plain("一周"), 4)),
    )
    if verb is Verb.AWAY:
        text = w("休哪几天？点一下，或者打「12月1日到5日」。")
    else:
        text = w("请人代到哪天？点一下，或者打「12月1日到5日」。")
    return SendMessage(chat_id=chat_id, text=text, reply_markup=keyboard(rows))


def _chosen(press: Press, now: datetime, town: Town) -> Away:
    if press.version not in _CHOICES:
        raise Refused(NotYours())
    ahead, days = _CHOICES[press.version]
    return away_for(days, ahead=ahead, now=now, zone=town.calendar.zone)


def _meant(said: str, now: datetime, town: Town) -> Away:
    """The days these words name; refuses `DaysUnclear` for none, for days that are over, or that there are not."""
    try:
        found = days_meant(said, now=now, zone=town.calendar.zone)
    except ValueError:
        found = None
    if found is None:
        raise Refused(DaysUnclear())
    return found


def _span(w: Words, away: Away, now: datetime, town: Town) -> str:
    """「11月24日」, 「12月1日到12月5日」: whole days, both named."""
    zone = town.calendar.zone
    first = away.since_at.astimezone(zone).date()
    last = _last_day(away.ended_at, town)
    if first == last:
        return w.day(first)
    return w.plain("%(first)s到%(last)s", first=w.day(first), last=w.day(last))


def _last_day(ended_at: datetime, town: Town) -> date:
    """The last whole day before it ends at midnight."""
    return (ended_at - timedelta(seconds=1)).astimezone(town.calendar.zone).date()


def _day(moment: datetime) -> int:
    """A moment as a button carries it: minutes since the epoch."""
    return int(moment.timestamp()) // 60


def _moment(minutes: int) -> datetime:
    return datetime.fromtimestamp(minutes * 60, tz=UTC)


def _place(w: Words, place: str, town: Town) -> str:
    if place in town.desks:
        return desk_name(w, town.desks[place])
    return place_name(w, town.compound_of(place), town.buildings[place])


def _on_duty(speaker: Speaker | None) -> Speaker:
    """Whoever holds an office; refuses `NotYours` to anybody else."""
    if speaker is None or not speaker.staff:
        raise Refused(NotYours())
    return speaker
