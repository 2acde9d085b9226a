"""Is everything that ever happened still there, as it happened? Chains, seals and anchors computed anew (I6, S46).

Read page by page in one view: as many events as there are, in bounded memory.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from models.records.cases import number_of
from models.rules.chain import GENESIS, Anchor, Anchored, link_hash, seal_hash
from models.store import Row, Statement

PAGE = 5_000
"""Rows read at a time."""
WRONG_AT_MOST = 1_000
"""Findings kept; beyond it they are only counted."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal: its number (0: nothing is sealed), its hash, and the last event it covers."""

    seal: int
    hash: str
    last_id: int


@dataclass(frozen=True, slots=True)
class Wrong:
    """Where the record is not what it was. `seq` 0: the event is gone, or it is not known which one it was."""

    event_id: int
    case_id: int | None
    seq: int
    what: str

    def __str__(self) -> str:
        where = f"event {self.event_id}"
        if self.case_id is not None:
            where += f" (case {number_of(self.case_id)}{f', seq {self.seq}' if self.seq else ''})"
        return f"{where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Gap:
    """Where an event of a case is lacking: its number was between these two (`before` None: after the last one)."""

    case_id: int
    seq: int
    after: int
    before: int | None

    def may_be(self, event_id: int) -> bool:
        """Whether that number could have been the lacking one's."""
        return self.after < event_id and (self.before is None or event_id < self.before)


@dataclass(slots=True)
class Audit:
    """What a verification saw; `wrong` by the number of the event, the first one first."""

    cases: int = 0
    events: int = 0
    seals: int = 0
    unsealed: int = 0
    anchors: int = 0
    wrong: list[Wrong] = field(default_factory=list)
    more: int = 0
    gaps: list[Gap] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Nothing is wrong."""
        return not self.wrong

    def found(self, event_id: int, case_id: int | None, seq: int, what: str) -> None:
        if len(self.wrong) < WRONG_AT_MOST:
            self.wrong.append(Wrong(event_id, case_id, seq, what))
        else:
            self.more += 1

    def lacks(self, gap: Gap) -> None:
        if len(self.gaps) < WRONG_AT_MOST:
            self.gaps.append(gap)

    def first_from(self, first_id: int, last_id: int) -> int | None:
        """The first event of these that was found to be wrong by itself."""
        return min((one.event_id for one in self.wrong if first_id <= one.event_id <= last_id), default=None)


_HEAD = Statement("SELECT id, hash, last_id FROM seal ORDER BY id DESC LIMIT 1")
_SEALED = Statement("SELECT sum(events) AS events FROM seal WHERE id <= :seal")
_EVENTS = Statement("""
    SELECT e.id, e.case_id, e.seq, e.event, e.from_state, e.to_state, e.role, e.person_id, e.facts, e.happened_at,
        e.prev_hash, e.hash, c.version, c.state
    FROM case_event e LEFT JOIN "case" c ON c.id = e.case_id
    WHERE (e.case_id, e.seq) > (:case_id, :seq) ORDER BY e.case_id, e.seq LIMIT :limit
""")
_SILENT = Statement("""
    SELECT c.id, c.version FROM "case" c WHERE NOT EXISTS (SELECT 1 FROM case_event e WHERE e.case_id = c.id)
    ORDER BY c.id LIMIT :limit
""")
_LINKS = Statement("SELECT id, hash FROM case_event WHERE id > :after ORDER BY id LIMIT :limit")
_SEALS = Statement("""
    SELECT id, first_id, last_id, events, prev_hash, hash, sealed_at FROM seal
    WHERE id > :after ORDER BY id LIMIT :limit
""")
_EVENT = Statement("SELECT id, case_id, seq FROM case_event WHERE id >= :first ORDER BY id LIMIT 1")
_NEWEST = Statement("""
    SELECT id, first_id, last_id, events, prev_hash, hash, sealed_at FROM seal ORDER BY id DESC LIMIT 2
""")
_UNDER = Statement("""
    SELECT id, case_id, seq, event, from_state, to_state, role, person_id, facts, happened_at, prev_hash, hash
    FROM case_event WHERE id >= :first AND id <= :last ORDER BY id
""")


def head_of(session: Session) -> Head:
    """The newest seal."""
    row = _HEAD.one(session)
    return Head(0, GENESIS, 0) if row is None else Head(row.id, row.hash, row.last_id)


def anchor_of(session: Session, *, now: datetime, why: Anchored = Anchored.SEAL) -> Anchor:
    """The line to write down about the newest seal."""
    head = head_of(session)
    sealed = _SEALED.one(session, seal=head.seal)
    return Anchor(why, now, head.seal, int((sealed and sealed.events) or 0), head.hash)


def verify(session: Session, anchors: Sequence[Anchor] = ()) -> Audit:
    """Every chain, every seal and every anchor was computed anew; what is wrong is in the answer, nothing is raised.

    An edit, a deletion and another order are found by the chains and the seals, a tail that was cut by the case it
    belongs to, and where that went too, by an anchor. What happened since the last seal is held by its case alone.
    """
    audit = Audit()
    _verify_chains(session, audit)
    known = _verify_seals(session, audit, {anchor.seal for anchor in anchors})
    _verify_anchors(session, audit, anchors, known)
    audit.wrong.sort(key=lambda one: one.event_id)
    return audit


def verify_newest(session: Session) -> Wrong | None:
    """The first thing wrong with the newest seal and the events under it; None for none, or where nothing is sealed.

    What a start can afford (S44): of all that ever happened only the end, where a torn disk or a hand shows first.
    """
    seal, *before = _NEWEST.all(session) or (None,)
    if seal is None:
        return None
    audit, inside = Audit(), _UNDER.all(session, first=seal.first_id, last=seal.last_id)
    for row in inside:
        if link_of(row) != row.hash:
            audit.found(row.id, row.case_id, row.seq, "it is not what its hash says: changed, or in another's place")
    after, covered = (before[0].hash, before[0].last_id) if before else (GENESIS, 0)
    _verify_seal(audit, seal, inside, after=after, covered=covered)
    return min(audit.wrong, key=lambda one: one.event_id, default=None)


def _verify_chains(session: Session, audit: Audit) -> None:
    before: Row | None = None
    for row in _events(session):
        audit.events += 1
        if before is not None and before.case_id != row.case_id:
            _verify_end(audit, before)
            before = None
        if before is None:
            audit.cases += 1
        _verify_event(audit, before, row)
        before = row
    if before is not None:
        _verify_end(audit, before)
    for case in _SILENT.all(session, limit=WRONG_AT_MOST):
        audit.lacks(Gap(case.id, 1, 0, None))
        audit.found(0, case.id, 1, f"the case is at version {case.version} and has no event: all of them are gone")


def _verify_event(audit: Audit, before: Row | None, row: Row) -> None:
    seq, after = (0, GENESIS) if before is None else (before.seq, before.hash)
    if link_of(row) != row.hash:
        audit.found(row.id, row.case_id, row.seq, "it is not what its hash says: changed, or in another's place")
    elif row.seq != seq + 1:
        audit.lacks(Gap(row.case_id, seq + 1, 0 if before is None else before.id, row.id))
        audit.found(row.id, row.case_id, row.seq, f"it follows event {seq} of its case: what was between them is gone")
    elif row.prev_hash != after and before is not None:
        audit.found(before.id, row.case_id, before.seq, f"event {row.seq} follows another one: this was written anew")
    elif row.prev_hash != after:
        audit.found(row.id, row.case_id, row.seq, "it is the first of its case and follows another one")
    elif before is not None and row.id < before.id:
        audit.found(row.id, row.case_id, row.seq, "it was written before the event that it follows")


def link_of(row: Row) -> str:
    """The hash the event must have, by what it says."""
    return link_hash(
        row.prev_hash,
        case_id=row.case_id,
        seq=row.seq,
        event=row.event,
        frm=row.from_state,
        to=row.to_state,
        role=row.role,
        person=row.person_id,
        facts=row.facts,
        happened_at=row.happened_at,
    )


def _verify_end(audit: Audit, last: Row) -> None:
    if last.version is None:
        audit.found(last.id, last.case_id, last.seq, "its case is gone")
    elif last.version > last.seq:
        gone = f"the case is at version {last.version}: what happened after this event is gone"
        audit.lacks(Gap(last.case_id, last.seq + 1, last.id, None))
        audit.found(last.id, last.case_id, last.seq, gone)
    elif (last.version, last.state) != (last.seq, last.to_state):
        said = f"version {last.version}, {last.state}"
        audit.found(last.id, last.case_id, last.seq, f"the case was changed beside the record: it says {said}")


def _verify_seals(session: Session, audit: Audit, wanted: set[int]) -> dict[int, Anchor]:
    """Every seal was compared with its events; the seals that were anchored, as they are now."""
    known: dict[int, Anchor] = {}
    links = _pages(session, _LINKS)
    after, covered, sealed = GENESIS, 0, 0
    ahead = next(links, None)
    for seal in _pages(session, _SEALS):
        audit.seals += 1
        inside: list[Row] = []
        while ahead is not None and ahead.id <= seal.last_id:
            inside.append(ahead)
            ahead = next(links, None)
        sealed += seal.events
        _verify_seal(audit, seal, inside, after=after, covered=covered)
        after, covered = seal.hash, seal.last_id
        if seal.id in wanted:
            known[seal.id] = Anchor(Anchored.SEAL, seal.sealed_at, seal.id, sealed, seal.hash)
    while ahead is not None:
        audit.unsealed += 1
        ahead = next(links, None)
    return known


def _verify_seal(audit: Audit, seal: Row, inside: Sequence[Row], *, after: str, covered: int) -> None:
    link = seal_hash(
        seal.prev_hash,
        first_id=seal.first_id,
        last_id=seal.last_id,
        events=seal.events,
        sealed_at=seal.sealed_at,
        links=((row.id, row.hash) for row in inside),
    )
    if link == seal.hash and seal.prev_hash == after:
        return
    name = f"seal {seal.id} over events {seal.first_id} to {seal.last_id}"
    where = audit.first_from(covered + 1, seal.last_id)
    gap: Gap | None = None
    if link == seal.hash:
        where, what = covered, f"{name} does not follow the seal before it: that was changed or is gone"
    elif len(inside) < seal.events:
        where = _first_lacking(seal, inside)
        may_be = [one for one in audit.gaps if one.may_be(where)]
        gap = may_be[0] if len(may_be) == 1 else None
        what = f"gone, with {seal.events - len(inside)} in all that {name} counted"
    elif len(inside) > seal.events:
        where, what = where or inside[0].id, f"{name} counted {seal.events}, there are {len(inside)}"
    else:
        where, what = where or seal.first_id, f"{name} does not match: it or one of them was written anew"
    audit.found(where, gap.case_id if gap else None, gap.seq if gap else 0, what)


def _first_lacking(seal: Row, inside: Sequence[Row]) -> int:
    """The first number without an event; on PostgreSQL it may be one that never was."""
    there = {row.id for row in inside}
    return next((one for one in range(seal.first_id, seal.last_id + 1) if one not in there), int(seal.first_id))


def _verify_anchors(session: Session, audit: Audit, anchors: Sequence[Anchor], known: dict[int, Anchor]) -> None:
    """What was written down outside is still so; what a restored backup did not have yet is said as a note."""
    audit.anchors = len(anchors)
    held: list[Anchor] = []
    for anchor in anchors:
        if anchor.why is Anchored.RESTORED:
            lost = [one.seal for one in held if one.seal > anchor.seal]
            held = [one for one in held if one.seal <= anchor.seal]
            if lost:
                when = anchor.at.isoformat(timespec="seconds")
                audit.notes.append(
                    f"restored at {when} from a backup that ends at seal {anchor.seal}: seals {min(lost)} to "
                    f"{max(lost)} had been anchored and were lost with the old database"
                )
        if anchor.seal:
            held.append(anchor)
    good = 0
    for anchor in sorted(held, key=lambda one: one.seal):
        now = known.get(anchor.seal)
        if now is not None and (now.hash, now.events) == (anchor.hash, anchor.events):
            good = anchor.seal
            continue
        what = "is gone: the end was cut off" if now is None else "is another one: the record was written anew"
        noted = f"seal {anchor.seal}, anchored at {anchor.at.isoformat(timespec='seconds')}, {what}"
        event_id, case_id, seq = _after_seal(session, good)
        audit.found(event_id, case_id, seq, noted)
        return


_LAST = Statement("SELECT last_id FROM seal WHERE id = :seal")


def _after_seal(session: Session, seal: int) -> tuple[int, int | None, int]:
    """The first event an anchor does not vouch for; where there is none any more, the number it would have."""
    last = _LAST.one(session, seal=seal)
    first = 1 if last is None else last.last_id + 1
    row = _EVENT.one(session, first=first)
    return (first, None, 0) if row is None else (row.id, row.case_id, row.seq)


def _events(session: Session) -> Iterator[Row]:
    case_id, seq = 0, 0
    while rows := _EVENTS.all(session, case_id=case_id, seq=seq, limit=PAGE):
        yield from rows
        case_id, seq = rows[-1].case_id, rows[-1].seq


def _pages(session: Session, statement: Statement) -> Iterator[Any]:
    after = 0
    while rows := statement.all(session, after=after, limit=PAGE):
        yield from rows
        after = rows[-1].id
