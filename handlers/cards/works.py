"""What is being done, named and asked about a case, on a desk's card, in the workers' chat and for the resident?"""

from datetime import datetime, timedelta

from handlers.cards.phrases import category_name, day_name, desk_name, place_name, seen_words, title
from handlers.words import Html, Words
from models.queries.cases import CaseView
from models.rules.lifecycle import HELD, Reader, Telling
from models.understanding.masking import masked

_LONG_BEFORE = timedelta(days=9)
"""So early no date is 今天 or 明天: what is copied into another chat is read on another day."""


def notes(w: Words, seen: CaseView, reader: Reader, telling: Telling, *, now: datetime) -> list[Html]:
    """One line each: a worker sent, a day named, made safe, another office's number, another desk that is asked."""
    lines: list[Html] = []
    doing = seen.doing
    if seen.state in HELD:
        if doing.dispatched:
            lines.append(w("👷 已派工"))
        if doing.planned_by is not None and doing.planned_by <= now:
            lines.append(w("⚠️ 说好最晚%(day)s办好，日子过了", day=day_name(w, doing.planned_by, now=now)))
        elif doing.planned_by is not None:
            lines.append(w("📅 说好最晚%(day)s办好", day=day_name(w, doing.planned_by, now=now)))
        if doing.safe:
            lines.append(w("🚧 已围挡：%(safe)s", safe=masked(doing.safe)))
    if seen.external_number and seen.external_by:
        by = w.moment(seen.external_by, now=now)
        lines.append(w("🔢 外部编号%(external)s，%(by)s前", external=seen.external_number, by=by))
    elif seen.external_number:
        lines.append(w("🔢 外部编号%(external)s", external=seen.external_number))
    if seen.request is not None and reader is Reader.DESK:
        lines.append(_waiting(w, seen, now=now))
    elif reader is Reader.HELPING and doing.unanswered and seen.state in HELD:
        lines.append(w("⌛ 问别处的没等到答复，不用再等了"))
    elif reader is Reader.DESK and telling is not Telling.DECIDED and seen.state in HELD:
        lines.append(_answer(w, seen))
    return [line for line in lines if line]


def _answer(w: Words, seen: CaseView) -> Html:
    """What another desk answered, as long as it matters to the desk that has the case."""
    decided = seen.doing.decided
    if decided is None or (decided.kind == "transfer" and decided.granted):
        return Html("")
    return was_decided(w, seen) or Html("")


def _waiting(w: Words, seen: CaseView, *, now: datetime) -> Html:
    """The desk's own request has no answer yet, and it has the case until then."""
    asked = seen.request
    assert asked is not None
    decider = desk_name(w, asked.decider)
    if asked.decider.code == seen.desk.code:
        return asks_to_decide(w, seen, now=now)
    if asked.until_by is not None:
        return w("⏳ 申请延到%(day)s，等%(desk)s答复", day=day_name(w, asked.until_by, now=now), desk=decider)
    if asked.target is not None and asked.target.code != asked.decider.code:
        target = desk_name(w, asked.target)
        return w("⏳ 已请%(desk)s裁定转给%(target)s，定下来前还是您这里办", desk=decider, target=target)
    return w("⏳ 已问%(desk)s接不接，没接前还是您这里办", desk=decider)


def asks_to_decide(w: Words, seen: CaseView, *, now: datetime) -> Html:
    """Why the card comes to a desk that is asked: who wants what, and why."""
    asked = seen.request
    if asked is None:
        return w("这一件已经定了，不用您管了")
    desk, why = desk_name(w, asked.desk), masked(asked.why)
    if asked.until_by is not None:
        day = day_name(w, asked.until_by, now=now)
        return w("📅 %(desk)s想延到%(day)s：「%(why)s」", desk=desk, day=day, why=why)
    if asked.target is not None and asked.target.code != asked.decider.code:
        target = desk_name(w, asked.target)
        return w("⚖️ 第三次转办，请裁定：%(desk)s想转给%(target)s：「%(why)s」", desk=desk, target=target, why=why)
    return w("🙋 %(desk)s问您这里能不能接：「%(why)s」", desk=desk, why=why)


def was_decided(w: Words, seen: CaseView) -> Html | None:
    """What the other desk answered; None where it never did."""
    decided = seen.doing.decided
    if decided is None:
        return None
    desk = desk_name(w, decided.decider)
    match decided.kind, decided.granted:
        case "transfer", True:
            return w("✅ %(desk)s同意转办了，您这里继续协办", desk=desk)
        case "transfer", False:
            if decided.ruled:
                return w("↩️ %(desk)s没同意转，还请您这里接着办", desk=desk)
            return w("↩️ %(desk)s不接，还请您这里接着办", desk=desk)
        case _, True:
            return w("✅ %(desk)s同意延期了", desk=desk)
        case _:
            return w("↩️ %(desk)s没同意延期，日子不变", desk=desk)


def work_order(w: Words, seen: CaseView, *, now: datetime) -> Html:
    """What to copy into the workers' chat with one tap: number, place, what, until when, whom to call; never who."""
    by = seen.doing.planned_by or seen.resolve_by or seen.contact_by
    lines = [
        w("%(number)s号 %(place)s", number=seen.number, place=place_name(w, seen.compound, seen.building)),
        w("%(category)s：%(seen)s", category=category_name(w, seen.category), seen=seen_words(w, seen)),
        w("%(by)s前办好", by=w.moment(by, now=by - _LONG_BEFORE)) if by is not None and by > now else w("请尽快办"),
        w("有事打%(phone)s", phone=seen.desk.phone),
    ]
    order = "\n".join(lines)
    return Html(f"{w('已派工。点一下下面的字就能复制，发到师傅群里：')}\n<pre>{order}</pre>")


def planned(w: Words, seen: CaseView, *, now: datetime) -> Html | None:
    """The resident reads the day that the desk has named; None where it named none that is to come."""
    by = seen.doing.planned_by
    if by is None or by <= now:
        return None
    desk, day = desk_name(w, seen.doing.planner or seen.desk), day_name(w, by, now=now)
    return w("<b>%(number)s号</b>，%(desk)s说：最晚%(day)s办好。", number=seen.number, desk=desk, day=day)


def changed_day(w: Words, seen: CaseView, *, now: datetime) -> Html | None:
    """The resident reads that a day has moved, to when and why; None where only another desk leads now."""
    doing, by = seen.doing, seen.resolve_by
    desk, phone = desk_name(w, seen.desk), seen.desk.phone
    if doing.changed == "safe":
        if by is None or by <= now:
            return w(
                "<b>%(number)s号</b>已围挡，没有危险了：「%(safe)s」。修的事接着办。",
                number=seen.number,
                safe=doing.safe,
            )
        return w(
            "<b>%(number)s号</b>已围挡，没有危险了：「%(safe)s」。修好要到%(by)s前，%(desk)s（%(phone)s）接着办。",
            number=seen.number,
            safe=doing.safe,
            by=w.moment(by, now=now),
            desk=desk,
            phone=phone,
        )
    if by is None or by <= now:
        return None
    moment = w.moment(by, now=now)
    if doing.later is not None:
        return w(
            "<b>%(number)s号</b>改了日子：%(by)s前办好。%(desk)s说「%(why)s」，%(above)s同意了。不用您催。",
            number=seen.number,
            by=moment,
            desk=desk_name(w, doing.later.asker or seen.desk),
            why=masked(doing.reason),
            above=desk_name(w, doing.later.decider),
        )
    if doing.changed == "sorted":
        return w(
            "<b>%(number)s号</b>弄清楚了，是%(what)s：「%(why)s」。由%(desk)s（%(phone)s）办，%(by)s前办好，或说清哪天办好。",
            number=seen.number,
            what=title(w, seen),
            why=doing.reason,
            desk=desk,
            phone=phone,
            by=moment,
        )
    return None
