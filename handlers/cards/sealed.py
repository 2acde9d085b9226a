"""What does a lock screen show of a sealed matter? That there is something; what it is, its reader asks for."""

from handlers.cards.buttons import Verb, button
from handlers.words import Html, Words
from models.ports import Rows
from models.queries.cases import CaseView
from models.rules.lifecycle import Reader, Telling
from models.vault import Keys


def hides(seen: CaseView, reader: Reader, telling: Telling) -> bool:
    """Whether this must not be readable over a shoulder; the receipt answers who is holding the phone."""
    return seen.category.sealed and not (reader is Reader.RAISER and telling is Telling.RECEIPT)


def hidden(w: Words, reader: Reader) -> Html:
    """No number, no category, no word of anybody's."""
    return w("有人给您回话了，请点开看") if reader is Reader.RAISER else w("有一件要紧的事，请点开看")


def hidden_buttons(w: Words, keys: Keys, chat_id: int, seen: CaseView) -> Rows:
    return ((button(keys, chat_id, w.plain("点开看"), Verb.OPEN, of=seen.id),),)
