"""What if somebody cannot be reached? Another way is found in the same transaction that learned of it (I9, S38)."""

from models.actions.asking import resume
from models.actions.calling import CALLED_FOR, told_by_nobody
from models.actions.leading import take_over
from models.actions.moving import take_up
from models.actions.telling import accused, refresh_cards
from models.outbox import Promised
from models.queries.people import way_to, ways_to_place
from models.records import Case
from models.rules.lifecycle import Event, Reader, State, Telling, move_for
from models.rules.policy import Level
from models.rules.routing import next_desk
from models.turn import Work


def find_another_way(work: Work, promised: Promised) -> None:
    """A notice reached nobody, and somebody else hears of it instead; nothing undelivered counts against the raiser.

    The raiser is telephoned by whoever did not do the work; an empty desk hands the lead to the one above; a head is
    let be, for the desk has the case anyway.
    """
    if promised.case_id is None or promised.edits is not None:
        return
    case = take_up(work, promised.case_id)
    if not State(case.state).open:
        return
    if promised.reader == Reader.RAISER:
        if promised.telling in CALLED_FOR and way_to(work, case.raiser_id) is None:
            told_by_nobody(work, case)
        if promised.telling == Telling.ASKED and case.paused_until and move_for(State(case.state), Event.RESUME):
            resume(work, case)  # a question that reached nobody pauses nothing
    elif promised.reader == Reader.DESK and not ways_to_place(work, case.desk, but=case.raiser_id):
        _hand_up(work, case)


def _hand_up(work: Work, case: Case) -> None:
    """The desk above leads, where there is one and the case can still be led."""
    above = next_desk(work.town, case.building, Level(case.level), accused=accused(case))
    if above is None or move_for(State(case.state), Event.TAKE_OVER) is None:
        return
    take_over(work, case, *above, facts={"why": "unreachable"})
    work.session.flush()
    refresh_cards(work, case)
