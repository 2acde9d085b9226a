"""What becomes of dates and clocks when a case turns out to be another matter than it seemed, or a graver one?

The resident waits since she spoke, so the new class counts from the filing; what would be past by that counts from
now, because nobody could have kept it. Nothing that was promised to her gets later. Only the day to sign by is wholly
new: it is the new desk's, and she was told none.
"""

from collections.abc import Iterable
from datetime import datetime

from models.rules.ladder import Due, Promised
from models.rules.lifecycle import Event, State, move_for
from models.rules.policy import Milestone


def reread(before: Promised, since_filing: Promised, from_now: Promised, now: datetime) -> Promised:
    """The dates of a case that was heard anew: `since_filing` and `from_now` are the new class's."""
    return Promised(
        from_now.acknowledge_by,
        _earliest(before.contact_by, _still_to_come(since_filing.contact_by, from_now.contact_by, now)),
        _earliest(before.resolve_by, _still_to_come(since_filing.resolve_by, from_now.resolve_by, now)),
    )


def reread_clocks(since_filing: Iterable[Due], from_now: Iterable[Due], now: datetime) -> tuple[Due, ...]:
    """The clocks of that case: each rung as since the filing; from now where that is past, or waits for a signature."""
    anew = {due.rung: due for due in from_now}
    return tuple(anew[due.rung] if due.until is Milestone.SIGNED or due.due_at <= now else due for due in since_filing)


def earlier(before: Promised, other: Promised) -> Promised:
    """The earlier of each date: what a matter that turns out graver is promised."""
    return Promised(
        min(before.acknowledge_by, other.acknowledge_by),
        _earliest(before.contact_by, other.contact_by),
        _earliest(before.resolve_by, other.resolve_by),
    )


def still_to_reach(state: State) -> frozenset[Milestone]:
    """The milestones a case in this state has yet to reach, read off the lifecycle: what no row can reach is behind."""
    reachable: set[Milestone] = {Milestone.ON_SCENE, Milestone.SAFE, Milestone.CLAIMED, Milestone.CLOSED}
    if move_for(state, Event.SIGN) is not None:
        reachable |= {Milestone.SIGNED, Milestone.CONTACTED}
    if move_for(state, Event.CONTACT) is not None:
        reachable.add(Milestone.CONTACTED)
    return frozenset(reachable)


def _still_to_come(since_filing: datetime | None, from_now: datetime | None, now: datetime) -> datetime | None:
    return since_filing if since_filing is not None and since_filing > now else from_now


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)
