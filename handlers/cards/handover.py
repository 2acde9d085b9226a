"""What does a clerk read who comes on, or goes? What waits at the desk, the shortest due first, and what was said."""

from collections.abc import Sequence
from datetime import datetime

from handlers.cards.buttons import Verb, button
from handlers.cards.phrases import building_name, desk_name, title
from handlers.words import Html, Words
from models.ports import Button, Rows
from models.queries.waiting import NAMED, Owed, WaitingCase
from models.rules.lifecycle import State
from models.rules.policy import Desk, Sla
from models.understanding.masking import masked
from models.vault import Keys

MOST = NAMED
"""Cases one page names: with every title and sentence at its longest it stays within a message's 4,096 characters."""

SAID_MOST = 50
_ROW = 4


def handover(
    w: Words, desk: Desk, waiting: Sequence[WaitingCase], *, name: str | None = None, page: int = 0, now: datetime
) -> Html:
    """What waits at this desk, a page of it; a sealed matter by its number alone. `name`: who sits down."""
    lines = []
    if name is not None:
        lines.append(w("%(name)s，辛苦了。交班时说一声「交班」。", name=name))
    if not waiting:
        lines.append(w("%(desk)s手上没有等着办的件。", desk=desk_name(w, desk)))
        return Html("\n".join(lines))
    lines.append(w("%(desk)s手上%(many)s件，急的在前：", desk=desk_name(w, desk), many=len(waiting)))
    for one in waiting[page * MOST : (page + 1) * MOST]:
        lines.append(_line(w, one, now=now))
        if one.said:
            lines.append(w("　　说过：「%(said)s」", said=_short(masked(one.said))))
    if (rest := len(waiting) - (page + 1) * MOST) > 0:
        lines.append(w("还有%(many)s件，点「下一页」看。", many=rest))
    return Html("\n".join(lines))


def handover_buttons(
    w: Words, keys: Keys, chat_id: int, waiting: Sequence[WaitingCase], *, page: int = 0, more: Rows = ()
) -> Rows:
    """A button a case, by its number, which shows its card; the other pages; then what else can be done here."""
    shown = waiting[page * MOST : (page + 1) * MOST]
    cases = [button(keys, chat_id, one.number, Verb.OPEN, of=one.id, version=one.version) for one in shown]
    turns = []
    if page:
        turns.append(button(keys, chat_id, w.plain("上一页"), Verb.WAITING, version=page - 1))
    if len(waiting) > (page + 1) * MOST:
        turns.append(button(keys, chat_id, w.plain("下一页"), Verb.WAITING, version=page + 1))
    rows = (tuple(cases[at : at + _ROW]) for at in range(0, len(cases), _ROW))
    return (*rows, *((tuple(turns),) if turns else ()), *more)


def desk_doors(w: Words, keys: Keys, chat_id: int) -> tuple[Button, ...]:
    """What a clerk can always begin: write down what somebody says, or go on leave."""
    return (
        button(keys, chat_id, w.plain("登记"), Verb.ENTER),
        button(keys, chat_id, w.plain("休假"), Verb.AWAY),
    )


def _line(w: Words, one: WaitingCase, *, now: datetime) -> Html:
    what = w("要紧的一件，请点开看") if one.sealed else Html(w("%(title)s", title=what_waits(w, one)))
    return w("<b>%(number)s</b> %(what)s · %(due)s", number=one.number, what=what, due=owed_words(w, one, now=now))


def what_waits(w: Words, one: WaitingCase) -> str:
    """What it is about; of a voice nobody has listened to, that there is one."""
    if one.unheard:
        return w.plain("%(place)s有语音要听", place=building_name(w, one.building))
    return title(w, one)


def owed_words(w: Words, one: WaitingCase, *, now: datetime) -> Html:
    """What is owed next, and until when; what is late says so."""
    by = w.moment(one.due_at or one.filed_at, now=now)
    match one.owed:
        case Owed.CALL:
            return w("待打电话")
        case Owed.DECIDE:
            return w("等您这里答复")
        case Owed.NEW:
            said = w("%(by)s前签收", by=by)
        case Owed.RETURNED:
            said = w("退回重办，%(by)s前签收", by=by)
        case Owed.BELOW:
            return w("⚠️ 下面还没办好，早已超时，请过问")
        case Owed.GOING if one.sla is Sla.P0:
            said = w("%(by)s前解除危险", by=by) if one.arrived else w("%(by)s前到场", by=by)
        case Owed.GOING if one.state is State.SIGNED:
            said = w("%(by)s前上门或带话", by=by)
        case Owed.GOING:
            said = w("%(by)s前办好", by=by)
    if one.due_at is None:
        said = w("办理中")
    elif one.late:
        said = w("⚠️ %(said)s，已超时", said=said)
    return w("%(said)s；待打电话", said=said) if one.calls else said


def _short(said: str) -> str:
    return said if len(said) <= SAID_MOST else said[: SAID_MOST - 1] + "…"
