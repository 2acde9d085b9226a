"""The clocks of each class, what a rung does, and that there is always a next date."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.closure import after_denial
from models.rules.ladder import (
    REVIEW,
    TOP,
    Climb,
    Promised,
    again,
    climb,
    clocks_after_claim,
    clocks_from,
    promised,
    push_at,
    rung,
)
from models.rules.policy import Category, Effect, Level, Milestone, Party, Rung, Sla, Town
from tests.rules import towns
from tests.rules.towns import GARDEN, OLD_YARD, P, wall

TOWN = towns.town()
BARE = replace(TOWN, ladder=())
COMPOUND, COMMUNITY, STREET, DISTRICT = Level.COMPOUND, Level.COMMUNITY, Level.STREET, Level.DISTRICT


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


FRIDAY = at("2026-11-20 17:00")


@pytest.mark.parametrize(
    ("sla", "desk", "expected", "why"),
    [
        (
            Sla.P2,
            "east",
            Promised(at("2026-11-23 09:30"), at("2026-11-23 17:00"), at("2026-11-25 17:00")),
            "the example of domain C4, in town hours",
        ),
        (
            Sla.P2,
            "firm",
            Promised(at("2026-11-21 09:30"), at("2026-11-21 17:00"), at("2026-11-23 17:00")),
            "the same for a desk that is staffed at weekends",
        ),
        (
            Sla.P0,
            "east",
            Promised(at("2026-11-20 17:10"), at("2026-11-20 19:00"), at("2026-11-21 17:00")),
            "an emergency runs round the clock",
        ),
        (
            Sla.Q,
            "east",
            Promised(at("2026-11-20 17:00:05"), None, at("2026-11-23 17:00")),
            "a question needs no contact",
        ),
        (Sla.P4, "east", Promised(at("2026-11-23 09:30"), at("2026-11-23 17:00"), None), "a project promises no end"),
    ],
)
def test_what_is_promised_is_what_the_class_says(sla: Sla, desk: str, expected: Promised, why: str) -> None:
    assert promised(sla, FRIDAY, TOWN, desk) == expected, why


def test_the_clocks_of_a_case_are_its_classs_rungs_earliest_first() -> None:
    clocks = clocks_from(Sla.P2, FRIDAY, TOWN, "east")
    assert [due.rung for due in clocks] == ["P2-4wh", "P2-7wh", "P2-16wh", "P2-21wh", "weekly", "P2-105wh"]
    assert clocks[0].due_at == at("2026-11-23 11:30")
    assert clocks[0].until is Milestone.SIGNED
    assert clocks[3].due_at == at("2026-11-25 17:00")


def test_a_claim_starts_the_clocks_that_wait_for_the_resident() -> None:
    asked, called = clocks_after_claim(FRIDAY, TOWN)
    assert (asked.rung, asked.due_at - FRIDAY, asked.until) == ("claimed-24h", timedelta(hours=24), Milestone.ANSWERED)
    assert (called.rung, called.due_at - FRIDAY, called.until) == (
        "claimed-72h",
        timedelta(hours=72),
        Milestone.ANSWERED,
    )


def test_a_class_may_ask_its_resident_sooner() -> None:
    sooner = Rung("P0-asked", Sla.P0, wall(hours=1), Milestone.ANSWERED, Effect.ASK_AGAIN)
    town = replace(TOWN, ladder=(*TOWN.ladder, sooner))
    assert next(due.rung for due in clocks_after_claim(FRIDAY, town, sla=Sla.P0)) == "P0-asked"
    assert "P0-asked" not in [due.rung for due in clocks_after_claim(FRIDAY, town, sla=Sla.P2)]
    assert "P0-asked" not in [due.rung for due in clocks_from(Sla.P0, FRIDAY, town, "east")]


def test_a_town_that_names_no_rung_still_has_a_next_date() -> None:
    (only,) = clocks_from(Sla.P2, FRIDAY, BARE, "east")
    assert (only.rung, only.due_at - FRIDAY) == (REVIEW.code, timedelta(days=7))
    assert rung(BARE, only.rung) is REVIEW


@pytest.mark.parametrize(
    ("code", "days", "why"),
    [
        ("weekly", 7, "the review repeats"),
        ("P4-30d", 30, "so does the progress message"),
        ("P2-7wh", None, "this does not"),
    ],
)
def test_a_repeating_rung_rings_again_from_now(code: str, days: int | None, why: str) -> None:
    due = again(code, FRIDAY, TOWN, "firm")
    assert (due.due_at - FRIDAY if due else None) == (timedelta(days=days) if days else None), why


@pytest.mark.parametrize(
    ("town", "code", "why"),
    [(TOWN, "weekly", "the town's own review"), (BARE, REVIEW.code, "ours, where the town names none")],
)
def test_a_rung_no_longer_in_the_ladder_is_a_review(town: Town, code: str, why: str) -> None:
    found, due = rung(town, "P9-1h"), again("P9-1h", FRIDAY, town)
    assert (found.code, found.effect) == (code, Effect.REVIEW), why
    assert due is not None, why
    assert (due.rung, due.due_at - FRIDAY, due.until) == (code, timedelta(days=7), Milestone.CLOSED), why


@pytest.mark.parametrize(
    ("code", "level", "building", "expected", "why"),
    [
        ("P2-16wh", COMPOUND, GARDEN, Climb(Effect.REMIND, COMPOUND), "a reminder moves nothing"),
        ("P2-4wh", COMPOUND, GARDEN, Climb(Effect.COPY, COMPOUND, above=("east",)), "the next level is told"),
        ("P2-7wh", COMPOUND, GARDEN, Climb(Effect.LEAD, COMMUNITY, "east"), "the next level leads"),
        ("P2-7wh", COMMUNITY, GARDEN, Climb(Effect.LEAD, STREET, "street"), "wherever the case stands"),
        ("P2-7wh", STREET, GARDEN, Climb(Effect.COPY, STREET, above=("district",)), "the street keeps it (C4 top)"),
        (
            "P2-105wh",
            COMMUNITY,
            GARDEN,
            Climb(Effect.LEAD, STREET, "street", ("district",)),
            "as far up as anybody leads",
        ),
        ("P1-4h", COMPOUND, GARDEN, Climb(Effect.LEAD, COMMUNITY, "east"), "to L3"),
        ("P1-4h", COMMUNITY, GARDEN, Climb(Effect.LEAD, STREET, "street"), "L3 has it already: the next above"),
        ("P1-24h", COMPOUND, GARDEN, Climb(Effect.LEAD, STREET, "street", ("east",)), "to L4; L3 is told on the way"),
        (
            "P0-10m",
            COMPOUND,
            GARDEN,
            Climb(Effect.COPY, COMPOUND, above=("east", "street")),
            "a copy to L4, and on the way",
        ),
        ("P2-105wh", DISTRICT, GARDEN, Climb(Effect.REVIEW, DISTRICT), "at the top it stays, for review"),
        ("P2-4wh", DISTRICT, GARDEN, Climb(Effect.REVIEW, DISTRICT), "a copy has nowhere to go either"),
        ("weekly", STREET, GARDEN, Climb(Effect.REVIEW, STREET), "a review moves nothing"),
        ("claimed-24h", COMPOUND, GARDEN, Climb(Effect.ASK_AGAIN, COMPOUND), "the resident is reminded"),
        ("claimed-72h", COMPOUND, GARDEN, Climb(Effect.CALL, COMPOUND), "a person telephones"),
        ("P2-7wh", COMMUNITY, OLD_YARD, Climb(Effect.LEAD, STREET, "street"), "a compound without a firm climbs alike"),
    ],
)
def test_silence_does_what_the_rung_says(code: str, level: Level, building: str, expected: Climb, why: str) -> None:
    assert climb(rung(TOWN, code), level, TOWN, building) == expected, why


@pytest.mark.parametrize(
    ("level", "expected", "why"),
    [
        (COMPOUND, Climb(Effect.COPY, COMPOUND, above=("east",)), "L3's duty is told with L2's (C4 P0, 0m)"),
        (COMMUNITY, Climb(Effect.COPY, COMMUNITY), "where L3 leads nobody was silent yet"),
    ],
)
def test_a_rung_at_minute_0_only_tells_who_must_know(level: Level, expected: Climb, why: str) -> None:
    at_once = Rung("P0-0m", Sla.P0, wall(), Milestone.SIGNED, Effect.COPY, COMMUNITY)
    assert climb(at_once, level, TOWN, GARDEN) == expected, why


def test_without_a_district_the_street_is_the_top() -> None:
    town = towns.without_district()
    to_district = rung(town, "P2-105wh")
    assert climb(to_district, COMMUNITY, town, GARDEN) == Climb(Effect.LEAD, STREET, "street")
    assert climb(to_district, STREET, town, GARDEN) == Climb(Effect.REVIEW, STREET)


def test_no_rung_climbs_to_the_accused() -> None:
    behind_the_head = replace(rung(TOWN, "P2-7wh"), to=COMPOUND)
    assert climb(behind_the_head, Level.BUILDING, TOWN, GARDEN, frozenset({P})).lead == "east"
    assert climb(behind_the_head, Level.BUILDING, TOWN, GARDEN).lead == "firm"


@pytest.mark.parametrize(
    ("returned", "level", "expected", "why"),
    [
        (1, COMPOUND, Climb(Effect.COPY, COMPOUND, above=("east",)), "the same desk, the next level told"),
        (2, COMPOUND, Climb(Effect.LEAD, COMMUNITY, "east"), "the next level leads"),
        (3, COMMUNITY, Climb(Effect.LEAD, STREET, "street", fresh_eyes=True), "the street, and fresh eyes"),
        (3, COMPOUND, Climb(Effect.LEAD, STREET, "street", ("east",), True), "from wherever it stands"),
        (3, STREET, Climb(Effect.COPY, STREET, above=("district",), fresh_eyes=True), "it stays; the district is told"),
        (4, DISTRICT, Climb(Effect.REVIEW, DISTRICT, fresh_eyes=True), "and at the top it stays open"),
        (1, DISTRICT, Climb(Effect.REVIEW, DISTRICT), "there is nobody to tell"),
    ],
)
def test_each_no_of_the_resident_weighs_more(returned: int, level: Level, expected: Climb, why: str) -> None:
    assert after_denial(returned, level, TOWN, GARDEN) == expected, why


def test_a_case_never_returned_has_no_denial() -> None:
    with pytest.raises(ValueError, match="never returned"):
        after_denial(0, COMPOUND, TOWN, GARDEN)


@pytest.mark.parametrize(
    ("moment", "sla", "category", "rings", "why"),
    [
        ("2026-11-20 23:00", Sla.P0, towns.LAMP, "2026-11-20 23:00", "an emergency rings at night"),
        ("2026-11-20 23:00", Sla.P1, towns.NO_WATER, "2026-11-20 23:00", "so does a burst main"),
        ("2026-11-20 23:00", Sla.P3, towns.NO_WATER, "2026-11-21 08:00", "not once a person has made it a project"),
        ("2026-11-20 23:00", Sla.P1, towns.BLOCKED_LANE, "2026-11-21 08:00", "a blocked stairwell wakes nobody"),
        ("2026-11-20 12:00", Sla.P2, towns.LAMP, "2026-11-20 12:00", "by day everything rings"),
    ],
)
def test_a_push_waits_for_morning_unless_it_cannot(
    moment: str, sla: Sla, category: Category, rings: str, why: str
) -> None:
    assert push_at(at(moment), sla, category, TOWN) == at(rings), why


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(Sla),
    st.sampled_from(["firm", "east", "street"]),
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(ZoneInfo("Asia/Shanghai"))),
    st.sampled_from([TOWN, BARE, towns.without_district()]),
)
def test_every_clock_is_in_the_future_and_one_waits_for_the_end(
    sla: Sla, desk: str, start: datetime, town: Town
) -> None:
    clocks = clocks_from(sla, start, town, desk)
    assert all(due.due_at > start for due in clocks)
    assert [due.due_at for due in clocks] == sorted(due.due_at for due in clocks)
    (last,) = [due for due in clocks if due.until is Milestone.CLOSED]
    assert again(last.rung, last.due_at, town, desk) is not None


@given(
    st.sampled_from(TOWN.ladder),
    st.sampled_from(Level),
    st.sampled_from([GARDEN, OLD_YARD]),
    st.frozensets(st.sampled_from(Party)),
)
def test_climbing_never_goes_down_and_never_meets_the_accused(
    fired: Rung, level: Level, building: str, accused: frozenset[Party]
) -> None:
    found = climb(fired, level, TOWN, building, accused)
    assert found.level >= level
    assert (found.lead is not None) == (found.level > level)
    assert found.level <= max(level, TOP)
    if found.lead:
        assert TOWN.desks[found.lead].kind.level == found.level
    if P in accused:
        assert "firm" not in (found.lead, *found.above)
    if fired.effect in (Effect.COPY, Effect.LEAD) and level < DISTRICT:
        assert found.lead or found.above


def test_the_raiser_hears_by_the_first_thing_that_was_promised() -> None:
    first, second, third = FRIDAY, FRIDAY + timedelta(hours=4), FRIDAY + timedelta(days=1)
    assert Promised(first, second, third).answer_by == second, "a visit or a call"
    assert Promised(first, None, third).answer_by == third, "an answer to a question"
    assert Promised(first, None, None).answer_by == first, "at least a signature"
