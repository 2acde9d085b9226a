"""Who reads a list in the morning, and how is a case of a list opened?"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from models.actions.ringing import put_in_list
from models.outbox import promise
from models.ports import Priority
from models.queries.people import Way, ways_to_place
from models.queries.reading import reader_of
from models.queries.waiting import late_below
from models.records.cases import number_of
from models.rules.lifecycle import HELD, Reader, Telling
from models.rules.refusals import NotYours, Refused
from models.rules.ringing import WINDOW, first_list
from models.rules.working_time import at_clock
from models.store import Statement
from models.turn import Work

_HELD = ", ".join(repr(state.value) for state in HELD)
_PRESSED = Statement("""
    SELECT desk AS desk FROM "case" WHERE closed_at IS NULL AND (state IN ('accepted', 'reopened')
        OR state = 'signed' AND coalesce(contact_by, resolve_by) < :ends
        OR state = 'working' AND (resolve_by < :ends OR sla = 'P0')
        OR state = 'working' AND id IN (SELECT case_id FROM case_event WHERE event = 'plan'))
    UNION SELECT decider FROM request WHERE decided_at IS NULL
    UNION SELECT caller FROM "case" WHERE caller <> '' AND state = 'claimed'
""")
_IN_HAND = Statement(f"""
    SELECT id FROM "case" WHERE closed_at IS NULL AND state IN ({_HELD}) LIMIT 1
""")  # noqa: S608 the piece is a constant
_RUN = Statement("INSERT INTO job_run (job, due_at, done_at) VALUES ('lists', :due_at, :now) ON CONFLICT DO NOTHING")
_WAITS = Statement("""
    SELECT key FROM notice
    WHERE person_id = :person AND ring_at > :after AND edits IS NULL AND telling = 'list' AND waits_from IS NOT NULL
""")


def next_morning(work: Work) -> datetime:
    """When the lists of the next morning are made up."""
    zone = work.town.calendar.zone
    today = work.now.astimezone(zone).date()
    moments = (at_clock(today + timedelta(days=ahead), work.town.lists[0], zone) for ahead in (0, 1))
    return next(moment for moment in moments if moment > work.now)


def next_lists(work: Work) -> datetime | None:
    """As `next_morning`, or None while no desk has anything in hand."""
    return next_morning(work) if _IN_HAND.one(work.session) is not None else None


def morning_lists(work: Work) -> datetime:
    """Every desk where something presses reads its list of this morning, once; when the next one is made up.

    After an outage one list is enough: a desk for which one is waiting already reads that one.
    """
    zone = work.town.calendar.zone
    today = work.now.astimezone(zone).date()
    moment = at_clock(today, work.town.lists[0], zone)
    if moment <= work.now and _RUN.run(work.session, due_at=moment, now=work.now):
        ends = datetime.combine(today + timedelta(days=1), time(), zone).astimezone(UTC)
        pressed = {row.desk for row in _PRESSED.all(work.session, ends=ends)}
        if late_below(work, work.town.street_desk):
            pressed.add(work.town.street_desk)
        for desk in sorted(pressed):
            place = work.town.desks.get(desk)
            if place is not None and first_list(today, work.town, place) is not None:
                _give(work, desk, ways_to_place(work, desk), moment)
    return next_morning(work)


def _give(work: Work, desk: str, ways: Iterable[Way], moment: datetime) -> None:
    late = work.now - moment > WINDOW
    for way in ways:
        waits = _WAITS.all(work.session, person=way.person, after=moment - timedelta(days=7)) if late else ()
        if not any(row.key.startswith(f"list:{desk}:") for row in waits):
            put_in_list(work, way, desk, moment)


def open_case(work: Work, *, case_id: int, person: int, bot_id: int, chat_id: int, update_id: int) -> str:
    """The case's card will stand at the bottom of this chat, as the live one; its number. Refuses `NotYours`."""
    reader = reader_of(work, case_id, person)
    if reader is None:
        raise Refused(NotYours())
    promise(
        work.session,
        key=f"open:{case_id}:{bot_id}:{chat_id}:{update_id}",
        person_id=person,
        bot_id=bot_id,
        chat_id=chat_id,
        case_id=case_id,
        telling=_OPENED.get(reader, Telling.REFRESH),
        reader=reader,
        facts={"opened": True},
        priority=Priority.ANSWER,
        ring_at=work.now,
        now=work.now,
    )
    return number_of(case_id)


_OPENED = {Reader.DECIDER: Telling.DECIDE, Reader.CALLER: Telling.CALL, Reader.RAISER: Telling.RECEIPT}
"""As what a card is drawn that was asked for; for everybody else as it stands."""
