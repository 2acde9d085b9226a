"""Which turns of phrase do several cards share?"""

from datetime import datetime
from html import escape
from typing import Protocol

from handlers.cards.believing import believed
from handlers.words import Html, Words
from models.queries.cases import CaseView
from models.rules.ladder import ON_SCENE, Promised
from models.rules.lifecycle import State
from models.rules.policy import Building, Category, Compound, Desk, Sla
from models.understanding.place import label_number


def greeting(w: Words, *, lives_here: bool, staff: bool) -> Html:
    """What to do now, in a sentence or two, whoever it is."""
    if lives_here:
        return w(
            "您好！小区里有什么事，直接发一句话或拍张照就行，比如「3栋电梯停了」。我转给该管的人，盯到您说解决了为止。"
        )
    if staff:
        return w("您好！该您办的件会一张一张发到这里，在卡片上点按钮就行。")
    return w("您好！请扫一下您楼道里的二维码，我就知道您住哪一栋。也可以先说事，您说的话我先记着。")


def desk_name(w: Words, desk: Desk) -> str:
    """What the desk is called, in the reader's language."""
    return desk.name if w.lang == "zh" else desk.en or desk.name


def seen_words(w: Words, seen: CaseView) -> str:
    """What receivers read of it; a plain rewrite in the reader's language, whatever the raiser's is."""
    if not seen.plain or seen.lang == w.lang:
        return seen.seen
    place, what = building_name(w, seen.building), category_name(w, seen.category)
    return w.plain("%(place)s有居民反映：%(what)s", place=place, what=what)


def category_name(w: Words, category: Category) -> str:
    """What the category is called when one says it aloud, in the reader's language."""
    return category.short[0] if w.lang == "zh" else category.short_en


def place_name(w: Words, compound: Compound, building: Building) -> str:
    """「丰泽花园3栋」 or “Fengze Garden, No.3”; that nobody knows it yet."""
    if not building.code:
        return w.plain("地方还不知道")
    if w.lang == "zh":
        return f"{compound.name}{building.label}"
    return f"{compound.en or compound.name}, {building_name(w, building)}"


def building_name(w: Words, building: Building) -> str:
    """「3栋」 or “No.3”; "" where nobody knows it yet."""
    if not building.code:
        return ""
    return building.label if w.lang == "zh" else f"No.{label_number(building.label).upper()}"


class Titled(Protocol):
    """What can be called by one line: a case, or a line of a list. `lang`: what `title` is in."""

    @property
    def title(self) -> str: ...
    @property
    def lang(self) -> str: ...
    @property
    def category(self) -> Category: ...
    @property
    def building(self) -> Building: ...


def heard(w: Words, title: str, place: str, name: str) -> Html:
    """What a head is told it is about; `name`: how the raiser wants to be called, "" for nobody's name."""
    what = title.removeprefix(place).removeprefix(": ")
    if name:
        return w("%(place)s的邻居%(name)s说：%(what)s", place=place, name=name, what=what)
    return w("%(place)s有邻居反映：%(what)s", place=place, what=what)


def title(w: Words, seen: Titled) -> str:
    """What it is about in one line; its category for whoever does not read the raiser's language."""
    if w.lang == seen.lang and seen.title:
        return seen.title
    said, place = category_name(w, seen.category), building_name(w, seen.building)
    return f"{place}{said}" if w.lang == "zh" or not place else f"{place}: {said}"


def dates(w: Words, sla: Sla, promised: Promised, *, now: datetime) -> Html:
    """The promise in one line: somebody comes or lets you know by, and done by or told when."""
    heard = w.moment(promised.answer_by, now=now)
    if sla is Sla.P0:
        return w("值班的人马上看到，%(by)s前到场；没到自动惊动街道", by=w.moment(now + ON_SCENE, now=now))
    if promised.contact_by is None and promised.resolve_by is not None:
        return w("%(by)s前答复您", by=heard)
    if promised.resolve_by is None:
        return w("%(by)s前上门或给您回话，说清怎么办、什么时候办", by=heard)
    if at_night(w, promised.answer_by):
        resolve = w.moment(promised.resolve_by, now=now)
        return w("%(by)s前给您回话；%(resolve)s前办好，或说清哪天办好", by=heard, resolve=resolve)
    return w(
        "%(by)s前上门或给您回话；%(resolve)s前办好，或说清哪天办好",
        by=heard,
        resolve=w.moment(promised.resolve_by, now=now),
    )


def first_words(w: Words, category: Category, *, danger: bool) -> Html | None:
    """What to do before anything else, in the town's own words; None where nothing presses."""
    first = category.first if w.lang == "zh" else category.first_en
    if first is not None:
        return Html(f"<b>{escape(first, quote=False)}</b>")
    return w("有危险请先打电话：火警119，报警110，急救120") if danger else None


def care_words(w: Words, *, of_another: bool = False) -> Html:
    """For somebody who may not want to live: before anything else, a human voice. `of_another`: for who sees it."""
    if of_another:
        first = w("请马上打110、119，受伤了打120。")
        beside = w("您在旁边就守着、陪着说说话，别刺激，别硬拉。不知道怎么劝，打12356，24小时有人接。")
        return Html(f"<b>{first}</b>\n{beside}")
    seen = w("您的话我们看到了，您不是一个人。")
    call = w("有危险、吃了药或受了伤，马上打120、110；想找人说说，请打12356，24小时有人接。")
    return Html(f"{seen}\n{call}")


def standing(w: Words, seen: CaseView, *, now: datetime) -> Html:
    """Where a case stands, as one says it to a neighbour: no names of states."""
    w, now = believed(w, seen, now)
    desk = desk_name(w, seen.desk)
    match seen.state:
        case State.SIGNED:
            return _promising(w, seen, w("%(desk)s接手了", desk=desk), now=now)
        case State.WORKING:
            asked = seen.exchange.unanswered and seen.paused_until is not None and seen.paused_until > now
            said = w("%(desk)s问了您一句，在等您回话", desk=desk) if asked else w("%(desk)s正在办", desk=desk)
            if seen.sla is Sla.P0 and seen.doing.arrived and not (asked or seen.category.sealed):
                said = w("%(desk)s说有人到场了，正在处理", desk=desk)
            if seen.doing.safe and not asked:
                said = w("已围挡，没有危险了，%(desk)s接着修", desk=desk)
            return _promising(w, seen, said, now=now)
        case State.CLAIMED:
            return w("%(desk)s说办好了，等您一句话", desk=claimant(w, seen))
        case State.CLOSED_OK:
            return w("您说解决了，这件事办结。谢谢您！")
        case State.CLOSED_SILENT:
            return w("没等到您回话，先办结了。30天内觉得没好，点一下就重办。")
        case State.WITHDRAWN:
            return w("您说不用办了，这件事撤回了。")
        case State.REOPENED if seen.partly:
            return _waiting(w, seen, w("还没全好，由%(desk)s接着办", desk=desk), now=now)
        case State.REOPENED:
            return _waiting(w, seen, w("没解决，由%(desk)s重办", desk=desk), now=now)
        case _ if seen.head_looks:
            return _waiting(w, seen, w("楼栋长说去看看，%(desk)s也在等着接手", desk=desk), now=now)
        case _:
            return _waiting(w, seen, w("在等%(desk)s接手", desk=desk), now=now)


def at_night(w: Words, moment: datetime) -> bool:
    """Whether nobody rings at a door at that hour: what is promised for it is a word, never a visit."""
    return not 7 <= moment.astimezone(w.zone).hour < 22


def day_name(w: Words, by: datetime, *, now: datetime) -> str:
    """「今天」「明天」「11月27日」: the day alone."""
    on, today = by.astimezone(w.zone).date(), now.astimezone(w.zone).date()
    if w.dated:
        return w.day(on)
    match (on - today).days:
        case 0:
            return w.plain("今天")
        case 1:
            return w.plain("明天")
        case _:
            return w.day(on)


def claimant(w: Words, seen: CaseView) -> str:
    """Who says it is done."""
    return w.plain("楼栋长") if seen.claimed_by_head else desk_name(w, seen.claimed_by)


def _promising(w: Words, seen: CaseView, said: Html, *, now: datetime) -> Html:
    """With the day it is to be done, as long as that day is to come; a missed one is owned up to."""
    if seen.resolve_by is None:
        return said
    by = w.moment(seen.resolve_by, now=now)
    if seen.resolve_by > now and seen.doing.planned_by is not None and seen.doing.planned_by > now:
        return w("%(said)s，说最晚%(day)s办好", said=said, day=day_name(w, seen.doing.planned_by, now=now))
    if seen.resolve_by > now:
        if seen.doing.planned_by is not None:
            day = day_name(w, seen.doing.planned_by, now=now)
            return w("%(said)s。说好最晚%(day)s办好，没做到，%(by)s前办好，或说清哪天办好", said=said, day=day, by=by)
        return w("%(said)s，%(by)s前办好，或说清哪天办好", said=said, by=by)
    return _late(w, seen, said, by, now=now)


def _late(w: Words, seen: CaseView, said: Html, by: str, *, now: datetime) -> Html:
    """It was to be done; where nobody leads above any more, when it is pressed again and who else can be called."""
    if seen.review_at is None:
        return w("%(said)s。原定%(by)s前办好，已经超时，不用您催", said=said, by=by)
    again = w.moment(seen.review_at, now=now)
    return w("%(said)s。原定%(by)s前办好，已经超时，%(again)s再催办；您也可以打12345", said=said, by=by, again=again)


def _waiting(w: Words, seen: CaseView, said: Html, *, now: datetime) -> Html:
    """With the date that was promised; a date that has passed is owned up to, never promised again.

    Somebody has spoken to them already, or the day itself has passed: what is owed is that it is done, by whom next.
    """
    then = w.moment(seen.acknowledge_by, now=now)
    mended = seen.resolve_by is not None and seen.sla not in (Sla.Q, Sla.S)
    if mended and seen.resolve_by is not None and (seen.doing.answered or seen.resolve_by <= now):
        by = w.moment(seen.resolve_by, now=now)
        if seen.resolve_by > now:
            return w("%(said)s，%(by)s前办好，或说清哪天办好", said=said, by=by)
        if seen.acknowledge_by > now:
            return w("%(said)s，最晚%(then)s。原定%(by)s前办好，已经超时，不用您催", said=said, then=then, by=by)
        return _late(w, seen, said, by, now=now)
    by = w.moment(seen.answer_by, now=now)
    if seen.answer_by > now and at_night(w, seen.answer_by):
        return w("%(said)s，%(by)s前给您回话", said=said, by=by)
    if seen.answer_by > now:
        return w("%(said)s，%(by)s前上门或给您回话", said=said, by=by)
    if seen.acknowledge_by > now:
        return w("%(said)s，最晚%(then)s。原定%(by)s前给您回话，已经超时，不用您催", said=said, then=then, by=by)
    if seen.review_at is not None:
        again = w.moment(seen.review_at, now=now)
        return w(
            "%(said)s。原定%(by)s前给您回话，已经超时，%(again)s再催办；您也可以打12345", said=said, by=by, again=again
        )
    return w("%(said)s。原定%(by)s前给您回话，已经超时，不用您催", said=said, by=by)
