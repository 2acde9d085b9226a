"""Which days does somebody mean who is away, and when did a desk's day begin?"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.rules.policy import Calendar, Hours
from models.rules.presence import away, day_began, days_meant

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # a Tuesday, 09:00
WEEK = {day: ((time(8, 30), time(12)), (time(14, 30), time(18))) for day in range(5)}
OFFICE = Calendar(ZONE, Hours(WEEK), frozenset(), frozenset(), date(2026, 12, 31))


def local(month: int, day: int, hour: int = 0, minute: int = 0, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("said", "since", "until", "why"),
    [
        ("今天", NOW, local(11, 25), "what is left of it"),
        ("明天", local(11, 25), local(11, 26), "the whole of it"),
        ("后天", local(11, 26), local(11, 27), "one day"),
        ("3天", NOW, local(11, 27), "today counts"),
        ("3 days", NOW, local(11, 27), "in English"),
        ("一周", NOW, local(12, 1), "seven days"),
        ("12月1日到5日", local(12, 1), local(12, 6), "both days are in it"),
        ("12月1日到12月5日", local(12, 1), local(12, 6), "the month said twice"),
        ("12/1-12/5", local(12, 1), local(12, 6), "as forms write it"),
        ("12.1~5", local(12, 1), local(12, 6), "with dots"),
        ("26日到27号", local(11, 26), local(11, 28), "of this month"),
        ("12月3日", local(12, 3), local(12, 4), "one day"),
        ("11月20日到26日", NOW, local(11, 27), "begun already: from now on"),
        ("12月30日到1月3日", local(12, 30), local(1, 4, year=2027), "over the new year"),
        ("1月5日到6日", local(1, 5, year=2027), local(1, 7, year=2027), "next year's January"),
    ],
)
def test_days_are_read_as_people_say_them(said: str, since: datetime, until: datetime, why: str) -> None:
    found = days_meant(said, now=NOW, zone=ZONE)
    assert found is not None, why
    assert (found.since_at, found.ended_at) == (since, until), why


@pytest.mark.parametrize("said", ["11月1日到3日", "2月30日", "13月1日", "12月5日到1日", "0天", "999天", "23日", "5到7"])
def test_days_that_are_over_or_do_not_exist_are_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        days_meant(said, now=NOW, zone=ZONE)


@pytest.mark.parametrize("said", ["看心情", "", "3", "3楼", "谢谢", "12"])
def test_other_words_are_no_days(said: str) -> None:
    assert days_meant(said, now=NOW, zone=ZONE) is None


def test_nobody_is_away_for_less_than_a_day_or_more_than_a_year() -> None:
    for days in (0, 367):
        with pytest.raises(ValueError, match="between a day and a year"):
            away(date(2026, 12, 1), days, now=NOW, zone=ZONE)


@pytest.mark.parametrize(
    ("moment", "began", "why"),
    [
        (local(11, 24, 9), local(11, 24, 8, 30), "the morning"),
        (local(11, 24, 15), local(11, 24, 8, 30), "a lunch break begins no new day"),
        (local(11, 24, 8), local(11, 23, 8, 30), "before the opening it is still yesterday's"),
        (local(11, 29, 10), local(11, 27, 8, 30), "on Sunday it is Friday's"),
    ],
)
def test_a_desks_day_begins_with_its_first_opening(moment: datetime, began: datetime, why: str) -> None:
    assert day_began(moment, OFFICE) == began, why


def test_where_nobody_ever_works_a_day_begins_at_midnight() -> None:
    off = frozenset(date(2026, 11, 1) + timedelta(days=ahead) for ahead in range(30))
    closed = Calendar(ZONE, Hours(WEEK), off, frozenset(), date(2026, 12, 31))
    assert day_began(NOW, closed) == local(11, 24)
