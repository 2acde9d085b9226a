"""Does somebody wait for help, whose next words are about nothing else? Despair, or danger without a place."""

import json
from dataclasses import dataclass
from datetime import datetime

from models.rules.policy import Sla
from models.store import Statement
from models.turn import Work


@dataclass(frozen=True, slots=True)
class Needing:
    """The newest such case. `care`: words of somebody who may not want to live; `nowhere`: its place is unknown."""

    case_id: int
    care: bool
    nowhere: bool
    emergency: bool
    said_at: datetime  # when the raiser spoke last


_WAITS = Statement("""
    SELECT c.id, c.building, c.sla, e.facts,
        (SELECT max(s.happened_at) FROM case_event s
            WHERE s.case_id = c.id AND s.event IN ('submit', 'add', 'reply', 'person')) AS said_at
    FROM "case" c JOIN case_event e ON e.case_id = c.id AND e.seq = 2
    WHERE c.raiser_id = :person AND c.state IN ('accepted', 'signed', 'working', 'reopened', 'claimed')
        AND (c.building = '' OR e.facts LIKE '%at-once:care%')
    ORDER BY c.id DESC LIMIT 1
""")


def needing(work: Work, *, person: int) -> Needing | None:
    """What this person waits for help with; None for nothing of the kind."""
    row = _WAITS.one(work.session, person=person)
    if row is None:
        return None
    care = "at-once:care" in str(json.loads(row.facts).get("why", ""))
    return Needing(row.id, care, not row.building, row.sla == Sla.P0, row.said_at)
