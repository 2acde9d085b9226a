"""Who is on duty over a holiday, for what, and how soon; and what is seen coming (domain M08b, M09)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from models.rules.ladder import clocks_from, promised
from models.rules.periods import calendar_ends, duty_days, on_duty, period_at, through
from models.rules.policy import Category, DeskKind, Level, Period, Sla, Town
from models.rules.routing import route
from tests.rules import towns
from tests.rules.towns import ATTITUDE, GARDEN, LAMP, LIFT_STOPPED, LIFT_TRAPPED, POWERS, VIOLENCE, wall

EVE = datetime(2027, 2, 5, 12, 30, tzinfo=UTC)  # 20:30 on 除夕
SPRING = Period("spring", "春节", "Spring", date(2027, 2, 5), date(2027, 2, 11), "roster", wall(minutes=10), ("C09",))


def town() -> Town:
    plain = towns.town()
    roster = towns._desk("roster", DeskKind.STREET, towns.ROUND_THE_CLOCK)
    return replace(plain, desks={**plain.desks, "roster": roster}, periods=(SPRING,))


@pytest.mark.parametrize(
    ("moment", "on", "why"),
    [
        (datetime(2027, 2, 4, 15, 59, tzinfo=UTC), False, "one minute before midnight in the town"),
        (datetime(2027, 2, 4, 16, 0, tzinfo=UTC), True, "from the first minute of the first day"),
        (datetime(2027, 2, 11, 15, 59, tzinfo=UTC), True, "to the last minute of the last day"),
        (datetime(2027, 2, 11, 16, 0, tzinfo=UTC), False, "and no longer"),
    ],
)
def test_a_period_lasts_whole_days_of_the_town(moment: datetime, on: bool, why: str) -> None:
    assert period_at(town(), moment) == (SPRING if on else None), why


@pytest.mark.parametrize(
    ("category", "takes", "why"),
    [
        (LIFT_TRAPPED, True, "an emergency"),
        (LIFT_STOPPED, True, "what is urgent"),
        (ATTITUDE, True, "one of its own categories, whatever the class"),
        (LAMP, False, "an ordinary matter rests"),
        (VIOLENCE, False, "a sealed one is nobody's roster's, however urgent"),
        (POWERS, False, "nor any other sealed one"),
    ],
)
def test_a_roster_takes_what_is_urgent_and_what_it_is_there_for(category: Category, takes: bool, why: str) -> None:
    assert on_duty(SPRING, category, sla=category.sla, sealed=category.sealed) is takes, why
    assert not on_duty(None, category, sla=category.sla, sealed=category.sealed)


def test_the_ordinary_desk_helps_and_the_level_stays() -> None:
    way = through(route(LIFT_TRAPPED, GARDEN, town(), has_head=False), SPRING)
    assert (way.desk, way.level, way.helping, way.above) == ("roster", Level.COMPOUND, ("firm",), ("east",))
    assert way.reasons == ("period",)
    assert through(replace(way, helping=()), SPRING).helping == (), "nobody helps themselves"


def test_an_urgent_matter_is_signed_for_within_what_the_period_says() -> None:
    place = town()
    assert promised(Sla.P1, EVE, place, "roster").acknowledge_by == EVE + timedelta(minutes=10)
    assert promised(Sla.P1, EVE, place, "firm").acknowledge_by == EVE + timedelta(minutes=30)
    assert promised(Sla.P1, EVE - timedelta(days=9), place, "roster").acknowledge_by == EVE - timedelta(
        days=9
    ) + timedelta(minutes=30)
    rings = {due.rung: due.due_at - EVE for due in clocks_from(Sla.P1, EVE, place, "roster")}
    assert rings["P1-30m"] == timedelta(minutes=10), "and silence climbs then"
    assert rings["P1-4h"] == timedelta(hours=4), "the rest is as ever"


def test_its_days_are_looked_at_three_ahead() -> None:
    def days(month: int, day: int) -> list[int]:
        return [found.day for _, found in duty_days(town(), datetime(2027, month, day, 4, tzinfo=UTC))]

    assert days(2, 1) == []
    assert days(2, 3) == [5, 6], "a gap on the 6th is known on the 3rd (M08)"
    assert days(2, 10) == [10, 11]
    assert days(2, 12) == []


def test_the_calendar_s_end_is_seen_thirty_days_ahead() -> None:
    last = date(2026, 12, 31)
    assert calendar_ends(town(), datetime(2026, 11, 30, 12, tzinfo=UTC)) is None
    assert calendar_ends(town(), datetime(2026, 12, 1, 0, tzinfo=UTC)) == last
    assert calendar_ends(town(), datetime(2027, 3, 1, 0, tzinfo=UTC)) == last, "and does not go away by itself"
