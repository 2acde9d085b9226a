"""What does whoever cried for help read? What to do and whom to call first, then who is coming; all in one message."""

from datetime import datetime

from handlers.cards import places
from handlers.cards.buttons import Verb, button
from handlers.cards.phrases import care_words, desk_name, first_words
from handlers.words import Html, Words
from models.ports import Rows
from models.queries.cases import CaseView
from models.rules.ladder import ON_SCENE
from models.rules.lifecycle import State
from models.rules.policy import Sla
from models.vault import Keys

_CRYING = (State.ACCEPTED, State.SIGNED, State.WORKING)


def is_crying(seen: CaseView) -> bool:
    """Whether the receipt still has to say first what to do: an emergency to which nobody has come."""
    return seen.sla is Sla.P0 and seen.state in _CRYING and not seen.returned and not seen.doing.arrived


def is_caring(seen: CaseView) -> bool:
    """Whether somebody who may not want to live waits for a human voice: as long as it is open, whatever the dates."""
    return seen.at_once == "care" and seen.state.open


def may_be_mistaken(seen: CaseView) -> bool:
    """Whether one tap still takes the cry back: nobody has spoken with the raiser."""
    return bool(seen.at_once) and is_crying(seen) and seen.state is not State.WORKING


def said_to_be_there(seen: CaseView) -> bool:
    """Whether a desk says that somebody stands there, which the raiser may have to contradict."""
    return seen.sla is Sla.P0 and seen.state is State.WORKING and seen.doing.arrived and not seen.category.sealed


def emergency(w: Words, seen: CaseView, *, now: datetime) -> Html:
    """What to do now, who was told, their telephone, the number. Self-harm: a human voice, no dates, no category."""
    number, desk, phone = seen.number, desk_name(w, seen.desk), seen.desk.phone
    if seen.at_once == "care":
        said = w(
            "已经请%(desk)s（%(phone)s）的人马上联系您，编号<b>%(number)s</b>。只有他们知道，不给别人看。",
            desk=desk,
            phone=phone,
            number=number,
        )
        return Html(f"{care_words(w)}\n{said}")
    of_another = seen.at_once == "other"
    lines = [care_words(w, of_another=True) if of_another else first_words(w, seen.category, danger=True)]
    taken = seen.state is not State.ACCEPTED
    if taken:
        coming = w("%(desk)s（%(phone)s）接手了，正赶过来。", desk=desk, phone=phone)
    else:
        coming = w("已经报给%(desk)s（%(phone)s）。", desk=desk, phone=phone)
    lines.append(Html(f"{coming}{w('编号<b>%(number)s</b>。', number=number)}"))
    if seen.category.sealed:
        lines.append(w("只有他们知道。"))
    elif not taken and now < (by := seen.filed_at + ON_SCENE):
        lines.append(w("%(by)s前没人到场，自动惊动街道。", by=w.moment(by, now=now)))
    elif not taken:
        lines.append(w("已经惊动街道，不用您催。"))
    if may_be_mistaken(seen):
        lines.append(w("说错了点「报错了」。"))
    return Html("\n".join(line for line in lines if line))


def emergency_buttons(w: Words, keys: Keys, chat_id: int, seen: CaseView) -> Rows:
    """Say more; that it was said by mistake; where it is, as long as nobody knows."""
    add = button(keys, chat_id, w.plain("补充一句"), Verb.ADD, of=seen.id, version=seen.version)
    label = w.plain("先不用") if seen.at_once == "care" else w.plain("报错了")
    rows: Rows = ((add, button(keys, chat_id, label, Verb.MISTAKE, of=seen.id, version=seen.version)),)
    return rows if seen.building.code else (*rows, (places.open_list(w, keys, chat_id, at_home=False),))
