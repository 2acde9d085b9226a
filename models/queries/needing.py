"""Does somebody wait for help, whose next words are about nothing else? Despair, danger without a place, an emergency
of this hour."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.rules.policy import Sla
from models.store import Statement
from models.turn import Work

LOOKED_FOR = timedelta(hours=1)
"""So long after somebody cried for help what they say is about that."""


@dataclass(frozen=True, slots=True)
class Needing:
    """The newest such case. `care`: words of somebody who may not want to live; `nowhere`: its place is unknown."""

    case_id: int
    category: str
    care: bool
    of_another: bool  # they were said of somebody else
    nowhere: bool
    emergency: bool
    said_at: datetime  # when the raiser spoke last


_WAITS = Statement("""
    SELECT c.id, c.building, c.category, c.sla, e.facts,
        (SELECT max(s.happened_at) FROM case_event s
            WHERE s.case_id = c.id AND s.event IN ('submit', 'add', 'reply', 'person')) AS said_at
    FROM "case" c JOIN case_event e ON e.case_id = c.id AND e.seq = 2
    WHERE c.raiser_id = :person AND c.state IN ('accepted', 'signed', 'working', 'reopened', 'claimed')
        AND (c.building = '' OR e.facts LIKE '%at-once:care%'
            OR (c.sla = 'P0' AND c.filed_at > :since AND c.state <> 'claimed'))
    ORDER BY c.id DESC LIMIT 1
""")


def needing(work: Work, *, person: int) -> Needing | None:
    """What this person waits for help with; None for nothing of the kind."""
    row = _WAITS.one(work.session, person=person, since=work.now - LOOKED_FOR)
    if row is None:
        return None
    why = str(json.loads(row.facts).get("why", ""))
    return Needing(
        case_id=row.id,
        category=row.category,
        care="at-once:care" in why,
        of_another="at-once:other" in why,
        nowhere=not row.building,
        emergency=row.sla == Sla.P0,
        said_at=row.said_at,
    )
