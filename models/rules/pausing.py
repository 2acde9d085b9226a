"""How long may a desk's question stop the clocks, and where does a date stand while it does? (domain C3 need_info)

A question pauses once, for one working day of the desk at most. What was left of a date is counted again from the
moment the pause ends: its working hours as working hours, so that a weekend neither helps nor hurts.
"""

from datetime import datetime

from models.rules.gone import desk_of
from models.rules.ladder import ONE_DAY, rung
from models.rules.policy import Counting, Milestone, Sla, Span, Town
from models.rules.working_time import after, working_span

_WAIT_FOR_THE_DESK = frozenset({Milestone.SAFE, Milestone.CLAIMED})


def pauses(sla: Sla) -> bool:
    """Whether a question stops the clocks at all: an emergency waits for no answer."""
    return sla is not Sla.P0


def pause_ends(asked_at: datetime, town: Town, desk: str) -> datetime:
    """When the clocks go on if no answer comes: one working day of the desk later."""
    return after(asked_at, ONE_DAY, town.calendar, desk_of(town, desk).hours)


def pausable(code: str, until: Milestone, town: Town) -> bool:
    """Whether this clock waits for what the desk does about the matter; a review or another office's day does not."""
    return until in _WAIT_FOR_THE_DESK and rung(town, code).sla is not None


def counting_of(code: str, town: Town) -> Counting:
    """How the span of a rung is counted."""
    return rung(town, code).after.counting


def counting_of_promise(sla: Sla, town: Town) -> Counting:
    """How the day by which it is to be done is counted."""
    resolve = town.promises[sla].resolve
    return Counting.WALL if resolve is None else resolve.counting


def moved(due_at: datetime, *, frm: datetime, to: datetime, counting: Counting, town: Town, desk: str) -> datetime:
    """What was left of `due_at` at `frm`, counted again from `to`; one that had passed by then stays where it is.

    Forth with (asked, end of the pause) and back with (end of the pause, answered) leaves just the time that was used.
    """
    if due_at <= frm:
        return due_at
    if counting is Counting.WALL:
        return due_at + (to - frm)
    hours = desk_of(town, desk).hours
    left = working_span(frm, due_at, town.calendar, hours)
    return after(to, Span(left, Counting.WORK), town.calendar, hours)
