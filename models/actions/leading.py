"""Who leads a case, when it begins and when silence or an empty desk moves it up? Somebody who can be reached, as long
as there is one.
"""

from dataclasses import replace
from datetime import datetime

from models.actions.calling import told_by_nobody
from models.actions.moving import Facts, move, next_round, start_clocks, stop_clocks
from models.actions.telling import (
    Told,
    hand_lead,
    tell_above,
    tell_accountable,
    tell_head,
    tell_helping,
    tell_raiser,
)
from models.actions.telling import accused as accused_of
from models.queries.people import ways_to_place
from models.records import Case
from models.rules.access import CLOCK
from models.rules.gone import category_of
from models.rules.ladder import clocks_from, promised, push_at
from models.rules.lifecycle import Event, Telling
from models.rules.periods import on_duty, period_at, through
from models.rules.policy import Category, Level, Milestone, Party, Role, Sla
from models.rules.routing import Route, next_desk
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


def answered(
    work: Work,
    way: Route,
    category: Category,
    building: str,
    *,
    sla: Sla,
    sealed: bool,
    accused: frozenset[Party],
    raiser: int | None,
) -> Route:
    """The way as it is gone today: over a holiday its own desk leads what is its (M09), in an empty desk's place the
    nearest above that answers. The same however a case got its category: filed, heard of a voice, or named by a person.
    """
    starts = push_at(work.now, sla, category, work.town)
    period = period_at(work.town, starts)
    if period and on_duty(period, category, sla=sla, sealed=sealed) and ways_to_place(work, period.desk):
        way = through(way, period)
    level, desk = manned(work, building, way.level, way.desk, accused=accused, raiser=raiser, at=starts)
    if desk == way.desk:
        return way
    above = tuple(other for other in way.above if other != desk)
    return replace(way, level=level, desk=desk, above=above, reasons=(*way.reasons, "unmanned"))


def tell_all_but_the_lead(work: Work, case: Told, way: Route) -> None:
    """Whoever helps, whoever looks on, and the head where one is asked, hear of the case."""
    for desk in way.helping:
        tell_helping(work, case, desk)
    for desk in way.above:
        tell_above(work, case, desk)
    if way.ask_head:
        tell_head(work, case)


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
    move(
        work,
        case,
        Event.TAKE_OVER,
        actor=CLOCK,
        role=Role.CLOCK,
        facts={**(facts or {}), "lead": desk, "from": case.desk},
    )
    hand_lead(work, case, desk, level)
    sign_anew(work, case)
    work.session.flush()
    for told in above:
        tell_above(work, case, told)
    tell_accountable(work, case, Telling.ASSIGNMENT, awaited=asked)
    sealed = category_of(work.town, case.category).sealed
    if tells and not sealed and not tell_raiser(work, case, Telling.CHANGED):
        told_by_nobody(work, case)


def sign_anew(work: Work, case: Case) -> None:
    """Whoever leads now has a day of their own to sign by, and silence climbs; nothing else that was promised moves."""
    assert case.id is not None
    sla = Sla(case.sla)
    starts = push_at(work.now, sla, category_of(work.town, case.category), work.town)
    case.acknowledge_by = promised(sla, starts, work.town, case.desk).acknowledge_by
    stop_clocks(work, case.id, {Milestone.SIGNED})
    dues = clocks_from(sla, starts, work.town, case.desk)
    # a rung at minute 0 told whoever must know when the case began
    signing = [due for due in dues if due.until is Milestone.SIGNED and due.due_at > starts]
    start_clocks(work, case.id, signing, turn=next_round(work, case.id))
