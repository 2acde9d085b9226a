"""Counts are counted, waits sorted by length, and no label nobody expected grows without end."""

from collections.abc import Iterator

import pytest

from models.rules import tally
from models.rules.tally import BOUNDS_S, LABELS_AT_MOST, OTHER, Counted


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    tally.forget()
    yield
    tally.forget()


def test_what_is_counted_is_told_by_label() -> None:
    for outcome in ("Sent", "Sent", "Later"):
        tally.count(Counted.SENDS, outcome)
    assert tally.counted(Counted.SENDS) == {"Sent": 2, "Later": 1}
    assert tally.counted(Counted.FAILURES) == {}


def test_a_label_nobody_expected_is_one_of_the_others() -> None:
    for number in range(200):
        tally.count(Counted.REFUSED, f"Strange{number}")
    told = tally.counted(Counted.REFUSED)
    assert len(told) == LABELS_AT_MOST + 1
    assert told[OTHER] == 200 - LABELS_AT_MOST
    tally.count(Counted.REFUSED, "Strange0")
    assert tally.counted(Counted.REFUSED)["Strange0"] == 2, "a known one keeps its name"


def test_waits_are_sorted_by_their_length() -> None:
    for seconds in (0.01, 0.05, 0.06, 59.0, 3600.0):
        tally.waited_for_the_pace(seconds)
    waits = tally.pace_waits()
    assert waits.many == 5
    assert waits.seconds == pytest.approx(3659.12)
    assert waits.buckets == [2, 1, 0, 0, 0, 0, 1, 1]
    assert len(waits.buckets) == len(BOUNDS_S) + 1
    waits.buckets[0] = 99
    assert tally.pace_waits().buckets[0] == 2, "what is told is a copy"
