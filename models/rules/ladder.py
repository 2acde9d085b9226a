"""Which clocks run, what was promised, and what does silence do? (domain C0, C4)

Two ladders: from acceptance (`clocks_from`) and from a claim, while the resident is asked (`clocks_after_claim`). A
rung that fires climbs; at the top the case stays and comes back every 7 days, so there is always a next date.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models.rules.gone import desk_of
from models.rules.periods import acknowledged_within
from models.rules.policy import Category, Counting, Effect, Level, Milestone, Party, Rung, Sla, Span, Town
from models.rules.routing import next_desk
from models.rules.working_time import after, next_opening

TOP = Level.STREET
"""The highest level that leads: at the end of the ladder a case stays with the street (domain C4 `top`); the district,
which coordinates and rules on objections (C2), gets copies."""

ON_SCENE = timedelta(minutes=30)
"""An emergency's duty is on the scene within this, or the street leads (domain C0, C4 P0)."""

MADE_SAFE = timedelta(hours=24)
"""An emergency endangers nobody any more within this (domain C0 make_safe)."""

RED_AT = 1.5
"""A case is red once so much of its time has gone by (domain C4 `colour`)."""

REVIEW_EVERY = Span(timedelta(days=7), Counting.WALL)
"""How often a case at the top comes back (domain C4 `top`)."""

REVIEW = Rung("review", None, REVIEW_EVERY, Milestone.CLOSED, Effect.REVIEW, every=REVIEW_EVERY)
"""The review of a town whose folder names none: an open case without a next date cannot be configured."""

ONE_DAY = Span(timedelta(hours=7), Counting.WORK)
"""Seven working hours are one working day (domain C0)."""

RESUME = Rung("resume", None, ONE_DAY, Milestone.CLAIMED, Effect.RESUME)
"""The resident did not answer the desk's question: the clocks go on (domain C3 need_info: one working day at most)."""

UNANSWERED = Rung("unanswered", None, ONE_DAY, Milestone.CONTACTED, Effect.REMIND)
"""The resident did not say whether the listener heard right: the community names the matter by itself."""

_SAID_ELSEWHERE = Span(timedelta(), Counting.WALL)
"""When the clock of such a rung rings is not counted from the case; whoever sets it says (rules/closure)."""

CALL_AGAIN = Rung("call-again", None, _SAID_ELSEWHERE, Milestone.ANSWERED, Effect.CALL)
"""Nobody answered the telephone: it is tried again on the caller's next working day (domain C3 待打电话)."""

PERSON_ASKED = Rung("person-asked", None, _SAID_ELSEWHERE, Milestone.CLOSED, Effect.CALL)
"""The resident asked for a person and nobody has called: the next desk above is to call (users.md rule 8)."""

EXTERNAL = Rung("external", None, _SAID_ELSEWHERE, Milestone.CLAIMED, Effect.REMIND)
"""Another office's own day (12345) comes near: the desk is reminded, and nothing that was promised depends on it."""

OUR_OWN = (RESUME, UNANSWERED, CALL_AGAIN, PERSON_ASKED, EXTERNAL)
"""Rungs no town writes: they begin with something that is asked, not with the case."""


@dataclass(frozen=True, slots=True)
class Due:
    """One clock: rung `rung` fires at `due_at` unless `until` is reached before."""

    rung: str
    until: Milestone
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Promised:
    """What the resident was told, and measured against for ever; no message moves it."""

    acknowledge_by: datetime
    contact_by: datetime | None
    resolve_by: datetime | None

    @property
    def answer_by(self) -> datetime:
        """When the raiser hears from somebody: a visit or a call, an answer to a question, at least a signature."""
        return self.contact_by or self.resolve_by or self.acknowledge_by


@dataclass(frozen=True, slots=True)
class Climb:
    """What happens to one case. `lead` None: the accountable desk stays; else it becomes a helping one (首接负责)."""

    effect: Effect
    level: Level  # the accountable desk's, afterwards
    lead: str | None = None
    above: tuple[str, ...] = ()  # desks that get the card as ABOVE; they may have it already
    fresh_eyes: bool = False  # a person not involved so far has to look at it (C4, third return)


def clocks_from(sla: Sla, start: datetime, town: Town, desk: str, *, head_asked: bool = False) -> tuple[Due, ...]:
    """Every clock of a case accepted or returned at `start`, earliest first; never empty.

    A return replaces whatever of these still runs: the ladder begins anew. `head_asked`: an assistant may have to be.
    """
    rungs = [
        _within_period(rung, start, town, desk)
        for rung in town.ladder
        if rung.sla in (sla, None)
        and rung.until is not Milestone.ANSWERED
        and (head_asked or rung.effect is not Effect.ASSIST)
    ]
    if not any(_returns(rung) for rung in rungs):
        rungs.append(REVIEW)
    return _dues(rungs, start, town, desk)


def clocks_after_claim(start: datetime, town: Town, *, sla: Sla | None = None) -> tuple[Due, ...]:
    """The clocks that wait for the resident's answer to a question put at `start`; the review runs beside them."""
    rungs = [rung for rung in town.ladder if rung.sla in (sla, None) and rung.until is Milestone.ANSWERED]
    return _dues(rungs, start, town, None)


def again(code: str, now: datetime, town: Town, desk: str | None = None) -> Due | None:
    """The next time a repeating rung fires, counted from `now`: after an outage once, not once for each time missed."""
    found = rung(town, code)
    if found.every is None:
        return None
    return Due(found.code, found.until, _after(now, found.every, town, desk))


def rung(town: Town, code: str) -> Rung:
    """The rung a clock row names; the review for one no longer in the ladder: somebody looks, and again each week."""
    known = (found for found in (*town.ladder, *OUR_OWN) if found.code == code)
    return next(known, None) or next(filter(_returns, town.ladder), REVIEW)


def promised(sla: Sla, start: datetime, town: Town, desk: str) -> Promised:
    """The three dates of a case accepted at `start`, in the accountable desk's own hours."""
    promise = town.promises[sla]

    def by(span: Span) -> datetime:
        return _after(start, span, town, desk)

    return Promised(
        by(acknowledged_within(promise.acknowledge, sla, start, town, desk)),
        by(promise.contact) if promise.contact else None,
        by(promise.resolve) if promise.resolve else None,
    )


def climb(rung: Rung, level: Level, town: Town, building: str, accused: frozenset[Party] = frozenset()) -> Climb:
    """What `rung` does to a case at `level`; at the top a `REVIEW`: the case stays, its own review is its next date."""
    if rung.effect not in (Effect.COPY, Effect.LEAD):
        return Climb(rung.effect, level)
    if not rung.after.length and rung.to is not None and rung.to <= level:
        return Climb(rung.effect, level)  # a rung at minute 0 tells who must know besides; nobody was silent yet
    return rise(rung.effect, level, town, building, accused, to=rung.to)


def rise(
    effect: Effect,
    level: Level,
    town: Town,
    building: str,
    accused: frozenset[Party] = frozenset(),
    *,
    to: Level | None = None,
    fresh_eyes: bool = False,
) -> Climb:
    """`COPY` or `LEAD` one level up, or as far as `to`; each level passed on the way is told (reliability I11).

    A `to` that is not above `level` means the next one; one without a desk means the highest below it. Above the `TOP`
    a `LEAD` is a `COPY`; with nobody above at all it is a `REVIEW`.
    """
    steps: list[tuple[Level, str]] = []
    reached = level
    while step := next_desk(town, building, reached, accused=accused):
        if steps and (to is None or step[0] > to):
            break
        steps.append(step)
        reached = step[0]
    if not steps:
        return Climb(Effect.REVIEW, level, fresh_eyes=fresh_eyes)
    told = tuple(desk for _, desk in steps)
    leaders = [step for step in steps if step[0] <= TOP]
    if effect is Effect.COPY or not leaders:
        return Climb(Effect.COPY, level, above=told, fresh_eyes=fresh_eyes)
    higher, lead = leaders[-1]
    return Climb(effect, higher, lead, tuple(desk for desk in told if desk != lead), fresh_eyes)


def push_at(now: datetime, sla: Sla, category: Category, town: Town) -> datetime:
    """When a telephone may ring: now, or the end of the quiet hours.

    Only an emergency rings at night, and an urgent matter of a `wake` category (C0 quiet_hours): once a person has made
    it a P3 it can wait for morning.
    """
    if sla is Sla.P0 or (category.wake and sla is Sla.P1):
        return now
    return next_opening(now, town.quiet, town.calendar.zone)


def _within_period(rung: Rung, start: datetime, town: Town, desk: str) -> Rung:
    """A rung that waits for 签收 rings as soon as a period on duty promises it."""
    if rung.until is not Milestone.SIGNED or rung.sla is None or not rung.after.length:
        return rung
    return replace(rung, after=acknowledged_within(rung.after, rung.sla, start, town, desk))


def _returns(rung: Rung) -> bool:
    """Whether it rings until the case is closed, so that an open case always has a next date."""
    return rung.sla is None and rung.until is Milestone.CLOSED and rung.every is not None


def _dues(rungs: Iterable[Rung], start: datetime, town: Town, desk: str | None) -> tuple[Due, ...]:
    dues = (Due(rung.code, rung.until, _after(start, rung.after, town, desk)) for rung in rungs)
    return tuple(sorted(dues, key=lambda due: (due.due_at, due.rung)))


def _after(start: datetime, span: Span, town: Town, desk: str | None) -> datetime:
    hours = desk_of(town, desk).hours if desk else None
    return after(start, span, town.calendar, hours)
