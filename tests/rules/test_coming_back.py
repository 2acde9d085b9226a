"""What is closed without a word, who telephones, and what comes back one level higher (domain C3, C4, M08)."""

from datetime import UTC, datetime, timedelta

import pytest

from models.rules.closure import call_again, callers, never_silent, person_by, sampled
from models.rules.policy import Level, Party, Sla, Town
from models.rules.routing import came_back, route
from models.town import load_town, sample_town_folder

BUILDING = "LC01-3"


@pytest.fixture(scope="module")
def town() -> Town:
    return load_town(sample_town_folder())


@pytest.mark.parametrize(
    ("code", "sla", "never", "why"),
    [
        ("C03-2", Sla.P1, True, "a lift may hurt somebody (C01 to C03)"),
        ("C04-1", Sla.P0, True, "an emergency is one whatever its kind"),
        ("C10-4", Sla.P2, True, "what is sealed has nobody else who looks"),
        ("C07-1", Sla.P2, False, "what endangers nobody may be let go"),
    ],
)
def test_what_endangers_somebody_is_never_closed_in_silence(
    town: Town, code: str, sla: Sla, never: bool, why: str
) -> None:
    assert never_silent(town.categories[code], sla) is never, why


def test_the_nearest_desk_calls_that_did_not_do_the_work(town: Town) -> None:
    assert callers(town, BUILDING, but="WY-01") == ("SQ-PW", "JD", "QU")
    assert callers(town, BUILDING, but="SQ-PW") == ("JD", "QU"), "never about one's own work"


def test_about_one_in_sixteen_of_the_silent_is_called_and_nobody_knows_which() -> None:
    one, other = ([sampled(key, case) for case in range(16_000)] for key in (b"1" * 32, b"2" * 32))
    assert 800 < sum(one) < 1200, "at least 5 % of them (domain C3)"
    assert one != other
    assert one == [sampled(b"1" * 32, case) for case in range(16_000)], "asked again, the same"


@pytest.mark.parametrize(
    ("now", "again", "why"),
    [
        (datetime(2026, 11, 24, 1, tzinfo=UTC), datetime(2026, 11, 25, 0, 30, tzinfo=UTC), "the next morning"),
        (datetime(2026, 11, 27, 9, tzinfo=UTC), datetime(2026, 11, 30, 0, 30, tzinfo=UTC), "after the weekend"),
    ],
)
def test_a_call_nobody_answered_comes_back_on_the_next_working_day(
    town: Town, now: datetime, again: datetime, why: str
) -> None:
    assert call_again(now, town, "JD").due_at == again, why


def test_a_person_calls_within_what_is_promised_of_an_urgent_matter(town: Town) -> None:
    now = datetime(2026, 11, 24, 1, tzinfo=UTC)
    assert person_by(now, town, "SQ-PW").due_at == now + timedelta(hours=4)


def test_what_came_back_starts_one_level_higher_and_the_first_desk_helps(town: Town) -> None:
    lamp = town.categories["C03-2"]
    first = route(lamp, BUILDING, town, has_head=False)
    back = came_back(first, BUILDING, town)
    assert (first.level, back.level) == (Level.COMPOUND, Level.COMMUNITY)
    assert back.desk == "SQ-PW"
    assert back.helping == (first.desk,)
    assert "relapse" in back.reasons
    higher = came_back(came_back(back, BUILDING, town), BUILDING, town)
    assert (higher.level, higher.desk) == (Level.STREET, town.street_desk), "the street is the top that leads"


def test_the_accused_is_passed_over_on_the_way_up_too(town: Town) -> None:
    against = frozenset({Party.PROPERTY})
    first = route(town.categories["C03-2"], BUILDING, town, accused=against, has_head=False)
    assert came_back(first, BUILDING, town, accused=against).level is Level.STREET
