"""Who leads a case, when silence or an empty desk moves it up? Somebody who can be reached, as long as there is one."""

from datetime import datetime

from models.actions.calling import told_by_nobody
from models.actions.moving import Facts, move
from models.actions.telling import accused as accused_of
from models.actions.telling import hand_lead, tell_above, tell_accountable, tell_raiser
from models.queries.people import ways_to_place
from models.records import Case
from models.rules.access import CLOCK
from models.rules.gone import category_of
from models.rules.ladder import promised, push_at
from models.rules.lifecycle import Event, Telling
from models.rules.policy import Level, Party, Role, Sla
from models.rules.routing import next_desk
from models.turn import Work


def manned(
    work: Work,
    building: str,
    level: Level,
    desk: str,
    *,
    accused: frozenset[Party],
    raiser: int | None,
    at: datetime | None = None,
) -> tuple[Level, str]:
    """The desk itself, or the nearest above it where somebody can be reached (I3); itself again where nobody can.

    `at`: when it is rung, if not now; whoever is on leave by then is not there.
    """
    reached: tuple[Level, str] | None = (level, desk)
    while reached is not None:
        if ways_to_place(work, reached[1], but=raiser, at=at):
            return reached
        reached = next_desk(work.town, building, reached[0], accused=accused)
    return level, desk


def take_over(
    work: Work,
    case: Case,
    level: Level,
    desk: str,
    *,
    above: tuple[str, ...] = (),
    facts: Facts | None = None,
    tells: bool = True,
    asked: bool = False,
) -> None:
    """The desk, or the nearest above it that answers, leads and has yet to sign; the former desk helps.

    The raiser hears of it once, and of a sealed matter not at all (users.md rule 7). What was promised to the raiser
    stays promised: only the day to sign by is the new desk's own. `tells` False: the raiser is told otherwise.
    `asked`: by the raiser, who reads who leads now: the desk is rung alone, within its hours.
    """
    level, desk = manned(work, case.building, level, desk, accused=accused_of(case), raiser=case.raiser_id)
    move(work, case, Event.TAKE_OVER, actor=CLOCK, role=Role.CLOCK, facts={**(facts or {}), "lead": desk})
    hand_lead(work, case, desk, level)
    category = category_of(work.town, case.category)
    starts = push_at(work.now, Sla(case.sla), category, work.town)
    case.acknowledge_by = promised(Sla(case.sla), starts, work.town, desk).acknowledge_by
    work.session.flush()
    for told in above:
        tell_above(work, case, told)
    tell_accountable(work, case, Telling.ASSIGNMENT, awaited=asked)
    if tells and not category.sealed and not tell_raiser(work, case, Telling.CHANGED):
        told_by_nobody(work, case)
