"""Is every promise of this database kept? Every violation of an invariant that the tables themselves can show.

Reads only, in one view, on a live database: what is legally under way (a lease, a clock due this minute, a promise not
sent yet) is no violation. `since` looks at what came after it and at everything open, so that an hourly look costs what
the hour did. The numbers are those of the reliability plan (I1 to I15). Of I7 it says who got what and not what stood
in it; I12 (secrets in logs and metrics) is not in any table.
"""

from datetime import datetime

from sqlmodel import Session

from models.queries.breaches import cases, chains, closings, kept, people, told
from models.queries.breaches.found import Violation, looked_at, view_of
from models.rules.policy import Town

__all__ = ["Violation", "looked_at", "violations"]

_ROOMS = (kept, cases, chains, closings, told, people)


def violations(
    session: Session,
    town: Town,
    *,
    now: datetime,
    machine_now: datetime,
    running: bool = True,
    since: datetime | None = None,
) -> list[Violation]:
    """Everything that is not as it must be, in the order of the invariants; empty where all is well.

    `running` False: nobody serves this database (a backup, a restored copy), so what is overdue is nobody's fault.
    `since`: an office moment; None looks at everything there is.
    """
    look = view_of(session, town, now=now, machine_now=machine_now, running=running, since=since)
    found = (one for room in _ROOMS for one in room.found(look))
    return sorted(found, key=lambda one: (int(one.invariant[1:]), one.row, one.id))
