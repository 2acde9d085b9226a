"""Which days a desk may name, and how far a promised day may move."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from models.rules.extension import Day, days_to_name, latest_day, moved_with, waits_until
from models.rules.policy import Hours, Promise, Sla
from tests.rules import towns
from tests.rules.towns import work

PROMISED = {
    **towns.PROMISES,
    Sla.P2: Promise(Sla.P2, work(2), work(7), work(21), work(14)),
    Sla.P3: Promise(Sla.P3, work(2), work(7), work(70), work(35)),
}
TOWN = replace(towns.town(), promises=PROMISED)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


TUESDAY = at("2026-11-24 09:00")
FRIDAY_NOON = at("2026-11-27 09:00")  # 21 working hours of the town after that


def named(days: tuple[Day, ...]) -> list[str]:
    return [f"{day.on:%m-%d}{'+' if day.later else ''}" for day in days]


def test_a_desk_names_its_own_working_days_and_later_ones_are_marked() -> None:
    days = days_to_name(Sla.P2, FRIDAY_NOON, TUESDAY, TOWN, "east", extendable=True)
    assert named(days) == ["11-24", "11-25", "11-26", "11-27", "11-30+", "12-01+"]
    assert days[0].by == at("2026-11-24 18:00")
    assert days[3].by == FRIDAY_NOON, "on the promised day it is promised until that hour"
    assert days[-1].by == at("2026-12-01 09:00"), "two working days later at most"


@pytest.mark.parametrize(
    ("now", "extendable", "expected", "why"),
    [
        ("2026-11-24 09:00", False, ["11-24", "11-25", "11-26", "11-27"], "asked for once already"),
        ("2026-11-24 18:30", False, ["11-25", "11-26", "11-27"], "today the desk has closed"),
        ("2026-11-27 09:00", True, [], "the day has come: too late for either"),
        ("2026-11-28 09:00", True, [], "and has passed"),
    ],
)
def test_what_can_be_named_gets_less_as_the_day_comes_near(
    now: str, extendable: bool, expected: list[str], why: str
) -> None:
    assert named(days_to_name(Sla.P2, FRIDAY_NOON, at(now), TOWN, "east", extendable=extendable)) == expected, why


def test_a_class_without_extension_has_no_later_day() -> None:
    assert latest_day(Sla.P1, FRIDAY_NOON, TOWN, "east") is None
    assert named(days_to_name(Sla.P1, at("2026-11-25 09:00"), TUESDAY, TOWN, "east", extendable=True)) == [
        "11-24",
        "11-25",
    ]


def test_of_many_days_the_nearest_and_the_last_are_shown() -> None:
    days = days_to_name(Sla.P3, at("2026-12-08 09:00"), TUESDAY, TOWN, "east", extendable=True)
    assert named(days) == ["11-24", "11-25", "11-26", "11-27", "12-08", "12-09+", "12-10+", "12-15+"]


def test_where_no_day_was_promised_near_and_far_ones_may_be_named() -> None:
    days = days_to_name(Sla.P4, None, TUESDAY, TOWN, "east", extendable=True)
    assert named(days) == ["11-24", "11-25", "11-26", "11-27", "11-30", "12-08", "12-22", "01-19"]
    assert not any(day.later for day in days)


def test_a_desk_that_never_works_by_its_own_hours_names_the_towns_days() -> None:
    idle = replace(TOWN.desks["east"], hours=Hours({}))
    town = replace(TOWN, desks={**TOWN.desks, "east": idle})
    assert named(days_to_name(Sla.P2, FRIDAY_NOON, TUESDAY, town, "east", extendable=False))[0] == "11-24"


def test_a_clock_moves_by_as_much_working_time_as_the_day_does() -> None:
    to = at("2026-11-30 16:00")
    assert moved_with(FRIDAY_NOON, frm=FRIDAY_NOON, to=to, town=TOWN, desk="east") == to
    reminder = at("2026-11-26 11:00")
    assert moved_with(reminder, frm=FRIDAY_NOON, to=at("2026-11-30 09:00"), town=TOWN, desk="east") == at(
        "2026-11-27 11:00"
    )


def test_another_desk_is_waited_for_one_working_day_of_its_own() -> None:
    assert waits_until(at("2026-11-27 16:00"), TOWN, "east") == at("2026-11-30 16:00")
