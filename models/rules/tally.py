"""What has this process done since it began? Counts and waits for whoever scrapes it; nothing is kept.

Plain numbers that anybody may raise from where something happens, as a failpoint may be passed anywhere: what turns
them into metrics is elsewhere, and may be absent. A label is a code or a class's name, never an id and never a word.
"""

import bisect
from dataclasses import dataclass, field
from enum import StrEnum

LABELS_AT_MOST = 50
"""A count has no more labels than that: whatever comes beyond is «other»."""
BOUNDS_S = (0.05, 0.25, 1.0, 2.5, 5.0, 15.0, 60.0)
"""Seconds: the edges of the buckets waits are sorted into."""
OTHER = "other"


class Counted(StrEnum):
    SENDS = "sends"  # by what the messenger answered: models.ports.Outcome
    FAILURES = "failures"  # updates whose handling failed, by the name of the error
    REFUSED = "refused"  # updates not kept, by the reason: the store, a closed door


@dataclass(slots=True)
class Waits:
    """How often something had to wait, for how long in all, and how often no longer than each bound."""

    many: int = 0
    seconds: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_S) + 1))


_counts: dict[Counted, dict[str, int]] = {}
_pace = Waits()


def count(what: Counted, label: str = "") -> None:
    """Once more."""
    labels = _counts.setdefault(what, {})
    if label not in labels and len(labels) >= LABELS_AT_MOST:
        label = OTHER
    labels[label] = labels.get(label, 0) + 1


def waited_for_the_pace(seconds: float) -> None:
    """A message waited so long until it might leave, or was put off by so much."""
    _pace.many += 1
    _pace.seconds += seconds
    _pace.buckets[bisect.bisect_left(BOUNDS_S, seconds)] += 1


def counted(what: Counted) -> dict[str, int]:
    """Label: how often, since the process began."""
    return dict(_counts.get(what, {}))


def pace_waits() -> Waits:
    """Every wait for the pace, since the process began."""
    return Waits(_pace.many, _pace.seconds, list(_pace.buckets))


def forget() -> None:
    """As if the process had just begun; for tests."""
    _counts.clear()
    _pace.many, _pace.seconds, _pace.buckets = 0, 0.0, [0] * (len(BOUNDS_S) + 1)
