"""No span is ever over its limit, nobody waits for somebody else's chat, and whoever matters more goes first."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.pace import LENIENT, STRICT, Pace, Used, after, wait_of
from models.ports import Priority
from tests.edges.clocks import StandingClock

BOT, CHAT, GROUP = 1, 7, -7
steps = st.floats(min_value=0, max_value=3, allow_nan=False)
askers = st.lists(st.tuples(steps, st.sampled_from([7, 8, -7, -8, *range(100, 160)])), max_size=250)


def most_in(moments: list[float], span: float) -> int:
    """The fullest half-open window of that span."""
    return max(
        (sum(1 for other in moments[at:] if other < start + span) for at, start in enumerate(moments)), default=0
    )


def sent_by(askers_: list[tuple[float, int]]) -> list[tuple[float, int]]:
    clock = StandingClock()
    pace, at, sent = Pace(STRICT, clock), 0.0, []
    for step, chat in askers_:
        clock.turn(step / 10)
        at += step / 10
        if pace.reserve(BOT, chat, Priority.ANSWER) == 0.0:
            sent.append((at, chat))
    return sent


@given(askers)
def test_no_second_holds_more_than_thirty_messages_of_a_bot(asked: list[tuple[float, int]]) -> None:
    assert most_in([at for at, _ in sent_by(asked)], 1.0) < 30


@given(askers)
def test_no_chat_hears_twice_within_a_second(asked: list[tuple[float, int]]) -> None:
    sent = sent_by(asked)
    for chat in {chat for _, chat in sent}:
        assert all(later - earlier > 1.0 for earlier, later in pairwise([at for at, one in sent if one == chat]))


@given(st.lists(st.floats(min_value=0, max_value=8, allow_nan=False), max_size=120))
def test_no_minute_holds_more_than_twenty_messages_of_a_group(gaps: list[float]) -> None:
    clock = StandingClock()
    pace, at, sent = Pace(STRICT, clock), 0.0, []
    for gap in gaps:
        clock.turn(gap)
        at += gap
        if pace.reserve(BOT, GROUP, Priority.ANSWER) == 0.0:
            sent.append(at)
    assert most_in(sent, 60.0) <= 20


@given(askers)
def test_whoever_comes_back_when_told_is_let_through_unless_outranked(asked: list[tuple[float, int]]) -> None:
    clock = StandingClock()
    pace = Pace(STRICT, clock)
    for step, chat in asked:
        clock.turn(step / 50)
        for _ in range(8):  # the chat's limit, then the group's, then the bot's: each is told as it is met
            if (wait := pace.reserve(BOT, chat, Priority.ANSWER)) == 0.0:
                break
            clock.turn(wait + 1e-5)
        else:
            pytest.fail("told to wait for ever")


def test_a_refused_caller_has_counted_nothing() -> None:
    clock = StandingClock()
    pace = Pace(STRICT, clock)
    pace.reserve(BOT, CHAT, Priority.ANSWER)
    told = [pace.reserve(BOT, CHAT, Priority.ANSWER) for _ in range(50)]
    assert set(told) == {told[0]}


def test_the_budget_belongs_to_the_token() -> None:
    pace = Pace(STRICT, StandingClock())
    while pace.reserve(BOT, 100 + len(str(pace)), Priority.ANSWER) == 0.0:
        pass
    assert pace.reserve(BOT + 1, CHAT, Priority.ANSWER) == 0.0


def test_a_full_chat_does_not_hold_up_another() -> None:
    pace = Pace(STRICT, StandingClock())
    assert pace.reserve(BOT, CHAT, Priority.ANSWER) == 0.0
    assert pace.reserve(BOT, CHAT, Priority.ANSWER) > 0.0
    assert pace.reserve(BOT, CHAT + 1, Priority.BROADCAST) == 0.0


def test_the_next_place_is_kept_for_whoever_matters_more() -> None:
    clock = StandingClock()
    pace = Pace(STRICT, clock)
    chat = 100
    while (wait := pace.reserve(BOT, chat, Priority.BROADCAST)) == 0.0:
        chat += 1
    assert pace.reserve(BOT, 900, Priority.ANSWER) > 0.0
    clock.turn(wait + 1e-5)
    assert pace.reserve(BOT, 901, Priority.BROADCAST) > 0.0
    assert pace.reserve(BOT, 900, Priority.ANSWER) == 0.0


def test_a_place_nobody_comes_back_for_is_given_away() -> None:
    clock = StandingClock()
    pace = Pace(STRICT, clock)
    chat = 100
    while pace.reserve(BOT, chat, Priority.BROADCAST) == 0.0:
        chat += 1
    assert pace.reserve(BOT, 900, Priority.EMERGENCY) > 0.0
    clock.turn(1)
    assert pace.reserve(BOT, 901, Priority.BROADCAST) == 0.0


def test_a_halted_chat_is_silent_and_the_others_speak() -> None:
    clock = StandingClock()
    pace = Pace(LENIENT, clock)
    assert pace.halt(BOT, CHAT, 30) is False
    assert pace.reserve(BOT, CHAT, Priority.EMERGENCY) == pytest.approx(30)
    assert pace.reserve(BOT, CHAT + 1, Priority.BROADCAST) == 0.0
    clock.turn(30.001)
    assert pace.reserve(BOT, CHAT, Priority.BROADCAST) == 0.0


def test_a_second_chat_refused_meanwhile_halts_the_bot() -> None:
    pace = Pace(LENIENT, StandingClock())
    pace.halt(BOT, CHAT, 30)
    assert pace.halt(BOT, CHAT + 1, 20) is True
    assert pace.reserve(BOT, 999, Priority.EMERGENCY) == pytest.approx(20)
    assert pace.reserve(BOT + 1, 999, Priority.EMERGENCY) == 0.0


def test_the_same_chat_refused_twice_is_still_one_chat() -> None:
    pace = Pace(LENIENT, StandingClock())
    pace.halt(BOT, CHAT, 30)
    assert pace.halt(BOT, CHAT, 5) is False
    assert pace.reserve(BOT, CHAT, Priority.ANSWER) == pytest.approx(30), "a shorter halt must not end a longer one"


def test_lenient_lets_everything_through_at_once() -> None:
    pace = Pace(LENIENT, StandingClock())
    assert all(pace.reserve(BOT, GROUP, Priority.BROADCAST) == 0.0 for _ in range(1000))


def test_a_clock_set_back_an_hour_silences_nobody_for_an_hour() -> None:
    clock = StandingClock()
    pace = Pace(STRICT, clock)
    pace.reserve(BOT, CHAT, Priority.ANSWER)
    clock.turn(-3600)
    wait = pace.reserve(BOT, CHAT, Priority.ANSWER)
    assert 0.0 < wait <= STRICT.chat.every
    clock.turn(wait + 1e-5)
    assert pace.reserve(BOT, CHAT, Priority.ANSWER) == 0.0


@pytest.mark.parametrize("counts", [True, False], ids=["by a count no setting moves", "by the clock alone"])
def test_a_halt_of_half_a_minute_is_over_in_half_a_minute_though_the_clock_is_set_back(counts: bool) -> None:
    clock, passed = StandingClock(), 0.0
    pace = Pace(STRICT, clock, steady=(lambda: passed) if counts else None)
    pace.halt(BOT, 0, 30)
    clock.turn(-36_000)
    assert pace.reserve(BOT, CHAT, Priority.ANSWER) == pytest.approx(30)
    clock.turn(30)
    passed += 30
    assert pace.reserve(BOT, CHAT, Priority.ANSWER) == 0.0
    clock.turn(36_000)
    assert pace.reserve(BOT, CHAT, Priority.ANSWER) == (pytest.approx(STRICT.chat.every) if counts else 0.0)


def test_what_was_counted_before_the_common_clock_was_set_back_holds_nobody_up() -> None:
    now, hours = 0.0, 36_000.0
    used = Used(hours, hours, hours, halted=now, wanted={int(Priority.EMERGENCY): hours})
    assert wait_of(STRICT, used, Priority.BROADCAST, now) == (0.0, False)
    left = after(STRICT, used, 10, now)
    assert (left.bot, left.chat) == pytest.approx((10 * STRICT.bot.every, 10 * STRICT.chat.every))
    wait, queues = wait_of(STRICT, left, Priority.BROADCAST, now)
    assert wait == pytest.approx((10 - STRICT.group.burst + 1) * STRICT.group.every)
    assert not queues


def test_thirty_thousand_chats_leave_no_trace_once_silent() -> None:
    clock = StandingClock()
    pace = Pace(LENIENT, clock)
    for chat in range(30_000):
        clock.turn(0.001)
        pace.reserve(BOT, chat, Priority.ANSWER)
    assert len(pace._tokens[BOT].chats) < 5_000
