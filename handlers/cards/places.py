"""Which place? Lists a thumb can walk through: communities, compounds, buildings, eight to a page."""

from collections.abc import Iterable
from dataclasses import dataclass

from handlers.cards.buttons import Verb, button
from handlers.cards.phrases import building_name, place_name
from handlers.words import Html, Words
from models.ports import Button, Rows
from models.rules.policy import Compound, Town
from models.understanding.place import buildings_of
from models.vault import Keys

A_PAGE = 8
"""Places under one question: with large type they and the question fill a screen."""

_SHORT = 7
"""Characters of a label that leave room for a second one beside it."""

TOWN = "town"
"""The list of all communities. The others: `community:…`, `compound:…`, `among:…,…`; `#2` is the second page."""

BUILDING = "building:"


@dataclass(frozen=True, slots=True)
class Offer:
    """A question about the place. `choices`: what its buttons stand for, in their order."""

    text: Html
    choices: tuple[str, ...]
    rows: Rows


def among(compounds: Iterable[str]) -> str:
    """The list of these compounds."""
    return "among:" + ",".join(compounds)


def of_compound(compound: str) -> str:
    """The list of a compound's buildings."""
    return f"compound:{compound}"


def offer(w: Words, keys: Keys, chat_id: int, town: Town, which: str, *, draft: int, sure: bool = True) -> Offer:
    """One list, and the way back. `sure`: the compounds were named; else they only resemble what was typed."""
    which, _, written = which.partition("#")
    page = int(written or 1)
    text, entries, up = _list(w, town, which, sure=sure)
    pages = -(-len(entries) // A_PAGE)
    page = min(page, pages)
    shown = entries[(page - 1) * A_PAGE : page * A_PAGE]
    ways: list[tuple[str, str]] = []
    if pages > 1:
        ways.append((w.plain("下一页"), f"{which}#{page % pages + 1}"))
    if up:
        label = w.plain("换个小区") if which.startswith("compound:") else w.plain("都不是")
        ways.append((label, up))
    choices = tuple(code for _, code in (*shown, *ways))
    pressed = [
        button(keys, chat_id, label, Verb.PICK, of=draft, version=place)
        for place, (label, _) in enumerate((*shown, *ways))
    ]
    return Offer(text, choices, (*_laid_out(pressed[: len(shown)]), *_row(pressed[len(shown) :])))


def open_list(w: Words, keys: Keys, chat_id: int, *, at_home: bool) -> Button:
    """Opens the list of all places. `at_home`: it is where the resident lives that is asked for."""
    label = w.plain("找不到二维码") if at_home else w.plain("按名单找")
    return button(keys, chat_id, label, Verb.WHERE)


def example(w: Words, town: Town) -> str:
    """A place as one says it: 「丰泽花园3栋」."""
    building = next(iter(town.buildings.values()))
    return place_name(w, town.compounds[building.compound], building)


def _list(w: Words, town: Town, which: str, *, sure: bool) -> tuple[Html, list[tuple[str, str]], str]:
    """The question, what can be picked (label and code), and the list above it."""
    kind, _, code = which.partition(":")
    if kind == "compound" and code in town.compounds:
        compound = town.compounds[code]
        buildings = [(building_name(w, one), BUILDING + one.code) for one in buildings_of(code, town)]
        return w("%(compound)s的哪一栋？", compound=_name(w, compound)), buildings, f"community:{compound.community}"
    if kind == "community" and code in town.communities:
        within = [one for one in town.compounds.values() if one.community == code]
        return w("哪个小区？"), [(_name(w, one), of_compound(one.code)) for one in within], TOWN
    if kind == "among":
        named = [town.compounds[one] for one in code.split(",") if one in town.compounds]
        text = w("您说的是哪个小区？") if len(named) > 1 or sure else w("您说的是这个小区吗？")
        return text, [(_name(w, one), of_compound(one.code)) for one in named], TOWN
    text = w("哪个社区？不清楚就打%(phone)s，有人帮您。", phone=town.desks[town.street_desk].phone)
    communities = [
        (one.name if w.lang == "zh" else one.en or one.name, f"community:{one.code}")
        for one in town.communities.values()
    ]
    return text, communities, ""


def _name(w: Words, compound: Compound) -> str:
    return compound.name if w.lang == "zh" else compound.en or compound.name


def _laid_out(buttons: list[Button]) -> Rows:
    """Two in a row where every label is short."""
    if any(len(one.text) > _SHORT for one in buttons):
        return tuple((one,) for one in buttons)
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))


def _row(buttons: list[Button]) -> Rows:
    return (tuple(buttons),) if buttons else ()
