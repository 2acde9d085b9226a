"""When does a telephone ring? The noise budget of users.md, row by row, and what ringing later never moves."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.ladder import clocks_from, promised, push_at
from models.rules.lifecycle import Telling
from models.rules.policy import Category, Desk, DeskKind, Milestone, Sla, Tier
from models.rules.ringing import (
    WINDOW,
    At,
    InList,
    Occasion,
    first_list,
    gathered,
    head_rings,
    next_list,
    rings,
    when_there,
)
from tests.rules.towns import EVERY_DAY, NEVER, NIGHT, town

TOWN = town()
ZONE = TOWN.calendar.zone
TUESDAY = datetime(2026, 11, 24, 9, tzinfo=ZONE)
MIDDAY = TUESDAY.replace(hour=13)
NIGHT_TIME = TUESDAY.replace(hour=23)
FOUR = InList(TUESDAY.replace(hour=16))
HALF_PAST_EIGHT = InList(datetime(2026, 11, 25, 8, 30, tzinfo=ZONE))
ORDINARY = Category("C04-3", "漏水", "leak", Tier.BUILDING, Sla.P2, ())
URGENT = Category("C03-2", "电梯停运", "lift", Tier.PROPERTY, Sla.P1, ())
WAKES = Category("C04-2", "爆管", "burst pipe", Tier.PROPERTY, Sla.P1, (), wake=True)
SEALED = Category("C10-4", "举报", "report", Tier.STREET, Sla.P3, (), sealed=True)


def desk(kind: DeskKind) -> Desk:
    return Desk(kind, kind, kind, kind, "0595", hours=EVERY_DAY if kind is DeskKind.PROPERTY else None)


PROPERTY, COMMITTEE, COMMUNITY = desk(DeskKind.PROPERTY), desk(DeskKind.COMMITTEE), desk(DeskKind.COMMUNITY)
STREET, DISTRICT, DEPARTMENT = desk(DeskKind.STREET), desk(DeskKind.DISTRICT), desk(DeskKind.DEPARTMENT)
NOW = At(TUESDAY)

ROWS = [
    pytest.param(PROPERTY, Telling.ASSIGNMENT, ORDINARY, Sla.P2, {}, NOW, id="the firm is rung for what is new"),
    pytest.param(COMMITTEE, Telling.RETURNED, ORDINARY, Sla.P4, {}, NOW, id="the committee for what came back"),
    pytest.param(PROPERTY, Telling.REMINDER, URGENT, Sla.P1, {}, HALF_PAST_EIGHT, id="a reminder waits for its list"),
    pytest.param(PROPERTY, Telling.ADDED, ORDINARY, Sla.P2, {}, HALF_PAST_EIGHT, id="so does 催一下"),
    pytest.param(PROPERTY, Telling.DECIDED, ORDINARY, Sla.P2, {}, HALF_PAST_EIGHT, id="and what was decided"),
    pytest.param(PROPERTY, Telling.ADDED, ORDINARY, Sla.P2, {"awaited": True}, NOW, id="not the answer it asked for"),
    pytest.param(
        COMMITTEE, Telling.DECIDE, ORDINARY, Sla.P2, {"leads": False}, NOW, id="who is asked has one list a day"
    ),
    pytest.param(COMMUNITY, Telling.DECIDE, ORDINARY, Sla.P2, {"leads": False}, FOUR, id="or two, and reads it there"),
    pytest.param(PROPERTY, Telling.THANKS, ORDINARY, Sla.P0, {}, HALF_PAST_EIGHT, id="thanks can always wait"),
    pytest.param(COMMUNITY, Telling.ASSIGNMENT, ORDINARY, Sla.P2, {}, FOUR, id="a community reads what is its own"),
    pytest.param(COMMUNITY, Telling.CALL, ORDINARY, Sla.P2, {"leads": False}, FOUR, id="whom to call, in its list"),
    pytest.param(
        COMMUNITY, Telling.COPY, URGENT, Sla.P1, {"leads": False}, NOW, id="an urgent one nobody took up, now"
    ),
    pytest.param(
        COMMUNITY, Telling.COPY, URGENT, Sla.P1, {"leads": False, "unsigned": False}, FOUR, id="one taken up can wait"
    ),
    pytest.param(COMMUNITY, Telling.ASSIGNMENT, URGENT, Sla.P1, {}, NOW, id="an urgent one of its own, now"),
    pytest.param(COMMUNITY, Telling.REMINDER, URGENT, Sla.P1, {}, FOUR, id="its reminder in the list"),
    pytest.param(COMMUNITY, Telling.COPY, ORDINARY, Sla.P0, {"leads": False}, NOW, id="danger at once"),
    pytest.param(COMMUNITY, Telling.ASSIGNMENT, SEALED, Sla.P3, {}, NOW, id="a sealed matter at once"),
    pytest.param(STREET, Telling.COPY, URGENT, Sla.P1, {"leads": False}, FOUR, id="the street reads its copies"),
    pytest.param(STREET, Telling.ASSIGNMENT, URGENT, Sla.P1, {}, NOW, id="and is rung for an urgent one it leads"),
    pytest.param(STREET, Telling.ASSIGNMENT, SEALED, Sla.P3, {}, NOW, id="and for a sealed one it leads"),
    pytest.param(STREET, Telling.COPY, SEALED, Sla.P3, {"leads": False}, FOUR, id="not for one it is told of"),
    pytest.param(DISTRICT, Telling.COPY, ORDINARY, Sla.P0, {"leads": False}, NOW, id="the district for an emergency"),
    pytest.param(DISTRICT, Telling.COPY, ORDINARY, Sla.P2, {"leads": False}, FOUR, id="and else reads"),
    pytest.param(
        DEPARTMENT, Telling.ASSIGNMENT, ORDINARY, Sla.P2, {}, FOUR, id="a desk forgotten by the town reads too"
    ),
]


@pytest.mark.parametrize(("at", "telling", "category", "sla", "more", "ring"), ROWS)
def test_a_desk_is_rung_for_little_and_reads_the_rest(
    at: Desk, telling: Telling, category: Category, sla: Sla, more: dict[str, bool], ring: At | InList
) -> None:
    occasion = Occasion(telling, sla, category, **{"leads": True, **more})
    assert rings(occasion, at, TUESDAY, TOWN) == ring


def test_what_may_not_ring_at_night_waits_for_the_morning_or_for_whoever_opens() -> None:
    def at_night(place: Desk, category: Category, telling: Telling = Telling.ASSIGNMENT, **more: bool) -> At | InList:
        return rings(Occasion(telling, category.sla, category, **{"leads": True, **more}), place, NIGHT_TIME, TOWN)

    eight = datetime(2026, 11, 25, 8, tzinfo=ZONE)
    assert at_night(PROPERTY, WAKES) == At(NIGHT_TIME), "a burst pipe wakes the firm"
    assert at_night(COMMUNITY, WAKES) == At(NIGHT_TIME), "and whoever leads it"
    assert at_night(COMMUNITY, WAKES, Telling.COPY, leads=False) == HALF_PAST_EIGHT, "a copy is a matter of daytime"
    assert at_night(PROPERTY, URGENT) == At(eight)
    assert at_night(PROPERTY, ORDINARY) == At(eight), "this firm opens at eight"
    assert at_night(COMMITTEE, ORDINARY) == At(eight.replace(minute=30)), "this committee at half past"
    assert at_night(COMMUNITY, SEALED) == At(eight)


def test_a_desk_is_there_from_its_first_opening_to_its_last_closing() -> None:
    assert when_there(MIDDAY, TOWN, COMMITTEE) == MIDDAY, "a lunch break is no night"
    assert when_there(TUESDAY.replace(hour=18), TOWN, COMMITTEE) == HALF_PAST_EIGHT.moment
    night_shift = Desk("N", DeskKind.PROPERTY, "夜", "", "", hours=NIGHT)
    saturday = datetime(2026, 11, 28, 3, tzinfo=ZONE)
    assert when_there(saturday, TOWN, night_shift) == saturday, "since yesterday evening"
    nobody = Desk("X", DeskKind.PROPERTY, "空", "", "", hours=NEVER)
    assert when_there(TUESDAY, TOWN, nobody) == TUESDAY, "without hours of its own it keeps the town's"


def test_lists_come_on_a_desk_s_own_working_days_while_somebody_is_there() -> None:
    friday_evening = datetime(2026, 11, 27, 17, tzinfo=ZONE)
    assert next_list(friday_evening, TOWN, COMMUNITY) == datetime(2026, 11, 30, 8, 30, tzinfo=ZONE)
    assert next_list(friday_evening, TOWN, PROPERTY) == datetime(2026, 11, 28, 8, 30, tzinfo=ZONE)
    assert next_list(TUESDAY, TOWN, PROPERTY, any_of_day=True) == FOUR.moment
    assert next_list(FOUR.moment, TOWN, COMMUNITY) == HALF_PAST_EIGHT.moment, "after it, not at it"
    assert first_list(date(2026, 11, 28), TOWN, COMMUNITY) is None, "a Saturday"
    assert first_list(date(2026, 11, 28), TOWN, PROPERTY) == datetime(2026, 11, 28, 8, 30, tzinfo=ZONE)


def test_a_town_where_nobody_ever_works_has_its_lists_every_day() -> None:
    empty = replace(TOWN, calendar=replace(TOWN.calendar, hours=NEVER))
    assert next_list(TUESDAY, empty, COMMUNITY) == FOUR.moment
    assert next_list(FOUR.moment, empty, COMMUNITY) == HALF_PAST_EIGHT.moment
    assert first_list(date(2026, 11, 24), empty, COMMUNITY) is None
    assert when_there(TUESDAY, empty, COMMUNITY) == TUESDAY


def minutes(*after: int) -> tuple[datetime, ...]:
    return tuple(TUESDAY + timedelta(minutes=one) for one in after)


def test_the_third_card_within_minutes_begins_a_list() -> None:
    (now,) = minutes(0)
    assert gathered(At(now), now=now, alone=(), lists=()) == At(now)
    assert gathered(At(now), now=now, alone=minutes(-4), lists=()) == At(now)
    assert gathered(At(now), now=now, alone=minutes(-4, -1), lists=()) == InList(minutes(6)[0])
    assert gathered(At(now), now=now, alone=minutes(-14, -11), lists=()) == At(now), "that is long ago"
    assert gathered(At(now), now=now, alone=(), lists=minutes(6)) == InList(minutes(6)[0]), (
        "it takes the one that comes"
    )
    assert gathered(At(now), now=now, alone=minutes(-1), lists=minutes(-4)) == InList(minutes(6)[0])
    assert gathered(InList(now), now=now, alone=minutes(-4, -1), lists=()) == InList(now)
    assert gathered(At(now), now=now, alone=(), lists=(), spare=FOUR.moment) == FOUR, "enough for one day"


def test_what_is_held_back_for_the_same_morning_becomes_its_list() -> None:
    eight = TUESDAY.replace(hour=8) + timedelta(days=1)
    assert gathered(At(eight), now=NIGHT_TIME, alone=(eight, eight), lists=()) == InList(eight)
    assert gathered(At(eight), now=NIGHT_TIME, alone=(eight,), lists=()) == At(eight)


def test_a_head_is_asked_once_a_day_and_at_once_only_when_somebody_is_in_danger() -> None:
    today = TUESDAY.date()
    assert head_rings(TUESDAY, (), TOWN, sla=Sla.P2) == TUESDAY
    assert head_rings(TUESDAY, (today,), TOWN, sla=Sla.P2) == HALF_PAST_EIGHT.moment
    taken = (today, today + timedelta(days=1))
    assert head_rings(TUESDAY, taken, TOWN, sla=Sla.P1) == HALF_PAST_EIGHT.moment + timedelta(days=1)
    assert head_rings(TUESDAY, taken, TOWN, sla=Sla.P0) == TUESDAY


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 30)).map(lambda moment: moment.replace(tzinfo=UTC))
OCCASIONS = st.builds(
    Occasion,
    telling=st.sampled_from(Telling),
    sla=st.sampled_from(Sla),
    category=st.sampled_from((ORDINARY, URGENT, WAKES, SEALED)),
    leads=st.booleans(),
    unsigned=st.booleans(),
    awaited=st.booleans(),
)
DESKS = st.sampled_from((PROPERTY, COMMITTEE, COMMUNITY, STREET, DISTRICT))


@given(MOMENTS, OCCASIONS, DESKS)
def test_nobody_is_rung_before_now_or_in_the_quiet_hours_or_never(now: datetime, occasion: Occasion, at: Desk) -> None:
    ring = rings(occasion, at, now, TOWN)
    assert now <= ring.moment < now + timedelta(days=15), "after the longest holiday at the latest"
    if not (occasion.sla is Sla.P0 or (occasion.sla is Sla.P1 and occasion.category.wake)):
        assert push_at(ring.moment, Sla.P2, ORDINARY, TOWN) == ring.moment
    if occasion.sla is Sla.P0 and occasion.telling not in (Telling.THANKS, Telling.LIST):
        assert ring == At(now)


@given(MOMENTS, OCCASIONS, st.sampled_from(Sla), st.sampled_from(sorted(TOWN.desks)))
def test_ringing_later_moves_the_day_to_sign_by_and_nothing_else(
    now: datetime, occasion: Occasion, sla: Sla, code: str
) -> None:
    starts = push_at(now, sla, occasion.category, TOWN)
    rung_at = max(starts, rings(occasion, TOWN.desks[code], now, TOWN).moment)
    told, listed = promised(sla, starts, TOWN, code), promised(sla, rung_at, TOWN, code)
    assert listed.acknowledge_by >= told.acknowledge_by
    for due in clocks_from(sla, rung_at, TOWN, code):
        if due.until is Milestone.SIGNED:
            assert due.due_at >= rung_at, "no clock waits for a signature before the desk was rung"


@given(MOMENTS, st.lists(st.integers(-30, 30), max_size=6), st.lists(st.integers(-30, 30), max_size=3))
def test_company_keeps_nobody_waiting_longer_than_the_window(now: datetime, alone: list[int], lists: list[int]) -> None:
    def at(after: list[int]) -> list[datetime]:
        return [now + timedelta(minutes=one) for one in after]

    ring = gathered(At(now), now=now, alone=at(alone), lists=at(lists))
    assert now <= ring.moment <= now + WINDOW
