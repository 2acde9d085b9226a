"""When does a case end, and what does a No do? Only the resident's word closes (domain C3, reliability I8)."""

from datetime import timedelta

from models.rules.ladder import Climb, rise
from models.rules.lifecycle import Event, State, move_for
from models.rules.policy import Effect, Level, Party, Town

REMIND_AFTER = timedelta(hours=24)
"""The one reminder that 解决了吗 waits (domain C3, B8: one call back and one reminder, then stop)."""

CALL_AFTER = timedelta(hours=72)
"""Then a person telephones (domain C3 closed_silent, reliability I8 b); silence alone closes nothing."""

REOPEN_WITHIN = timedelta(days=30)
"""How long 没好 opens the same number again after closing (domain C3 closed_* → reopened)."""

LEADS_FROM = 2
"""The return from which the next level leads (domain C4 dissatisfied 2x)."""

STREET_FROM = 3
"""The return from which the street leads and a person not involved looks (domain C4 dissatisfied 3x)."""


def may_confirm(state: State, *, person: int | None, raiser: int | None) -> bool:
    """Whether this person may say 解决了: the raiser, once somebody claims it is done, however late."""
    return person is not None and person == raiser and move_for(state, Event.CONFIRM) is not None


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
