"""Did I understand you? The card between a person's own words and a case: fits one screen of a large-font phone."""

from datetime import datetime

from handlers.cards.buttons import Verb, button
from handlers.cards.phrases import dates, desk_name, first_aid
from handlers.words import Html, Words
from models.actions.filing import Reading
from models.ports import Rows
from models.rules.policy import Town
from models.vault import Keys


def understanding(w: Words, read: Reading, town: Town, *, now: datetime) -> Html:
    """What would be handed in, to whom, by when, and what they will read; no codes and no jargon."""
    said = read.understanding
    desk = town.desks[read.route.desk]
    lines = [w("您说的是这件事吗？"), Html(f"<b>{w('%(title)s', title=said.title)}</b>")]
    if read.head_asked:
        lines.append(w("交给：%(desk)s，也请楼栋长帮着看看", desk=desk_name(w, desk)))
    else:
        lines.append(w("交给：%(desk)s", desk=desk_name(w, desk)))
    lines.append(dates(w, read.contact_by or read.acknowledge_by, read.resolve_by, now=now))
    if read.photos_seen:
        lines.append(w("他们看到：「%(seen)s」和%(many)s张照片，看不到您是谁", seen=said.seen, many=read.photos_seen))
    else:
        lines.append(w("他们看到：「%(seen)s」，看不到您是谁", seen=said.seen))
    if said.care:
        lines.insert(0, w("您的话我们看到了，您不是一个人。现在就想找人说说，可以打12356心理援助热线，24小时有人接。"))
    elif said.category.first:
        lines.append(first_aid(w, said.category.first))
    elif said.danger:
        lines.append(w("有危险请先打电话：火警119，报警110，急救120"))
    return Html("\n".join(lines))


def understanding_buttons(w: Words, keys: Keys, chat_id: int, *, draft: int) -> Rows:
    """Hand it in, say it again, or let a person sort it. `draft`: which draft these belong to."""
    return (
        (button(keys, chat_id, w.plain("对，提交"), Verb.SUBMIT, of=draft),),
        (
            button(keys, chat_id, w.plain("改一下"), Verb.CHANGE, of=draft),
            button(keys, chat_id, w.plain("找人工"), Verb.PERSON, of=draft),
        ),
    )
