"""A desk works on a case: one tap, a day to choose, or one sentence (`sentences`).

派工            one tap: it is on record, and a text comes to copy into the workers' chat
定日子          the desk's own working days as buttons; a later one than promised is asked for (延期), with a reason
外部编号         one line 「12345 2026112400123 11月30日」; the number, typed alone, finds the card again
已围挡          one sentence what was done, so that nobody is hurt
改类别          what the words name, then every other, page by page
"""

import zlib
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, SendMessage
from aiogram.types import CallbackQuery

from handlers.cards.buttons import Press, Verb, button
from handlers.cards.phrases import category_name
from handlers.cards.works import work_order
from handlers.chat.filing import put_away
from handlers.chat.hearing import Pressed, Private, keyboard
from handlers.chat.sentences import Sentence, ask_sentence, awaits, somebody
from handlers.words import Words
from models.actions import requesting, sorting, working
from models.actions.handling import may_say
from models.ports import Button, Rows
from models.queries.people import Speaker
from models.rules.extension import Day
from models.rules.lifecycle import Event
from models.rules.policy import Category
from models.rules.refusals import Refused, SameKind
from models.turn import Turn, Work
from models.understanding.masking import masked

router = Router(name="working")
router.message.filter(Private())

_PAGE = 8
"""Categories a page: four rows of two, and a row to turn it."""

awaits(
    Verb.PLAN,
    Sentence(
        may=requesting.may_extend,
        act=requesting.extend,
        asks=lambda w, number: w(
            "%(number)s号：比答应的晚，要上一级同意。一句话说说为什么，居民会看到，比如「配件要等三天」。",
            number=number,
        ),
        shows=lambda w, said: w("上一级和居民会看到：「%(said)s」", said=masked(said)),
        done=lambda w, number: w("%(number)s号：延期报上去了。没答复前日子不变。", number=number),
        sends=lambda w: w.plain("报上去"),
        asks_first=True,
    ),
)
awaits(
    Verb.EXTERNAL,
    Sentence(
        may=partial(may_say, event=Event.EXTERNAL),
        act=working.note_external,
        asks=lambda w, number: w(
            "%(number)s号：把编号和期限发来，一行就行。比如「12345 2026112400123 11月30日」。", number=number
        ),
        done=lambda w, number: w("%(number)s号：记下了，卡片上能看到。以后发这个编号就能找到它。", number=number),
        at_once=True,
    ),
)
awaits(
    Verb.SAFE,
    Sentence(
        may=working.may_make_safe,
        act=working.make_safe,
        asks=lambda w, number: w(
            "%(number)s号：用一句话说说怎么让人不受伤的，居民会看到。比如「拉了警戒线，停用了」。", number=number
        ),
        shows=lambda w, said: w("居民会看到：「%(said)s」，没有危险了，修的事接着办", said=said),
        done=lambda w, number: w("%(number)s号：记下了，没有危险了。这件还没完，修好再点「办好了」。", number=number),
    ),
)
awaits(
    Verb.KIND,
    Sentence(
        may=sorting.may_sort,
        act=sorting.sort,
        asks=lambda w, number: w(
            "%(number)s号：这样分，办好的日子要往后。用一句话跟居民说说为什么，比如「要先请人检测」。", number=number
        ),
        shows=lambda w, said: w("居民会看到：「%(said)s」", said=said),
        done=lambda w, number: w("%(number)s号：分好了，也告诉居民了。", number=number),
        asks_first=True,
    ),
)


@router.callback_query(Pressed(Verb.DISPATCH))
async def send_worker(query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None) -> list[Any]:
    """A worker is sent, and the text to copy comes back."""
    seen = await turn.do(working.dispatch, case_id=press.of, by=somebody(speaker))
    order = SendMessage(chat_id=turn.waiting.chat_id, text=work_order(w, seen, now=turn.now), parse_mode="HTML")
    return [AnswerCallbackQuery(callback_query_id=query.id, text=w.plain("已派工")), order]


# ── a day ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.callback_query(Pressed(Verb.PLAN))
async def ask_day(query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None) -> list[Any]:
    """The desk's working days as buttons, those that must be granted marked."""
    days = await turn.ask(requesting.days, case_id=press.of, by=somebody(speaker))
    today = turn.now.astimezone(w.zone).date()
    buttons = [
        _button(turn, _day_label(w, day, today), Verb.DAY, of=press.of, version=day.on.toordinal()) for day in days
    ]
    text = w("哪天能办好？居民会知道。")
    if any(day.later for day in days):
        text = w("哪天能办好？居民会知道。写着「延到」的比答应的晚，要说明原因、上一级同意，只能一次。")
    return [AnswerCallbackQuery(callback_query_id=query.id), _choose(turn, text, _in_pairs(buttons))]


@router.callback_query(Pressed(Verb.DAY))
async def take_day(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None
) -> list[Any]:
    """Within the promise the resident is told; a later day needs a reason and another desk's yes."""
    by, on = somebody(speaker), date.fromordinal(press.version)
    days = await turn.ask(requesting.days, case_id=press.of, by=by)
    if any(day.on == on and day.later for day in days):
        asked = await ask_sentence(query, Verb.PLAN, press.of, state, turn, w, speaker, about=on.isoformat())
        return [*asked, put_away(query)]
    number = await turn.do(working.plan, case_id=press.of, by=by, on=on)
    text = w("%(number)s号：日子定了，居民会知道。", number=number)
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        put_away(query),
        SendMessage(chat_id=turn.waiting.chat_id, text=text),
    ]


def _day_label(w: Words, day: Day, today: date) -> str:
    """「今天」「明天」「后天」「周五 27日」「下周一 30日」, and for a later one 「延到12月2日」."""
    if day.later:
        return w.plain("延到%(day)s", day=w.day(day.on))
    match (day.on - today).days:
        case 0:
            return w.plain("今天").capitalize()
        case 1:
            return w.plain("明天").capitalize()
        case 2:
            return w.plain("后天").capitalize()
    monday = today - timedelta(days=today.weekday())
    weeks = (day.on - monday).days // 7
    name = _weekday(w, day.on.weekday())
    if weeks == 0:
        return w.plain("%(name)s %(day)s日", name=name, day=day.on.day)
    if weeks == 1:
        return w.plain("下%(name)s %(day)s日", name=name, day=day.on.day)
    return w.day(day.on)


def _weekday(w: Words, weekday: int) -> str:
    names = (
        *(w.plain("周一"), w.plain("周二"), w.plain("周三"), w.plain("周四")),
        *(w.plain("周五"), w.plain("周六"), w.plain("周日")),
    )
    return names[weekday]


# ── a category ───────────────────────────────────────────────────────────────────────────────────────────────────────


@router.callback_query(Pressed(Verb.SORT))
async def ask_kind(query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None) -> list[Any]:
    """What its words name, as buttons, and the way to every other category."""
    named, _ = await turn.ask(sorting.proposals, case_id=press.of, by=somebody(speaker))
    buttons = [_kind(turn, w, one, press.of) for one in named]
    others = _button(turn, w.plain("其他类别"), Verb.KINDS, of=press.of)
    rows = (*((one,) for one in buttons), (others,))
    text = w("这是哪一类？点一下就转给该管的人。")
    return [AnswerCallbackQuery(callback_query_id=query.id), _choose(turn, text, rows)]


@router.callback_query(Pressed(Verb.KINDS))
async def turn_kinds(query: CallbackQuery, press: Press, turn: Turn, w: Words, speaker: Speaker | None) -> list[Any]:
    """A page of the other categories."""
    _, others = await turn.ask(sorting.proposals, case_id=press.of, by=somebody(speaker))
    pages = max(1, -(-len(others) // _PAGE))
    page = press.version % pages
    shown = others[page * _PAGE : (page + 1) * _PAGE]
    rows = _in_pairs([_kind(turn, w, one, press.of) for one in shown])
    before = _button(turn, w.plain("上一页"), Verb.KINDS, of=press.of, version=(page - 1) % pages)
    after = _button(turn, w.plain("下一页"), Verb.KINDS, of=press.of, version=(page + 1) % pages)
    assert query.message is not None
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        EditMessageReplyMarkup(
            chat_id=query.message.chat.id,
            message_id=query.message.message_id,
            reply_markup=keyboard((*rows, (before, after))),
        ),
    ]


@router.callback_query(Pressed(Verb.KIND))
async def take_kind(
    query: CallbackQuery, press: Press, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None
) -> list[Any]:
    """It is sorted, and whoever is to mend it has it; a slower class needs a reason first."""
    by = somebody(speaker)
    code, slower = await turn.ask(_named, case_id=press.of, by=by, mark=press.version)
    if slower:
        asked = await ask_sentence(query, Verb.KIND, press.of, state, turn, w, speaker, about=code)
        return [*asked, put_away(query)]
    number = await turn.do(sorting.sort, case_id=press.of, by=by, about=code)
    text = w("%(number)s号：分好了，已转给该管的人。", number=number)
    return [
        AnswerCallbackQuery(callback_query_id=query.id),
        put_away(query),
        SendMessage(chat_id=turn.waiting.chat_id, text=text),
    ]


def _named(work: Work, *, case_id: int, by: Speaker, mark: int) -> tuple[str, bool]:
    """The category a button stands for, and whether the case gets slower; refuses `SameKind` for one that is gone."""
    number = sorting.may_sort(work, case_id=case_id, by=by)
    for category in (one for part in sorting.proposals(work, case_id=case_id, by=by) for one in part):
        if mark_of(category.code) == mark:
            return category.code, sorting.becomes_slower(work, case_id=case_id, code=category.code)
    raise Refused(SameKind(number=number))


def _kind(turn: Turn, w: Words, category: Category, case_id: int) -> Button:
    return _button(turn, category_name(w, category), Verb.KIND, of=case_id, version=mark_of(category.code))


def mark_of(code: str) -> int:
    """What stands for a code in a button's 64 bytes; it means the same in every edition of the town."""
    return zlib.crc32(code.encode())


# ── buttons ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _choose(turn: Turn, text: str, rows: Rows) -> SendMessage:
    return SendMessage(chat_id=turn.waiting.chat_id, text=text, parse_mode="HTML", reply_markup=keyboard(rows))


def _in_pairs(buttons: Sequence[Button]) -> Rows:
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))


def _button(turn: Turn, text: str, verb: Verb, *, of: int, version: int = 0) -> Button:
    return button(turn.keys, turn.waiting.chat_id, text, verb, of=of, version=version)
