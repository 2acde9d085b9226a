"""Is the sample the town of the articles, and does it hold every category and every rung of the domain?"""

import re
import subprocess
import sys
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from models.rules.policy import (
    Body,
    Counting,
    DeskKind,
    Effect,
    Level,
    Milestone,
    Party,
    Role,
    Sla,
    Span,
    Tier,
    Town,
)
from models.town import holiday_rows, load_town, sample_town_folder, town_summary

CODES = {f"C{top:02}-{sub}" for top in range(1, 13) for sub in range(1, 5)} - {"C05-4"} | {"K00", "K99"}
WAKE = {"C01-4", "C02-1", "C03-1", "C04-1", "C04-2", "C12-1", "C12-4"}  # domain C0


def test_the_figures_are_those_of_the_articles(town: Town) -> None:
    figures = town_summary(town)
    assert (figures.compounds, figures.not_commercial, figures.buildings) == (24, 5, 114)
    assert (figures.committees, figures.other_bodies, figures.firms) == (17, 7, 17)
    assert f"{figures.committee_rate:.2f}" == "89.47"
    assert figures.communities >= 6
    assert figures.without_firm == 3
    assert figures.heads + figures.without_head == 114
    assert figures.without_head > 0
    assert figures.known_until == date(2026, 12, 31)


def test_a_compound_more_that_is_commercial_lowers_the_rate(folder: Path) -> None:
    register = folder / "compounds.csv"
    register.write_text(register.read_text("utf-8").replace("LP,否,芦坪安置", "LP,是,芦坪安置"), "utf-8")
    assert town_summary(load_town(folder)).committee_rate == 85.0


def test_every_sub_category_of_c1_is_there_with_words_people_use(town: Town) -> None:
    assert set(town.categories) == CODES
    for code, category in town.categories.items():
        assert all((category.zh, category.en, category.short, category.short_en)), code
        if code != "K99":
            assert len(category.keywords) >= 10, code
            assert any(word.isascii() for word in category.keywords), f"{code} has no English"
            assert any(not word.isascii() for word in category.keywords), f"{code} has no Chinese"


@pytest.mark.parametrize(
    ("code", "tier", "sla", "firewall"),
    [
        pytest.param("C01-3", Tier.BUILDING, Sla.P1, "N", id="a neighbour's cable is never his to see"),
        pytest.param("C03-2", Tier.PROPERTY, Sla.P1, "P", id="the firm that keeps the lift is the accused"),
        pytest.param("C05-2", Tier.COMMITTEE, Sla.P3, "PC", id="both who set the parking fee are accused"),
        pytest.param("C09-1", Tier.COMMUNITY, Sla.P2, "P", id="a complaint about the firm starts above it"),
        pytest.param("C10-4", Tier.STREET, Sla.P3, "CPHN", id="abuse of power starts at the street"),
        pytest.param("C12-4", Tier.COMMUNITY, Sla.P0, "NPCH", id="violence at home is hidden from everyone near"),
        pytest.param("K99", Tier.COMMUNITY, Sla.P2, "", id="what nobody understood goes to a person"),
    ],
)
def test_categories_start_where_c1_says(town: Town, code: str, tier: Tier, sla: Sla, firewall: str) -> None:
    category = town.categories[code]
    assert (category.tier, category.sla, category.firewall) == (tier, sla, frozenset(map(Party, firewall)))


def test_only_what_c0_lists_may_wake_a_desk(town: Town) -> None:
    assert {code for code, category in town.categories.items() if category.wake} == WAKE


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
def test_what_only_an_authority_can_settle_is_never_a_heads(town: Town, code: str, enforcement: bool, why: str) -> None:
    assert town.categories[code].enforcement is enforcement, why


def test_all_of_illegal_building_and_of_public_order_is_enforcement(town: Town) -> None:
    wholly = {code for code in CODES if code.startswith(("C06", "C12"))} | {"C01-1", "C01-3"}
    assert {code for code, category in town.categories.items() if category.enforcement} == wholly


def test_only_abuse_of_power_and_violence_at_home_are_sealed(town: Town) -> None:
    assert {code for code, category in town.categories.items() if category.sealed} == {"C10-4", "C12-4"}


def test_what_can_kill_says_what_to_do_first(town: Town) -> None:
    dangerous = {code for code, category in town.categories.items() if category.sla is Sla.P0}
    assert {code for code in dangerous if not town.categories[code].first} == set()
    for code, category in town.categories.items():
        assert bool(category.first) is bool(category.first_en), code
        if category.first and category.first_en:
            assert category.first.endswith("。"), f"{code} must stand alone"
            assert category.first_en.endswith("."), f"{code} must stand alone"
            assert re.search(r"1(?:10|19|20)", category.first), code
            assert re.findall(r"\d+", category.first) == re.findall(r"\d+", category.first_en), code


def test_every_category_can_be_read_aloud(town: Town) -> None:
    for code, category in town.categories.items():
        assert all(len(name) <= 8 and "/" not in name for name in category.short), code
        assert "/" not in category.short_en, code


def test_a_desk_is_called_the_same_in_both_languages(town: Town) -> None:
    for compound in town.compounds.values():
        for code in filter(None, (compound.property_desk, compound.committee_desk)):
            desk = town.desks[code]
            if desk.name.startswith(compound.name):
                assert desk.en.startswith(compound.en), desk.code


def test_every_class_is_watched_from_signing_to_the_end_of_the_work(town: Town) -> None:
    for sla in Sla:
        waits = {rung.until for rung in town.ladder if rung.sla is sla}
        done = Milestone.SAFE if sla is Sla.P0 else Milestone.CLAIMED  # made safe, the repair has a class of its own
        assert {Milestone.SIGNED, done} <= waits, sla
        assert town.promises[sla].acknowledge.length > timedelta(0)


@pytest.mark.parametrize(
    ("code", "after", "until", "effect", "to"),
    [
        pytest.param("P0-10m", "10m", Milestone.SIGNED, Effect.COPY, Level.STREET, id="no ack: L4 duty"),
        pytest.param("P1-4h", "4h", Milestone.CONTACTED, Effect.LEAD, Level.COMMUNITY, id="no feedback: L3 leads"),
        pytest.param("P2-4wh", "4wh", Milestone.SIGNED, Effect.COPY, None, id="not signed: in the next list"),
        pytest.param("P2-21wh", "21wh", Milestone.CLAIMED, Effect.LEAD, None, id="overdue: the next level leads"),
        pytest.param("P3-70wh", "70wh", Milestone.CLAIMED, Effect.LEAD, Level.STREET, id="overdue: L4"),
        pytest.param("P4-70wh", "70wh", Milestone.CLAIMED, Effect.COPY, Level.STREET, id="no target date: L4"),
        pytest.param("claimed-24h", "24h", Milestone.ANSWERED, Effect.ASK_AGAIN, None, id="one reminder"),
        pytest.param("claimed-72h", "72h", Milestone.ANSWERED, Effect.CALL, None, id="then a person calls"),
        pytest.param("review-7d", "7d", Milestone.CLOSED, Effect.REVIEW, None, id="there is always a next date"),
    ],
)
def test_the_ladder_is_c4(
    town: Town, code: str, after: str, until: Milestone, effect: Effect, to: Level | None
) -> None:
    rung = next(rung for rung in town.ladder if rung.code == code)
    found = re.fullmatch(r"(\d+)(wh|m|h|d)", after)
    assert found
    unit = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "wh": timedelta(hours=1)}
    span = Span(int(found[1]) * unit[found[2]], Counting.WORK if found[2] == "wh" else Counting.WALL)
    assert (rung.after, rung.until, rung.effect, rung.to) == (span, until, effect, to)


def test_an_open_case_always_has_a_next_date(town: Town) -> None:
    (review,) = [rung for rung in town.ladder if rung.effect is Effect.REVIEW]
    assert review.sla is None
    assert review.every == review.after == Span(timedelta(days=7), Counting.WALL)


def test_nobody_but_the_street_ends_up_leading(town: Town) -> None:
    assert all(rung.to is not Level.DISTRICT for rung in town.ladder if rung.effect is Effect.LEAD)


def test_one_reminder_a_case(town: Town) -> None:
    for sla in Sla:
        assert sum(rung.sla is sla and rung.effect is Effect.REMIND for rung in town.ladder) <= 1, sla


def test_the_demo_compound_has_six_buildings_and_a_head_called_lin(town: Town) -> None:
    first = next(iter(town.compounds.values()))
    labels = [building.label for building in town.buildings.values() if building.compound == first.code]
    assert labels == ["1栋", "2栋", "3栋", "4栋", "5栋", "6栋"]
    (head,) = [office for office in town.incumbents if office.role is Role.HEAD and office.place == f"{first.code}-3"]
    assert head.name.startswith("林")
    assert first.property_desk
    assert first.committee_desk


def test_a_property_desk_is_staffed_on_weekends_and_holidays(town: Town) -> None:
    hours = [desk.hours for desk in town.desks.values() if desk.kind is DeskKind.PROPERTY and desk.hours]
    assert any(span.holidays and set(span.week) == set(range(7)) for span in hours)
    assert any(not span.holidays and 6 in span.week for span in hours), "and another on Sundays but not on holidays"


def test_every_desk_that_answers_has_a_clerk_and_a_telephone_that_is_nobodys(town: Town) -> None:
    staffed = {office.place for office in town.incumbents}
    for desk in town.desks.values():
        assert desk.phone.startswith("0595-0000")
        assert desk.kind is DeskKind.DEPARTMENT or desk.code in staffed, desk.code
    phones = [desk.phone for desk in town.desks.values()]
    assert len(set(phones)) == len(phones)


def test_a_firm_may_run_the_desk_of_several_compounds(town: Town) -> None:
    desks = [place.property_desk for place in town.compounds.values() if place.property_desk]
    assert len(set(desks)) < len(desks)


def test_whatever_a_compound_calls_its_body_it_has_a_desk(town: Town) -> None:
    bodies = {town.desks[place.committee_desk or ""].body for place in town.compounds.values()}
    assert bodies == {Body.COMMITTEE, Body.MANAGEMENT, Body.GROUP}


def test_no_two_codes_of_the_register_are_alike(town: Town) -> None:
    codes = [*town.compounds, *town.buildings, *town.desks, *town.communities]
    assert len(set(codes)) == len(codes)


def test_the_town_works_seven_hours_a_day(town: Town) -> None:
    week = town.calendar.hours.week
    assert set(week) == set(range(5))
    assert week[0] == ((time(8, 30), time(12)), (time(14, 30), time(18)))
    assert town.quiet == (time(21, 30), time(8))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        pytest.param("2024-02-04", True, id="a Sunday made up for the Spring Festival"),
        pytest.param("2024-02-18", True, id="the other one"),
        pytest.param("2024-02-09", True, id="the eve was a working day that year"),
        pytest.param("2024-02-10", False, id="the first day, a Saturday"),
        pytest.param("2024-02-16", False, id="the last day, a Friday"),
        pytest.param("2026-02-14", True, id="a Saturday made up"),
        pytest.param("2026-02-23", False, id="a Monday off"),
        pytest.param("2026-10-10", True, id="a Saturday made up for the National Day"),
        pytest.param("2026-11-24", True, id="an ordinary Tuesday"),
        pytest.param("2026-11-22", False, id="an ordinary Sunday"),
    ],
)
def test_the_calendar_knows_make_up_days(town: Town, day: str, works: bool) -> None:
    when, calendar = date.fromisoformat(day), town.calendar
    worked = when in calendar.on or (when.weekday() in calendar.hours.week and when not in calendar.off)
    assert worked is works


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_calendar_is_what_the_holiday_library_knows(town: Town, year: int) -> None:
    rows = holiday_rows(year)
    off = {day for day, kind, _ in rows if kind == "off"}
    assert {day for day in town.calendar.off if day.year == year} == off
    assert {day for day in town.calendar.on if day.year == year} == {day for day, kind, _ in rows if kind == "work"}
    assert len(off) >= 19


def test_a_year_whose_list_is_not_out_gives_no_rows() -> None:
    assert holiday_rows(2099) == []


def test_loading_imports_no_holidays() -> None:
    code = "import sys; from models.town import *; load_town(sample_town_folder()); print('holidays' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_the_edition_changes_with_any_file_and_with_nothing_else(folder: Path, town: Town) -> None:
    assert load_town(folder).edition == town.edition
    (folder / "notes.txt").write_text("not part of the town", "utf-8")
    assert load_town(folder).edition == town.edition
    desks = folder / "desks.csv"
    desks.write_bytes(desks.read_bytes() + b"\n")
    assert load_town(folder).edition != town.edition


def test_the_sample_stands_where_the_package_stands() -> None:
    assert sample_town_folder().name == "licheng"
    assert (sample_town_folder() / "town.yaml").is_file()
