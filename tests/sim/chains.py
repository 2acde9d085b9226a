"""Does every case move by the table, in one chain, with somebody and a date? (I2, I3, I4, I6, I8, I10, I11)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from handlers.cards.buttons import Verb
from models.rules.chain import GENESIS, link_hash
from models.rules.lifecycle import LIFECYCLE
from models.store.moments import from_text, to_text
from tests.sim.cast import TOWN
from tests.sim.law import hold

if TYPE_CHECKING:
    from tests.sim.judge import Judge
    from tests.sim.world import World

LATE = timedelta(seconds=60)
"""How long a clock may have been due while the system is up (I3)."""
SILENCE = timedelta(hours=72)
"""How long a question waits before it may close a case (I8)."""

_EDGES = {(row.frm, row.event): row for row in LIFECYCLE}
_EVENTS = """
SELECT id, case_id, seq, event, from_state, to_state, role, person_id, facts, happened_at, prev_hash, hash
FROM case_event WHERE id > ? ORDER BY id
"""
_UNWATCHED = """
SELECT id FROM "case" WHERE closed_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM clock WHERE case_id = "case".id AND due_at IS NOT NULL)
"""
_ASKED = """
SELECT message_id, chat_id, sent_at FROM notice WHERE case_id = ? AND telling = 'question' AND state = 'sent'
    AND sent_at >= ? ORDER BY sent_at
"""
_RUNG = "SELECT count(*) FROM clock WHERE case_id = ? AND rang_at IS NOT NULL"
CLOSED = frozenset({"closed_ok", "closed_silent", "withdrawn"})


@dataclass(slots=True)
class _End:
    """Where a case's chain ends."""

    seq: int = 0
    state: str = "draft"
    hash: str = GENESIS
    climbs: int = 0  # events that name the rung that rang


class Chains:
    """Every case's chain, as it was read when each event was new."""

    def __init__(self, world: World, judge: Judge) -> None:
        self._world, self._judge = world, judge
        self._ends: dict[int, _End] = {}
        self._seen: list[tuple[int, str]] = []  # event, hash

    def look(self) -> None:
        last = self._seen[-1][0] if self._seen else 0
        touched: dict[int, None] = {}
        for row in self._world.disk.rows(_EVENTS, last):
            self._link(row)
            touched[row[1]] = None
        for case in touched:
            self._stands(case)
        self._nobody_is_forgotten()

    def _link(self, row: tuple[Any, ...]) -> None:
        """One event: the next of its chain (I6), an edge of the table (I10), and rightly there (I8, I11)."""
        event, case, seq, what, frm, to, role, person, facts, at, before, link = row
        end = self._ends.setdefault(case, _End())
        hold("I6", (seq, before) == (end.seq + 1, end.hash), f"event {event} of case {case} is not the next one")
        edge = _EDGES.get((frm, what))
        hold("I10", frm == end.state, f"case {case}: {what} from {frm}, and it was {end.state}")
        hold("I10", edge is not None and edge.to == to, f"case {case}: no row leads by {what} from {frm} to {to}")
        hold("I10", edge is not None and role in edge.by, f"case {case}: {role} may not {what}")
        told: dict[str, Any] = {"case_id": case, "seq": seq, "event": what, "frm": frm, "to": to, "role": role}
        again = link_hash(before, **told, person=person, facts=facts, happened_at=from_text(at))
        hold("I6", again == link, f"event {event}: its hash is not that of its words")
        end.seq, end.state, end.hash = seq, to, link
        end.climbs += '"rung"' in facts
        self._seen.append((event, link))
        if to in CLOSED and what != "rate" and what != "thank" and frm != to:
            self._closes(case, what, role, person, at)

    def _closes(self, case: int, what: str, role: str, person: int | None, at: str) -> None:
        """I8: by the resident's word, by a caller's who has it, or by silence after two questions that arrived."""
        ((raiser,),) = self._world.disk.rows('SELECT raiser_id FROM "case" WHERE id = ?', case)
        touched = self._judge.taps
        match what:
            case "confirm":
                verb = Verb.SOLVED if role == "resident" else Verb.CALLED_SOLVED
                chats = self._judge.chats_of(person or 0)
                hold("I8", role != "resident" or person == raiser, f"case {case} is closed by somebody else")
                taps = any(touched[chat, f"{verb}.{case:x}"] for chat in chats)
                hold("I8", taps, f"case {case} is closed, and nobody tapped so")
            case "withdraw":
                hold("I8", person == raiser, f"case {case} is withdrawn by somebody else")
            case "lapse":
                ((claimed,),) = self._world.disk.rows('SELECT claimed_at FROM "case" WHERE id = ?', case)
                waited = from_text(at) - from_text(claimed)
                hold("I8", waited >= SILENCE, f"case {case} lapsed after {waited}")
                asked = self._world.disk.rows(_ASKED, case, claimed)
                hold("I8", len(asked) >= 2, f"case {case} lapsed, and was asked {len(asked)} times")
            case _:
                hold("I8", False, f"case {case} is closed by {what}")

    def _stands(self, case: int) -> None:
        """I4: the row says what the chain says; an open case has a desk of the town; a rung is climbed once (I11)."""
        end = self._ends[case]
        rows = self._world.disk.rows('SELECT state, version, desk, closed_at FROM "case" WHERE id = ?', case)
        hold("I4", rows, f"case {case} has events and no row")
        state, version, desk, closed = rows[0]
        hold("I4", (state, version) == (end.state, end.seq), f"case {case} is {state} {version}, its chain {end}")
        hold("I4", (closed is not None) == (state in CLOSED), f"case {case} is {state}, and closed at {closed}")
        hold("I3", desk in TOWN.desks, f"case {case} is led by {desk!r}")
        ((rung,),) = self._world.disk.rows(_RUNG, case)
        hold("I11", end.climbs <= rung, f"case {case}: {end.climbs} climbs of {rung} clocks that rang")

    def _nobody_is_forgotten(self) -> None:
        """I3: every open case has a clock that runs, and no clock is late while somebody is up to let it ring."""
        world = self._world
        unwatched = world.disk.rows(_UNWATCHED)
        hold("I3", not unwatched, f"no clock runs for {unwatched}")
        up = world.up_since is not None and world.now() - world.up_since > LATE
        if up:
            late = world.disk.rows("SELECT id, due_at FROM clock WHERE due_at < ?", to_text(world.now() - LATE))
            hold("I3", not late, f"due and not rung: {late[:3]}")

    def look_back(self) -> None:
        """I6: every event ever seen stands where it stood."""
        rows = self._world.disk.rows("SELECT id, hash FROM case_event ORDER BY id")
        hold("I6", rows == self._seen, "an event was changed, or is gone")
