"""What does a clerk read before something said at the counter is written down, and what slip goes with the person?"""

from datetime import datetime

from handlers.cards.buttons import Verb, button
from handlers.cards.phrases import care_words, dates, desk_name, first_words, place_name
from handlers.words import Html, Words
from models.actions.filing import Reading
from models.ports import Rows
from models.rules.policy import Desk, Town
from models.understanding.counter import Spoken, hidden
from models.vault import Keys


def entry_card(w: Words, read: Reading, said: Spoken, town: Town, *, now: datetime) -> Html:
    """What, where, to whom, by when, what others read, and how they are called back."""
    understood = read.understanding
    building = town.buildings[read.building]
    lines = [
        w("登记这件？"),
        Html(f"<b>{w('%(title)s', title=understood.title)}</b>"),
        w(
            "%(place)s · 交给：%(desk)s",
            place=place_name(w, town.compound_of(read.building), building),
            desk=desk_name(w, town.desks[read.route.desk]),
        ),
        dates(w, understood.sla, read.dates, now=now),
        w("别人看到：「%(seen)s」", seen=understood.seen),
        w("回电话：%(phone)s", phone=hidden(said.phone)) if said.phone else w("没留电话，办好了得上门问一声。"),
    ]
    if len(said.phones) > 1:
        lines.append(w("说了%(many)s个电话，只记第一个。要换，点「改一下」。", many=len(said.phones)))
    if (first := first_words(w, understood.category, danger=understood.danger)) is not None:
        lines.insert(0, first)
    return Html("\n".join(lines))


def pressed(w: Words, read: Reading, desk: Desk) -> Html:
    """What to do at once, and who knows of it: the matter is with them, and not for the clerk's own desk to see."""
    said = read.understanding
    first = care_words(w, of_another=True) if said.care else first_words(w, said.category, danger=True)
    told = w(
        "已经报给%(desk)s（%(phone)s），请他们马上来。这件由他们办，您这里不再收到消息。抄给居民，或者打出来：",
        desk=desk_name(w, desk),
        phone=desk.phone,
    )
    return Html(f"{first}\n{told}")


def entry_buttons(w: Words, keys: Keys, chat_id: int, *, draft: int, here: bool) -> Rows:
    """Write it down, say it again, or say that it is done on the spot, where this desk leads it."""
    enter = button(keys, chat_id, w.plain("对，登记"), Verb.SUBMIT, of=draft)
    change = button(keys, chat_id, w.plain("改一下"), Verb.CHANGE, of=draft)
    if not here:
        return ((enter, change),)
    return ((enter,), (change, button(keys, chat_id, w.plain("当场办结"), Verb.DONE_NOW, of=draft)))


def slip(w: Words, number: str, code: str | None, desk: Desk) -> Html:
    """What the person takes home; one tap copies it. `code` None: nobody else may follow it."""
    lines = [w("编号 %(number)s", number=number), w("%(desk)s %(phone)s", desk=desk_name(w, desk), phone=desk.phone)]
    if code is not None:
        lines.append(w("家人看进展，在这里发：%(number)s %(code)s", number=number, code=code))
    return Html("<pre>" + "\n".join(lines) + "</pre>")
