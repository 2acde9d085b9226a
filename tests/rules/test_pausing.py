"""Does a question stop the clocks as long as it takes, one working day at most? And what of a case heard anew?"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.ladder import RESUME, Due, Promised
from models.rules.lifecycle import State
from models.rules.pausing import counting_of, counting_of_promise, moved, pausable, pause_ends, pauses
from models.rules.policy import Counting, Milestone, Sla
from models.rules.rereading import earlier, reread, reread_clocks, still_to_reach
from models.rules.working_time import after, working_span
from tests.rules.towns import town, work

TOWN = town()
FRIDAY = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)  # 15:00 at the office
HOUR = timedelta(hours=1)


def test_a_question_pauses_one_working_day_of_the_desk() -> None:
    assert pause_ends(FRIDAY, TOWN, "east") == datetime(2026, 11, 23, 7, 0, tzinfo=UTC), "over the weekend"
    assert pause_ends(FRIDAY, TOWN, "firm") == datetime(2026, 11, 21, 7, 0, tzinfo=UTC), "a desk that is there on it"


def test_an_emergency_waits_for_no_answer() -> None:
    assert [sla for sla in Sla if not pauses(sla)] == [Sla.P0]


@pytest.mark.parametrize(
    ("code", "until", "pauses", "why"),
    [
        ("P2-21wh", Milestone.CLAIMED, True, "it waits for the repair"),
        ("P1-24h", Milestone.CLAIMED, True, "by the wall"),
        ("P2-4wh", Milestone.SIGNED, False, "signing needs no answer"),
        ("weekly", Milestone.CLOSED, False, "somebody looks at it each week, come what may"),
        (RESUME.code, RESUME.until, False, "the pause's own end"),
    ],
)
def test_only_what_waits_for_the_desks_work_pauses(code: str, until: Milestone, pauses: bool, why: str) -> None:
    assert pausable(code, until, TOWN) is pauses, why


def test_a_date_is_counted_as_its_promise_is() -> None:
    assert counting_of("P1-24h", TOWN) is Counting.WALL
    assert counting_of("P2-21wh", TOWN) is Counting.WORK
    assert counting_of_promise(Sla.P1, TOWN) is Counting.WALL
    assert counting_of_promise(Sla.P2, TOWN) is Counting.WORK
    assert counting_of_promise(Sla.P4, TOWN) is Counting.WALL, "it promises no day of repair"


@given(hours=st.integers(1, 60), asked=st.integers(0, 200), answered=st.integers(0, 200))
def test_what_was_left_is_left_after_the_answer(hours: int, asked: int, answered: int) -> None:
    """Forth by the whole pause and back by what was not used: the working hours that were left stand again."""
    asked_at = FRIDAY + asked * HOUR
    due_at = after(asked_at, work(hours), TOWN.calendar)
    until = pause_ends(asked_at, TOWN, "east")
    answered_at = min(asked_at + answered * HOUR, until)
    how = {"counting": Counting.WORK, "town": TOWN, "desk": "east"}
    paused = moved(due_at, frm=asked_at, to=until, **how)  # type: ignore[arg-type]
    back = moved(paused, frm=until, to=answered_at, **how)  # type: ignore[arg-type]
    assert back <= paused
    assert working_span(answered_at, back, TOWN.calendar) == hours * HOUR
    assert working_span(due_at, back, TOWN.calendar) <= 7 * HOUR, "one working day at most"


def test_by_the_wall_a_pause_is_as_long_as_it_is_and_what_is_late_stays_late() -> None:
    how = {"counting": Counting.WALL, "town": TOWN, "desk": "east"}
    due_at, until = FRIDAY + 5 * HOUR, FRIDAY + 24 * HOUR
    assert moved(due_at, frm=FRIDAY, to=until, **how) == due_at + 24 * HOUR  # type: ignore[arg-type]
    assert moved(FRIDAY - HOUR, frm=FRIDAY, to=until, **how) == FRIDAY - HOUR  # type: ignore[arg-type]


# ── a case that is heard anew ────────────────────────────────────────────────────────────────────────────────────────


def at(hours: float) -> datetime:
    return FRIDAY + timedelta(hours=hours)


NOW = at(3)


def test_a_case_heard_anew_counts_from_the_filing_and_nothing_gets_later() -> None:
    before = Promised(at(2), at(24), at(72))
    since_filing, from_now = Promised(at(0.5), at(4), at(24)), Promised(at(3.5), at(7), at(27))
    assert reread(before, since_filing, from_now, NOW) == Promised(at(3.5), at(4), at(24))
    slower = Promised(at(2), at(24), at(240)), Promised(at(5), at(27), at(243))
    assert reread(before, *slower, NOW) == Promised(at(5), at(24), at(72)), "the promise stands"


def test_what_would_be_past_since_the_filing_counts_from_now() -> None:
    before = Promised(at(2), at(24), None)
    since_filing, from_now = Promised(at(0.5), at(2), at(3)), Promised(at(3.5), at(5), at(6))
    assert reread(before, since_filing, from_now, NOW) == Promised(at(3.5), at(5), at(6))
    question = Promised(at(0), None, at(24)), Promised(at(3), None, at(27))
    assert reread(before, *question, NOW).contact_by == at(24), "what was promised is kept, though the class has none"


def test_its_clocks_stand_as_its_dates_do_and_the_signature_is_new() -> None:
    def due(rung: str, until: Milestone, hours: float) -> Due:
        return Due(rung, until, at(hours))

    signed, contacted, claimed = Milestone.SIGNED, Milestone.CONTACTED, Milestone.CLAIMED
    since_filing = (due("a", signed, 4), due("b", contacted, 2), due("c", claimed, 24))
    from_now = (due("a", signed, 7), due("b", contacted, 5), due("c", claimed, 27))
    assert reread_clocks(since_filing, from_now, NOW) == (
        due("a", signed, 7),
        due("b", contacted, 5),
        due("c", claimed, 24),
    )


def test_what_turns_out_graver_only_comes_nearer() -> None:
    before, grave = Promised(at(2), None, at(72)), Promised(at(3), at(5), at(27))
    assert earlier(before, grave) == Promised(at(2), at(5), at(27))


@pytest.mark.parametrize(
    ("state", "behind"),
    [
        (State.ACCEPTED, set()),
        (State.REOPENED, set()),
        (State.SIGNED, {Milestone.SIGNED}),
        (State.WORKING, {Milestone.SIGNED, Milestone.CONTACTED}),
    ],
)
def test_what_no_row_can_reach_any_more_is_behind(state: State, behind: set[Milestone]) -> None:
    every = frozenset(Milestone) - {Milestone.ANSWERED}
    assert still_to_reach(state) == every - behind
