"""What was measured, and was it good enough? Costs, figures, and the table they are shown in."""

import gc
import os
import platform
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """What one unit of work took, in seconds: of every processor, and on the clock."""

    cpu: float
    wall: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `met`: whether the first goal is reached; None where there is none."""

    what: str
    ours: str
    bare: str
    ratio: str
    goal: str
    met: bool | None


class Stopwatch:
    """Measures a block: `with Stopwatch() as watch: …`, then `watch.per(units)`."""

    def __enter__(self) -> "Stopwatch":
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self._taken = self.so_far(1)

    def so_far(self, units: int) -> Cost:
        """What one of so many units has cost, while the watch runs."""
        return Cost((time.process_time() - self._cpu) / units, (time.perf_counter() - self._wall) / units)

    def per(self, units: int) -> Cost:
        """What one of so many units cost, once the watch has stopped."""
        return Cost(self._taken.cpu / units, self._taken.wall / units)


async def in_turns(rounds: int, *sides: Callable[[], Awaitable[Cost]]) -> tuple[Cost, ...]:
    """The median cost of each side. A first round warms up and is not counted; the order changes every round."""
    gc.freeze()  # as `huiyin run` does once it stands; it spares both sides
    costs: list[list[Cost]] = [[] for _ in sides]
    for number in range(rounds + 1):
        order = range(len(sides)) if number % 2 else reversed(range(len(sides)))
        for side in order:
            cost = await sides[side]()
            if number:
                costs[side].append(cost)
    return tuple(median(some) for some in costs)


def median(costs: Iterable[Cost]) -> Cost:
    """The middle of each, CPU and wall on their own."""
    some = list(costs)
    return Cost(statistics.median(one.cpu for one in some), statistics.median(one.wall for one in some))


def micros(cost: Cost) -> str:
    """A cost as it is read: microseconds of CPU, and on the clock."""
    return f"{cost.cpu * 1e6:.0f} µs ({cost.wall * 1e6:.0f})"


def table(figures: Iterable[Figure]) -> str:
    """Markdown, aligned so that a terminal shows it too."""
    rows = [("", "ours", "bare", "ratio", "goal", "")]
    rows += [
        (one.what, one.ours, one.bare, one.ratio, one.goal, {True: "yes", False: "**no**", None: ""}[one.met])
        for one in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def machine(now: datetime) -> str:
    """When and on what this was measured."""
    return (
        f"{now:%Y-%m-%d %H:%M} UTC · {os.cpu_count()} cores · {_processor()} · Python {platform.python_version()}"
        f" · load {os.getloadavg()[0]:.1f} when it began"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
