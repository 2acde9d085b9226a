"""A clock a test turns."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 in the town


class StandingClock:
    """Stands until it is turned."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def turn(self, seconds: float) -> None:
        """So much later, or earlier."""
        self._now += timedelta(seconds=seconds)


class RunningClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)
