"""How is one event of a case chained to the one before? A definition: whoever verifies computes it anew (I6)."""

import hashlib
import json
from datetime import datetime

GENESIS = "0" * 64
"""What the first event of a case names as its predecessor."""

_LINK = json.JSONEncoder(ensure_ascii=False).encode  # made once: `json.dumps` would build one at every call


def link_hash(
    after: str,
    *,
    case_id: int,
    seq: int,
    event: str,
    frm: str,
    to: str,
    role: str,
    person: int | None,
    facts: str,
    happened_at: datetime,
) -> str:
    """SHA-256 over the previous hash and every column of the event, in this order; what a verifier recomputes."""
    # isoformat at a fixed precision: both databases keep microseconds
    parts = (after, case_id, seq, event, frm, to, role, person, facts, happened_at.isoformat(timespec="microseconds"))
    return hashlib.sha256(_LINK(parts).encode()).hexdigest()
