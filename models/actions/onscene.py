"""What if nobody stands at an emergency after all? Its first half hour begins anew, for nobody was there to end it."""

from datetime import datetime

from models.actions.moving import next_round, start_clocks, stop_clocks
from models.records import Case
from models.rules.ladder import clocks_from
from models.rules.policy import Milestone, Sla
from models.turn import Work


def look_again(work: Work, case: Case, *, since: datetime) -> None:
    """The clocks that wait for somebody on the scene run as from `since`; what is due by now rings at once."""
    assert case.id is not None
    waits = frozenset({Milestone.ON_SCENE})
    stop_clocks(work, case.id, waits)
    dues = [due for due in clocks_from(Sla.P0, since, work.town, case.desk) if due.until in waits]
    start_clocks(work, case.id, dues, turn=next_round(work, case.id))
