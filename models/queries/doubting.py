"""Is the hour to be believed? Not while a leap of the clock is held: then no date counts as missed (S35)."""

from sqlmodel import Session

from models.rules.alarms import AlarmKind
from models.store import Statement

_HELD = Statement(
    "SELECT 1 AS held FROM alarm WHERE kind = :kind AND ref = 'clock ahead' AND cleared_at IS NULL LIMIT 1"
)


def is_doubted(session: Session) -> bool:
    """Whether what time alone sets off is held, because the clock leapt ahead."""
    return _HELD.one(session, kind=AlarmKind.CLOCK_JUMPED) is not None
