"""What the nouns say of themselves."""

import pytest

from models.rules.policy import DeskKind, Level, is_enforcement
from tests.rules import towns
from tests.rules.towns import GARDEN


@pytest.mark.parametrize(
    ("code", "enforcement", "why"),
    [
        ("C01-1", True, "a blocked fire lane"),
        ("C01-3", True, "a battery carried upstairs: C2 names it"),
        ("C01-2", False, "broken fire equipment is the firm's to mend"),
        ("C06-2", True, "illegal building"),
        ("C12-2", True, "dogs"),
        ("C04-3", False, "a leak from upstairs is a neighbour's matter"),
        ("K99", False, "nobody knows yet"),
    ],
)
def test_what_only_an_authority_can_settle_is_said_by_the_code(code: str, enforcement: bool, why: str) -> None:
    assert is_enforcement(code) is enforcement, why
    if code in towns.town().categories:
        assert towns.town().categories[code].enforcement is enforcement


def test_departments_answer_whistles_and_stand_on_no_rung() -> None:
    assert {kind for kind in DeskKind if kind.level is None} == {DeskKind.DEPARTMENT}
    assert DeskKind.STREET.level is Level.STREET


@pytest.mark.parametrize(
    ("lang", "name", "why"),
    [("zh", "花园1栋", "as people say it"), ("en", "Garden, No.1", "for who cannot read the label on the wall")],
)
def test_a_place_is_named_in_the_readers_language(lang: str, name: str, why: str) -> None:
    assert towns.town().place_name(GARDEN, lang=lang) == name, why
