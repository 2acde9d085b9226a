"""Since when does a clock stand wrong? Its steps ahead, the last on top; a step back takes them off again.

What was written before a clock stepped ahead was right, and is right again once it came back.
"""

from datetime import datetime, timedelta

from models.actions.leaping import Wrong


class Steps:
    """The steps ahead nobody has taken back yet."""

    def __init__(self, noticed: timedelta) -> None:
        """A rest no longer than `noticed` is none."""
        self._noticed = noticed
        self._ahead: list[tuple[datetime, timedelta]] = []  # what it showed at first, and by how much that was wrong

    @property
    def since(self) -> datetime | None:
        """What it showed when it first stood ahead; None: it does not."""
        return self._ahead[0][0] if self._ahead else None

    def began(self, wrong: Wrong) -> None:
        """It stood ahead already when somebody began to look."""
        by = timedelta(seconds=wrong.seconds)
        if wrong.since is not None and by > self._noticed:
            self._ahead.insert(0, (wrong.since, by))

    def ahead(self, by: timedelta, *, shows: datetime) -> None:
        """It stepped ahead, and showed at least `shows` then."""
        self._ahead.append((shows, by))

    def back(self, by: timedelta) -> list[Wrong]:
        """What a step back makes good, the last first; what is left stood wrong since nobody knows when."""
        wrongs = []
        while self._ahead and by > self._noticed:
            since, ahead = self._ahead.pop()
            taken = min(by, ahead)
            wrongs.append(Wrong(taken.total_seconds(), since))
            by -= taken
            if ahead - taken > self._noticed:
                self._ahead.append((since - taken, ahead - taken))
        if by > self._noticed:
            wrongs.append(Wrong(by.total_seconds()))
        return wrongs

    def forget(self) -> None:
        """Somebody looked at the clock and said that it is right."""
        self._ahead.clear()
