"""What if somebody cannot be reached? Another way is found in the same transaction that learned of it (I9, S38)."""

from models.actions.moving import take_up
from models.actions.telling import tell_above_who_answers, tell_desk
from models.outbox import Promised
from models.queries.people import way_to, ways_to_place
from models.rules.lifecycle import Reader, State, Telling
from models.turn import Work


def find_another_way(work: Work, promised: Promised) -> None:
    """A notice reached nobody. The raiser is telephoned by the desk; behind a desk stands the one above; a head is

    let be, for the desk has the case anyway. Nothing undelivered counts against the resident.
    """
    if promised.case_id is None or promised.edits is not None:
        return
    case = take_up(work, promised.case_id)
    if not State(case.state).open:
        return
    if promised.reader == Reader.RAISER:
        if promised.telling == Telling.QUESTION and way_to(work, case.raiser_id) is None:
            tell_desk(work, case, case.desk, Telling.CALL, Reader.DESK)
    elif promised.reader == Reader.DESK and not ways_to_place(work, case.desk):
        tell_above_who_answers(work, case)
