"""What was understood wrongly? The menu behind 改一下, and what else the words may mean."""

from collections.abc import Sequence

from handlers.cards.buttons import Verb, button
from handlers.cards.phrases import category_name
from handlers.words import Html, Words
from models.actions.filing import Reading
from models.ports import Button, Rows
from models.rules.policy import Category, Sla
from models.vault import Keys

AGAIN, BACK = 1, 2
"""Versions of CHANGE beside the menu itself (0): say it all again; leave it as it is."""
ELSEWHERE, FOR_ANOTHER = 1, 2
"""Versions of WHERE beside the list of places (0): another place, or somebody else's."""

CATEGORY = "category:"
BY_HAND = "by_hand"


def menu(w: Words) -> Html:
    return w("要改哪一点？也可以直接重新说一遍。")


def menu_buttons(w: Words, keys: Keys, chat_id: int, read: Reading, *, draft: int) -> Rows:
    """Place, matter, danger, for whom, or all of it anew. What words raised by mistake is taken back by 报错了."""

    def act(text: str, verb: Verb, version: int = 0) -> Button:
        return button(keys, chat_id, text, verb, of=draft, version=version)

    said = read.understanding
    where, what = act(w.plain("换地方"), Verb.WHERE, ELSEWHERE), act(w.plain("换件事"), Verb.WHAT)
    another = act(w.plain("替别人说"), Verb.WHERE, FOR_ANOTHER)
    grave = said.sla is Sla.P0
    urgent = (another,) if grave else (act(w.plain("有危险"), Verb.URGENT), another)
    return (
        (where, what),
        urgent,
        (act(w.plain("重说一遍"), Verb.CHANGE, AGAIN), act(w.plain("不改了"), Verb.CHANGE, BACK)),
    )


def matters(w: Words, keys: Keys, chat_id: int, found: Sequence[Category], *, draft: int) -> Rows:
    """Each of the categories by name, and the way out to a person."""
    named = [(category_name(w, one)) for one in found]
    labels = (*named, w.plain("都不是"))
    return tuple(
        (button(keys, chat_id, label, Verb.PICK, of=draft, version=place),) for place, label in enumerate(labels)
    )
