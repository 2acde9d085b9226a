"""How many ordinary letters would be filed without a tap, because they sound like a cry for help? Hardly one."""

from collections.abc import Callable

import pytest

from models.actions.emergencies import is_emergency
from models.actions.filing import Draft
from models.rules.policy import Town
from tests.understanding.test_measure import rows


def test_hardly_one_real_letter_in_a_hundred_is_taken_for_a_cry_for_help(
    town: Town, record_property: Callable[[str, object], None]
) -> None:
    letters = rows("compound_dev.csv")
    filed = [letter for letter in letters if is_emergency(Draft(letter["text"]), town, home=None)]
    measured = f"{len(filed)} of {len(letters)} letters, {len(filed) / len(letters):.2%}"
    record_property("measured", measured)
    print(f"filed without a tap: {measured}")  # noqa: T201 the figure is what the test is for
    assert len(filed) / len(letters) <= 0.01, measured


@pytest.mark.parametrize(
    ("said", "at_once"),
    [
        pytest.param("着火了", True, id="three characters"),
        pytest.param("3栋电梯停了，我妈困在里面", True, id="somebody in a lift"),
        pytest.param("我不想活了" + "，天天吵" * 60, True, id="self-harm, at any length"),
        pytest.param("我们小区去年起火。" + "物业一直不管" * 40, False, id="a long letter that names a fire"),
        pytest.param("3栋楼道的灯坏了", False, id="an ordinary matter"),
        pytest.param("万一着火怎么办", False, id="a fear"),
    ],
)
def test_what_is_a_cry_for_help(town: Town, said: str, at_once: bool) -> None:
    assert is_emergency(Draft(said), town, home="LC01-3") is at_once
