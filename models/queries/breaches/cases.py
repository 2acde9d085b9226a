"""I3, I4: has every open case somebody and a date, and did each change happen whole?"""

import json
from collections.abc import Iterator
from datetime import datetime

from models.queries.breaches.found import Look, Question, Violation, asked
from models.records import Channel
from models.rules.alarms import AlarmKind
from models.rules.lifecycle import CLOSED, HELD
from models.rules.policy import Level, Party
from models.rules.routing import next_desk
from models.store import Row, Statement

_CLOSED = ", ".join(f"'{state}'" for state in sorted(CLOSED))
_HELD = ", ".join(f"'{state}'" for state in sorted(HELD))
_TOUCHED = "(c.id > :after_case OR c.id IN (SELECT case_id FROM case_event WHERE id > :after_event))"

_QUESTIONS = (
    Question(
        "I3",
        "case",
        "it is open, and no clock runs for it",
        Statement("""
            SELECT c.id FROM "case" c WHERE c.closed_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM clock k WHERE k.case_id = c.id AND k.due_at IS NOT NULL)
        """),
    ),
    Question(
        "I3",
        "clock",
        "it is more than 60 s overdue, for case {case_id}",
        Statement("SELECT id, case_id FROM clock WHERE due_at IS NOT NULL AND due_at < :late"),
        live=True,
    ),
    Question(
        "I3",
        "clock",
        "it was set for case {case_id}, and has neither rung nor been stopped",
        Statement("""
            SELECT k.id, k.case_id FROM clock k JOIN "case" c ON c.id = k.case_id
            WHERE k.due_at IS NULL AND k.rang_at IS NULL AND k.stopped_at IS NULL
                AND (c.id > :after_case OR c.id IN (SELECT case_id FROM case_event WHERE id > :after_event)
                    OR c.closed_at IS NULL)
        """),
    ),
    Question(
        "I4",
        "case",
        "it stands at state {state} and version {version}, and its last event does not say so",
        Statement(f"""
            SELECT c.id, c.state, c.version FROM "case" c
            LEFT JOIN case_event e ON e.case_id = c.id AND e.seq = c.version
            WHERE {_TOUCHED} AND (e.id IS NULL OR e.to_state <> c.state OR EXISTS (
                SELECT 1 FROM case_event x WHERE x.case_id = c.id AND x.seq > c.version))
        """),  # noqa: S608 the piece is a constant
    ),
    Question(
        "I4",
        "case",
        "it was never given a clock",
        Statement(f"""
            SELECT c.id FROM "case" c WHERE {_TOUCHED}
                AND NOT EXISTS (SELECT 1 FROM clock k WHERE k.case_id = c.id)
        """),  # noqa: S608 the piece is a constant
    ),
    Question(
        "I4",
        "case",
        "it is open, and its words were never kept",
        Statement("""
            SELECT c.id FROM "case" c WHERE c.closed_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM secret s WHERE s.owner = 'case' AND s.owner_id = c.id AND s.field = 'words')
        """),
    ),
    Question(
        "I4",
        "case",
        "it is on record, and update {update_row} that handed it in is not done",
        Statement("""
            SELECT c.id, u.id AS update_row FROM "case" c
            JOIN "update" u ON u.bot_id = c.bot_id AND u.update_id = c.update_id
            WHERE (u.done_at IS NULL OR u.parked_at IS NOT NULL) AND c.id > :after_case
        """),
    ),
    Question(
        "I4",
        "update",
        "it is done, and somebody still holds it",
        Statement("""
            SELECT id FROM "update" WHERE done_at IS NOT NULL AND lease IS NOT NULL AND id > :after_update
        """),
    ),
    Question(
        "I4",
        "case",
        "its state is {state}, and when it was closed says otherwise",
        Statement(f"""
            SELECT c.id, c.state FROM "case" c
            WHERE {_TOUCHED} AND (c.state IN ({_CLOSED})) <> (c.closed_at IS NOT NULL)
        """),  # noqa: S608 the pieces are constants
    ),
    Question(
        "I4",
        "clock",
        "it runs for case {case_id}, which is closed",
        Statement("""
            SELECT k.id, k.case_id FROM clock k JOIN "case" c ON c.id = k.case_id
            WHERE k.due_at IS NOT NULL AND c.closed_at IS NOT NULL
        """),
    ),
    Question(
        "I4",
        "case",
        "its raiser was promised no receipt",
        Statement(f"""
            SELECT c.id FROM "case" c WHERE c.id > :after_case AND c.channel <> '{Channel.COUNTER}'
                AND NOT EXISTS (
                    SELECT 1 FROM notice n WHERE n.key = 'receipt:' || c.id || ':2:raiser:' || c.raiser_id)
                AND NOT EXISTS (
                    SELECT 1 FROM alarm a WHERE a.kind = '{AlarmKind.RAISER_UNREACHABLE}' AND a.ref = 'case ' || c.id)
        """),  # noqa: S608 the pieces are constants
    ),
    Question(
        "I4",
        "case",
        "no desk was ever told of it",
        Statement(f"""
            SELECT c.id FROM "case" c WHERE c.id > :after_case
                AND c.id NOT IN (
                    SELECT case_id FROM notice WHERE id > :after_notice AND case_id IS NOT NULL AND reader <> 'raiser')
                AND NOT EXISTS (
                    SELECT 1 FROM alarm a
                    WHERE a.kind = '{AlarmKind.DESK_UNREACHABLE}' AND a.ref LIKE 'case ' || c.id || ' %')
        """),  # noqa: S608 the piece is a constant
    ),
)

_LEADS = Statement('SELECT DISTINCT desk FROM "case" WHERE closed_at IS NULL ORDER BY desk')
_LED = Statement(f"""
    SELECT c.id, c.building, c.level, c.accused, c.raiser_id, e.happened_at FROM "case" c
    JOIN case_event e ON e.case_id = c.id AND e.seq = c.version
    WHERE c.desk = :desk AND c.closed_at IS NULL AND c.state IN ({_HELD}) ORDER BY c.id
""")  # noqa: S608 the piece is a constant
_STRAYED = Statement(
    'SELECT id, desk FROM "case" WHERE closed_at IS NULL AND desk IN (SELECT value FROM json_each(:desks)) ORDER BY id',
    postgresql="""\
SELECT id, desk FROM "case" WHERE closed_at IS NULL
    AND desk IN (SELECT jsonb_array_elements_text(CAST(CAST(:desks AS TEXT) AS JSONB))) ORDER BY id""",
)
_LEFT = Statement("""
    SELECT max(o.ended_at) AS ended_at, max(r.blocked_at) AS blocked_at, max(l.since_at) AS since_at
    FROM office o LEFT JOIN reach r ON r.person_id = o.person_id AND r.blocked_at IS NOT NULL
        LEFT JOIN leave l ON l.person_id = o.person_id AND l.since_at <= :now
    WHERE o.place = :desk AND o.since_at <= :now
""")
_THERE = Statement("""
    SELECT o.id FROM office o JOIN reach r ON r.person_id = o.person_id AND r.blocked_at IS NULL
    WHERE o.place = :desk AND o.since_at <= :by AND (o.ended_at IS NULL OR o.ended_at > :now)
        AND o.person_id <> :raiser AND NOT EXISTS (
            SELECT 1 FROM leave l WHERE l.person_id = o.person_id AND l.since_at <= :now AND l.ended_at > :by)
""")
_WATCHED = Statement("SELECT max(due_at) AS due_at FROM job_run WHERE job = 'watching' AND done_at IS NOT NULL")


def found(look: Look) -> Iterator[Violation]:
    yield from asked(_QUESTIONS, look)
    led = [row.desk for row in look.rows(_LEADS)]
    gone = [desk for desk in led if desk not in look.town.desks]
    if gone:
        for row in look.rows(_STRAYED, desks=json.dumps(gone)):
            yield Violation("I3", "case", row.id, f"desk {row.desk} that leads it is none of this town's")
    watched = look.rows(_WATCHED)[0].due_at
    if look.running and watched is not None:
        for desk in led:
            if desk in look.town.desks and not look.rows(_THERE, desk=desk, raiser=0, by=look.params["now"]):
                yield from _left_alone(look, desk, watched)


def _left_alone(look: Look, desk: str, watched: datetime) -> Iterator[Violation]:
    """Cases at a desk that stood empty before the last full hour, though one above answers (S38).

    Whoever watches each hour hands them on; who left, or what happened to the case, since then is not late yet.
    """
    left = look.rows(_LEFT, desk=desk)[0]
    since = max((moment for moment in left if moment is not None and moment <= look.params["now"]), default=None)
    if since is not None and since >= watched:
        return
    for case in look.rows(_LED, desk=desk):
        if case.happened_at < watched and (above := _who_answers(look, case, watched)):
            yield Violation("I3", "case", case.id, f"nobody can be reached at {desk}, and {above} does not lead it")


def _who_answers(look: Look, case: Row, watched: datetime) -> str | None:
    """The nearest desk above where somebody could be reached in that hour, too."""
    accused = frozenset(Party(letter) for letter in case.accused)
    level = Level(case.level)
    while above := next_desk(look.town, case.building, level, accused=accused):
        level, desk = above
        if look.rows(_THERE, desk=desk, raiser=case.raiser_id, by=watched):
            return desk
    return None
