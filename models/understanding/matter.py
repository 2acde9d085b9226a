"""Which matter is it? Keywords of the town's categories, weighed by how much they say and where they stand."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

from models.rules.policy import UNCLASSIFIED, Category, Party, Sla, Town
from models.understanding.reading import first_sentence

# Measured on 640 hand-labelled letters of compound life: 70 % of the top categories right. A word's length minus one,
# shared among the categories that claim it, did better than any power of it; the opening ×4 better than ×2 or ×1.
_OPENING = 4.0  # people name the matter first
_LEAST = 1.0  # less than one plain two-character word is no understanding
_ENGLISH = 0.35  # a letter says less than a character: "garbage" weighs about as much as 垃圾
_DEADLY = 1.5  # between a nuisance and a danger to life, the danger
_DOUBT = re.compile(r"(?:万一|一旦|如果|要是|防止|避免|预防|容易|以免|免得|\bif|\bin case of|\bprevent)[^,。.!?]{0,6}$")


@dataclass(frozen=True, slots=True)
class Matter:
    """The category, how sure (0 nothing … 1 nothing else comes near), and the keywords that spoke for it."""

    category: Category
    sure: float
    spoken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    category: str
    weight: float


def matter_of(text: str, town: Town) -> Matter:
    """The category whose keywords say most in `text` (as `reading.matching` gives it); K99 where none does."""
    opening, latin, latin_opening = first_sentence(text), _spaced(text), _spaced(first_sentence(text))
    scores: dict[str, float] = {}
    spoken: dict[str, list[str]] = {}
    for word in _words(town).among(text, latin):
        whole, start = (latin, latin_opening) if word.text[0] == " " else (text, opening)
        times = whole.count(word.text)
        if times:
            said = word.weight * (sqrt(times) + (_OPENING if word.text in start else 0))
            scores[word.category] = scores.get(word.category, 0.0) + said
            spoken.setdefault(word.category, []).append(word.text.strip())
    ranked = sorted(scores.items(), key=lambda item: -item[1])[:2]
    if not ranked or ranked[0][1] < _LEAST:
        return Matter(town.categories[UNCLASSIFIED], 0.0)
    code, best = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    return Matter(town.categories[code], round((best - second / 2) / best, 2), tuple(spoken[code]))


def says_any(text: str, words: tuple[str, ...]) -> bool:
    """Whether one of `words` is said, and not only feared: 「万一着火」 is no fire."""
    latin = _spaced(text)
    for word in words:
        folded = word.casefold()
        whole, sought = (latin, f" {folded} ") if folded.isascii() else (text, folded)
        at = whole.find(sought)
        while at >= 0:
            if not _DOUBT.search(whole[max(0, at - 16) : at]):
                return True
            at = whole.find(sought, at + 1)
    return False


def sealed_emergency(town: Town) -> Category | None:
    """Where words of self-harm go: the town's sealed P0 matter, which no party to a quarrel may see."""
    for category in town.categories.values():
        if category.sealed and category.sla is Sla.P0 and Party.NEIGHBOUR in category.firewall:
            return category
    return None


def _spaced(text: str) -> str:
    """The Latin words of a text with one blank around each, so that a keyword is found as whole words only."""
    return " " + " ".join(re.findall(r"[a-z0-9'-]+", text)) + " " if re.search("[a-z]", text) else ""


class _Words:
    """Every keyword of a town, found by how it begins: a text is not asked about the thousands it cannot hold."""

    def __init__(self, words: tuple[_Word, ...]) -> None:
        self._words = words
        self._begin: dict[str, list[int]] = {}
        for place, word in enumerate(words):
            self._begin.setdefault(word.text[:2], []).append(place)

    def among(self, *texts: str) -> Iterator[_Word]:
        """The keywords whose first two characters stand in one of the texts, in the town's order."""
        pairs = {text[at : at + 2] for text in texts for at in range(len(text))}
        pairs.update(char for text in texts for char in text)
        places = sorted(place for pair in pairs & self._begin.keys() for place in self._begin[pair])
        return (self._words[place] for place in places)


_KEPT: dict[int, tuple[object, _Words]] = {}


def _words(town: Town) -> _Words:
    kept = _KEPT.get(id(town.categories))
    if kept is not None and kept[0] is town.categories:
        return kept[1]
    said = [
        (code, folded)
        for code, category in town.categories.items()
        for folded in dict.fromkeys(word.casefold() for word in category.keywords)
    ]
    claimed = Counter(folded for _, folded in said)
    words = _Words(tuple(_word(town.categories[code], folded, claimed[folded]) for code, folded in said))
    if len(_KEPT) > 8:
        _KEPT.clear()
    _KEPT[id(town.categories)] = (town.categories, words)
    return words


def _word(category: Category, folded: str, claimed: int) -> _Word:
    deadly = _DEADLY if category.sla is Sla.P0 else 1.0
    if folded.isascii() and folded != "ktv":  # which stands inside Chinese sentences without a blank
        return _Word(f" {folded} ", category.code, deadly * len(folded) * _ENGLISH / claimed)
    return _Word(folded, category.code, deadly * max(len(folded) - 1, 0.6) / claimed)
