"""Where may a test pull the plug? Named places in the code that do nothing until one of them is armed.

`bot.settings` arms from HUIYIN_FAILPOINT; nothing here reads the environment.
"""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

NAMES = (
    "store.before_commit",
    "store.after_commit",
    "intake.before_keep",
    "intake.after_keep",
    "intake.before_ack",
    "worker.before_handle",
    "worker.after_commit",
    "worker.before_reply",
    "delivery.before_claim",
    "delivery.after_claim",
    "delivery.after_send",
    "delivery.after_settle",
)
FILES = ("files.before_rename", "files.after_rename")
"""Places only a picture or a voice comes by: whole aside, and by its name while no row names it yet."""


class Deed(StrEnum):
    """What happens there: the process dies at once, an exception, or nothing ever again."""

    KILL = "kill"
    RAISE = "raise"
    HANG = "hang"


class Tripped(Exception):
    """An armed failpoint was told to raise."""


@dataclass(slots=True)
class _Armed:
    deed: Deed
    left: int  # passages until it acts
    times: int  # passages it acts on from then


_armed: dict[str, _Armed | Callable[[str], None]] = {}


def arm(order: str) -> None:
    """Makes the n-th passage of a failpoint act: `arm("store.before_commit:3:kill")`. ValueError if unknown.

    `arm("worker.before_handle:3:raise:2")` acts twice: on the third passage and on the fourth.
    """
    name, armed = understood(order)
    _armed[name] = armed


def understood(order: str) -> tuple[str, _Armed]:
    """Which failpoint an order means, and how it would act; ValueError says why none. Arms nothing."""
    name, _, rest = order.partition(":")
    count, _, rest = rest.partition(":")
    deed, _, times = rest.partition(":")
    times = times or "1"
    if name not in (*NAMES, *FILES):
        raise ValueError(f"no failpoint is called {name!r}; there are {', '.join((*NAMES, *FILES))}")
    if not count.isdecimal() or int(count) < 1 or deed not in set(Deed):
        raise ValueError(f"{order!r} is not an order to a failpoint: name:n:kill|raise|hang, n at least 1")
    if not times.isdecimal() or int(times) < 1:
        raise ValueError(f"{order!r} lets a failpoint act no time: its fourth part is at least 1")
    return name, _Armed(Deed(deed), int(count), int(times))


def watch(passed: Callable[[str], None]) -> None:
    """`passed(name)` is called at every passage of every failpoint until `disarm`; what it raises comes out there.

    For a world that keeps its own plan of who dies where (tests/sim).
    """
    for name in NAMES:
        _armed[name] = passed


def disarm() -> None:
    """No failpoint acts any more, and nobody watches."""
    _armed.clear()


def failpoint(name: str) -> None:
    """Passes, unless this place is armed and its turn has come. Costs one look at an empty dictionary."""
    if _armed:
        _pass(name)


def _pass(name: str) -> None:
    armed = _armed.get(name)
    if armed is None:
        return
    if not isinstance(armed, _Armed):
        armed(name)
        return
    armed.left -= 1
    if armed.left > 0:
        return
    armed.times -= 1
    if not armed.times:
        del _armed[name]
    match armed.deed:
        case Deed.KILL:  # pragma: no cover (nobody survives to say so; tests/hostile kills real processes)
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
        case Deed.RAISE:
            raise Tripped(name)
        case _:  # Deed.HANG
            while True:
                time.sleep(3600)
