"""Has every refusal a sentence of its own, in both languages, short enough for a toast?"""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.words import Words
from handlers.words.refused import sentence
from models.rules import refusals
from models.rules.refusals import NotYours, Refusal
from models.town import load_town, sample_town_folder

TOWN = load_town(sample_town_folder())
EXAMPLES: dict[str, Any] = {
    "str": "0412",
    "int": 3,
    "bool": True,
    "datetime": datetime(2026, 11, 24, 1, tzinfo=UTC),
    "datetime | None": None,
    "timedelta": timedelta(days=1),
    "Desk": TOWN.desks["SQ-PW"],
}
KINDS = [
    kind
    for kind in vars(refusals).values()
    if isinstance(kind, type) and issubclass(kind, Refusal) and kind not in (Refusal, NotYours)
]


def example(kind: type[Refusal]) -> Refusal:
    """One of its kind, with something in every field."""
    return kind(**{field.name: EXAMPLES[str(getattr(field.type, "__name__", field.type))] for field in fields(kind)})


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_refusal_has_a_sentence_of_its_own(kind: type[Refusal], lang: str) -> None:
    w = Words(lang, ZoneInfo("Asia/Shanghai"))
    said = sentence(w, example(kind))
    assert said != sentence(w, NotYours()), "it falls through to the answer for who has no right"
    assert 0 < len(said) <= 200


def test_no_two_refusals_say_the_same() -> None:
    w = Words("zh", ZoneInfo("Asia/Shanghai"))
    said = [sentence(w, example(kind)) for kind in KINDS]
    assert sorted(said) == sorted(set(said))
