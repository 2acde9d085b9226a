"""What becomes of dates and clocks when a case turns out to be another matter, or a graver one?"""

from datetime import UTC, datetime, timedelta

import pytest

from models.rules.ladder import Due, Promised
from models.rules.lifecycle import State
from models.rules.policy import Milestone
from models.rules.rereading import earlier, reread, reread_clocks, still_to_reach

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


def dates(sign: int, contact: int | None, resolve: int | None) -> Promised:
    """In hours from now."""
    return Promised(
        NOW + sign * HOUR,
        None if contact is None else NOW + contact * HOUR,
        None if resolve is None else NOW + resolve * HOUR,
    )


@pytest.mark.parametrize(
    ("before", "since_filing", "from_now", "after", "why"),
    [
        (dates(-1, 5, 20), dates(-2, 2, 10), dates(1, 4, 12), dates(1, 2, 10), "graver: it counts from the filing"),
        (dates(-1, 5, 20), dates(-2, -1, 10), dates(1, 4, 12), dates(1, 4, 10), "what is past counts from now"),
        (dates(-1, 5, 20), dates(-2, 8, 90), dates(1, 9, 99), dates(1, 5, 20), "slower: nothing gets later"),
        (dates(-1, 5, None), dates(-2, 8, 90), dates(1, 9, 99), dates(1, 5, 90), "a day where none was promised"),
        (dates(-1, 5, 20), dates(-2, 8, None), dates(1, 9, None), dates(1, 5, 20), "and none is taken away"),
        (dates(-1, None, None), dates(-2, None, None), dates(1, None, None), dates(1, None, None), "none at all"),
    ],
)
def test_dates_count_from_the_filing_and_never_get_later(
    before: Promised, since_filing: Promised, from_now: Promised, after: Promised, why: str
) -> None:
    assert reread(before, since_filing, from_now, NOW) == after, why


def test_clocks_count_from_the_filing_but_those_that_are_past_or_wait_for_a_signature() -> None:
    def due(rung: str, until: Milestone, hours: int) -> Due:
        return Due(rung, until, NOW + hours * HOUR)

    signed, contacted, claimed = Milestone.SIGNED, Milestone.CONTACTED, Milestone.CLAIMED
    since = (due("a", signed, 1), due("b", contacted, 0), due("c", claimed, 5))
    anew = (due("a", signed, 4), due("b", contacted, 3), due("c", claimed, 9))
    assert reread_clocks(since, anew, NOW) == (anew[0], anew[1], since[2])


def test_a_graver_matter_has_the_earlier_of_each_date() -> None:
    assert earlier(dates(3, 5, None), dates(1, 9, 20)) == dates(1, 5, 20)


@pytest.mark.parametrize(
    ("state", "behind"),
    [
        (State.ACCEPTED, set()),
        (State.REOPENED, set()),
        (State.SIGNED, {Milestone.SIGNED}),
        (State.WORKING, {Milestone.SIGNED, Milestone.CONTACTED}),
    ],
)
def test_what_no_row_can_reach_is_behind(state: State, behind: set[Milestone]) -> None:
    assert still_to_reach(state) == frozenset(Milestone) - {Milestone.ANSWERED} - behind
