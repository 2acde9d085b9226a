"""I5, I7, I9: did every promise to say something end, and was it said to nobody who must not hear it?"""

from collections.abc import Iterator
from datetime import timedelta

from models.queries.breaches.found import MOST, Look, Question, Violation, asked
from models.rules.alarms import AlarmKind
from models.store import Statement

_DRAWN_WITHIN = timedelta(seconds=60)
"""Between asking who may read and the messenger's answer an office may end (outbox.LEASE)."""

_ACCUSED = """
    (o.role = 'property' AND c.accused LIKE '%P%' OR o.role = 'committee' AND c.accused LIKE '%C%'
        OR o.role = 'head' AND o.place = c.building AND c.accused LIKE '%H%')
"""
_SINCE_SORTED = """
    coalesce((SELECT max(s.seq) FROM case_event s WHERE s.case_id = c.id AND s.event IN ('sort', 'agree')), 0)
"""
_SORTED_AT = """
    coalesce((SELECT max(s.happened_at) FROM case_event s
        WHERE s.case_id = c.id AND s.event IN ('sort', 'agree')), c.filed_at)
"""

_QUESTIONS = (
    Question(
        "I5",
        "event",
        "{event} by {role}, whom case {case_id} accuses",
        Statement(f"""
            SELECT e.id, e.case_id, e.event, e.role FROM case_event e JOIN "case" c ON c.id = e.case_id
            WHERE e.id > :after_event AND e.seq > {_SINCE_SORTED} AND (
                e.role = 'property' AND c.accused LIKE '%P%' OR e.role = 'committee' AND c.accused LIKE '%C%'
                OR e.role = 'head' AND c.accused LIKE '%H%')
        """),  # noqa: S608 the piece is a constant
    ),
    Question(
        "I5",
        "notice",
        "it told somebody of case {case_id}, which accuses them",
        Statement(f"""
            SELECT DISTINCT n.id, n.case_id FROM notice n JOIN "case" c ON c.id = n.case_id
            JOIN office o ON o.person_id = n.person_id
            WHERE n.id > :after_notice AND n.state = 'sent' AND n.edits IS NULL AND n.reader NOT IN ('raiser', 'family')
                AND c.accused <> '' AND n.sent_at > {_SORTED_AT} AND {_ACCUSED}
                AND o.since_at <= n.sent_at AND (o.ended_at IS NULL OR o.ended_at > n.sent_at)
        """),  # noqa: S608 the pieces are constants
    ),
    Question(
        "I7",
        "notice",
        "it told somebody as the raiser of case {case_id}, who is somebody else",
        Statement("""
            SELECT n.id, n.case_id FROM notice n JOIN "case" c ON c.id = n.case_id
            WHERE n.id > :after_notice AND n.reader = 'raiser' AND n.person_id <> c.raiser_id
        """),
    ),
    Question(
        "I9",
        "notice",
        "it counts as sent, and no messenger gave it a number",
        Statement("""
            SELECT id FROM notice WHERE id > :after_notice AND state = 'sent'
                AND (message_id IS NULL OR message_id <= 0 OR sent_at IS NULL)
        """),
    ),
    Question(
        "I9",
        "notice",
        "it counts as sent by the very message that notice {other} was",
        Statement("""
            SELECT max(id) AS id, min(id) AS other FROM notice
            WHERE id > :after_notice AND state = 'sent' AND edits IS NULL AND message_id IS NOT NULL
            GROUP BY bot_id, chat_id, message_id HAVING count(*) > 1
        """),
    ),
    Question(
        "I9",
        "notice",
        "it rang before it might",
        Statement("""
            SELECT id FROM notice WHERE id > :after_notice AND state = 'sent' AND sent_at < ring_at
        """),
    ),
    Question(
        "I9",
        "notice",
        "it is dead, and no alarm says so",
        Statement(f"""
            SELECT n.id FROM notice n WHERE n.state = 'dead' AND n.id > :after_notice AND NOT EXISTS (
                SELECT 1 FROM alarm a WHERE a.kind = '{AlarmKind.NOTICE_DEAD}' AND a.ref = 'notice:' || n.id)
        """),  # noqa: S608 the piece is a constant
    ),
    Question(
        "I9",
        "notice",
        "it is {state}, and still waits or is held",
        Statement("""
            SELECT id, state FROM notice WHERE id > :after_notice AND state <> 'waiting'
                AND (waits_from IS NOT NULL OR lease IS NOT NULL)
        """),
    ),
    Question(
        "I9",
        "notice",
        "it waits, and nobody will ever look at it",
        Statement("SELECT id FROM notice WHERE id > :after_notice AND state = 'waiting' AND waits_from IS NULL"),
    ),
    Question(
        "I9",
        "notice",
        "it was passed over, and nothing says why",
        Statement("""
            SELECT id FROM notice WHERE id > :after_notice AND state = 'skipped'
                AND (reason IS NULL OR reason <> 'listed' AND reason NOT LIKE 'superseded %')
        """),
    ),
    Question(
        "I9",
        "notice",
        "it was to be read in a list, and there is no such list",
        Statement("""
            SELECT n.id FROM notice n WHERE n.id > :after_notice AND n.state = 'skipped' AND n.reason = 'listed'
                AND NOT EXISTS (
                    SELECT 1 FROM notice l WHERE l.person_id = n.person_id AND l.ring_at = n.ring_at
                        AND l.edits IS NULL AND l.telling = 'list')
        """),
    ),
    Question(
        "I9",
        "notice",
        "it might have rung a day ago, and was not said",
        Statement("""
            SELECT n.id FROM notice n WHERE n.waits_from IS NOT NULL AND n.waits_from < :an_hour_ago
                AND n.ring_at < :a_day_ago AND n.promised_at < :a_day_ago
                AND (n.leased_until IS NULL OR n.leased_until < :machine)
                AND EXISTS (SELECT 1 FROM bot b WHERE b.id = n.bot_id)
                AND NOT EXISTS (
                    SELECT 1 FROM halt h
                    WHERE h.bot_id = n.bot_id AND h.chat_id IN (0, n.chat_id) AND h.halted_until > :machine)
        """),
        live=True,
    ),
)


_STRANGERS = Statement("""
    SELECT n.id, n.case_id, n.reader, n.sent_at,
        (SELECT max(o.ended_at) FROM office o WHERE o.person_id = n.person_id AND o.since_at <= n.sent_at) AS ended_at
    FROM notice n
    WHERE n.id > :after_notice AND n.state = 'sent' AND n.edits IS NULL AND n.case_id IS NOT NULL
        AND n.reader NOT IN ('raiser', 'family') AND NOT EXISTS (
            SELECT 1 FROM office o WHERE o.person_id = n.person_id AND o.since_at <= n.sent_at
                AND (o.ended_at IS NULL OR o.ended_at > n.sent_at))
""")


def found(look: Look) -> Iterator[Violation]:
    yield from asked(_QUESTIONS, look)
    for row in look.rows(_STRANGERS)[:MOST]:
        if row.ended_at is None or row.ended_at < row.sent_at - _DRAWN_WITHIN:
            says = f"it told somebody as {row.reader} of case {row.case_id}, who held no office"
            yield Violation("I7", "notice", row.id, says)
