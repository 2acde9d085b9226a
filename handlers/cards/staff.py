"""What do a desk, the desks beside it and a building head read? A case that is safe to screenshot."""

from datetime import datetime

from handlers.cards import rounds
from handlers.cards.buttons import Verb, button
from handlers.cards.calls import Act, call_buttons, whom, why_called
from handlers.cards.phrases import building_name, category_name, desk_name, heard, place_name, seen_words, title
from handlers.cards.relay import EARLIER_LONG, exchanged, to_be_heard, why_rung
from handlers.cards.sealed import how_to_help, is_care
from handlers.cards.works import asks_to_decide, notes, was_decided
from handlers.words import Html, Words
from models.ports import Button, Rows
from models.queries.cases import CaseView
from models.rules.closure import STREET_FROM, hazard
from models.rules.ladder import ON_SCENE
from models.rules.lifecycle import HELD, Reader, State, Telling
from models.rules.policy import Desk, DeskKind, Sla
from models.understanding import SEEN_MOST
from models.understanding.masking import masked
from models.understanding.reading import was_cut
from models.vault import Keys

_SORTS = frozenset({DeskKind.COMMUNITY, DeskKind.STREET})
_URGENT = frozenset({Sla.P0, Sla.P1})
_ANSWERED = frozenset({Sla.Q, Sla.S})
"""What is answered rather than mended, and signed for by the receipt itself (domain C0)."""


def desk_card(
    w: Words,
    seen: CaseView,
    reader: Reader,
    telling: Telling,
    *,
    now: datetime,
    calls: bool = False,
    phone: str | None = None,
) -> Html:
    """One case for a desk: why it rings, where, what, until when, and whose it is now.

    `calls`: it is to telephone the resident, whose number is `phone` where one was left.
    """
    lines = [
        why_called(w, seen, now=now) if calls else _occasion(w, seen, reader, telling, now=now),
        whom(w, phone) if calls else Html(""),
        w("<b>%(number)s号</b> %(title)s", number=seen.number, title=title(w, seen)),
        w(
            "%(place)s · %(category)s",
            place=place_name(w, seen.compound, seen.building),
            category=category_name(w, seen.category),
        ),
        w("「%(seen)s」", seen=seen_words(w, seen)) if seen.seen and not seen.patrol else Html(""),
        _pursued(w, seen, reader),
    ]
    if seen.unreadable:
        lines.append(w("有%(many)s张照片打不开，没有转发", many=seen.unreadable))
    if seen.films:
        lines.append(w("另有%(many)s个视频或文件没有转发，要看请带话给居民", many=seen.films))
    lines.append(exchanged(w, seen, now=now))
    if is_care(seen) and seen.state in HELD and reader is Reader.DESK:
        lines.append(how_to_help(w, phone))
    elif reader is not Reader.HELPING:  # the days are the leading desk's
        lines.append(_dates(w, seen, now=now, last=reader is Reader.DECIDER))
    lines += notes(w, seen, reader, telling, now=now)
    if reader is not Reader.DESK:
        lines.append(w("现在由%(desk)s负责（%(phone)s）", desk=desk_name(w, seen.desk), phone=seen.desk.phone))
    return Html("\n".join(line for line in lines if line))


def _pursued(w: Words, seen: CaseView, reader: Reader) -> Html:
    """What the resident did about it, and what came back; a line each."""
    lines, again = [], seen.pursued
    if seen.patrol:
        return Html("")
    if again.relapse and again.relapse_closed_at is not None:
        closed = w.day(again.relapse_closed_at.astimezone(w.zone).date())
        lines.append(w("🔂 反弹：%(number)s号，%(day)s办结", number=again.relapse, day=closed))
    if seen.returned >= STREET_FROM and seen.state in HELD and reader is Reader.DESK:
        lines.append(w("请由没经手的人复查"))
    if again.urged and seen.state in HELD:
        lines.append(w("⏱ 居民催了一下"))
    return Html("\n".join(lines))


def desk_buttons(
    w: Words,
    keys: Keys,
    chat_id: int,
    seen: CaseView,
    reader: Reader,
    *,
    more: bool = False,
    calls: bool = False,
) -> Rows:
    """What this desk can do now, the common things first; `more`: the second page. Who was only told can do nothing.

    `calls`: it is to telephone the resident too.
    """

    def act(text: str, verb: Verb) -> Button:
        return button(keys, chat_id, text, verb, of=seen.id, version=seen.version)

    able = _desk_buttons(w, keys, chat_id, seen, reader, more=more)
    if reader is Reader.DESK and seen.request is not None and seen.request.decider.code == seen.desk.code and not more:
        able = (*_deciding(w, act, seen), *able)  # it leads by now what it was asked about
    if reader is Reader.DESK and to_be_heard(seen) and not more:
        able = ((act(w.plain("听完写一行"), Verb.HEAR),), *able)
    if cut_short(seen, reader) and not more:
        able = (*able, (act(w.plain("看全文"), Verb.WHOLE),))
    return able if more or not calls else (*call_buttons(w, act, seen), *able)


def cut_short(seen: CaseView, reader: Reader) -> bool:
    """Whether the card had no room for all that this reader may read of it."""
    if seen.plain or seen.patrol or seen.state not in HELD or (is_care(seen) and reader is Reader.DESK):
        return False
    talk = seen.exchange
    last = (seen.seen, talk.answer, talk.added.seen if talk.added else "")
    return any(was_cut(said, SEEN_MOST) for said in last) or any(len(said) > EARLIER_LONG for said in talk.earlier)


def _desk_buttons(w: Words, keys: Keys, chat_id: int, seen: CaseView, reader: Reader, *, more: bool) -> Rows:

    def act(text: str, verb: Verb) -> Button:
        return button(keys, chat_id, text, verb, of=seen.id, version=seen.version)

    if reader is Reader.DECIDER:
        return _deciding(w, act, seen)
    if reader not in (Reader.DESK, Reader.HELPING) or seen.state not in HELD:
        return ()
    if more:
        return _more(w, act, seen, reader)
    done = act(w.plain("巡查过了") if seen.patrol else w.plain("办好了"), Verb.CLAIM)
    others = act(w.plain("更多"), Verb.MORE)
    if seen.sla is Sla.P0 and not seen.doing.arrived and not seen.patrol:
        return _hastening(w, act, seen, reader, done=done, others=others)
    word = act(w.plain("带话给居民"), Verb.WORD)
    match seen.state:
        case State.ACCEPTED | State.REOPENED if reader is Reader.DESK:
            return ((act(w.plain("签收"), Verb.SIGN), done), (others,))
        case State.SIGNED | State.WORKING if seen.patrol:
            return ((done, others),)
        case State.SIGNED:
            return ((word, act(w.plain("已联系或上门"), Verb.CONTACT)), (done, others))
        case State.WORKING:
            return ((word, done), (others,))
        case _:
            return ((done, others),)


def _hastening(w: Words, act: Act, seen: CaseView, reader: Reader, *, done: Button, others: Button) -> Rows:
    """An emergency to which nobody has come: only who stands there says so, and a word to the resident does not."""
    arrived = act(w.plain("已联系或上门") if seen.category.sealed else w.plain("已到场"), Verb.ARRIVE)
    if seen.state in (State.SIGNED, State.WORKING):
        return ((act(w.plain("带话给居民"), Verb.WORD), arrived), (done, others))
    if reader is Reader.DESK and is_care(seen):
        return ((act(w.plain("带话给居民"), Verb.WORD), arrived), (act(w.plain("签收"), Verb.SIGN), done), (others,))
    if reader is Reader.DESK:
        return ((act(w.plain("签收"), Verb.SIGN), arrived), (done, others))
    return ((arrived, done), (others,))


def _more(w: Words, act: Act, seen: CaseView, reader: Reader) -> Rows:
    """The second page: what is seldom needed."""
    buttons = [act(w.plain("派工"), Verb.DISPATCH), act(w.plain("定日子"), Verb.PLAN)]
    if reader is Reader.DESK:
        if seen.state in (State.SIGNED, State.WORKING) and not seen.asked:
            buttons.append(act(w.plain("提问"), Verb.ASK))
        if seen.request is None or seen.request.over:
            buttons.append(act(w.plain("转办"), Verb.OFFER))
        if seen.desk.kind in _SORTS and seen.state in (State.ACCEPTED, State.SIGNED):
            buttons.append(act(w.plain("改类别"), Verb.SORT))
    buttons.append(act(w.plain("外部编号"), Verb.EXTERNAL))
    if hazard(seen.category) and seen.safe_at is None:
        buttons.append(act(w.plain("已围挡"), Verb.SAFE))
    if seen.sla is Sla.P0 and seen.doing.arrived:
        buttons.append(act(w.plain("点错了，没到场"), Verb.NOT_THERE))
    buttons.append(act(w.plain("收起"), Verb.LESS))
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))


def _deciding(w: Words, act: Act, seen: CaseView) -> Rows:
    """Another desk asks this one: two answers, both of them right."""
    if seen.request is None:
        return ()
    if seen.request.kind == "transfer":
        yes = act(w.plain("我们来接"), Verb.TAKE)
        if seen.request.target and seen.request.target.code != seen.request.decider.code:
            yes = act(w.plain("同意转"), Verb.TAKE)
        return ((yes, act(w.plain("不接"), Verb.REFUSE)),)
    return ((act(w.plain("同意延期"), Verb.GRANT), act(w.plain("不同意"), Verb.REFUSE)),)


def head_card(
    w: Words, seen: CaseView, surname: str, answered: Telling | str, *, now: datetime, name: str = ""
) -> Html:
    """A neighbour is asked for a word of help; nothing is demanded, nothing is counted.

    `name`: how the raiser wants the head, and nobody else, to call them.
    """
    match seen.state:
        case State.CLAIMED:
            return w("%(number)s号办好了，在等邻居回话。谢谢您！", number=seen.number)
        case State.WITHDRAWN:
            return w("%(number)s号邻居说不用办了。谢谢您！", number=seen.number)
        case State.CLOSED_OK | State.CLOSED_SILENT:
            return w(
                "%(number)s号解决了。%(place)s的邻居谢谢您！", number=seen.number, place=building_name(w, seen.building)
            )
        case _ if seen.returned and seen.claimed_by_head:
            return w("%(number)s号邻居说还没全好，有人接着办，不用您管了。谢谢您！", number=seen.number)
        case _ if seen.returned:
            return w("%(number)s号还有人接着办，不用您管了。谢谢您！", number=seen.number)
    place = building_name(w, seen.building)
    ask = w(
        "%(head)s，%(heard)s。方便就帮着看看、说句话；不方便点「没空」，自有人来办。%(hush)s",
        head=w.plain("%(surname)s楼长", surname=surname) if surname else w.plain("楼长"),
        heard=heard(w, title(w, seen), place, name),
        hush=w("请别告诉别人是谁说的。") if name else w("请别打听是谁说的。"),
    )
    replies = {
        "look": w("您说去看看，谢谢！办好了点一下「已经好了」。"),
        "busy": w("好的，自有人来办，不用您管了。"),
        "decline": w("好的，自有人来办，不用您管了。"),
    }
    return Html(f"{ask}\n{replies[answered]}") if answered in replies else ask


def head_buttons(w: Words, keys: Keys, chat_id: int, seen: CaseView, answered: str) -> Rows:
    """Four ways to answer, all of them right; after 没空, 我不便管 or a return the head is left in peace."""
    if seen.state not in HELD or seen.returned or answered in ("busy", "decline"):
        return ()

    def act(text: str, verb: Verb) -> Button:
        return button(keys, chat_id, text, verb, of=seen.id, version=seen.version)

    done = act(w.plain("已经好了"), Verb.CLAIM)
    if answered == "look":
        return ((done, act(w.plain("没空"), Verb.BUSY)),)
    return (
        (act(w.plain("我来看看"), Verb.LOOK), act(w.plain("没空"), Verb.BUSY)),
        (done, act(w.plain("我不便管"), Verb.DECLINE)),
    )


def _occasion(w: Words, seen: CaseView, reader: Reader, telling: Telling, *, now: datetime) -> Html:
    """The first line: why this card is here."""
    if seen.patrol:
        return rounds.occasion(w, seen)
    if seen.state is State.CLOSED_OK:
        return w("✅ 居民说解决了，办结")
    if seen.state is State.CLOSED_SILENT:
        return w("☑️ 没等到居民回话，先办结了")
    if seen.state is State.WITHDRAWN:
        mistaken = seen.at_once in ("danger", "other") and not seen.doing.arrived
        return w("↩️ 居民说报错了，不用去了") if mistaken else w("↩️ 居民说不用办了，撤回了")
    if seen.state is State.CLAIMED:
        return w("⏳ 已报办好，等居民回话")
    if telling is Telling.ADDED:
        return why_rung(w, seen)
    if reader is Reader.ABOVE and seen.sla is Sla.P0 and seen.state in HELD and seen.doing.arrived:
        return w("🔴 紧急，已有人到场，还没办好")
    if reader is Reader.ABOVE and seen.sla is Sla.P0 and seen.state in HELD:
        return w("🔴 紧急，已报%(desk)s：请打电话核实，没人到场就派人去", desk=desk_name(w, seen.desk))
    if reader is Reader.ABOVE:
        return w("👀 抄送您知悉，还不用您办")
    if reader is Reader.DECIDER:
        return asks_to_decide(w, seen, now=now)
    if telling is Telling.DECIDED and (answer := was_decided(w, seen)) is not None:
        return answer
    if reader is Reader.HELPING and seen.doing.taken:
        return w("🤝 已转给别处牵头，您这里继续协办")
    if reader is Reader.HELPING:  # it led before, or was asked to help from the first minute
        return w("🤝 别处牵头，您这里一起办")
    if telling is Telling.REMINDER:
        late = seen.resolve_by is not None and seen.resolve_by <= now
        return w("⏰ 已经超期，还没办好，请看一眼") if late else w("⏰ 快到期了，请看一眼")
    if seen.returned and seen.partly:
        return w("🔁 居民说好了一部分，请接着办（第%(times)s次）", times=seen.returned)
    if seen.returned:
        return w("🔁 居民说没解决，退回重办（第%(times)s次）", times=seen.returned)
    match seen.state:
        case State.SIGNED:
            return w("📌 已签收")
        case State.WORKING:
            return w("🔧 办理中")
        case _ if seen.doing.former is not None and seen.doing.former.code != seen.desk.code:
            return _came_up(w, seen, seen.doing.former)
        case _:
            return w("🔴 新件，紧急") if seen.sla in _URGENT else w("🆕 新件")


def _came_up(w: Words, seen: CaseView, former: Desk) -> Html:
    """Why it is here now and was elsewhere before; whoever had it goes on helping, and can be called."""
    desk, phone = desk_name(w, former), former.phone
    mark = "🔴" if seen.sla in _URGENT else "⬆️"
    match seen.doing.why_up:
        case "raised":
            return w(
                "%(mark)s 居民申请上报，转到您这里，%(desk)s继续协办（%(phone)s）", mark=mark, desk=desk, phone=phone
            )
        case "":
            return w(
                "%(mark)s %(desk)s没按时办，转到您这里，他们继续协办（%(phone)s）", mark=mark, desk=desk, phone=phone
            )
        case "unreachable":
            return w("%(mark)s %(desk)s那边没人看到，转到您这里（电话%(phone)s）", mark=mark, desk=desk, phone=phone)
        case _:
            return w("%(mark)s 值班结束了，%(desk)s转回您这里（%(phone)s）", mark=mark, desk=desk, phone=phone)


def _dates(w: Words, seen: CaseView, *, now: datetime, last: bool = False) -> Html:
    """The next moments that were promised to the resident, one a line; a missed one says so. `last`: the last alone."""
    if seen.state is State.CLAIMED:
        return w("做了什么：%(done)s", done=masked(seen.done or ""))  # a number in it is the resident's business
    waits: list[tuple[Html, datetime | None]] = []
    if seen.state in (State.ACCEPTED, State.REOPENED):
        waits.append((w("签收"), None if seen.sla in _ANSWERED else seen.acknowledge_by))
    if seen.sla is Sla.P0 and seen.state in HELD and not (seen.returned or seen.doing.arrived):
        waits.append((w("到场"), seen.filed_at + ON_SCENE))
    elif seen.state in (State.ACCEPTED, State.REOPENED, State.SIGNED):
        called_on = None if seen.patrol else seen.contact_by  # nobody comes to the raiser's door
        waits.append((w("上门或带话"), called_on))
    if seen.state.open:
        waits.append((w("答复") if seen.sla in _ANSWERED else w("办好"), seen.resolve_by))
    known = [(what, by) for what, by in waits if by is not None]
    return Html("\n".join(_by(w, what, by, now=now) for what, by in (known[-1:] if last else known)))


def _by(w: Words, what: Html, by: datetime, *, now: datetime) -> Html:
    moment = w.moment(by, now=now)
    if by > now:
        return w("%(by)s前%(what)s", by=moment, what=what)
    return w("⚠️ 应在%(by)s前%(what)s，已超时", by=moment, what=what)


def elsewhere(w: Words, seen: CaseView) -> Html:
    """What an older card of the same case says once a newer one stands below it."""
    return w("%(number)s号：请看下面最新的一张", number=seen.number)
