"""What is said of a matter that is dealt with on the community's round? Nobody is to learn that somebody complained."""

from datetime import datetime

from handlers.cards.phrases import desk_name
from handlers.words import Html, Words
from models.queries.cases import CaseView
from models.rules.lifecycle import CLOSED, State


def occasion(w: Words, seen: CaseView) -> Html:
    """Why this card is at the community's desk: a round is asked for, without a word about a neighbour."""
    if seen.state is State.WITHDRAWN:
        return w("↩️ 不用去看了")
    if seen.state in CLOSED:
        return w("✅ 办结")
    if seen.state is State.CLAIMED:
        return w("⏳ 巡查过了，看看是不是好了")
    if seen.returned:
        return w("🔁 还没好，请再走一趟（第%(times)s次）", times=seen.returned)
    return w("🚶 请在巡查时一并处理，别提有人反映")


def receipt(w: Words, seen: CaseView, *, above: str, now: datetime) -> Html:
    """What the raiser keeps: who goes round, until when, and that nobody hears who wanted it."""
    return w(
        "收到了，编号<b>%(number)s</b>，已请%(desk)s（%(phone)s）巡查时一并处理，不提有人反映。"
        "%(by)s前没有结果，自动转%(above)s，不用您催。",
        number=seen.number,
        desk=desk_name(w, seen.desk),
        phone=seen.desk.phone,
        by=w.moment(seen.answer_by, now=now),
        above=above,
    )
