"""The table itself, and whole lives led by it: always somebody, always a date (I3), never the accused (I5)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.access import Action, Actor, can
from models.rules.closure import hazard
from models.rules.ladder import REVIEW_EVERY
from models.rules.lifecycle import CLOSED, HELD, LIFECYCLE, Event, State, diagram, move_for
from models.rules.policy import Category, DeskKind, Effect, Level, Milestone, Party, Role, Town
from models.town import load_town, sample_town_folder
from tests.rules import towns
from tests.rules.life import DAUGHTER, RAISER, Life
from tests.rules.towns import GARDEN, C, H, P

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
MONTHS = timedelta(days=200)


def test_a_state_and_an_event_have_one_row_at_most() -> None:
    assert len({(move.frm, move.event) for move in LIFECYCLE}) == len(LIFECYCLE)


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_an_event_follows_its_row_or_cannot_happen(state: State, event: Event) -> None:
    move = move_for(state, event)
    assert (move is not None) == any((row.frm, row.event) == (state, event) for row in LIFECYCLE)
    if move is not None:
        assert (move.frm, move.event) == (state, event)
        assert move.by, "somebody may"


def test_the_diagram_has_a_line_for_every_row() -> None:
    head, *lines = diagram().splitlines()
    assert head == "stateDiagram-v2"
    assert len(lines) == len(LIFECYCLE)
    for move, line in zip(LIFECYCLE, lines, strict=True):
        assert line.startswith(f"    {move.frm} --> {move.to}: {move.event} (")
        assert all(role in line for role in move.by)


def test_every_state_is_reached_and_every_open_one_has_a_way_on() -> None:
    reached = {State.DRAFT}
    while more := {move.to for move in LIFECYCLE if move.frm in reached} - reached:
        reached |= more
    assert reached == set(State)
    for state in filter(lambda state: state.open, State):
        assert any(move.frm is state and move.to is not state for move in LIFECYCLE)


def test_from_every_open_state_the_resident_can_get_to_the_end() -> None:
    ending = {State.CLOSED_OK}
    while more := {move.frm for move in LIFECYCLE if move.to in ending} - ending:
        ending |= more
    assert ending == set(State) - {State.WITHDRAWN}


def test_what_is_closed_is_opened_only_by_the_resident_s_word_and_what_is_taken_back_is_gone() -> None:
    ways_out = {(move.frm, move.event, move.to) for move in LIFECYCLE if not move.frm.open and move.to is not move.frm}
    assert ways_out == {
        (State.CLOSED_OK, Event.REOPEN, State.REOPENED),
        (State.CLOSED_SILENT, Event.REOPEN, State.REOPENED),
        (State.CLOSED_SILENT, Event.CONFIRM, State.CLOSED_OK),
    }


def test_silence_climbs_in_every_open_state_a_case_can_rest_in() -> None:
    rests = {state for state in State if state.open} - {State.DRAFT, State.SUBMITTED}  # filing does both in one breath
    assert {move.frm for move in LIFECYCLE if move.event is Event.CLIMB} == rests


CALLERS = frozenset({Role.COMMUNITY, Role.STREET, Role.DISTRICT})


def test_only_the_resident_s_word_ends_a_case_or_the_clock_in_silence() -> None:
    ends = {(move.event, move.to, move.by) for move in LIFECYCLE if move.to in CLOSED and move.frm is not move.to}
    assert ends == {
        (Event.CONFIRM, State.CLOSED_OK, CALLERS | {Role.RESIDENT}),  # a caller writes down what the resident says
        (Event.WITHDRAW, State.WITHDRAWN, frozenset({Role.RESIDENT})),
        (Event.LAPSE, State.CLOSED_SILENT, frozenset({Role.CLOCK})),
    }
    assert all(
        move.reaches == frozenset(Milestone) for move in LIFECYCLE if move.to in CLOSED and move.frm not in CLOSED
    ), "and then no clock is left"


def test_a_case_that_comes_back_begins_its_ladder_anew() -> None:
    assert all(move.restarts for move in LIFECYCLE if move.to is State.REOPENED and move.frm not in HELD)


TOWNS: dict[str, Callable[[], Town]] = {
    "tiny": towns.town,
    "no district": towns.without_district,
    "no community desks": towns.without_communities,
    "no ladder": lambda: replace(towns.town(), ladder=()),
    "licheng": cache(lambda: load_town(sample_town_folder())),
}
any_town = st.sampled_from(sorted(TOWNS)).map(lambda name: TOWNS[name]())


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """A case just filed, anywhere, about anything, against anybody."""
    town = draw(any_town)
    life = Life(
        town,
        category=draw(st.sampled_from(sorted(town.categories.values(), key=lambda category: category.code))),
        building=draw(st.sampled_from(sorted(town.buildings))),
        accused=draw(st.frozensets(st.sampled_from(Party))),
        now=FRIDAY + draw(st.timedeltas(timedelta(), timedelta(days=20))),
        has_head=draw(st.booleans()),
        heard=draw(st.booleans()),
    )
    life.file()
    return life


def hold(life: Life) -> None:
    """What must be so at every moment."""
    if not life.state.open:
        assert not life.clocks, "nothing is owed any more"
        return
    desk = life.town.desks[life.lead]
    assert desk.kind.level == life.level
    assert not (P in life.accused and desk.kind is DeskKind.PROPERTY)
    assert not (C in life.accused and desk.kind is DeskKind.COMMITTEE)
    assert life.clocks
    assert all(due.due_at > life.now for due in life.clocks.values())
    assert any(due.until is Milestone.CLOSED for due in life.clocks.values()), "one waits for the end"
    assert life.lead not in life.helping | life.above
    assert can(life.clerk(), Action.READ_WORDS, life.subject(), now=life.now).allow, "the desk can read what it owes"


WHO: dict[str, Callable[[Life], Actor]] = {
    "raiser": lambda life: Actor(RAISER),
    "clerk": Life.clerk,
    "head": Life.head,
    "decider": Life.at_the_decider,
    "caller": Life.at_the_caller,
    "daughter": lambda life: Actor(DAUGHTER),
    "stranger": lambda life: Actor(9),
}
OURS = (Event.SUBMIT, Event.ENTER, Event.ACCEPT, Event.CLIMB, Event.TAKE_OVER, Event.RESUME, Event.LAPSE)
"""What no person does to a case that is there."""

_steps = st.lists(
    st.integers(0, 99)  # one of what can happen now
    | st.tuples(st.sampled_from(Event), st.sampled_from(sorted(WHO)))  # anything at all
    | st.timedeltas(timedelta(minutes=1), timedelta(days=40)),
    min_size=8,
    max_size=24,
)


def possible(life: Life) -> list[tuple[Event, str]]:
    """What somebody may do now, by the two tables; but the end is rather not come to by chance."""
    about = life.subject()
    return [
        (event, who)
        for event in Event
        if move_for(life.state, event) and event is not Event.WITHDRAW
        for who, actor in WHO.items()
        if can(actor(life), Action(event), about, now=life.now).allow
    ]


@settings(max_examples=150, deadline=None)
@given(lives(), _steps)
def test_whatever_happens_a_case_has_one_desk_and_a_date(
    life: Life, steps: list[int | tuple[Event, str] | timedelta]
) -> None:
    hold(life)
    for step in steps:
        state, level, lead = life.state, life.level, life.lead
        if isinstance(step, timedelta):
            life.wait(life.now + step)
            unsigned = State.REOPENED if state is State.REOPENED else State.ACCEPTED
            taken_over = life.lead != lead and life.state is unsigned
            lapsed = state is State.CLAIMED and life.state is State.CLOSED_SILENT
            if lapsed:
                assert life.heard, "nothing undelivered counts against the raiser"
                assert not hazard(life.category), "danger is never closed in silence"
            assert life.state is state or taken_over or lapsed, "time changes nothing else"
        else:
            if isinstance(step, int) and not (now := possible(life)):
                return  # taken back: nothing more can be done
            event, who = now[step % len(now)] if isinstance(step, int) else step
            happened = life.do(event, WHO[who](life))
            assert happened or (life.state, life.level, life.lead) == (state, level, lead)
            assert not (happened and who in ("stranger", "daughter"))
            assert not (happened and event in OURS)
            life.wait(life.now)  # a rung at minute 0
        assert life.level >= level, "a case never sinks"
        assert life.lead == lead or lead in life.helping, "who led it stays and helps"
        hold(life)


@settings(max_examples=60, deadline=None)
@given(lives())
def test_a_case_nobody_touches_is_seen_at_least_every_week(life: Life) -> None:
    while life.fired == [] or life.now < FRIDAY + MONTHS:
        due = min(clock.due_at for clock in life.clocks.values())
        assert due - life.now <= REVIEW_EVERY.length
        life.wait(due)
        hold(life)
    assert life.state is State.ACCEPTED


@settings(max_examples=60, deadline=None)
@given(lives())
def test_who_never_answers_is_reminded_once_then_telephoned_or_closed_in_silence(life: Life) -> None:
    assert life.do(Event.CLAIM, life.clerk())
    life.fired.clear()
    life.wait(life.now + MONTHS)
    effects = [effect for _, effect in life.fired]
    asked = 1 if life.town.ladder else 0
    silent = bool(asked) and life.heard and not hazard(life.category)
    assert (effects.count(Effect.ASK_AGAIN), effects.count(Effect.CALL)) == (asked, asked and not silent)
    assert set(effects) <= {Effect.ASK_AGAIN, Effect.CALL, Effect.REVIEW}, (
        "the desk that did its work is not climbed over"
    )
    assert life.state is (State.CLOSED_SILENT if silent else State.CLAIMED)


@settings(max_examples=60, deadline=None)
@given(lives(), st.integers(1, 6))
def test_a_case_returned_again_and_again_rises_until_it_cannot(life: Life, times: int) -> None:
    levels = [life.level]
    for _ in range(times):
        assert life.do(Event.CLAIM, life.clerk())
        assert life.do(Event.DENY, Actor(RAISER))
        life.wait(life.now)
        hold(life)
        levels.append(life.level)
    assert levels[1] == levels[0], "the same desk has a second chance"
    for before, after in pairwise(levels[1:]):
        assert after > before or before is Level.STREET
    if times >= 3:
        assert life.level is Level.STREET, "and there it stays"


@pytest.mark.parametrize(
    ("category", "accused", "fired", "lead", "why"),
    [
        (
            towns.LAMP,
            frozenset[Party](),
            ["P2-4wh copy", "P2-7wh lead", "P2-16wh remind", "P2-21wh lead", "weekly review"],
            "street",
            "the firm says nothing: told, taken over, overdue, taken over again",
        ),
        (
            towns.LAMP,
            frozenset({P, H}),
            ["P2-4wh copy", "P2-7wh lead", "P2-16wh remind", "P2-21wh copy", "weekly review"],
            "street",
            "the firm is the accused: it begins one higher and is at the top sooner",
        ),
        (
            towns.LIFT_TRAPPED,
            frozenset[Party](),
            ["P0-10m copy", "P0-2h copy", "P0-24h lead", "weekly review"],
            "street",
            "an emergency does not wait for Monday",
        ),
    ],
)
def test_a_week_of_silence_step_by_step(
    category: Category, accused: frozenset[Party], fired: list[str], lead: str, why: str
) -> None:
    life = Life(towns.town(), category, GARDEN, accused, FRIDAY)
    life.file()
    life.wait(FRIDAY + timedelta(days=7))
    assert [f"{code} {effect}" for code, effect in life.fired] == fired, why
    assert life.lead == lead, why


def test_twelve_hops_end_with_a_yes() -> None:
    life = Life(towns.town(), towns.LEAK, GARDEN, frozenset(), FRIDAY)
    life.file()
    assert life.do(Event.LOOK, life.head())
    assert life.do(Event.SIGN, life.clerk())
    assert life.do(Event.CONTACT, life.clerk())
    assert not life.do(Event.CONFIRM, Actor(RAISER)), "nobody has said it is done"
    assert life.do(Event.CLAIM, life.clerk())
    assert not life.do(Event.CONFIRM, life.clerk()), "who did it cannot say so for the resident"
    assert life.do(Event.CONFIRM, Actor(RAISER))
    assert life.state is State.CLOSED_OK
    assert not life.clocks
    assert not life.do(Event.DENY, Actor(RAISER))
