"""I1, I2, I14: is everything that came in kept, once, and for no longer than it serves?"""

from collections.abc import Iterator
from datetime import timedelta

from models import inbox, turn
from models.queries.breaches.found import Look, Question, Violation, asked
from models.rules.alarms import AlarmKind
from models.rules.closure import ERASED_AFTER
from models.store import Statement

_FORGOTTEN_WITHIN = timedelta(hours=2)
"""Housekeeping comes every hour: what is past its time may stand so long."""

_QUESTIONS = (
    Question(
        "I1",
        "update",
        "it waits to be served, and its words are gone",
        Statement('SELECT id FROM "update" WHERE done_at IS NULL AND length(body) = 0'),
    ),
    Question(
        "I1",
        "update",
        "it is parked, and no alarm says so",
        Statement(f"""
            SELECT u.id FROM "update" u WHERE u.parked_at IS NOT NULL AND u.id > :after_update AND NOT EXISTS (
                SELECT 1 FROM alarm a WHERE a.kind = '{AlarmKind.UPDATE_PARKED}' AND a.ref = 'update:' || u.id)
        """),  # noqa: S608 the piece is a constant
    ),
    Question(
        "I1",
        "update",
        "it is parked, and waits to be served as well",
        Statement('SELECT id FROM "update" WHERE done_at IS NULL AND parked_at IS NOT NULL'),
    ),
    Question(
        "I1",
        "update",
        "it has waited for more than an hour, and nobody holds it",
        Statement("""
            SELECT id FROM "update" WHERE done_at IS NULL AND received_at < :an_hour_ago
                AND (leased_until IS NULL OR leased_until < :an_hour_ago)
        """),
        live=True,
    ),
    Question(
        "I1",
        "case",
        "the update that handed it in is not there",
        Statement("""
            SELECT c.id FROM "case" c WHERE c.filed_at > :remembered AND c.id > :after_case AND NOT EXISTS (
                SELECT 1 FROM "update" u WHERE u.bot_id = c.bot_id AND u.update_id = c.update_id)
        """),
    ),
    Question(
        "I2",
        "case",
        "its update handed in case {other} already",
        Statement("""
            SELECT c.id, o.id AS other FROM "case" c
            JOIN "case" o ON o.bot_id = c.bot_id AND o.update_id = c.update_id AND o.id < c.id WHERE c.id > :after_case
        """),
    ),
    Question(
        "I2",
        "update",
        "it was kept before, as update {other}",
        Statement("""
            SELECT u.id, o.id AS other FROM "update" u
            JOIN "update" o ON o.bot_id = u.bot_id AND o.update_id = u.update_id AND o.id < u.id
            WHERE u.id > :after_update
        """),
    ),
    Question(
        "I2",
        "notice",
        "the same was promised before, by notice {other}",
        Statement("""
            SELECT n.id, o.id AS other FROM notice n JOIN notice o ON o.key = n.key AND o.id < n.id
            WHERE n.id > :after_notice
        """),
    ),
    Question(
        "I14",
        "update",
        "it is done, and what was said is still there",
        Statement("""
            SELECT id FROM "update" WHERE done_at IS NOT NULL AND parked_at IS NULL AND length(body) > 0
                AND id > :after_update
        """),
    ),
    Question(
        "I14",
        "update",
        "it was to be forgotten by now",
        Statement("""
            SELECT id FROM "update" WHERE done_at IS NOT NULL AND (parked_at IS NULL AND done_at < :done_before
                OR parked_at IS NOT NULL AND done_at < :parked_before)
        """),
        live=True,
    ),
    Question(
        "I14",
        "case",
        "it was closed long ago, and the raiser's own words are still there",
        Statement("""
            SELECT c.id FROM "case" c WHERE c.closed_at < :erased_before AND EXISTS (
                SELECT 1 FROM secret s WHERE s.owner = 'case' AND s.owner_id = c.id AND s.field = 'words')
        """),
        live=True,
    ),
    Question(
        "I14",
        "talk",
        "so many conversations were to be forgotten by now",
        Statement("SELECT count(*) AS id FROM talk WHERE changed_at < :said_before HAVING count(*) > 0"),
        live=True,
    ),
)


def found(look: Look) -> Iterator[Violation]:
    machine, now = look.params["machine"], look.params["now"]
    timed = look.with_(
        remembered=now - inbox.KEPT + timedelta(days=1),  # the machine's week is never longer than the office's
        done_before=machine - inbox.KEPT - _FORGOTTEN_WITHIN,
        parked_before=machine - inbox.PARKED_KEPT - _FORGOTTEN_WITHIN,
        erased_before=now - ERASED_AFTER - _FORGOTTEN_WITHIN,
        said_before=now - turn.DRAFT - _FORGOTTEN_WITHIN,
    )
    return asked(_QUESTIONS, timed)
