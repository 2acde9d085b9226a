"""I6, I10, I11: is each case's history whole, lawful and in order, and did silence climb once a deadline?"""

import json
from collections.abc import Iterator

from models.queries.audit import link_of
from models.queries.breaches.found import MOST, Look, Question, Violation, asked
from models.rules.alarms import AlarmKind
from models.rules.chain import GENESIS
from models.rules.ladder import OUR_OWN, REVIEW
from models.rules.lifecycle import Event, State, Telling, move_for
from models.store import Statement

AT_ONCE = 5000
"""Events whose hashes are computed anew at a time: a million of them need no more memory than these."""

_LITE = {"rung": "json_extract(e.facts, '$.rung')", "known": "SELECT value FROM json_each(:rungs)"}
_POSTGRES = {
    "rung": "(CAST(e.facts AS JSONB) ->> 'rung')",
    "known": "SELECT jsonb_array_elements_text(CAST(CAST(:rungs AS TEXT) AS JSONB))",
}
_RANG = """
    WITH silence AS (
        SELECT e.case_id, {rung} AS rung FROM case_event e WHERE e.event IN ('climb', 'take_over', 'lapse')
            AND e.case_id IN (SELECT case_id FROM case_event WHERE id > :after_event)),
    climbs AS (SELECT case_id, rung, count(*) AS climbed FROM silence WHERE rung IS NOT NULL GROUP BY case_id, rung)
    SELECT c.case_id AS id, c.rung, c.climbed FROM climbs c WHERE c.climbed > (
        SELECT count(*) FROM clock k WHERE k.case_id = c.case_id AND k.rang_at IS NOT NULL
            AND (k.rung = c.rung OR k.rung NOT IN ({known})))
"""
"""A rung that the town has no more rings as the review (rules/ladder)."""

_QUESTIONS = (
    Question(
        "I6",
        "event",
        "number {seq} of case {case_id} does not follow a number {before}",
        Statement("""
            SELECT e.id, e.case_id, e.seq, e.seq - 1 AS before FROM case_event e
            LEFT JOIN case_event p ON p.case_id = e.case_id AND p.seq = e.seq - 1
            WHERE e.id > :after_event AND e.seq <> 1 AND p.id IS NULL
        """),
    ),
    Question(
        "I6",
        "event",
        "number {seq} of case {case_id} does not name the hash of the one before it",
        Statement(f"""
            SELECT e.id, e.case_id, e.seq FROM case_event e
            LEFT JOIN case_event p ON p.case_id = e.case_id AND p.seq = e.seq - 1
            WHERE e.id > :after_event AND (
                p.id IS NOT NULL AND p.hash <> e.prev_hash OR e.seq = 1 AND e.prev_hash <> '{GENESIS}')
        """),  # noqa: S608 the piece is a constant
    ),
    Question(
        "I6",
        "event",
        "its case {case_id} is not there",
        Statement("""
            SELECT e.id, e.case_id FROM case_event e
            LEFT JOIN "case" c ON c.id = e.case_id WHERE e.id > :after_event AND c.id IS NULL
        """),
    ),
    Question(
        "I10",
        "event",
        "number {seq} of case {case_id} begins at {from_state}, where the case did not stand",
        Statement(f"""
            SELECT e.id, e.case_id, e.seq, e.from_state FROM case_event e
            LEFT JOIN case_event p ON p.case_id = e.case_id AND p.seq = e.seq - 1
            WHERE e.id > :after_event AND (
                p.id IS NOT NULL AND p.to_state <> e.from_state OR e.seq = 1 AND e.from_state <> '{State.DRAFT}')
        """),  # noqa: S608 the piece is a constant
    ),
    Question(
        "I10",
        "event",
        "{event} is the resident's own word, and somebody else is on record for case {case_id}",
        Statement("""
            SELECT e.id, e.case_id, e.event FROM case_event e JOIN "case" c ON c.id = e.case_id
            WHERE e.id > :after_event AND e.role = 'resident' AND (e.person_id IS NULL OR e.person_id <> c.raiser_id)
        """),
    ),
    Question(
        "I11",
        "clock",
        "it has rung, and runs again, for case {case_id}",
        Statement("SELECT id, case_id FROM clock WHERE due_at IS NOT NULL AND rang_at IS NOT NULL"),
    ),
    Question(
        "I11",
        "case",
        "silence climbed {climbed} times by {rung}, which rang less often",
        Statement(_RANG.format(**_LITE), postgresql=_RANG.format(**_POSTGRES)),
    ),
)

_MOVES = Statement("""
    SELECT event, from_state, to_state, role, min(id) AS first FROM case_event
    WHERE id > :after_event GROUP BY event, from_state, to_state, role ORDER BY min(id)
""")
_MOVED = Statement("""
    SELECT id, case_id FROM case_event WHERE id > :after_event
        AND event = :event AND from_state = :frm AND to_state = :to AND role = :role ORDER BY id
""")
_EVENTS = Statement(f"""
    SELECT id, case_id, seq, event, from_state, to_state, role, person_id, facts, happened_at, prev_hash, hash
    FROM case_event WHERE id > :behind ORDER BY id LIMIT {AT_ONCE}
""")  # noqa: S608 the piece is a constant
_TAKEN_OVER = Statement("""
    SELECT e.id, e.case_id, e.seq, e.facts FROM case_event e WHERE e.id > :after_event AND e.event = 'take_over'
        AND NOT EXISTS (SELECT 1 FROM alarm a WHERE a.kind = :kind AND a.ref LIKE 'case ' || e.case_id || ' %')
""")
_ASSIGNED = Statement("SELECT key FROM notice WHERE id > :after_notice AND telling = :telling AND reader = 'desk'")
_GUARDED = Statement(
    """
    SELECT count(*) AS many FROM sqlite_master
    WHERE type = 'trigger' AND name IN ('case_event_no_update', 'case_event_no_delete')""",
    postgresql="""
    SELECT count(*) * 2 AS many FROM pg_trigger WHERE tgname = 'case_event_no_change' AND tgenabled <> 'D'""",
)
_GUARDS = 2


def found(look: Look) -> Iterator[Violation]:
    rungs = json.dumps([rung.code for rung in (*look.town.ladder, *OUR_OWN, REVIEW)])
    yield from asked(_QUESTIONS, look.with_(rungs=rungs))
    if look.rows(_GUARDED)[0].many != _GUARDS:
        yield Violation("I6", "event", 0, "the database would let events be changed: its guard is gone")
    yield from _rewritten(look)
    yield from _unlawful(look)
    yield from _untold(look)


def _rewritten(look: Look) -> Iterator[Violation]:
    """Events whose hash is not the one that is computed from them."""
    behind, many = look.params["after_event"], 0
    while many < MOST and (rows := look.rows(_EVENTS, behind=behind)):
        behind = rows[-1].id
        for row in rows:
            if link_of(row) != row.hash:
                many += 1
                yield Violation(
                    "I6", "event", row.id, f"number {row.seq} of case {row.case_id} was changed: its hash does not fit"
                )


def _unlawful(look: Look) -> Iterator[Violation]:
    """Moves that are no row of the lifecycle, or not by whom the row names."""
    for move in look.rows(_MOVES):
        row = None
        if move.from_state in set(State) and move.event in set(Event):
            row = move_for(State(move.from_state), Event(move.event))
        if row is not None and row.to == move.to_state and move.role in row.by:
            continue
        says = f"no row leads from {move.from_state} by {move.event} of {move.role} to {move.to_state}"
        how = {"event": move.event, "frm": move.from_state, "to": move.to_state, "role": move.role}
        for event in look.rows(_MOVED, **how)[:MOST]:
            yield Violation("I10", "event", event.id, f"{says}, for case {event.case_id}")


def _untold(look: Look) -> Iterator[Violation]:
    """Leads handed over of which the new desk was promised no card, and no alarm says that nobody is there."""
    taken = look.rows(_TAKEN_OVER, kind=AlarmKind.DESK_UNREACHABLE)
    if not taken:
        return
    told = {tuple(row.key.split(":")[1:3]) for row in look.rows(_ASSIGNED, telling=Telling.ASSIGNMENT)}
    for event in taken:
        if (str(event.case_id), str(event.seq)) not in told:
            desk = json.loads(event.facts).get("lead", "")
            yield Violation("I11", "event", event.id, f"{desk} took over case {event.case_id} and was not told")
