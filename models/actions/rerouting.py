"""What if somebody cannot be reached? Another way is found in the same transaction that learned of it (I9, S38)."""

from models.actions.asking import resume
from models.actions.calling import CALLED_FOR, put_on_call_list, told_by_nobody
from models.actions.leading import manned, take_over
from models.actions.moving import take_up
from models.actions.telling import accused, refresh_cards, tell_assistant
from models.outbox import Promised, chat_lost, promise
from models.queries.cases import head_has_answered
from models.queries.people import speaker, way_to, ways_to_place
from models.records import Case
from models.rules.lifecycle import HELD, Event, Reader, State, Telling, move_for
from models.rules.policy import Level
from models.rules.routing import next_desk
from models.store import Statement
from models.turn import Work


def find_another_way(work: Work, promised: Promised) -> None:
    """A notice reached nobody: the person's next way has it, or somebody else hears of it instead.

    Nothing undelivered counts against the raiser, who is telephoned by whoever did not do the work when no way is left.
    An empty desk hands the lead to the one above; in a head's place the assistant is asked.
    """
    if promised.edits is not None or _said_elsewhere(work, promised):
        return
    if promised.telling == Telling.LIST:
        leave_no_desk_empty(work, str(promised.facts.get("desk", "")))
    if promised.case_id is None:
        return
    case = take_up(work, promised.case_id)
    if not State(case.state).open:
        return
    match promised.reader:
        case Reader.RAISER:
            if promised.telling in CALLED_FOR:
                told_by_nobody(work, case)
            if promised.telling == Telling.ASKED and case.paused_until and move_for(State(case.state), Event.RESUME):
                resume(work, case)  # a question that reached nobody pauses nothing
        case Reader.DESK:
            leave_no_desk_empty(work, case.desk)
        case Reader.CALLER if case.caller and not ways_to_place(work, case.caller, but=case.raiser_id):
            put_on_call_list(work, case, but=case.caller)
        case Reader.HEAD if promised.telling == Telling.REQUEST and not head_has_answered(work, promised.case_id):
            tell_assistant(work, case)


def lose_chat(work: Work, *, bot_id: int, chat_id: int) -> None:
    """A person blocked the bot or is gone: nothing tries this chat until they speak again; no desk waits for them."""
    chat_lost(work.session, bot_id=bot_id, chat_id=chat_id, now=work.now)
    known = speaker(work, bot_id=bot_id, chat_id=chat_id)
    for office in known.held if known else ():
        leave_no_desk_empty(work, office.place)


_LED = Statement("""
    SELECT id FROM "case" WHERE desk = :desk AND closed_at IS NULL
    AND state IN ('accepted', 'signed', 'working', 'reopened') ORDER BY id
""")


def leave_no_desk_empty(work: Work, desk: str) -> None:
    """Where nobody can be reached at the desk any more, the nearest one above that answers leads what it led (S38)."""
    if stands_empty(work, desk):
        for case_id in led_by(work, desk):
            hand_up(work, case_id=case_id, desk=desk)


def stands_empty(work: Work, desk: str) -> bool:
    """Whether nobody can be reached at this desk of the town."""
    return desk in work.town.desks and not ways_to_place(work, desk)


def led_by(work: Work, desk: str) -> tuple[int, ...]:
    """The cases the desk has in hand; by the time one is taken up another hand may have been first."""
    return tuple(row.id for row in _LED.all(work.session, desk=desk))


def taken_up_from(work: Work, case_id: int, desk: str) -> Case | None:
    """The case, held by this transaction; None where that desk has it in hand no longer."""
    case = take_up(work, case_id)
    return case if case.desk == desk and State(case.state) in HELD else None


def _said_elsewhere(work: Work, promised: Promised) -> bool:
    """The same promise, to the person's next way; False: there is none."""
    way = way_to(work, promised.person_id)
    if way is None:
        return False
    promise(
        work.session,
        key=f"{promised.key}@{way.bot_id}:{way.chat_id}",
        person_id=promised.person_id,
        bot_id=way.bot_id,
        chat_id=way.chat_id,
        case_id=promised.case_id,
        telling=promised.telling,
        reader=promised.reader,
        priority=promised.priority,
        facts=promised.facts,
        ring_at=promised.ring_at,
        now=work.now,
    )
    return True


def hand_up(work: Work, *, case_id: int, desk: str) -> None:
    """The desk above `desk` that answers leads, where there is one and `desk` still has the case; else it stays."""
    case = taken_up_from(work, case_id, desk)
    above = next_desk(work.town, case.building, Level(case.level), accused=accused(case)) if case else None
    if case is None or above is None:
        return
    _, answers = manned(work, case.building, *above, accused=accused(case), raiser=case.raiser_id)
    if not ways_to_place(work, answers, but=case.raiser_id):
        return  # nobody above can be reached either: moving it from empty desk to empty desk helps nobody
    take_over(work, case, *above, facts={"why": "unreachable"})
    work.session.flush()
    refresh_cards(work, case)
