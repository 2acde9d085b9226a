"""Did I understand you? The card between a person's own words and a case: fits one screen of a large-font phone."""

from datetime import datetime
from html import escape

from handlers.cards.buttons import Verb, button
from handlers.cards.phrases import building_name, dates, desk_name, first_words, heard, place_name
from handlers.cards.relay import tells_of_cut
from handlers.words import Html, Words
from models.actions.filing import Reading
from models.ports import Rows
from models.rules.policy import UNCLASSIFIED, Sla, Town
from models.understanding import SEEN_MOST
from models.understanding.reading import was_cut
from models.vault import Keys

FOLDED_FROM = 48
"""Characters: longer words are folded, so that the card fits one screen of a large-font phone."""


def understanding(w: Words, read: Reading, town: Town, *, now: datetime, home: str | None = None) -> Html:
    """What would be handed in, to whom, by when, and what they will read; no codes and no jargon.

    `home`: the place is said where it is another compound.
    """
    said = read.understanding
    desk = town.desks[read.route.desk]
    alone = read.call is not None and read.call.alone
    if alone:
        lines = [w("请人给您打电话，对吗？")]
    else:
        lines = [w("您说的是这件事吗？"), Html(f"<b>{w('%(title)s', title=said.title)}</b>")]
    if not read.building:
        lines.append(w("地方：还不知道，他们会问您"))
    elif not home or town.buildings[read.building].compound != town.buildings[home].compound:
        place = place_name(w, town.compound_of(read.building), town.buildings[read.building])
        lines.append(w("地方：%(place)s", place=place))
    calm = said.category.sla is Sla.P0 and said.sla is not Sla.P0  # 报错了, or somebody said that it is not urgent
    if not calm and (first := first_words(w, said.category, danger=said.danger)) is not None:
        lines.insert(0, first)
    if said.category.code == UNCLASSIFIED and not read.by_hand:
        lines.append(w("我没全听懂，请%(desk)s的人来看", desk=desk_name(w, desk)))
    elif read.call is not None:
        lines.append(
            w(
                "交给：%(desk)s（%(phone)s），%(by)s前打尾号%(tail)s找您",
                desk=desk_name(w, desk),
                phone=desk.phone,
                by=w.moment(read.call.by, now=now),
                tail=read.call.phone[-4:],
            )
        )
    elif read.by_hand and not read.only_voice:
        lines.append(w("交给：%(desk)s（%(phone)s），有人给您打电话", desk=desk_name(w, desk), phone=desk.phone))
    elif read.patrol:
        lines.append(w("交给：%(desk)s，巡查时一并处理", desk=desk_name(w, desk)))
    elif read.head_asked:
        lines.append(w("交给：%(desk)s，也请楼栋长帮着看看", desk=desk_name(w, desk)))
    else:
        lines.append(w("交给：%(desk)s", desk=desk_name(w, desk)))
    if read.patrol and read.dates.resolve_by is not None:
        lines.append(w("%(by)s前去看，办了再来问您", by=w.moment(read.dates.resolve_by, now=now)))
    elif not alone:
        lines.append(dates(w, said.sla, read.dates, now=now))
    if said.also_named:
        others = w.plain("、").join(said.also_named)
        lines.append(w("您还说了%(others)s，这件提交后再单独说一句，我另外转。", others=others))
    lines += _previews(w, read, town)
    if read.films:
        lines.append(w("视频和文件我先存着，不转给别人"))
    return Html("\n".join(lines))


def _previews(w: Words, read: Reading, town: Town) -> list[Html]:
    """What each receiver will read, word for word, and that nobody reads who it is unless the raiser chose so."""
    said = read.understanding
    if read.call is not None:
        return _with_number(w, read, alone=read.call.alone)
    if read.patrol:
        return [w("他们看到：「%(seen)s」，不提有人反映", seen=said.seen)]
    if len(said.seen) > FOLDED_FROM:
        return _folded(w, read, town)
    if not read.head_asked:
        if read.photos_seen:
            return [w("他们看到：「%(seen)s」和您发的照片，看不到您是谁", seen=said.seen)]
        return [w("他们看到：「%(seen)s」，看不到您是谁", seen=said.seen)]
    photos = w("和照片") if read.photos_seen else Html("")
    return [w("服务台看到：「%(seen)s」%(photos)s", seen=said.seen, photos=photos), *_for_head(w, read, town, photos)]


def _with_number(w: Words, read: Reading, *, alone: bool) -> list[Html]:
    """Who is to be called leaves a number: whoever calls reads it, hidden though it is among the words."""
    photos = w("和照片") if read.photos_seen else Html("")
    also = w("只有给您打电话的人看到号码，谁都看不到您的名字")
    if alone:
        return [also]
    seen = read.understanding.seen
    if len(seen) <= FOLDED_FROM:
        return [w("他们看到：「%(seen)s」%(photos)s", seen=seen, photos=photos), also]
    return [*_in_three_lines(w, w("他们看到%(photos)s：", photos=photos), seen), also]


def _folded(w: Words, read: Reading, town: Town) -> list[Html]:
    """The same where the words are long: all of them, three lines of which are in sight until somebody taps."""
    photos = w("和照片") if read.photos_seen else Html("")
    label = w("服务台看到%(photos)s：", photos=photos) if read.head_asked else w("他们看到%(photos)s：", photos=photos)
    long = _in_three_lines(w, label, read.understanding.seen)
    return [*long, *(_for_head(w, read, town, photos) if read.head_asked else (w("看不到您是谁"),))]


def _in_three_lines(w: Words, label: Html, seen: str) -> list[Html]:
    cut = [tells_of_cut(w)] if was_cut(seen, SEEN_MOST) else []
    return [Html(f"{label}<blockquote expandable>{escape(seen, quote=False)}</blockquote>"), *cut]


def _for_head(w: Words, read: Reading, town: Town, photos: Html) -> list[Html]:
    place = building_name(w, town.buildings[read.building])
    reported = heard(w, read.understanding.title, place, read.for_head)
    return [
        w("楼长看到：「%(heard)s」%(photos)s", heard=reported, photos=photos),
        w("只有楼长知道您是谁") if read.for_head else w("都看不到您是谁"),
    ]


def understanding_buttons(w: Words, keys: Keys, chat_id: int, read: Reading, *, draft: int) -> Rows:
    """Hand it in, say it again, or let a person sort it. `draft`: which draft these belong to."""
    change = button(keys, chat_id, w.plain("改一下"), Verb.CHANGE, of=draft)
    if read.by_hand:
        return ((button(keys, chat_id, w.plain("对，提交"), Verb.SUBMIT, of=draft), change),)
    return (
        (button(keys, chat_id, w.plain("对，提交"), Verb.SUBMIT, of=draft),),
        (change, button(keys, chat_id, w.plain("找人工"), Verb.PERSON, of=draft)),
        *_choices(w, keys, chat_id, read, draft=draft),
    )


def _choices(w: Words, keys: Keys, chat_id: int, read: Reading, *, draft: int) -> Rows:
    """What the raiser may choose of what others see; the same button takes it back."""
    found = []
    if read.head_asked:
        label = w.plain("不告诉楼长了") if read.for_head else w.plain("告诉楼长我是谁")
        found.append(button(keys, chat_id, label, Verb.TELL_HEAD, of=draft))
    if read.may_patrol:
        label = w.plain("不等巡查了") if read.patrol else w.plain("巡查时一并处理")
        found.append(button(keys, chat_id, label, Verb.PATROL, of=draft))
    return (tuple(found),) if found else ()
