"""What does a case look like to one reader? Everything a card may show, and nothing else."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from models.queries.doing import IDLE, Doing, doing, said_by
from models.queries.doubting import is_doubted
from models.queries.exchange import NOTHING, Exchange, exchange
from models.queries.pursued import Pursued, pursued
from models.queries.requests import Asked, open_request
from models.records import Case, CaseDesk, Channel, Follower, Request
from models.rules.access import Subject
from models.rules.gone import building_of, category_of, compound_of, desk_of
from models.rules.ladder import TOP, rung
from models.rules.lifecycle import Event, Reader, State
from models.rules.policy import Building, Category, Compound, Desk, Effect, Level, Party, Sla
from models.store import Statement
from models.turn import Work
from models.vault import reveal


@dataclass(frozen=True, slots=True)
class CaseView:
    """The facts of a case for one reader. `seen`: what receivers may read; never the raiser's identity."""

    id: int
    number: str
    version: int
    state: State
    sla: Sla
    level: Level
    category: Category
    building: Building
    compound: Compound
    title: str
    seen: str
    desk: Desk
    asked_head: bool
    returned: int
    partly: bool  # the last return said it is partly done, not undone
    lang: str  # what `title` and `seen` are in
    filed_at: datetime
    acknowledge_by: datetime
    contact_by: datetime | None  # None too once somebody has spoken to the raiser
    resolve_by: datetime | None
    claimed_at: datetime | None
    done: str | None  # the handler's sentence of the last claim
    word: str | None  # what a desk let the raiser know last
    word_of: Desk  # which desk that was; the accountable one's while there is no word
    head_looks: bool  # the head said 我来看看, and nothing since
    claimed_by_head: bool
    claimed_by: Desk  # whose word the last claim was; the accountable desk's while nothing is claimed
    unreadable: int  # pictures that nobody else will see: they did not come, are broken or too large
    films: int  # films and papers, which are kept and not passed on
    at_once: str  # "danger", "care" or "other" (care for somebody else) where it was filed without a tap
    claim_version: int  # the version the last claim made; an older question is stale
    channel: Channel
    tells_head: bool
    patrol: bool
    asked: bool
    paused_until: datetime | None
    extended: bool
    raised_to: int
    calls: int
    safe_at: datetime | None
    rating: int | None
    relapse_of: int | None
    external_number: str | None
    external_by: datetime | None
    request: Asked | None  # what another desk is asked to decide now
    doing: Doing  # a worker sent, a day named, made safe
    closed_at: datetime | None
    pursued: Pursued  # hurried, thanked, to be telephoned, come back
    exchange: Exchange  # what the resident and the desk said to each other last
    plain: bool  # `seen` is made of place and category only
    review_at: datetime | None  # where nobody above leads any more: when silence next does something about it
    doubted: bool  # one of its dates has passed by a clock that nobody believes just now

    @property
    def answer_by(self) -> datetime:
        """When the raiser hears from somebody, as it was promised."""
        return self.contact_by or self.resolve_by or self.acknowledge_by


_DESKS = Statement("SELECT desk, part FROM case_desk WHERE case_id = :case_id ORDER BY id")
_KEPT_BACK = Statement("""
    SELECT count(CASE WHEN kind = 'photo' AND lost IS NOT NULL THEN 1 END) AS unreadable,
        count(CASE WHEN kind NOT IN ('photo', 'voice') THEN 1 END) AS films
    FROM attachment WHERE case_id = :case_id
""")
_LAST_CLAIM = Statement("""
    SELECT seq, role, facts FROM case_event WHERE case_id = :case_id AND event = 'claim' ORDER BY seq DESC LIMIT 1
""")
_LAST_WORD = Statement("""
    SELECT s.field, e.facts FROM secret s JOIN case_event e ON e.case_id = s.owner_id AND e.event IN ('contact', 'word')
    WHERE s.owner = 'case' AND s.owner_id = :case_id AND s.field = 'word.' || CAST(e.seq AS text)
    ORDER BY e.seq DESC LIMIT 1
""")
_LAST_LOOK = Statement("""
    SELECT 1 AS looks FROM case_event e WHERE e.case_id = :case_id AND e.event = 'look' AND NOT EXISTS (
        SELECT 1 FROM case_event l WHERE l.case_id = e.case_id AND l.seq > e.seq
            AND (l.event = 'claim' OR l.person_id = e.person_id AND l.event IN ('busy', 'decline')))
    LIMIT 1
""")
_LAST_RETURN = Statement("""
    SELECT event, facts FROM case_event
    WHERE case_id = :case_id AND event IN ('deny', 'partly', 'reopen', 'raise') ORDER BY seq DESC LIMIT 1
""")


_DECIDER = Statement("SELECT decider FROM request WHERE case_id = :case_id AND decided_at IS NULL")
_FAMILY = Statement("SELECT person_id FROM follower WHERE case_id = :case_id")


def subject(work: Work, case: Case) -> Subject:
    """What `can` needs to know about a case."""
    assert case.id is not None
    decider = _DECIDER.one(work.session, case_id=case.id)
    family = (row.person_id for row in _FAMILY.all(work.session, case_id=case.id))
    return _subject(work, case, desks_of(work, case.id), decider.decider if decider else "", family)


def subjects(work: Work, case_ids: Iterable[int]) -> dict[int, Subject]:
    """As `subject`, of many cases in as many statements as of one."""
    ids = tuple(case_ids)
    desks: dict[int, list[tuple[str, Reader]]] = {case_id: [] for case_id in ids}
    family: dict[int, list[int]] = {case_id: [] for case_id in ids}
    parts = select(CaseDesk.case_id, CaseDesk.desk, CaseDesk.part).where(col(CaseDesk.case_id).in_(ids))
    for case_id, desk, part in work.session.exec(parts.order_by(col(CaseDesk.id))):
        desks[case_id].append((desk, Reader(part)))
    for case_id, person in work.session.exec(
        select(Follower.case_id, Follower.person_id).where(col(Follower.case_id).in_(ids))
    ):
        family[case_id].append(person)
    asked = select(Request.case_id, Request.decider).where(
        col(Request.case_id).in_(ids), col(Request.decided_at).is_(None)
    )
    deciders = dict(work.session.exec(asked).all())
    cases = work.session.exec(select(Case).where(col(Case.id).in_(ids))).all()
    return {
        case.id: _subject(work, case, desks[case.id], deciders.get(case.id, ""), family[case.id])
        for case in cases
        if case.id is not None
    }


def _subject(
    work: Work, case: Case, desks: Iterable[tuple[str, Reader]], decider: str, family: Iterable[int]
) -> Subject:
    parts: dict[Reader, list[str]] = {Reader.HELPING: [], Reader.ABOVE: []}
    for desk, part in desks:
        parts[part].append(desk)
    category = category_of(work.town, case.category)
    return Subject(
        state=State(case.state),
        raiser=case.raiser_id,
        building=case.building,
        lead=case.desk,
        helping=tuple(parts[Reader.HELPING]),
        above=tuple(parts[Reader.ABOVE]),
        level=Level(case.level),
        accused=frozenset(Party(letter) for letter in case.accused),
        sealed=category.sealed,
        enforcement=category.enforcement,
        asked_head=case.ask_head,
        decider=decider,
        caller=case.caller,
        family=frozenset(() if category.sealed else family),
    )


def view(work: Work, case_id: int) -> CaseView | None:
    """The case as its readers may see it; None where there is no such case."""
    case = work.session.get(Case, case_id)
    if case is None:
        return None
    claim = _LAST_CLAIM.one(work.session, case_id=case_id)
    now_doing = doing(work, case_id) if case.version > 2 else IDLE
    heard = _LAST_WORD.one(work.session, case_id=case_id) if case.version > 2 else None
    if heard is not None and now_doing.planned_by and int(heard.field.split(".")[1]) < now_doing.planned_seq:
        heard = None  # the day it named says more than the words before it
    look = _LAST_LOOK.one(work.session, case_id=case_id) if case.ask_head and case.version > 2 else None
    kept_back = None if case.plain else _KEPT_BACK.one(work.session, case_id=case_id)
    back = _LAST_RETURN.one(work.session, case_id=case_id) if case.returned else None

    def words(field: str) -> str:
        return reveal(work.session, work.keys, owner="case", owner_id=case_id, field=field) or ""

    town = work.town
    return CaseView(
        id=case_id,
        number=case.number,
        version=case.version,
        state=State(case.state),
        sla=Sla(case.sla),
        level=Level(case.level),
        category=category_of(town, case.category),
        building=building_of(town, case.building),
        compound=compound_of(town, case.building),
        title=words("title"),
        seen=words("seen"),
        desk=desk_of(town, case.desk),
        asked_head=case.ask_head,
        returned=case.returned,
        partly=bool(back and (back.event == Event.PARTLY or json.loads(back.facts).get("partly"))),
        lang=case.lang,
        filed_at=case.filed_at,
        acknowledge_by=case.acknowledge_by,
        contact_by=None if now_doing.answered else case.contact_by,
        resolve_by=case.resolve_by,
        claimed_at=case.claimed_at,
        done=words(f"done.{claim.seq}") if claim else None,
        word=words(heard.field) if heard else None,
        word_of=(said_by(work, heard.facts) if heard else None) or desk_of(town, case.desk),
        head_looks=look is not None,
        claimed_by_head=bool(claim and claim.role == "head"),
        claimed_by=desk_of(town, (json.loads(claim.facts).get("desk") if claim else None) or case.desk),
        unreadable=kept_back.unreadable if kept_back else 0,
        films=kept_back.films if kept_back else 0,
        at_once=_at_once(work, case),
        claim_version=claim.seq if claim else 0,
        channel=Channel(case.channel),
        tells_head=case.tells_head,
        patrol=case.patrol,
        asked=case.asked,
        paused_until=case.paused_until,
        extended=case.extended,
        raised_to=case.raised_to,
        calls=case.calls,
        safe_at=case.safe_at,
        rating=case.rating,
        relapse_of=case.relapse_of,
        external_number=case.external_number,
        external_by=case.external_by,
        request=open_request(work, case_id),
        doing=now_doing,
        closed_at=case.closed_at,
        pursued=pursued(work, case),
        plain=case.plain,
        review_at=_reviewed(work, case),
        doubted=_has_passed(work, case, now_doing.planned_by) and is_doubted(work.session),
        exchange=exchange(work, case_id, urgent=case.sla == Sla.P0) if case.version > 2 else NOTHING,
    )


_RUNNING = Statement("SELECT rung, due_at FROM clock WHERE case_id = :case_id AND due_at IS NOT NULL ORDER BY due_at")
_PRESSES = frozenset({Effect.COPY, Effect.LEAD, Effect.REVIEW})
"""Somebody is told, or looks at it again; a reminder comes once a case and may have come."""


def _reviewed(work: Work, case: Case) -> datetime | None:
    if case.level < TOP:
        return None
    running = _RUNNING.all(work.session, case_id=case.id)
    return next((row.due_at for row in running if rung(work.town, row.rung).effect in _PRESSES), None)


def _has_passed(work: Work, case: Case, planned_by: datetime | None) -> bool:
    dates = (case.acknowledge_by, case.contact_by, case.resolve_by, planned_by)
    return any(by is not None and by <= work.now for by in dates)


_ACCEPTED = Statement("SELECT facts FROM case_event WHERE case_id = :case_id AND seq = 2")


def _at_once(work: Work, case: Case) -> str:
    row = _ACCEPTED.one(work.session, case_id=case.id) if case.sla == Sla.P0 else None
    why = str(json.loads(row.facts).get("why", "")).split() if row else []
    return next((reason.partition(":")[2] for reason in why if reason.startswith("at-once:")), "")


_ASKED = Statement("""
    SELECT id, version FROM "case" WHERE raiser_id = :person AND state = 'claimed' ORDER BY id LIMIT 2
""")


def only_question(work: Work, *, person: int) -> tuple[int, int] | None:
    """The one case whose raiser is being asked whether it is solved, and its version; None for none or several."""
    rows = _ASKED.all(work.session, person=person)
    return (rows[0].id, rows[0].version) if len(rows) == 1 else None


_OWN = Statement("""
    SELECT id FROM "case" WHERE raiser_id = :person AND (:number = 0 OR id = :number)
    ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, id DESC LIMIT :most
""")


def own_cases(work: Work, *, person: int, number: int | None, most: int) -> tuple[CaseView, ...]:
    """What this person raised, the open ones first, the newest first; `number`: that one only."""
    rows = _OWN.all(work.session, person=person, number=number or 0, most=most)
    return tuple(seen for row in rows if (seen := view(work, row.id)) is not None)


def desks_of(work: Work, case_id: int) -> tuple[tuple[str, Reader], ...]:
    """The desks beside the accountable one, with their part, oldest first."""
    return tuple((row.desk, Reader(row.part)) for row in _DESKS.all(work.session, case_id=case_id))


_HEAD_ANSWER = Statement("""
    SELECT event FROM case_event
    WHERE case_id = :case_id AND person_id = :person AND event IN ('look', 'busy', 'decline') ORDER BY seq DESC LIMIT 1
""")


_ANY_HEAD = Statement("""
    SELECT 1 AS said FROM case_event
    WHERE case_id = :case_id AND (event IN ('look', 'busy', 'decline') OR (event = 'claim' AND role = 'head')) LIMIT 1
""")


def head_has_answered(work: Work, case_id: int) -> bool:
    """Whether the head, or who stands in for them, has said anything about the case."""
    return _ANY_HEAD.one(work.session, case_id=case_id) is not None


def head_answer(work: Work, case_id: int, person: int) -> Event | None:
    """What this head said last: each of two heads answers for themselves."""
    row = _HEAD_ANSWER.one(work.session, case_id=case_id, person=person)
    return None if row is None else Event(row.event)


_EVENTS = Statement("""
    SELECT seq, event, from_state, to_state, role, facts, happened_at FROM case_event
    WHERE case_id = :case_id ORDER BY seq
""")


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a case's history."""

    seq: int
    event: Event
    frm: State
    to: State
    role: str
    facts: dict[str, object]
    at: datetime


def history(work: Work, case_id: int) -> tuple[Happened, ...]:
    """Everything that happened to a case, in order."""
    return tuple(
        Happened(
            row.seq,
            Event(row.event),
            State(row.from_state),
            State(row.to_state),
            row.role,
            json.loads(row.facts),
            row.happened_at,
        )
        for row in _EVENTS.all(work.session, case_id=case_id)
    )
