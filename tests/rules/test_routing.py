"""Where each kind of case begins, and who comes next."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.policy import Category, Level, Party, Sla, Tier, Town
from models.rules.routing import Route, brought_down, desk_at, head_may_be_asked, next_desk, rises_to, route
from tests.rules import towns
from tests.rules.towns import GARDEN, OLD_YARD, C, H, N, P

TOWN = towns.town()
COMPOUND, COMMUNITY, STREET, DISTRICT = Level.COMPOUND, Level.COMMUNITY, Level.STREET, Level.DISTRICT


@pytest.mark.parametrize(
    ("category", "building", "accused", "expected", "why"),
    [
        (towns.LEAK, GARDEN, {N}, Route("firm", COMPOUND, True), "behind an L1 case stands the property desk"),
        (
            towns.LEAK,
            OLD_YARD,
            {N},
            Route("west", COMMUNITY, True, ("no-firm",)),
            "or the community where there is none",
        ),
        (
            towns.LEAK,
            GARDEN,
            {H},
            Route("firm", COMPOUND, False, ("accused-head",)),
            "a head is not asked about himself",
        ),
        (towns.LAMP, GARDEN, set(), Route("firm", COMPOUND, False), "L2P: the firm's desk"),
        (towns.LAMP, "", set(), Route("street", STREET, False, ("nowhere",)), "nobody knows where: the street asks"),
        (
            towns.LAMP,
            OLD_YARD,
            set(),
            Route("west", COMMUNITY, False, ("no-firm",)),
            "a compound without a firm (失管)",
        ),
        (
            towns.LAMP,
            GARDEN,
            {P},
            Route("east", COMMUNITY, False, ("accused-property",)),
            "the accused, firewall or not",
        ),
        (
            towns.LIFT_STOPPED,
            GARDEN,
            set(),
            Route("firm", COMPOUND, True),
            "a firewall alone moves nothing; P1 is copied",
        ),
        (
            towns.LIFT_STOPPED,
            GARDEN,
            {P},
            Route("east", COMMUNITY, True, ("accused-property",)),
            "an accused firm does",
        ),
        (towns.NO_WATER, GARDEN, set(), Route("firm", COMPOUND, True), "C4 P1, 0m: the L2 desk, and L1 has a copy"),
        (towns.BLOCKED_LANE, GARDEN, set(), Route("firm", COMPOUND, False), "enforcement is never a neighbour's"),
        (towns.DOGS, GARDEN, set(), Route("firm", COMPOUND, False), "nor at L1"),
        (
            towns.LIFT_TRAPPED,
            GARDEN,
            set(),
            Route("firm", COMPOUND, False, (), ("east",)),
            "C4 P0, 0m: L3's duty is told with L2's",
        ),
        (towns.LIFT_TRAPPED, OLD_YARD, set(), Route("west", COMMUNITY, False, ("no-firm",)), "once, where it leads"),
        (towns.FEES, GARDEN, {P}, Route("committee", COMPOUND, False), "L2C about the firm is the committee's"),
        (
            towns.FEES,
            GARDEN,
            {C},
            Route("east", COMMUNITY, False, ("accused-committee",)),
            "about the committee is not",
        ),
        (
            towns.FEES,
            OLD_YARD,
            set(),
            Route("west", COMMUNITY, False, ("no-committee",)),
            "no committee: the community",
        ),
        (towns.ATTITUDE, GARDEN, {P}, Route("east", COMMUNITY, False), "L3 is L3 anyway"),
        (towns.POWERS, GARDEN, {C}, Route("street", STREET, False), "L4"),
        (towns.VIOLENCE, GARDEN, set(), Route("east", COMMUNITY, False), "sealed: nobody in the building is asked"),
        (towns.UNKNOWN, GARDEN, set(), Route("east", COMMUNITY, False, ("unclassified",)), "a person sorts it (K99)"),
    ],
)
def test_a_case_begins_with_the_desk_the_town_says(
    category: Category, building: str, accused: set[Party], expected: Route, why: str
) -> None:
    assert route(category, building, TOWN, accused=frozenset(accused), has_head=True) == expected, why


@pytest.mark.parametrize(
    ("category", "town", "level", "desk", "why"),
    [
        (
            towns.ATTITUDE,
            towns.without_communities(),
            STREET,
            "street",
            "a community without a desk: the street answers",
        ),
        (
            replace(towns.UNKNOWN, tier=Tier.STREET),
            TOWN,
            COMMUNITY,
            "east",
            "what nobody understands, the community sorts",
        ),
        (replace(towns.UNKNOWN, tier=Tier.PROPERTY), TOWN, COMMUNITY, "east", "wherever a town files it"),
    ],
)
def test_nothing_falls_between_two_desks(category: Category, town: Town, level: Level, desk: str, why: str) -> None:
    found = route(category, GARDEN, town, has_head=False)
    assert (found.level, found.desk) == (level, desk), why


def test_a_building_without_a_head_asks_nobody() -> None:
    assert not route(towns.LEAK, GARDEN, TOWN, has_head=False).ask_head


@pytest.mark.parametrize(
    ("sla", "sealed", "asked", "above", "why"),
    [
        (None, None, False, (), "a lamp is not a neighbour's matter"),
        (Sla.P1, None, True, (), "raised to urgent by danger words, the head has a copy"),
        (Sla.P0, None, False, ("east",), "raised to an emergency, the community is told at once"),
        (Sla.P1, True, False, (), "sealed by care words, no neighbour hears of it"),
    ],
)
def test_words_that_raise_or_seal_a_case_change_who_hears(
    sla: Sla | None, sealed: bool | None, asked: bool, above: tuple[str, ...], why: str
) -> None:
    found = route(towns.LAMP, GARDEN, TOWN, has_head=True, sla=sla, sealed=sealed)
    assert (found.ask_head, found.above) == (asked, above), why


def test_a_building_outside_the_register_is_an_error() -> None:
    with pytest.raises(KeyError):
        route(towns.LAMP, "nowhere-1", TOWN, has_head=False)


@pytest.mark.parametrize(
    ("town", "building", "level", "accused", "skip", "expected", "why"),
    [
        (TOWN, GARDEN, Level.BUILDING, set(), set(), (COMPOUND, "firm"), "behind the head stands the firm"),
        (TOWN, GARDEN, Level.BUILDING, {P}, set(), (COMMUNITY, "east"), "unless it is the accused"),
        (TOWN, OLD_YARD, Level.BUILDING, set(), set(), (COMMUNITY, "west"), "or there is none"),
        (TOWN, GARDEN, COMPOUND, set(), set(), (COMMUNITY, "east"), "L2 to L3"),
        (TOWN, GARDEN, COMMUNITY, set(), set(), (STREET, "street"), "L3 to L4"),
        (TOWN, GARDEN, STREET, set(), set(), (DISTRICT, "district"), "L4 to L6: L5 never owns a case"),
        (TOWN, GARDEN, DISTRICT, set(), set(), None, "the top"),
        (towns.without_district(), GARDEN, STREET, set(), set(), None, "a town whose top is the street"),
        (towns.without_communities(), GARDEN, COMPOUND, set(), set(), (STREET, "street"), "a level without a desk"),
        (TOWN, GARDEN, COMPOUND, set(), {"east"}, (STREET, "street"), "a desk that is to be passed over"),
    ],
)
def test_the_next_desk_is_the_lowest_that_can(
    town: Town,
    building: str,
    level: Level,
    accused: set[Party],
    skip: set[str],
    expected: tuple[Level, str] | None,
    why: str,
) -> None:
    assert next_desk(town, building, level, accused=frozenset(accused), skip=frozenset(skip)) == expected, why


@given(
    st.sampled_from(towns.CATEGORIES),
    st.sampled_from([GARDEN, OLD_YARD]),
    st.frozensets(st.sampled_from(Party)),
    st.booleans(),
    st.sampled_from([TOWN, towns.without_district(), towns.without_communities()]),
)
def test_every_case_has_a_desk_and_never_the_accuseds(
    category: Category, building: str, accused: frozenset[Party], has_head: bool, town: Town
) -> None:
    found = route(category, building, town, accused=accused, has_head=has_head)
    assert found.desk in town.desks
    assert town.desks[found.desk].kind.level == found.level
    assert not (P in accused and found.desk == "firm")
    assert not (C in accused and found.desk == "committee")
    assert not (found.ask_head and (H in accused or category.sealed or category.enforcement or not has_head))
    assert found.desk not in found.above


@given(st.sampled_from([GARDEN, OLD_YARD]), st.frozensets(st.sampled_from(Party)))
def test_climbing_step_by_step_ends_at_the_district_and_meets_no_desk_twice(
    building: str, accused: frozenset[Party]
) -> None:
    level, met = Level.BUILDING, list[str]()
    while step := next_desk(TOWN, building, level, accused=accused):
        assert step[0] > level
        level = step[0]
        met.append(step[1])
    assert met[-2:] == ["street", "district"]
    assert len(set(met)) == len(met)
    assert not (P in accused and "firm" in met)


@pytest.mark.parametrize("accused", [frozenset({P}), frozenset()])
def test_the_desk_at_a_level_is_none_when_it_is_the_accused(accused: frozenset[Party]) -> None:
    assert desk_at(TOWN, GARDEN, COMPOUND, accused=accused) == (None if accused else "firm")


def test_a_head_may_be_asked_by_category_class_and_accusation_alone() -> None:
    asked = {
        category.code
        for category in towns.CATEGORIES
        if head_may_be_asked(category, category.sla, accused=frozenset(), sealed=category.sealed)
    }
    assert asked == {"C03-2", "C04-1", "C04-3"}


@pytest.mark.parametrize(
    ("level", "raised_to", "expected", "why"),
    [
        (COMPOUND, 0, (COMMUNITY, "east"), "申请上报 for the first time: the next desk above"),
        (COMPOUND, COMMUNITY, None, "it was raised so high before, and has not come down since"),
        (COMMUNITY, COMMUNITY, (STREET, "street"), "once a level"),
        (DISTRICT, 0, None, "nobody is above"),
    ],
)
def test_a_case_is_raised_once_a_level(
    level: Level, raised_to: int, expected: tuple[Level, str] | None, why: str
) -> None:
    assert rises_to(TOWN, GARDEN, level, raised_to) == expected, why


@pytest.mark.parametrize(
    ("frm", "to", "left", "why"),
    [
        (COMMUNITY, COMPOUND, COMPOUND, "handed down, it may be raised again"),
        (COMPOUND, COMMUNITY, STREET, "handed up, what was reached stays reached"),
    ],
)
def test_what_comes_down_may_be_raised_again(frm: Level, to: Level, left: Level, why: str) -> None:
    assert brought_down(STREET, frm=frm, to=to) == left, why
