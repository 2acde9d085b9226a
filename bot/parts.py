"""Which parts does one process have? The shape only: a process that leaves a part out does not import its library."""

from dataclasses import dataclass
from typing import Protocol

from bot.house import House
from scheduler.delivery import Delivery
from scheduler.fetching import Fetching
from scheduler.metronome import Metronome


class Hands(Protocol):
    """The worker, for those who must not import aiogram to name it."""

    def nudge(self) -> None: ...

    async def idle(self) -> None: ...

    async def run(self) -> None: ...

    def stop(self) -> None: ...


class Ears(Protocol):
    """The poller."""

    async def run(self) -> None: ...


@dataclass(slots=True)
class Parts:
    """The parts of one process; None where there is no messenger to serve."""

    house: House
    delivery: Delivery
    fetching: Fetching
    metronome: Metronome
    worker: Hands | None = None
    poller: Ears | None = None

    def nudge(self) -> None:
        """Something was committed: look at once for what may leave. What is due has its own beat."""
        self.delivery.nudge()
        self.fetching.nudge()

    def stop(self) -> None:
        """Each part ends when what it holds is finished."""
        self.metronome.stop()
        self.delivery.stop()
        self.fetching.stop()
        if self.worker is not None:
            self.worker.stop()

    async def quiet(self) -> None:
        """Returns when nothing waits any more that could be done now."""
        if self.worker is not None:
            await self.worker.idle()
        await self.fetching.idle()  # what was fetched is shown
        await self.delivery.idle()
