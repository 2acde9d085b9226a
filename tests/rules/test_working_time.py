"""Due moments, against the town's words (domain C0, C4) and against what must hold for any calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.policy import Calendar, Counting, Hours, Span
from models.rules.working_time import after, covers, is_working, next_opening, working_span
from tests.rules.towns import (
    EVERY_DAY,
    NEVER,
    NIGHT,
    OFFICE_WEEK,
    ROUND_THE_CLOCK,
    WEEKENDS_TOO,
    calendar,
    wall,
    work,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
TOWN = calendar()


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("day", "works", "why"),
    [
        ("2024-02-04", True, "a Sunday made up for the Spring Festival"),
        ("2024-02-18", True, "the other one"),
        ("2024-02-09", True, "New Year's Eve was a working day that year"),
        *((f"2024-02-{day}", False, "Spring Festival") for day in range(10, 18)),
        ("2024-02-03", False, "an ordinary Saturday"),
        ("2024-02-05", True, "an ordinary Monday"),
        ("2024-02-29", True, "29 February"),
    ],
)
def test_s36_the_town_works_the_state_councils_calendar(day: str, works: bool, why: str) -> None:
    assert is_working(at(f"{day} 09:00"), TOWN) is works, why


@pytest.mark.parametrize(
    ("hours", "due", "why"),
    [
        (2, "2026-11-23 09:30", "acknowledge: one hour on Friday, one on Monday"),
        (7, "2026-11-23 17:00", "contact"),
        (21, "2026-11-25 17:00", "resolve"),
        (1, "2026-11-20 18:00", "exactly closing time stays at closing time"),
        (0, "2026-11-20 17:00", "nothing is due at once"),
    ],
)
def test_a_friday_evening_complaint_is_due_as_the_ladder_says(hours: float, due: str, why: str) -> None:
    assert after(at("2026-11-20 17:00"), work(hours), TOWN) == at(due), why


@pytest.mark.parametrize(
    ("start", "hours", "due", "why"),
    [
        ("2026-11-20 12:00", 0, "2026-11-20 12:00", "closing time belongs to the span that ends in it"),
        ("2026-11-20 12:00", 1, "2026-11-20 15:30", "after lunch"),
        ("2026-11-20 13:00", 0, "2026-11-20 14:30", "lunch is over before anything is due"),
        ("2026-11-20 23:00", 1, "2026-11-23 09:30", "at night the clock stands"),
        ("2024-02-03 10:00", 1, "2024-02-04 09:30", "the Sunday made up is the next working day"),
        ("2024-02-09 17:00", 8, "2024-02-18 18:00", "eight days of Spring Festival lie between"),
        ("2024-01-31 17:30", 1, "2024-02-01 09:00", "month end"),
        ("2024-02-28 18:00", 7, "2024-02-29 18:00", "29 February is a day"),
        ("2027-01-01 08:30", 7, "2027-01-01 18:00", "past the known year the plain week goes on"),
    ],
)
def test_s36_office_hours_are_walked_as_people_keep_them(start: str, hours: float, due: str, why: str) -> None:
    assert after(at(start), work(hours), TOWN) == at(due), why


@pytest.mark.parametrize(
    ("hours", "moment", "works", "why"),
    [
        (WEEKENDS_TOO, "2026-11-22 09:00", True, "a desk staffed on Sunday is on the clock on Sunday"),
        (WEEKENDS_TOO, "2024-02-12 09:00", False, "but it closes on public holidays"),
        (EVERY_DAY, "2024-02-12 09:00", True, "and this one does not"),
        (EVERY_DAY, "2024-02-12 19:59", True, "its own closing time, not the town's"),
        (NIGHT, "2026-11-20 23:00", True, "Friday's night shift"),
        (NIGHT, "2026-11-21 05:59", True, "is still on at dawn"),
        (NIGHT, "2026-11-21 06:00", True, "and the next shift has come, though they overlap"),
        (NIGHT, "2026-11-21 08:00", False, "at closing time nobody is there any more"),
        (NIGHT, "2026-11-23 09:00", False, "nobody on Monday, whatever the town does"),
        (ROUND_THE_CLOCK, "2026-11-22 00:00", True, "midnight to midnight is the whole day"),
        (NEVER, "2026-11-23 09:00", True, "a desk without a week keeps the town's"),
        (None, "2026-11-23 12:00", False, "at closing time nobody is there any more"),
    ],
)
def test_a_desk_keeps_its_own_hours(hours: Hours | None, moment: str, works: bool, why: str) -> None:
    assert is_working(at(moment), TOWN, hours) is works, why


def test_overlapping_shifts_count_once() -> None:
    assert working_span(at("2026-11-21 00:00"), at("2026-11-22 00:00"), TOWN, NIGHT) == timedelta(hours=10)


def test_a_day_in_both_lists_is_worked() -> None:
    day = date(2024, 2, 10)
    both = Calendar(SHANGHAI, OFFICE_WEEK, frozenset({day}), frozenset({day}), day)
    assert is_working(at("2024-02-10 09:00"), both)


def test_where_nobody_ever_works_a_date_still_exists() -> None:
    closed = calendar(hours=NEVER)
    start = at("2026-11-20 17:00")
    assert after(start, work(7), closed) == start + timedelta(hours=7)
    assert not is_working(start, closed)
    assert working_span(start, start + timedelta(days=9), closed) == timedelta()


@pytest.mark.parametrize(
    ("zone", "start", "span", "due", "why"),
    [
        (
            "Europe/London",
            "2026-03-28 12:00",
            wall(hours=24),
            "2026-03-29 13:00",
            "a day of 24 hours, clocks went forward",
        ),
        ("Europe/London", "2026-10-24 12:00", wall(hours=24), "2026-10-25 11:00", "and back"),
        ("Europe/London", "2026-03-27 17:00", work(2), "2026-03-30 09:30", "office hours are local on both sides"),
        ("America/New_York", "2026-03-06 17:00", work(8), "2026-03-09 18:00", "spring, a working day is still 7 hours"),
        ("America/New_York", "2026-10-30 17:00", work(8), "2026-11-02 18:00", "autumn too"),
        ("America/New_York", "2024-02-28 17:00", work(2), "2024-02-29 09:30", "29 February"),
    ],
)
def test_s36_summer_time_moves_no_office(zone: str, start: str, span: Span, due: str, why: str) -> None:
    assert after(at(start, zone), span, calendar(zone)) == at(due, zone), why


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [("Europe/London", "2026-03-29", 23), ("Europe/London", "2026-10-25", 25), ("America/New_York", "2026-03-08", 23)],
)
def test_a_desk_open_round_the_clock_works_the_length_of_the_day(zone: str, day: str, hours: int) -> None:
    begins = at(f"{day} 00:00", zone)
    ends = datetime.combine(begins.date() + timedelta(days=1), time(0), begins.tzinfo)
    assert working_span(begins, ends, calendar(zone), ROUND_THE_CLOCK) == timedelta(hours=hours)


def test_an_opening_inside_the_skipped_hour_does_not_exist() -> None:
    hours = Hours({6: ((time(1, 30), time(2)),)})  # 2026-03-29 01:00 is 02:00 in London
    assert after(at("2026-03-28 12:00", "Europe/London"), work(0.25), calendar("Europe/London"), hours) == at(
        "2026-04-05 01:45", "Europe/London"
    )


def test_s36_what_comes_out_is_utc() -> None:
    assert after(at("2026-11-20 17:00"), work(2), TOWN).tzinfo is UTC
    assert after(at("2026-11-20 17:00"), wall(hours=2), TOWN).tzinfo is UTC


@pytest.mark.parametrize("span", [work(1), wall(hours=1)])
def test_a_moment_without_a_zone_is_refused(span: Span) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        after(datetime(2026, 11, 20, 17), span, TOWN)


@pytest.mark.parametrize(
    ("moment", "covered", "why"),
    [
        ("2026-12-31 23:59", True, "the last day counts, by the town's own midnight"),
        ("2027-01-01 00:00", False, "the day after is provisional"),
    ],
)
def test_the_calendar_says_how_far_it_knows(moment: str, covered: bool, why: str) -> None:
    assert covers(TOWN, at(moment)) is covered, why


NIGHT_REST, SIESTA, NO_REST = (time(21, 30), time(8)), (time(12), time(14)), (time(8), time(8))


@pytest.mark.parametrize(
    ("quiet", "moment", "rings", "why"),
    [
        (NIGHT_REST, "2026-11-20 21:29", "2026-11-20 21:29", "just before"),
        (NIGHT_REST, "2026-11-20 21:30", "2026-11-21 08:00", "from its first minute"),
        (NIGHT_REST, "2026-11-20 23:59", "2026-11-21 08:00", "over midnight"),
        (NIGHT_REST, "2026-11-21 00:00", "2026-11-21 08:00", "after midnight"),
        (NIGHT_REST, "2026-11-21 08:00", "2026-11-21 08:00", "over at its last minute"),
        (NIGHT_REST, "2026-12-31 22:00", "2027-01-01 08:00", "over the year's end"),
        (SIESTA, "2026-11-21 12:30", "2026-11-21 14:00", "quiet hours may lie within a day"),
        (SIESTA, "2026-11-21 08:00", "2026-11-21 08:00", "before them"),
        (SIESTA, "2026-11-21 14:00", "2026-11-21 14:00", "after them"),
        (NO_REST, "2026-11-21 08:00", "2026-11-21 08:00", "none at all"),
    ],
)
def test_quiet_hours_hold_a_push_to_their_end(quiet: tuple[time, time], moment: str, rings: str, why: str) -> None:
    assert next_opening(at(moment), quiet, SHANGHAI) == at(rings), why


def test_quiet_hours_that_end_in_the_repeated_hour_are_over_its_second_time() -> None:
    second = datetime(2026, 10, 25, 1, 10, tzinfo=ZoneInfo("Europe/London"), fold=1)
    assert next_opening(second, (time(22), time(1, 30)), ZoneInfo("Europe/London")) == second.astimezone(UTC)


moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 30), timezones=st.just(UTC))
lengths = st.timedeltas(timedelta(), timedelta(hours=120))
desks = st.sampled_from([None, WEEKENDS_TOO, EVERY_DAY, NIGHT, ROUND_THE_CLOCK])
zones = st.sampled_from([calendar(), calendar("Europe/London"), calendar("America/New_York")])
some = settings(max_examples=60, deadline=None)


@some
@given(moments, lengths, lengths, zones, desks)
def test_two_spans_are_as_long_as_their_sum(
    start: datetime, one: timedelta, two: timedelta, town: Calendar, hours: Hours | None
) -> None:
    first = after(start, Span(one, Counting.WORK), town, hours)
    whole = after(start, Span(one + two, Counting.WORK), town, hours)
    if two:
        assert after(first, Span(two, Counting.WORK), town, hours) == whole
    else:
        assert first == whole


@some
@given(moments, lengths, zones, desks)
def test_a_due_moment_is_inside_hours_and_as_much_work_away_as_was_asked(
    start: datetime, length: timedelta, town: Calendar, hours: Hours | None
) -> None:
    due = after(start, Span(length, Counting.WORK), town, hours)
    assert due >= start
    assert is_working(due, town, hours) or is_working(due - timedelta(microseconds=1), town, hours)
    assert working_span(start, due, town, hours) == length


@some
@given(moments, moments, lengths, zones, desks)
def test_who_asks_later_is_never_due_earlier(
    one: datetime, two: datetime, length: timedelta, town: Calendar, hours: Hours | None
) -> None:
    earlier, later = sorted((one, two))
    span = Span(length, Counting.WORK)
    assert after(earlier, span, town, hours) <= after(later, span, town, hours)


@some
@given(moments, moments, zones, desks)
def test_no_more_is_worked_than_time_passes(one: datetime, two: datetime, town: Calendar, hours: Hours | None) -> None:
    earlier, later = sorted((one, two))
    later = min(later, earlier + timedelta(days=60))
    assert timedelta() <= working_span(earlier, later, town, hours) <= later - earlier
    assert working_span(later, earlier, town, hours) == timedelta()


@some
@given(moments, zones)
def test_a_held_push_rings_within_a_day_and_never_in_quiet_hours(moment: datetime, town: Calendar) -> None:
    rings = next_opening(moment, NIGHT_REST, town.zone)
    assert moment <= rings <= moment + timedelta(hours=12)
    assert next_opening(rings, NIGHT_REST, town.zone) == rings
