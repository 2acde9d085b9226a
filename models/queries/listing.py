"""What does a desk read in a list? What was put into it since the last one, and what waits there and presses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from models.queries.people import held_by
from models.queries.reading import those_read
from models.queries.waiting import Owed, WaitingCase, in_words, late_below, owed_at, pressing, waiting_case
from models.records import Notice
from models.rules.lifecycle import Telling
from models.rules.policy import Sla
from models.store import Statement
from models.turn import Work

_TOLD = Statement("""
    SELECT case_id, telling, facts FROM notice
    WHERE person_id = :person AND ring_at > :after AND ring_at <= :moment AND edits IS NULL AND state = 'skipped'
        AND reason = 'listed' AND (telling <> 'assignment' OR reader = 'helping')
    ORDER BY id
""")
_BEFORE = Statement("""
    SELECT ring_at, key FROM notice
    WHERE person_id = :person AND ring_at > :after AND ring_at < :moment AND edits IS NULL AND telling = 'list'
        AND state = 'sent'
    ORDER BY ring_at DESC
""")

LOOKED_BACK = timedelta(days=31)
"""What was put into a list that long ago is no news any more; what still waits is listed anyhow."""

SAME_MORNING = timedelta(minutes=45)
"""A card that rang so shortly before a list need not stand in it again: eight o'clock, before half past eight."""

_NEWS = (Telling.DECIDED, Telling.ADDED, Telling.REMINDER, Telling.ASSIGNMENT, Telling.COPY, Telling.THANKS)
"""What a list may say of a case that does not press by itself; the first of them that it was told for. ASSIGNMENT: the
desk is to help another one; what it leads itself waits there by its dates.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One case of a list. `news` None: it waits here."""

    case: WaitingCase
    news: Telling | None = None


def listed(work: Work, *, person: int, desk: str, moment: datetime) -> tuple[Line, ...]:
    """The list of that moment as it reads now, most pressing first; empty where nothing is to be read.

    No words yet: `page_in_words` reads them. Nothing of a case this person may not read now, and nothing at all for
    somebody who does not sit there any more.
    """
    if all(office.place != desk for office in held_by(work, person)):
        return ()
    lines = {line.case.id: line for line in _told(work, person, desk, moment)}
    rung = _rung_just_now(work, person, moment)
    for case in owed_at(work, desk):
        if _presses(work, case, moment) and not (case.id in rung and _said_by_its_card(case)):
            lines[case.id] = Line(case)
    if desk == work.town.street_desk:
        for case in late_below(work, desk):
            lines[case.id] = Line(case)
    readable = those_read(work, lines, person)
    return tuple(sorted((line for line in lines.values() if line.case.id in readable), key=_place))


def page_in_words(work: Work, lines: Sequence[Line], *, first: int, many: int) -> tuple[Line, ...]:
    """All the lines, and those of one page in words: no word is unsealed that nobody reads."""
    page = [replace(line, case=in_words(work, line.case)) for line in lines[first : first + many]]
    return (*lines[:first], *page, *lines[first + many :])


def list_sent_to(work: Work, *, notice_id: int, person: int, chat_id: int) -> tuple[str, datetime] | None:
    """The desk and the moment of a list this person was given in this chat; None for any other notice."""
    notice = work.session.get(Notice, notice_id)
    if notice is None or notice.telling != Telling.LIST or (notice.person_id, notice.chat_id) != (person, chat_id):
        return None
    return notice.key.split(":")[1], notice.ring_at


def _told(work: Work, person: int, desk: str, moment: datetime) -> Iterator[Line]:
    """What was put into the lists since the last one that was read."""
    before = _BEFORE.all(work.session, person=person, after=moment - LOOKED_BACK, moment=moment)
    after = next((row.ring_at for row in before if row.key.startswith(f"list:{desk}:")), moment - LOOKED_BACK)
    told: dict[int, set[str]] = {}
    for row in _TOLD.all(work.session, person=person, after=after, moment=moment):
        told.setdefault(row.case_id, set()).add(row.telling)
    for case_id, tellings in told.items():
        case = waiting_case(work, case_id)
        news = next((one for one in _NEWS if one in tellings and (case.state.open or one is Telling.THANKS)), None)
        if news is not None:
            yield Line(case, news)


_CARDED = Statement("""
    SELECT case_id FROM notice
    WHERE person_id = :person AND ring_at > :after AND ring_at <= :moment AND edits IS NULL
        AND ring_at > promised_at AND telling = 'assignment' AND state = 'sent'
""")


def _rung_just_now(work: Work, person: int, moment: datetime) -> frozenset[int]:
    """The cases of this morning's cards, which waited for the night to end."""
    rows = _CARDED.all(work.session, person=person, after=moment - SAME_MORNING, moment=moment)
    return frozenset(row.case_id for row in rows)


def _said_by_its_card(case: WaitingCase) -> bool:
    """Whether a card that rang just now says all there is to say."""
    return case.owed is Owed.NEW and not (case.first or case.late or case.calls)


def _presses(work: Work, case: WaitingCase, moment: datetime) -> bool:
    """Whether it is to be read: new or returned, a decision or a call to make, due until the end of that day."""
    if case.owed is not Owed.GOING or case.calls or case.sla is Sla.P0:
        return True
    zone = work.town.calendar.zone
    day = max(moment, work.now).astimezone(zone).date()
    ends = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    return case.due_at is not None and case.due_at < ends


def _place(line: Line) -> tuple[object, ...]:
    """Emergencies and sealed matters, what is late, what waits by its date, then the news."""
    case = line.case
    waits = line.news is None
    return (not case.first, not (waits and case.late), not waits, *pressing(case))
