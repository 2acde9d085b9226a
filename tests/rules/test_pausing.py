"""How long may a question stop the clocks, and where does a date stand while it does? (domain C3 need_info)"""

from datetime import UTC, datetime, timedelta

import pytest

from models.rules.ladder import Promised
from models.rules.pausing import counting_of, counting_of_promise, moved, pausable, pause_ends, pauses
from models.rules.policy import Counting, Milestone, Sla
from models.rules.refusals import NothingSaid, Refused
from tests.rules.towns import town

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)  # 17:00, one hour before the office closes
MONDAY = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # 08:30


def test_an_emergency_waits_for_no_answer() -> None:
    assert [sla for sla in Sla if not pauses(sla)] == [Sla.P0]


def test_a_pause_is_one_working_day_of_the_desk() -> None:
    assert pause_ends(FRIDAY, town(), "east") == datetime(2026, 11, 23, 9, tzinfo=UTC), "an hour on Friday, six Monday"
    assert pause_ends(FRIDAY, town(), "firm") == datetime(2026, 11, 21, 9, tzinfo=UTC), "this desk works at weekends"


@pytest.mark.parametrize(
    ("code", "until", "pauses_too", "why"),
    [
        ("P2-21wh", Milestone.CLAIMED, True, "what the desk is to do"),
        ("P2-4wh", Milestone.SIGNED, False, "signing needs no answer"),
        ("weekly", Milestone.CLOSED, False, "a review comes back whatever is asked"),
        ("external", Milestone.CLAIMED, False, "another office's day is not ours to move"),
    ],
)
def test_only_what_the_desk_does_about_the_matter_waits(
    code: str, until: Milestone, pauses_too: bool, why: str
) -> None:
    assert pausable(code, until, town()) is pauses_too, why


def test_each_date_is_counted_as_it_was_promised() -> None:
    assert counting_of("P2-21wh", town()) is Counting.WORK
    assert counting_of("P1-24h", town()) is Counting.WALL
    assert counting_of_promise(Sla.P2, town()) is Counting.WORK
    assert counting_of_promise(Sla.P1, town()) is Counting.WALL
    assert counting_of_promise(Sla.P4, town()) is Counting.WALL, "nothing was promised"


def test_what_was_left_is_counted_again_from_the_end_of_the_pause() -> None:
    due = datetime(2026, 11, 20, 10, tzinfo=UTC)  # Friday 18:00: one working hour is left

    def again(counting: Counting, *, due_at: datetime = due) -> datetime:
        return moved(due_at, frm=FRIDAY, to=MONDAY, counting=counting, town=town(), desk="east")

    assert again(Counting.WORK) == MONDAY + timedelta(hours=1), "a weekend neither helps nor hurts"
    assert again(Counting.WALL) == MONDAY + timedelta(hours=1)
    assert again(Counting.WORK, due_at=FRIDAY) == FRIDAY, "what had passed stays where it is"


def test_the_raiser_hears_by_the_first_thing_that_was_promised() -> None:
    first, second, third = FRIDAY, MONDAY, MONDAY + timedelta(days=1)
    assert Promised(first, second, third).answer_by == second
    assert Promised(first, None, third).answer_by == third
    assert Promised(first, None, None).answer_by == first


def test_a_refusal_is_carried_out_and_named_by_its_kind() -> None:
    refused = Refused(NothingSaid())
    assert refused.refusal == NothingSaid()
    assert str(refused) == "NothingSaid"
