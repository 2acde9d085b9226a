"""Did I understand you? The card between a person's own words and a case: fits one screen of a large-font phone."""

from datetime import datetime

from handlers.cards.buttons import Verb, button
from handlers.cards.phrases import care_words, dates, desk_name, first_words, place_name
from handlers.words import Html, Words
from models.actions.filing import Reading
from models.ports import Rows
from models.rules.policy import UNCLASSIFIED, Town
from models.vault import Keys


def understanding(w: Words, read: Reading, town: Town, *, now: datetime, home: str | None = None) -> Html:
    """What would be handed in, to whom, by when, and what they will read; no codes and no jargon.

    `home`: the place is said where it is another compound.
    """
    said = read.understanding
    if said.care:
        return _care(w, read, town)
    desk = town.desks[read.route.desk]
    lines = [w("您说的是这件事吗？"), Html(f"<b>{w('%(title)s', title=said.title)}</b>")]
    if home is None or town.buildings[read.building].compound != town.buildings[home].compound:
        place = place_name(w, town.compound_of(read.building), town.buildings[read.building])
        lines.append(w("地方：%(place)s", place=place))
    if (first := first_words(w, said.category, danger=said.danger)) is not None:
        lines.insert(0, first)
    if said.category.code == UNCLASSIFIED and not read.by_hand:
        lines.append(w("我没全听懂，请%(desk)s的人来看", desk=desk_name(w, desk)))
    elif read.head_asked:
        lines.append(w("交给：%(desk)s，也请楼栋长帮着看看", desk=desk_name(w, desk)))
    else:
        lines.append(w("交给：%(desk)s", desk=desk_name(w, desk)))
    lines.append(dates(w, said.sla, read.dates, now=now))
    if said.also_named:
        others = w.plain("、").join(said.also_named)
        lines.append(w("您还说了%(others)s，这件提交后再单独说一句，我另外转。", others=others))
    if read.photos_seen:
        lines.append(w("他们看到：「%(seen)s」和您发的照片，看不到您是谁", seen=said.seen))
    else:
        lines.append(w("他们看到：「%(seen)s」，看不到您是谁", seen=said.seen))
    return Html("\n".join(lines))


def understanding_buttons(w: Words, keys: Keys, chat_id: int, read: Reading, *, draft: int) -> Rows:
    """Hand it in, say it again, or let a person sort it. `draft`: which draft these belong to."""
    change = button(keys, chat_id, w.plain("改一下"), Verb.CHANGE, of=draft)
    if read.understanding.care:
        return (
            (button(keys, chat_id, w.plain("请人现在联系我"), Verb.SUBMIT, of=draft),),
            (button(keys, chat_id, w.plain("先不用"), Verb.DROP, of=draft),),
        )
    if read.by_hand:
        return ((button(keys, chat_id, w.plain("对，提交"), Verb.SUBMIT, of=draft), change),)
    return (
        (button(keys, chat_id, w.plain("对，提交"), Verb.SUBMIT, of=draft),),
        (change, button(keys, chat_id, w.plain("找人工"), Verb.PERSON, of=draft)),
    )


def _care(w: Words, read: Reading, town: Town) -> Html:
    """For somebody who may not want to live: first a human voice, then one tap; no dates and no categories."""
    desk = town.desks[read.route.desk]
    return Html(
        "\n".join(
            (
                care_words(w),
                w(
                    "也可以让%(desk)s的人现在就来联系您（%(phone)s）。只有他们知道，不给别人看。",
                    desk=desk_name(w, desk),
                    phone=desk.phone,
                ),
            )
        )
    )
