"""What does a No of the resident do, what her silence, and for how long does a case that is closed come back?

Domain C3, C4, M08.
"""

import hmac
from datetime import datetime, timedelta

from models.rules.gone import desk_of
from models.rules.ladder import CALL_AGAIN, PERSON_ASKED, Climb, Due, promised, rise
from models.rules.policy import Category, Counting, Effect, Level, Party, Sla, Span, Town
from models.rules.routing import desk_at
from models.rules.working_time import after

HAZARDS = ("C01", "C02", "C03")
"""What is never closed without a word: fire safety, buildings, lifts (domain C3, M46)."""

LEADS_FROM = 2
"""The return from which the next level leads (domain C4 dissatisfied 2x)."""

STREET_FROM = 3
"""The return from which the street leads and a person not involved looks (domain C4 dissatisfied 3x)."""


def after_denial(
    times_returned: int, level: Level, town: Town, building: str, accused: frozenset[Party] = frozenset()
) -> Climb:
    """What the `times_returned`-th 没有 or 好了一部分 does, this one counted.

    First the same desk with the next level told; then the next level leads; then the street, which stays its desk.
    """
    if times_returned < 1:
        raise ValueError("a case that was never returned has no denial")
    if times_returned < LEADS_FROM:
        return rise(Effect.COPY, level, town, building, accused)
    if times_returned < STREET_FROM:
        return rise(Effect.LEAD, level, town, building, accused)
    return rise(Effect.LEAD, level, town, building, accused, to=Level.STREET, fresh_eyes=True)


def hazard(category: Category) -> bool:
    """Whether somebody may be hurt until it is made safe; such a case never closes in silence (domain M46)."""
    return category.code.startswith(HAZARDS)


AFTER_SAFE = Sla.P3
"""The service class of the repair once nobody is in danger any more (domain M46)."""

_URGENT = frozenset({Sla.P0, Sla.P1})


def after_safe(sla: Sla) -> Sla:
    """The class of a hazard that was made safe: the urgency is over, the repair is due; a slower class stays."""
    return AFTER_SAFE if sla in _URGENT else sla


REOPENS_WITHIN = timedelta(days=30)
"""How long after closing one tap reopens a case; later it is a new one, linked to the old (domain C3)."""

AGAIN_WITHIN = timedelta(days=7)
"""How long after the claim 「又坏了」 is taken to be about that case (domain C3)."""

RELAPSE_WITHIN = timedelta(days=365)
"""How long the same matter at the same place counts as 反弹 (domain M08)."""

ERASED_AFTER = timedelta(days=180)
"""How long what identifies the raiser outlives the case (domain B6, PIPL 19: the shortest time that serves)."""

REMINDED_FOR = timedelta(hours=24)
"""So long the one reminder must have stood on the raiser's telephone before silence closes a case."""

CALLS_AT_MOST = 3
"""Calls nobody answered, on as many days, before a case that endangers nobody is let go (domain C3)."""

RATES_FOR = timedelta(days=1)
"""How long a rating may still be changed."""

_SAMPLED = 16
"""One in so many of the cases closed in silence is telephoned all the same: domain C3 asks for 5 % at least."""


def never_silent(category: Category, sla: Sla) -> bool:
    """Whether a word of the raiser is needed, however long it takes: danger and sealed matters (users.md rule 5)."""
    return hazard(category) or category.sealed or sla is Sla.P0


def callers(town: Town, building: str, *, but: str) -> tuple[str, ...]:
    """The desks that may telephone the raiser, the nearest first: never `but`, whose own work it is (domain C3).

    The community and above: no firm or committee learns whose telephone it is, and none of them can be accused.
    """
    desks = (desk_at(town, building, level) for level in (Level.COMMUNITY, Level.STREET, Level.DISTRICT))
    return tuple(desk for desk in desks if desk is not None and desk != but)


def call_again(now: datetime, town: Town, caller: str) -> Due:
    """The call nobody answered comes back when the caller's next working day begins, so that no day counts twice."""
    tomorrow = now.astimezone(town.calendar.zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    opens = after(tomorrow, Span(timedelta(), Counting.WORK), town.calendar, desk_of(town, caller).hours)
    return Due(CALL_AGAIN.code, CALL_AGAIN.until, opens)


def person_by(starts: datetime, town: Town, caller: str) -> Due:
    """Until when somebody has called whoever asked for a person: what the caller promises of an urgent matter."""
    by = promised(Sla.P1, starts, town, caller)
    return Due(PERSON_ASKED.code, PERSON_ASKED.until, by.contact_by or by.acknowledge_by)


def sampled(key: bytes, case_id: int) -> bool:
    """Whether this case, closed in silence, is telephoned all the same; nobody without the key can tell beforehand."""
    return hmac.digest(key, str(case_id).encode(), "sha256")[0] % _SAMPLED == 0
