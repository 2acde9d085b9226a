"""Which matter is it? Keywords of the town's categories, weighed by how much they say and where they stand."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

from models.rules.policy import UNCLASSIFIED, Category, Sla, Town
from models.understanding.danger import meant, spaced
from models.understanding.reading import first_sentence

# Measured on 640 hand-labelled letters of compound life: 70 % of the top categories right. A word's length minus one,
# shared among the categories that claim it, did better than any power of it; the opening ×4 better than ×2 or ×1.
_OPENING = 4.0  # people name the matter first
_LEAST = 1.0  # less than one plain two-character word is no understanding
_ENGLISH = 0.35  # a letter says less than a character: "garbage" weighs about as much as 垃圾
_DEADLY = 1.5  # between a nuisance and a danger to life, the danger


@dataclass(frozen=True, slots=True)
class Matter:
    """The category, how sure (0 nothing … 1 nothing else comes near), and the keywords that spoke for it."""

    category: Category
    sure: float
    spoken: tuple[str, ...] = ()
    said: float = 0.0  # how much they say, in characters that matter; an opening counts more


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    category: str
    weight: float
    alarming: bool  # counts only where it is meant: 「万一困人」 is nobody trapped


def matter_of(text: str, town: Town) -> Matter:
    """The category whose keywords say most in `text` (as `reading.matching` gives it); K99 where none does."""
    scores, spoken = _weighed(text, town)
    ranked = sorted(scores.items(), key=lambda item: -item[1])[:2]
    if not ranked or ranked[0][1] < _LEAST:
        return Matter(town.categories[UNCLASSIFIED], 0.0)
    code, best = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    return Matter(town.categories[code], round((best - second / 2) / best, 2), tuple(spoken[code]), best)


def matter_chosen(category: Category, text: str) -> Matter:
    """The matter a person chose, with those of its keywords that stand in `text`."""
    return Matter(category, 1.0, tuple(word.casefold() for word in category.keywords if word.casefold() in text))


def proposals(text: str, town: Town, *, but: Category, most: int) -> tuple[Category, ...]:
    """What else `text` may be about, likeliest first, then what stands beside `but`; never a sealed matter, nor K99.

    Of one short name only one is proposed: a person could not tell them apart.
    """
    scores, _ = _weighed(text, town)
    ranked = sorted(scores, key=lambda code: -scores[code])
    beside = [code for code in town.categories if code.partition("-")[0] == but.code.partition("-")[0]]
    found: dict[str, Category] = {}
    for code in dict.fromkeys((*ranked, *beside)):
        category = town.categories[code]
        if code not in (but.code, UNCLASSIFIED) and not category.sealed and category.short != but.short:
            found.setdefault(category.short[0], category)
    return tuple(found.values())[:most]


def _weighed(text: str, town: Town) -> tuple[dict[str, float], dict[str, list[str]]]:
    """How much each category's keywords say in `text`, and which they are."""
    opening, latin, latin_opening = first_sentence(text), spaced(text), spaced(first_sentence(text))
    scores: dict[str, float] = {}
    spoken: dict[str, list[str]] = {}
    for word in _words(town).among(text, latin):
        whole, start = (latin, latin_opening) if word.text[0] == " " else (text, opening)
        times = meant(whole, word.text) if word.alarming else whole.count(word.text)
        if times:
            said = word.weight * (sqrt(times) + (_OPENING if word.text in start else 0))
            scores[word.category] = scores.get(word.category, 0.0) + said
            spoken.setdefault(word.category, []).append(word.text.strip())
    return scores, spoken


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
        pairs.update(*texts)
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
    alarms = [alarm.casefold() for alarm in town.danger_words]
    words = _Words(
        tuple(
            _word(
                town.categories[code],
                folded,
                claimed[folded],
                any(_alarming(town.categories[code], folded, alarm) for alarm in alarms),
            )
            for code, folded in said
        )
    )
    if len(_KEPT) > 8:
        _KEPT.clear()
    _KEPT[id(town.categories)] = (town.categories, words)
    return words


def _alarming(category: Category, folded: str, alarm: str) -> bool:
    return alarm in folded or (category.sla is Sla.P0 and folded in alarm)


def _word(category: Category, folded: str, claimed: int, alarming: bool) -> _Word:
    more = _DEADLY if category.sla is Sla.P0 else 1.0
    if folded.isascii() and folded != "ktv":  # which stands inside Chinese sentences without a blank
        return _Word(f" {folded} ", category.code, more * len(folded) * _ENGLISH / claimed, alarming)
    return _Word(folded, category.code, more * max(len(folded) - 1, 0.6) / claimed, alarming)
