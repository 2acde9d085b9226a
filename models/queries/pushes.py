"""When was somebody rung lately, and when will they be? What keeps several cards within minutes from ringing alone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from models.outbox import Promised
from models.ports import Priority
from models.rules.lifecycle import Reader, Telling
from models.store import Row, Statement
from models.turn import Work

# an edit makes no sound, the pictures of a card none of their own, and what answers a tap was asked for
_RUNG = Statement(f"""
    SELECT ring_at, telling FROM notice
    WHERE person_id = :person AND ring_at > :after AND ring_at < :before AND edits IS NULL
        AND state IN ('waiting', 'sent') AND priority <> {int(Priority.ANSWER)} AND telling <> '{Telling.PICTURES}'
    ORDER BY ring_at
""")  # noqa: S608 the pieces are constants
_HEAD_RUNG = Statement(f"""
    SELECT ring_at FROM notice
    WHERE person_id = :person AND ring_at > :after AND ring_at < :before AND edits IS NULL
        AND state IN ('waiting', 'sent') AND reader = '{Reader.HEAD}' AND telling <> '{Telling.PICTURES}'
        AND priority <> {int(Priority.ANSWER)}
""")  # noqa: S608 as above
_HELD_BACK = Statement("""
    SELECT n.id, c.category FROM notice n JOIN "case" c ON c.id = n.case_id
    WHERE n.person_id = :person AND n.ring_at > :after AND n.ring_at < :before AND n.edits IS NULL
        AND n.waits_from IS NOT NULL AND n.lease IS NULL AND n.reader NOT IN ('raiser', 'head', 'family')
        AND n.priority <> 0
    ORDER BY n.id
""")
_LATER_LIST = Statement("""
    SELECT key FROM notice
    WHERE person_id = :person AND ring_at >= :ring_at AND ring_at <= :now AND edits IS NULL AND telling = 'list'
        AND waits_from IS NOT NULL AND id <> :id
""")

HEAD_AHEAD = timedelta(days=60)
"""So far ahead a head's days are looked at; a queue of sixty neighbours is not one head's work any more."""


@dataclass(frozen=True, slots=True)
class Rung:
    """When somebody is rung around a moment: by cards, and by lists; and how often on that day."""

    alone: tuple[datetime, ...]
    lists: tuple[datetime, ...]
    that_day: int


def rung_around(work: Work, person: int, moment: datetime, within: timedelta) -> Rung:
    """Every push to this person, said or promised, less than `within` before and at most so much after `moment`."""
    begins = _day_begins(work, moment)
    first, last = moment - within, moment + within
    rows = _RUNG.all(
        work.session,
        person=person,
        after=min(first, begins - timedelta(microseconds=1)),
        before=max(last + timedelta(microseconds=1), begins + timedelta(days=1)),
    )
    near = [row for row in rows if first < row.ring_at <= last]
    return Rung(
        tuple(row.ring_at for row in near if row.telling != Telling.LIST),
        tuple(row.ring_at for row in near if row.telling == Telling.LIST),
        sum(begins <= row.ring_at < begins + timedelta(days=1) for row in rows),
    )


def days_of_head(work: Work, person: int, moment: datetime) -> frozenset[date]:
    """The days of the town, from that of `moment`, on which this head has had or will have a card."""
    zone, begins = work.town.calendar.zone, _day_begins(work, moment)
    rows = _HEAD_RUNG.all(
        work.session, person=person, after=begins - timedelta(microseconds=1), before=begins + HEAD_AHEAD
    )
    return frozenset(row.ring_at.astimezone(zone).date() for row in rows)


def held_back(work: Work, person: int, moment: datetime, within: timedelta) -> list[Row]:
    """Cards of desks that wait to ring this person around that moment: the notice's id, the case's category."""
    return _HELD_BACK.all(work.session, person=person, after=moment - within, before=moment + within)


def list_key(desk: str, moment: datetime, person: int) -> str:
    """What makes two lists the same: one desk, one moment, one reader."""
    return f"list:{desk}:{moment.astimezone(UTC):%Y%m%dT%H%M%S}:{person}"


def listed_again(work: Work, promised: Promised) -> bool:
    """Whether a later list of the same desk may ring this person by now too: after an outage one is enough."""
    desk = promised.facts["desk"]
    rows = _LATER_LIST.all(
        work.session, person=promised.person_id, ring_at=promised.ring_at, now=work.now, id=promised.id
    )
    return any(row.key.startswith(f"list:{desk}:") for row in rows)


def _day_begins(work: Work, moment: datetime) -> datetime:
    """Midnight of that day in the town."""
    zone = work.town.calendar.zone
    return datetime.combine(moment.astimezone(zone).date(), time(), zone).astimezone(UTC)
