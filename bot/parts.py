"""Which parts does one process have? The shape only: a process that leaves a part out does not import its library."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot.house import House
from bot.settings import Part

if TYPE_CHECKING:
    from scheduler.delivery import Delivery
    from scheduler.fetching import Fetching
    from scheduler.metronome import Metronome


class Working(Protocol):
    """A part that works until it is told to stop."""

    async def run(self) -> None: ...

    def stop(self) -> None: ...


class Hands(Working, Protocol):
    """The worker, for those who must not import aiogram to name it."""

    def nudge(self) -> None: ...

    async def idle(self) -> None: ...


class Ears(Protocol):
    """A poller."""

    async def run(self) -> None: ...


@dataclass(slots=True)
class Parts:
    """The parts of one process; None for what it leaves to others, or where there is no messenger to serve."""

    house: House
    only: frozenset[Part]
    delivery: "Delivery | None" = None
    fetching: "Fetching | None" = None
    metronome: "Metronome | None" = None
    worker: Hands | None = None
    pollers: dict[int, Ears] = field(default_factory=dict)

    @property
    def working(self) -> Iterator[Working]:
        """Those that are there."""
        parts: tuple[Working | None, ...] = (self.metronome, self.delivery, self.fetching, self.worker)
        return (part for part in parts if part is not None)

    def heard(self) -> None:
        """An update was kept: look at once who can be answered."""
        if self.worker is not None:
            self.worker.nudge()

    def nudge(self) -> None:
        """Something was committed: look at once for what may leave. What is due has its own beat."""
        if self.delivery is not None:
            self.delivery.nudge()
        if self.fetching is not None:
            self.fetching.nudge()

    def look(self) -> None:
        """Another process has told that there is something: for whom, it did not say."""
        self.heard()
        self.nudge()

    def stop(self) -> None:
        """Each part ends when what it holds is finished."""
        for part in self.working:
            part.stop()

    async def strike(self) -> None:
        """What is due at this moment of the office has been done."""
        if self.metronome is not None:
            await self.metronome.strike()

    async def quiet(self) -> None:
        """Returns when nothing waits any more that could be done now."""
        if self.worker is not None:
            await self.worker.idle()
        if self.fetching is not None:
            await self.fetching.idle()  # what was fetched is shown
        if self.delivery is not None:
            await self.delivery.idle()
