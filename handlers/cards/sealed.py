"""What does a lock screen show of a sealed matter? That there is something; what it is, its reader asks for."""

from handlers.cards.buttons import Verb, button
from handlers.words import Html, Words
from models.ports import Rows
from models.queries.cases import CaseView
from models.rules.lifecycle import Reader, Telling
from models.rules.policy import Sla
from models.vault import Keys


def is_care(seen: CaseView) -> bool:
    """Whether a person has to go to a person: despair, or violence at home. Whoever leads it is the human promised."""
    return seen.category.sealed and seen.category.sla is Sla.P0


def how_to_help(w: Words, phone: str | None) -> Html:
    """The number to tap, and what to do first, instead of a deadline."""
    call = w("居民电话：%(phone)s", phone=phone) if phone else w("没留电话，先带话问问人在哪儿")
    return Html(f"{call}\n{w('先打电话或上门看看，别一个人去。有危险打110、120。')}")


def hides(seen: CaseView, reader: Reader, telling: Telling) -> bool:
    """Whether this must not be readable over a shoulder; the receipt answers who is holding the phone."""
    return seen.category.sealed and not (reader is Reader.RAISER and telling is Telling.RECEIPT)


def hidden(w: Words, reader: Reader) -> Html:
    """No number, no category, no word of anybody's."""
    return w("有人给您回话了，请点开看") if reader is Reader.RAISER else w("有一件要紧的事，请点开看")


def hidden_buttons(w: Words, keys: Keys, chat_id: int, seen: CaseView) -> Rows:
    return ((button(keys, chat_id, w.plain("点开看"), Verb.OPEN, of=seen.id),),)
