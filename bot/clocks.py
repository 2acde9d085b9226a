"""What time is it? The only reader of the wall clock. Machine time rules leases and retries; office time, promises."""

import time
from datetime import UTC, datetime, timedelta


class MachineClock:
    """The machine's own time, never turned."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def steady(self) -> float:
        """Seconds that pass, whatever anybody sets the clock to; only their differences mean something."""
        return time.monotonic()


class OfficeClock:
    """The machine's time and what it was turned ahead; turned only in the demo and tests, and kept in the store."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead
