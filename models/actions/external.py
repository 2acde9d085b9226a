"""When is a desk reminded of another office's day? A working day before it, and nothing promised depends on it."""

from datetime import timedelta

from models.actions.moving import next_round, start_clocks, stop_rung
from models.records import Case
from models.rules.gone import desk_of
from models.rules.ladder import EXTERNAL, Due
from models.rules.working_time import working_day
from models.turn import Work

_DAY = timedelta(days=1)
_WEEK = 7


def remind_of_external(work: Work, case: Case) -> None:
    """One clock rings a working day of the desk before the other office's day, while that is still to come."""
    assert case.id is not None
    stop_rung(work, case.id, EXTERNAL.code)
    if case.external_by is None:
        return
    calendar, hours = work.town.calendar, desk_of(work.town, case.desk).hours
    last = case.external_by.astimezone(calendar.zone).date()
    before = (working_day(last - ahead * _DAY, calendar, hours) for ahead in range(1, _WEEK + 1))
    rings_at = next((found[0] for found in before if found is not None), case.external_by - _DAY)
    if rings_at > work.now:
        due = Due(EXTERNAL.code, EXTERNAL.until, rings_at)
        start_clocks(work, case.id, [due], turn=next_round(work, case.id))
