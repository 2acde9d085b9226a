"""What the nouns say of themselves."""

import pytest

from models.rules.policy import DeskKind, Level
from tests.rules import towns
from tests.rules.towns import GARDEN


def test_departments_answer_whistles_and_stand_on_no_rung() -> None:
    assert {kind for kind in DeskKind if kind.level is None} == {DeskKind.DEPARTMENT}
    assert DeskKind.STREET.level is Level.STREET


@pytest.mark.parametrize(
    ("lang", "name", "why"),
    [("zh", "花园1栋", "as people say it"), ("en", "Garden, No.1", "for who cannot read the label on the wall")],
)
def test_a_place_is_named_in_the_readers_language(lang: str, name: str, why: str) -> None:
    assert towns.town().place_name(GARDEN, lang=lang) == name, why
