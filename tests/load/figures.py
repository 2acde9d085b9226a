"""What was measured under load, and where is it written down? Lines of a table in docs/benchmarks.md."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. `met`: whether the goal is reached; None where there is none."""

    what: str
    figure: str
    goal: str = ""
    met: bool | None = None


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of them does not exceed; 0 of none."""
    if not values:
        return 0.0
    return sorted(values)[min(len(values) - 1, math.ceil(share * len(values)) - 1)]


def table(lines: Iterable[Line]) -> str:
    """Markdown, aligned so that a terminal shows it too."""
    rows = [("", "measured", "goal", "")]
    rows += [(one.what, one.figure, one.goal, {True: "yes", False: "**no**", None: ""}[one.met]) for one in lines]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    shown = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    shown.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(shown)
