"""The class and the dates of a case once a person has named it, who may take it over, and what being safe changes."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from models.rules.closure import after_safe
from models.rules.ladder import Promised
from models.rules.policy import UNCLASSIFIED, Category, Party, Sla
from models.rules.routing import ruling_desk, transfer_targets
from models.rules.sorting import Sorted, dates_after_sorting, sorted_class
from tests.rules import towns
from tests.rules.towns import FUND, GARDEN, LAMP, LIFT_STOPPED, OLD_YARD, QUESTION

TOWN = towns.town()
ROOF = replace(LAMP, code="C02-2", sla=Sla.P3)


@pytest.mark.parametrize(
    ("old", "named", "was", "answered", "expected", "why"),
    [
        (Sla.P2, ROOF, UNCLASSIFIED, False, Sorted(Sla.P3, True), "a roof takes longer than a lamp"),
        (Sla.P2, LIFT_STOPPED, UNCLASSIFIED, False, Sorted(Sla.P1, False), "what is urgent becomes urgent"),
        (Sla.P2, QUESTION, UNCLASSIFIED, False, Sorted(Sla.Q, False), "a question is no slower than P2"),
        (Sla.P0, LAMP, UNCLASSIFIED, False, Sorted(Sla.P0, False), "danger stays danger until somebody has looked"),
        (Sla.P0, LAMP, UNCLASSIFIED, True, Sorted(Sla.P2, True), "and then it is what it is"),
        (Sla.P1, FUND, "C03-2", False, Sorted(Sla.P1, False), "C0: only after the first reply"),
        (Sla.P1, LIFT_STOPPED, "C04-1", False, Sorted(Sla.P1, False), "as urgent as before"),
        (Sla.P1, FUND, "C03-2", True, Sorted(Sla.P4, True), "unresolved by nature, and she was told (C0)"),
        (Sla.P1, LAMP, UNCLASSIFIED, False, Sorted(Sla.P2, True), "raised by nobody: it had no class of its own yet"),
    ],
)
def test_the_class_is_the_categorys_unless_danger_or_a_promise_forbids(
    old: Sla, named: Category, was: str, answered: bool, expected: Sorted, why: str
) -> None:
    assert sorted_class(old, named, was=was, answered=answered) == expected, why


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 17, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_nothing_promised_gets_later_unless_the_class_is_slower() -> None:
    before, anew = Promised(at(2), at(3), at(5)), Promised(at(4), at(6), at(9))
    assert dates_after_sorting(before, anew, slower=False) == Promised(at(4), at(3), at(5))
    assert dates_after_sorting(before, anew, slower=True) == Promised(at(4), at(3), at(9))
    assert dates_after_sorting(Promised(at(2), None, None), anew, slower=False) == anew
    never = Promised(at(4), None, None)
    assert dates_after_sorting(never, never, slower=True) == never


@pytest.mark.parametrize(
    ("building", "lead", "accused", "sealed", "expected", "why"),
    [
        (GARDEN, "firm", frozenset(), False, ("committee", "east"), "the compound's other desk and the community"),
        (GARDEN, "street", frozenset(), False, ("firm", "committee", "east"), "back down is allowed"),
        (GARDEN, "east", frozenset({Party.PROPERTY}), False, ("committee",), "never the accused"),
        (GARDEN, "street", frozenset({Party.COMMITTEE}), False, ("firm", "east"), "nor the accused committee"),
        (GARDEN, "street", frozenset(), True, ("east",), "a sealed matter goes nowhere below the community"),
        (OLD_YARD, "west", frozenset(), False, (), "a yard without a firm or a committee"),
    ],
)
def test_only_near_and_impartial_desks_are_asked_to_take_it(
    building: str, lead: str, accused: frozenset[Party], sealed: bool, expected: tuple[str, ...], why: str
) -> None:
    assert transfer_targets(TOWN, building, lead, accused=accused, sealed=sealed) == expected, why


def test_the_third_transfer_is_the_streets_to_rule_on() -> None:
    assert ruling_desk(TOWN, "firm", "east", transfers=1) == "east"
    assert ruling_desk(TOWN, "firm", "east", transfers=2) == TOWN.street_desk
    assert ruling_desk(TOWN, TOWN.street_desk, "east", transfers=5) == "east", "its own ruling, when it leads"


def test_once_it_is_safe_the_repair_is_no_emergency() -> None:
    assert [after_safe(sla) for sla in Sla] == [Sla.P3, Sla.P3, Sla.P2, Sla.P3, Sla.P4, Sla.Q, Sla.S]
