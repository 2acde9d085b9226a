"""How is what happened chained? Definitions: whoever verifies computes them anew (I6, S46).

Each case's events are links of a chain of their own; a seal is one link over all events up to a moment; an anchor is a
seal's name written down where whoever changes the database does not reach.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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


def seal_hash(
    after: str, *, first_id: int, last_id: int, events: int, sealed_at: datetime, links: Iterable[tuple[int, str]]
) -> str:
    """SHA-256 over the previous seal's hash, every column of this one, and each event's id and hash by ascending id."""
    digest = hashlib.sha256(
        _LINK((after, first_id, last_id, events, sealed_at.isoformat(timespec="microseconds"))).encode()
    )
    for event_id, link in links:
        digest.update(f"\n{event_id}:{link}".encode())
    return digest.hexdigest()


class Anchored(StrEnum):
    """Why a line stands among the anchors."""

    SEAL = "seal"  # the chain reached this seal
    RESTORED = "restored"  # the database was brought back from a backup that ends at this seal


@dataclass(frozen=True, slots=True)
class Anchor:
    """Up to which seal the chain had come; `events`: how many it had sealed by then, ever. Seal 0: none yet."""

    why: Anchored
    at: datetime
    seal: int
    events: int
    hash: str

    def __str__(self) -> str:
        return f"{self.at.isoformat(timespec='seconds')} {self.why} {self.seal} events {self.events} sha256 {self.hash}"


def read_anchor(line: str) -> Anchor:
    """The anchor of a line that `str` made; ValueError says that it is none."""
    match line.split():
        case [at, why, seal, "events", events, "sha256", digest] if len(digest) == len(GENESIS):
            moment = datetime.fromisoformat(at)
            if moment.utcoffset() is None:
                raise ValueError("an anchor's moment has a time zone")
            return Anchor(Anchored(why), moment, int(seal), int(events), digest)
        case _:
            raise ValueError("not an anchor")
