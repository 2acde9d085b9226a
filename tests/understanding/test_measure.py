"""How well is it understood on real letters? Measured where the letters are, which are never part of the project."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from models.rules.policy import Town
from models.understanding import Intent, understand
from models.understanding.place import numbers_named
from models.understanding.reading import clean, matching

LETTERS = Path(__file__).parents[2].parent / "shared" / "data"


def rows(name: str) -> list[dict[str, str]]:
    path = LETTERS / name
    if not path.is_file():
        pytest.skip(f"no letters to measure with: {name} lies beside the checkout only where the project is developed")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_two_thirds_of_the_letters_find_their_category(
    town: Town, record_property: Callable[[str, object], None]
) -> None:
    letters = rows("compound_dev.csv")
    understood = [understand(letter["text"], town, home=None) for letter in letters]
    codes = [one.category.code for one in understood]
    pairs = list(zip(codes, letters, strict=True))
    top = sum(code[:3] == letter["top"] for code, letter in pairs) / len(pairs)
    sub = sum(code in (letter["sub"], letter["second_ok"]) for code, letter in pairs) / len(pairs)
    measured = f"top {top:.3f}, sub or a defensible second {sub:.3f}, of {len(pairs)}"
    record_property("measured", measured)
    assert top >= 0.71, measured
    assert sum(bool(one.also) for one in understood) <= len(letters) * 0.03, "a letter tells of one matter at length"
    assert {one.intent for one in understood} == {Intent.MATTER}


def test_nine_tenths_of_the_mentions_name_their_buildings() -> None:
    mentions = rows("building_mentions_dev.csv")
    right = sum(
        set(numbers_named(matching(clean(mention["text"]))))
        == set(filter(None, mention["buildings"].lower().split(",")))
        for mention in mentions
    )
    assert right / len(mentions) >= 0.9, f"{right} of {len(mentions)}"
