"""What does the family read? How it stands, who has it and until when; not who said it."""

from datetime import datetime

from handlers.cards.buttons import Verb, button
from handlers.cards.phrases import claimant, standing, title
from handlers.words import Html, Words
from models.ports import Rows
from models.queries.cases import CaseView
from models.rules.lifecycle import State
from models.vault import Keys


def family_card(w: Words, seen: CaseView, *, now: datetime) -> Html:
    """The case as it stands, with a telephone to tap; it changes by itself."""
    lines = (
        w("<b>%(number)s号</b> %(title)s", number=seen.number, title=title(w, seen)),
        _standing(w, seen, now=now),
        w("电话：%(phone)s", phone=seen.desk.phone),
        w("您在跟着看，有变化这张会自己变，不打扰您。"),
    )
    return Html("\n".join(lines))


def family_buttons(w: Words, keys: Keys, chat_id: int, seen: CaseView) -> Rows:
    """Only the way out."""
    return ((button(keys, chat_id, w.plain("不看了"), Verb.UNFOLLOW, of=seen.id, version=seen.version),),)


def how_to_follow(w: Words, number: str, code: str) -> Html:
    """Number and code, and what to do with them: to be shown or read aloud to a daughter."""
    return w(
        "想让家人也看到%(number)s号办到哪了？让家人打开我，发这一句：\n<code>%(number)s %(code)s</code>\n"
        "家人看得到办到哪一步，看不到您说的原话。",
        number=number,
        code=code,
    )


def _standing(w: Words, seen: CaseView, *, now: datetime) -> Html:
    """Where it stands, as one says it to somebody who did not raise it."""
    match seen.state:
        case State.CLAIMED:
            return w("%(desk)s说办好了，在等回话", desk=claimant(w, seen))
        case State.CLOSED_OK:
            return w("说是解决了，办结了。")
        case State.CLOSED_SILENT:
            return w("没等到回话，先办结了。")
        case State.WITHDRAWN:
            return w("不用办了，撤回了。")
        case _:
            return standing(w, seen, now=now)
