"""What does a No of the resident do? (domain C3, C4)"""

from models.rules.ladder import Climb, rise
from models.rules.policy import Category, Effect, Level, Party, Sla, Town

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
