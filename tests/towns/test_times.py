"""Are hours and spans read as people write them, and refused when they mean nothing?"""

from datetime import time, timedelta

import pytest

from models.rules.policy import Counting, Span
from models.town.times import read_between, read_hours, read_span


@pytest.mark.parametrize(
    ("text", "days", "spans"),
    [
        pytest.param("周一至周五 08:30-12:00 14:30-18:00", "01234", 2, id="as an office writes it"),
        pytest.param("Mon-Fri 08:30-12:00", "01234", 1, id="in English"),
        pytest.param("周六、周日 09:00-12:00", "56", 1, id="two days named"),
        pytest.param("每天 00:00-23:59", "0123456", 1, id="round the clock"),
        pytest.param("daily 8:00-22:00", "0123456", 1, id="an hour of one digit"),
        pytest.param("周一至周五 08:30–12:00", "01234", 1, id="a typographic dash"),
        pytest.param(
            "周一到周四 08:00-12:00\uff1b周五 08:00-11:00", "01234", 1, id="a shorter Friday, full-width semicolon"
        ),
        pytest.param("周一至周五 08\uff1a30-12\uff1a00", "01234", 1, id="full-width colons"),
    ],
)
def test_hours_are_read(text: str, days: str, spans: int) -> None:
    hours = read_hours(text)
    assert hours is not None
    assert list(hours.week) == [int(day) for day in days]
    assert len(hours.week[int(days[0])]) == spans


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("周一至周五", id="days without hours"),
        pytest.param("08:30-12:00", id="hours without days"),
        pytest.param("周五至周一 08:30-12:00", id="days backwards"),
        pytest.param("周一 12:00-08:30", id="hours backwards"),
        pytest.param("周一 20:00-20:00", id="no time at all"),
        pytest.param("周一 08:30-25:00", id="no such hour"),
        pytest.param("周一 08:30-12:00 11:00-18:00", id="spans that overlap"),
        pytest.param("周一 08:30-12:00;周一 14:00-18:00", id="a day twice"),
        pytest.param("周一 周一 08:30-12:00", id="a day twice in one group"),
        pytest.param("周八 08:30-12:00", id="no such day"),
        pytest.param("周一 08:30-12:00 下午", id="a word after the hours"),
        pytest.param("Mon-Fri-Sat 08:30-12:00", id="a range of three"),
    ],
)
def test_what_are_no_hours_is_refused(text: str) -> None:
    assert read_hours(text) is None


@pytest.mark.parametrize(
    ("text", "span"),
    [
        pytest.param("5s", Span(timedelta(seconds=5), Counting.WALL), id="seconds"),
        pytest.param("10m", Span(timedelta(minutes=10), Counting.WALL), id="minutes"),
        pytest.param("24h", Span(timedelta(hours=24), Counting.WALL), id="hours on the wall"),
        pytest.param("7d", Span(timedelta(days=7), Counting.WALL), id="days"),
        pytest.param("0m", Span(timedelta(0), Counting.WALL), id="at once"),
        pytest.param("105wh", Span(timedelta(hours=105), Counting.WORK), id="working hours"),
        pytest.param("-1h", None, id="the past"),
        pytest.param("7", None, id="no unit"),
        pytest.param("7 wh", None, id="a blank"),
        pytest.param("1.5h", None, id="a fraction"),
        pytest.param("1w", None, id="no such unit"),
    ],
)
def test_spans_are_read_or_refused(text: str, span: Span | None) -> None:
    assert read_span(text) == span


def test_quiet_hours_may_run_over_midnight() -> None:
    assert read_between("21:30-08:00") == (time(21, 30), time(8))
