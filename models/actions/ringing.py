"""How is a desk rung? By a card of its own, or by a list; the day to sign by begins when it is (users.md, C4)."""

from datetime import datetime

from models.outbox import promise
from models.ports import Priority
from models.queries.people import Way
from models.queries.pushes import days_of_head, held_back, list_key, rung_around
from models.rules.gone import category_of, desk_of
from models.rules.ladder import clocks_from, promised, push_at
from models.rules.lifecycle import Reader, Telling
from models.rules.policy import Milestone, Sla
from models.rules.ringing import A_DAY_AT_MOST, WINDOW, InList, Occasion, Ring, gathered, head_rings, next_list, rings
from models.store import Statement
from models.turn import Work

_TAKE_IN = Statement("""
    UPDATE notice SET state = 'skipped', reason = 'listed', waits_from = NULL, ring_at = :moment
    WHERE id = :id AND lease IS NULL
""")
_LISTED = Statement(f"""
    INSERT INTO notice (key, person_id, bot_id, chat_id, case_id, telling, reader, facts, priority,
        promised_at, ring_at, state, tries, unsure, reason)
    VALUES (:key, :person, :bot_id, :chat_id, :case_id, :telling, :reader, '{{}}', {int(Priority.LIST)}, :now, :moment,
        'skipped', 0, 0, 'listed')
    ON CONFLICT (key) DO NOTHING
""")  # noqa: S608 the piece is a constant
_SIGN_BY = Statement('UPDATE "case" SET acknowledge_by = :by WHERE id = :case_id')
_SIGN_CLOCK = Statement("""
    UPDATE clock SET due_at = :due_at
    WHERE case_id = :case_id AND rung = :rung AND until = 'signed' AND due_at IS NOT NULL AND due_at < :due_at
""")


def ring_for(work: Work, way: Way, desk: str, occasion: Occasion) -> Ring:
    """When this person of the desk hears of it: what would be one card too many within minutes becomes a list."""
    place = desk_of(work.town, desk)
    ring = rings(occasion, place, work.now, work.town)
    if isinstance(ring, InList) or occasion.sla is Sla.P0 or occasion.category.sealed:
        return ring  # what must not wait waits for no company
    rung = rung_around(work, way.person, ring.moment, WINDOW)
    enough = rung.that_day >= A_DAY_AT_MOST and occasion.sla is not Sla.P1
    spare = next_list(ring.moment, work.town, place, any_of_day=True) if enough else None
    together = gathered(ring, now=work.now, alone=rung.alone, lists=rung.lists, spare=spare)
    if isinstance(together, InList) and together.moment > work.now:
        _take_in(work, way, together.moment)
    return together


def _take_in(work: Work, way: Way, moment: datetime) -> None:
    """Cards that wait to ring at about the moment of the list are read in it."""
    for row in held_back(work, way.person, moment, WINDOW):
        if not category_of(work.town, row.category).sealed:
            _TAKE_IN.run(work.session, id=row.id, moment=moment)


def tell_in_list(
    work: Work, way: Way, desk: str, moment: datetime, *, key: str, case_id: int, telling: Telling, reader: Reader
) -> None:
    """The person will read of the case in the desk's list of that moment, and it is on record that they are told so."""
    _LISTED.run(
        work.session,
        key=key,
        person=way.person,
        bot_id=way.bot_id,
        chat_id=way.chat_id,
        case_id=case_id,
        telling=telling,
        reader=reader,
        now=work.now,
        moment=moment,
    )
    put_in_list(work, way, desk, moment)


def put_in_list(work: Work, way: Way, desk: str, moment: datetime) -> None:
    """The person will read the desk's list of that moment. It names no case: what it says is looked up when it goes."""
    promise(
        work.session,
        key=list_key(desk, moment, way.person),
        person_id=way.person,
        bot_id=way.bot_id,
        chat_id=way.chat_id,
        case_id=None,
        telling=Telling.LIST,
        reader=Reader.DESK,
        facts={"desk": desk},
        priority=Priority.LIST,
        ring_at=moment,
        now=work.now,
    )


def sign_from(work: Work, *, case_id: int, sla: Sla, desk: str, rung_at: datetime) -> datetime:
    """The day to sign by, and every clock that waits for it, counts from when the desk is rung; what it is now.

    No clock comes earlier, and nothing else that was promised moves.
    """
    by = promised(sla, rung_at, work.town, desk).acknowledge_by
    _SIGN_BY.run(work.session, case_id=case_id, by=by)
    for due in clocks_from(sla, rung_at, work.town, desk):
        if due.until is Milestone.SIGNED:
            _SIGN_CLOCK.run(work.session, case_id=case_id, rung=due.rung, due_at=due.due_at)
    return by


def head_day(work: Work, way: Way, sla: Sla, category: str) -> datetime:
    """When this head may be asked: one card a day, in daytime; a neighbour is woken by an emergency alone."""
    asked_as = sla if sla is Sla.P0 else Sla.P2
    awake = push_at(work.now, asked_as, category_of(work.town, category), work.town)
    return head_rings(awake, days_of_head(work, way.person, awake), work.town, sla=sla)
