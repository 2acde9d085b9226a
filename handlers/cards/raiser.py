"""What does the raiser read? A receipt that is kept, the question whether it is solved, and a changed promise."""

from datetime import datetime

from handlers.cards import rounds
from handlers.cards.buttons import Verb, button
from handlers.cards.emergencies import (
    emergency,
    emergency_buttons,
    is_caring,
    is_crying,
    may_be_mistaken,
    said_to_be_there,
)
from handlers.cards.phrases import claimant, desk_name, place_name, standing, title
from handlers.cards.works import changed_day, planned
from handlers.words import Html, Words
from models.ports import Button, Rows
from models.queries.cases import CaseView
from models.rules.closure import RATES_FOR
from models.rules.lifecycle import CLOSED, HELD, State
from models.vault import Keys


def receipt(w: Words, seen: CaseView, *, above: str, now: datetime) -> Html:
    """The number, who has it with a telephone to tap, until when, and that nothing needs chasing.

    `above`: who hears of it when the desk stays silent. Once that is no longer so it says where the case stands.
    """
    if is_crying(seen) or is_caring(seen):
        return emergency(w, seen, now=now)
    if seen.state is not State.ACCEPTED or seen.head_looks or seen.doing.answered or seen.answer_by <= now:
        said = Html(f"{standing_of(w, seen, now=now)}\n{w('电话：%(phone)s', phone=seen.desk.phone)}")
        return Html(f"{said}\n{w('没看到人来，点「没看到人」。')}") if said_to_be_there(seen) else said
    if seen.patrol:
        return rounds.receipt(w, seen, above=above, now=now)
    if seen.category.sealed:
        return w(
            "收到了，编号<b>%(number)s</b>，%(desk)s（%(phone)s）的人会马上看到。只有他们知道。",
            number=seen.number,
            desk=desk_name(w, seen.desk),
            phone=seen.desk.phone,
        )
    return w(
        "收到了，编号<b>%(number)s</b>，已转%(desk)s（%(phone)s）。%(by)s前没人给您回话，自动转%(above)s，不用您催。有变化才打扰您。",
        number=seen.number,
        desk=desk_name(w, seen.desk),
        phone=seen.desk.phone,
        by=w.moment(seen.answer_by, now=now),
        above=above,
    )


def receipt_buttons(w: Words, keys: Keys, chat_id: int, seen: CaseView, *, more: bool = False) -> Rows:
    """What the raiser can do: say more, hurry, go higher; closed, say that it is not so. `more`: the second page."""

    def act(text: str, verb: Verb) -> Button:
        return button(keys, chat_id, text, verb, of=seen.id, version=seen.version)

    if seen.state is State.WITHDRAWN:
        return ()
    if may_be_mistaken(seen):
        return emergency_buttons(w, keys, chat_id, seen)
    if seen.state in CLOSED:
        again = act(w.plain("没好，重办"), Verb.REOPEN)
        thank = seen.state is State.CLOSED_OK and not seen.pursued.thanked
        return ((again, act(w.plain("说声谢谢"), Verb.THANK)),) if thank else ((again,),)
    if more:
        family, person = act(w.plain("给家人看"), Verb.FAMILY), act(w.plain("找人工"), Verb.PERSON)
        return (
            (person,) if seen.category.sealed else (family, person),  # a sealed matter is nobody else's to follow
            (act(w.plain("不用办了"), Verb.WITHDRAW), act(w.plain("收起"), Verb.LESS)),
        )
    add, hurry = act(w.plain("补充一句"), Verb.ADD), act(w.plain("催一下"), Verb.URGE)
    higher, others = act(w.plain("申请上报"), Verb.RAISE), act(w.plain("更多"), Verb.MORE)
    if seen.state is State.CLAIMED:
        return ((higher, others),)
    rows = ((add, hurry), (higher, others))
    return ((act(w.plain("没看到人"), Verb.NOBODY),), *rows) if said_to_be_there(seen) else rows


def question(w: Words, seen: CaseView, *, told_above: bool, now: datetime) -> Html:
    """解决了吗: who says it is done, since when, what they did. Answered, it says what came of the answer."""
    if seen.state is State.CLOSED_OK:
        closed = w("<b>%(number)s号</b>：您说解决了，这件事办结。谢谢您！", number=seen.number)
        if seen.rating is None:
            return Html(f"{closed}\n{w('愿意的话打个分：1很不满意，5很满意。办事的人看不到。')}")
        return Html(f"{closed}\n{w('您打了%(rating)s分，记下了。', rating=seen.rating)}")
    if seen.state is State.CLOSED_SILENT:
        return w(
            "<b>%(number)s号</b>：未收到您的回复，先办结了。30天内觉得没好，点〔没好，重办〕，还是这个编号。",
            number=seen.number,
        )
    if seen.state is State.WITHDRAWN:
        return w("<b>%(number)s号</b>：您说不用办了，撤回了。", number=seen.number)
    if seen.state is not State.CLAIMED or seen.claimed_at is None:
        said = w("您说好了一部分，剩下的接着办") if seen.partly else w("您说还没解决，已退回重办")
        if told_above:
            return w("<b>%(number)s号</b>：%(said)s，也告诉了上一级。", number=seen.number, said=said)
        return w("<b>%(number)s号</b>：%(said)s。", number=seen.number, said=said)
    if seen.patrol:
        return w(
            "<b>%(number)s号</b>：%(who)s说%(at)s巡查时处理了：%(done)s。您看，解决了吗？照实说就好。",
            number=seen.number,
            who=claimant(w, seen),
            at=w.moment(seen.claimed_at, now=now),
            done=(seen.done or "").rstrip("。.!！"),
        )
    return w(
        "<b>%(number)s号</b>：%(who)s说%(at)s办好了：%(done)s。您看，解决了吗？照实说就好。",
        number=seen.number,
        who=claimant(w, seen),
        at=w.moment(seen.claimed_at, now=now),
        done=(seen.done or "").rstrip("。.!！"),
    )


def _rating(w: Words, keys: Keys, chat_id: int, seen: CaseView, *, now: datetime) -> Rows:
    """1 to 5, if the resident likes, for a day after the first one."""
    rated = seen.pursued.rated_at
    if rated is not None and now - rated > RATES_FOR:
        return ()
    return (tuple(button(keys, chat_id, str(mark), Verb.RATE, of=seen.id, version=mark) for mark in range(1, 6)),)


def question_buttons(w: Words, keys: Keys, chat_id: int, seen: CaseView, *, now: datetime) -> Rows:
    """The three answers, while there is something to answer; afterwards a rating, a late word, thanks."""

    def answer(text: str, verb: Verb) -> Button:
        return button(keys, chat_id, text, verb, of=seen.id, version=seen.version)

    if seen.state is State.CLOSED_SILENT:
        return ((answer(w.plain("没好，重办"), Verb.REOPEN), answer(w.plain("解决了"), Verb.SOLVED)),)
    if seen.state is State.CLOSED_OK:
        thank = () if seen.pursued.thanked else ((answer(w.plain("说声谢谢"), Verb.THANK),),)
        return (*_rating(w, keys, chat_id, seen, now=now), *thank)
    if seen.state is not State.CLAIMED:
        return ()

    return (
        (answer(w.plain("解决了"), Verb.SOLVED), answer(w.plain("没有"), Verb.UNSOLVED)),
        (answer(w.plain("好了一部分"), Verb.PARTLY),),
    )


def word(w: Words, seen: CaseView, *, now: datetime) -> Html:
    """What a desk lets the raiser know, word for word, or the day it names; what came last."""
    if seen.word is None:
        return planned(w, seen, now=now) or standing_of(w, seen, now=now)
    return w(
        "<b>%(number)s号</b>，%(desk)s带话：%(word)s",
        number=seen.number,
        desk=desk_name(w, seen.word_of),
        word=seen.word or "",
    )


def changed(w: Words, seen: CaseView, *, now: datetime) -> Html:
    """Another desk leads now: who, how to call them, until when. A day that has passed is owned up to."""
    by = seen.resolve_by or seen.acknowledge_by
    if seen.state not in HELD or not seen.doing.changed:
        return standing_of(w, seen, now=now)
    if (moved := changed_day(w, seen, now=now)) is not None:
        return moved
    if by <= now and seen.state is State.ACCEPTED and seen.acknowledge_by > now:
        return w(
            "<b>%(number)s号</b>有变化：原定%(by)s前没办好，现在由%(desk)s（%(phone)s）牵头，%(then)s前有人接手。不用您催。",
            number=seen.number,
            desk=desk_name(w, seen.desk),
            phone=seen.desk.phone,
            by=w.moment(by, now=now),
            then=w.moment(seen.acknowledge_by, now=now),
        )
    if by <= now and seen.review_at is not None:
        return w(
            "<b>%(number)s号</b>有变化：原定%(by)s前没办好，现在由%(desk)s（%(phone)s）牵头，%(again)s再催办；您也可以打12345。",
            number=seen.number,
            desk=desk_name(w, seen.desk),
            phone=seen.desk.phone,
            by=w.moment(by, now=now),
            again=w.moment(seen.review_at, now=now),
        )
    if by <= now:
        return w(
            "<b>%(number)s号</b>有变化：原定%(by)s前没办好，现在由%(desk)s（%(phone)s）牵头。不用您催。",
            number=seen.number,
            desk=desk_name(w, seen.desk),
            phone=seen.desk.phone,
            by=w.moment(by, now=now),
        )
    return w(
        "<b>%(number)s号</b>有变化：现在由%(desk)s（%(phone)s）牵头，%(by)s前办好或说清哪天办好。不用您催。",
        number=seen.number,
        desk=desk_name(w, seen.desk),
        phone=seen.desk.phone,
        by=w.moment(by, now=now),
    )


def with_place(w: Words, seen: CaseView, said: Html, *, home: str | None) -> Html:
    """What is said, and for where it was said, unless that is the raiser's own `home`."""
    if not seen.building.code and seen.category.sealed:
        return Html(f"{said}\n{w('愿意的话，说一声您在哪个小区几栋，或者留个电话，好让他们找到您。')}")
    if not seen.building.code:
        return Html(f"{said}\n{w('在哪个小区、几栋？发一句话就行，想不起来就打上面的电话。')}")
    if seen.building.code == home or seen.category.sealed:
        return said
    return Html(f"{said}\n{w('地方：%(place)s', place=place_name(w, seen.compound, seen.building))}")


def standing_of(w: Words, seen: CaseView, *, now: datetime) -> Html:
    """The number, what it is about, and where it stands."""
    named = w("<b>%(number)s号</b> %(title)s", number=seen.number, title=title(w, seen))
    return Html(f"{named}\n{standing(w, seen, now=now)}")
