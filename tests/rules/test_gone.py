"""What stands for a code that an open case names and the town's edition does not know any more?"""

import pytest

from models.rules import gone
from models.rules.numbering import label_number
from models.rules.policy import DeskKind
from models.rules.routing import presumed_accused
from tests.rules.towns import ATTITUDE, FEES, GARDEN, LAMP, LEAK, POWERS, C, H, P, town


def test_what_the_town_knows_is_itself() -> None:
    place = town()
    assert gone.category_of(place, LAMP.code) is LAMP
    assert gone.desk_of(place, "firm") is place.desks["firm"]
    assert gone.building_of(place, GARDEN) is place.buildings[GARDEN]
    assert gone.compound_of(place, GARDEN) is place.compounds["garden"]


def test_what_is_forgotten_is_called_by_its_code_and_shown_to_as_few_as_can_be() -> None:
    place = town()
    category = gone.category_of(place, "C99-9")
    assert (category.code, category.zh, category.sealed, category.enforcement) == ("C99-9", "C99-9", True, True)
    desk = gone.desk_of(place, "old")
    assert (desk.name, desk.kind, desk.phone, desk.hours) == ("old", DeskKind.DEPARTMENT, "", None)
    assert gone.building_of(place, "old-1").label == "old-1"
    assert gone.compound_of(place, "old-1").property_desk is None


def test_whoever_a_category_passes_over_is_taken_to_be_its_accused() -> None:
    assert presumed_accused(ATTITUDE) == {P}, "the community has it, past the firm"
    assert presumed_accused(FEES) == {P}, "the committee has it, past the firm"
    assert presumed_accused(LEAK) == frozenset(), "a neighbour holds no office"
    assert presumed_accused(POWERS) == {P, C, H}


@pytest.mark.parametrize(
    ("label", "number"),
    [
        ("3栋", "3"),
        ("03栋", "3"),
        ("三栋", "3"),
        ("十栋", "10"),
        ("十二栋", "12"),
        ("二十一幢", "21"),
        ("一百零三栋", "103"),
        ("二三栋", "23"),
        ("B座", "b"),
        ("a3栋", "a3"),
        ("老干部楼", "老干部楼"),
    ],
)
def test_a_building_s_number_is_one_number_in_every_spelling(label: str, number: str) -> None:
    assert label_number(label) == number
