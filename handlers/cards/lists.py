"""What does a desk read at half past eight and at four? One line a case, the most pressing first, a button for each."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from handlers.cards.buttons import Verb, button
from handlers.cards.handover import owed_words, what_waits
from handlers.cards.phrases import desk_name
from handlers.words import Html, Words
from models.outbox import Promised
from models.ports import Button, Letter, Rows
from models.queries.cautions import CalendarEnds, Caution, DutyGap, cautions
from models.queries.listing import Line, listed, page_in_words
from models.queries.people import language_of
from models.rules.gone import desk_of
from models.rules.lifecycle import Telling
from models.rules.policy import Desk, DeskKind, Town
from models.turn import Work
from models.vault import Keys

PAGE = 8
"""Cases of a page: each with its line and its button within one screen."""

_ROW = 4
_ONE_COMPOUND = (DeskKind.PROPERTY, DeskKind.COMMITTEE)


def draw_list(work: Work, promised: Promised) -> Letter | None:
    """The list as it must read now, or None when there is nothing to read in it any more."""
    desk = str(promised.facts["desk"])
    lines = listed(work, person=promised.person_id, desk=desk, moment=promised.ring_at)
    seen_coming = cautions(work) if desk == work.town.street_desk else ()
    if not lines and not seen_coming:
        return None
    w = Words(language_of(work, promised.person_id), work.town.calendar.zone)
    place = desk_of(work.town, desk)
    return Letter(
        bot_id=promised.bot_id,
        chat_id=promised.chat_id,
        text=Html("\n".join(_said(w, place, lines, seen_coming, work))),
        buttons=list_buttons(w, work.keys, promised.chat_id, lines, notice=promised.id),
    )


def _said(w: Words, desk: Desk, lines: Sequence[Line], seen_coming: Sequence[Caution], work: Work) -> Iterator[Html]:
    """The cases, and for the street what somebody must see coming."""
    if lines:
        yield desk_list(w, desk, page_in_words(work, lines, first=0, many=PAGE), work.town, now=work.now)
    for one in seen_coming:
        match one:
            case CalendarEnds(last):
                yield w("⚠ 放假安排只录到%(day)s，请录入下一年的，不然节假日的期限算不准", day=last.isoformat())
            case DutyGap(period, day):
                name = period.name if w.lang == "zh" else period.en
                yield w("⚠ %(period)s：%(day)s还没有人值班，请排一位", period=name, day=day.isoformat())


def desk_list(w: Words, desk: Desk, lines: Sequence[Line], town: Town, *, page: int = 0, now: datetime) -> Html:
    """One page of the list, at most 4,096 characters; a sealed matter is counted, never named."""
    if not lines:
        return w("<b>%(desk)s</b>，这一份都看完了，没有等着的了。", desk=desk_name(w, desk))
    shown = lines[page * PAGE : (page + 1) * PAGE]
    said = [w("<b>%(desk)s</b>，这次要看的%(many)s件，点编号看详情：", desk=desk_name(w, desk), many=len(lines))]
    if sealed := sum(line.case.sealed for line in shown):
        said.append(w("%(many)s件要紧的事，请点开", many=sealed))
    said += [_line(w, line, desk, town, now=now) for line in shown if not line.case.sealed]
    if rest := len(lines) - (page * PAGE + len(shown)):
        said.append(w("还有%(many)s件", many=rest))
    return Html("\n".join(said))


def list_buttons(w: Words, keys: Keys, chat_id: int, lines: Sequence[Line], *, notice: int, page: int = 0) -> Rows:
    """A button a case, by its number, and the way to the other pages. `notice`: the list's own."""
    shown = lines[page * PAGE : (page + 1) * PAGE]
    cases = [
        button(keys, chat_id, one.case.number, Verb.OPEN, of=one.case.id, version=one.case.version) for one in shown
    ]
    turns: list[Button] = []
    if page:
        turns.append(button(keys, chat_id, w.plain("上一页"), Verb.PAGE, of=notice, version=page - 1))
    if len(lines) > (page + 1) * PAGE:
        turns.append(button(keys, chat_id, w.plain("下一页"), Verb.PAGE, of=notice, version=page + 1))
    rows = tuple(tuple(cases[at : at + _ROW]) for at in range(0, len(cases), _ROW))
    return (*rows, tuple(turns)) if turns else rows


def _line(w: Words, line: Line, desk: Desk, town: Town, *, now: datetime) -> Html:
    what = what_waits(w, line.case)
    if desk.kind not in _ONE_COMPOUND and (compound := town.compounds.get(line.case.building.compound)):
        what = f"{compound.name if w.lang == 'zh' else compound.en or compound.name} {what}"
    why = owed_words(w, line.case, now=now) if line.news is None else _news(w, line.news)
    return w("<b>%(number)s</b> %(what)s · %(due)s", number=line.case.number, what=what, due=why)


def _news(w: Words, news: Telling) -> Html:
    match news:
        case Telling.ADDED:
            return w("居民又说了几句")
        case Telling.DECIDED:
            return w("有答复了")
        case Telling.ASSIGNMENT:
            return w("请一起办")
        case Telling.THANKS:
            return w("居民说谢谢您")
        case Telling.REMINDER:
            return w("快到期了")
        case _:
            return w("抄送您知道")
