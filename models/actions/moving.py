"""How does a case change? One gate: a row of the lifecycle, leave from `can`, one event in the chain, its clocks."""

import json
from collections.abc import Iterable, Mapping

from sqlmodel import select

from models.queries.cases import subject
from models.records import Case, Clock
from models.rules.access import Action, Actor, can
from models.rules.chain import GENESIS, link_hash
from models.rules.ladder import OUR_OWN, Due
from models.rules.lifecycle import HELD, Event, Move, State, move_for
from models.rules.policy import Milestone, Role
from models.rules.refusals import NotYours, Refused, Stale
from models.store import Statement
from models.turn import Work

# made once: `json.dumps` with options builds an encoder at every call
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

Facts = Mapping[str, str | int | bool | None]
"""What an event remembers: codes, counts, moments; never a person's words."""


def take_up(work: Work, case_id: int) -> Case:
    """The case, held by this transaction until it ends; refuses with `NotYours` where there is none."""
    case = work.session.exec(select(Case).where(Case.id == case_id).with_for_update()).one_or_none()
    if case is None:
        raise Refused(NotYours())
    return case


def may_move(work: Work, case: Case, event: Event, *, actor: Actor) -> Move:
    """The row the case would take; refuses `NotYours` without leave, `Stale` without a row.

    Leave is asked first: who has no right to a case does not learn its state.
    """
    about = subject(work, case)
    row = move_for(State(case.state), event)
    if row is not None and can(actor, Action(event), about, now=work.now).allow:
        return row
    if can(actor, Action.READ_WORDS, about, now=work.now).allow:
        raise Refused(Stale(number=case.number, state=case.state))
    raise Refused(NotYours())


def move(work: Work, case: Case, event: Event, *, actor: Actor, role: Role, facts: Facts | None = None) -> Move:
    """The case has made the move and the chain says so; refuses as `may_move` does."""
    row = may_move(work, case, event, actor=actor)
    if actor.shift is not None and role is not Role.RESIDENT:
        facts = {**(facts or {}), "shift": actor.shift}
    before, case.state = case.state, row.to
    case.version += 1
    assert case.id is not None
    append(
        work,
        case_id=case.id,
        seq=case.version,
        event=event,
        frm=State(before),
        to=row.to,
        role=role,
        person=actor.person,
        facts=facts,
    )
    stop_clocks(work, case.id, row.reaches)
    if row.to not in HELD:
        lapse_request(work, case.id)
    elif event is Event.TAKE_OVER:
        lapse_request(work, case.id, but_at=str((facts or {}).get("lead", "")))
    return row


_LAPSE = Statement("""
    UPDATE request SET decided_at = :now, outcome = 'lapsed' WHERE case_id = :case_id AND decided_at IS NULL
        AND NOT (kind = 'extension' AND decider = :but_at
            AND EXISTS (SELECT 1 FROM "case" c WHERE c.id = request.case_id AND c.resolve_by > :now))
""")


def lapse_request(work: Work, case_id: int, *, but_at: str = "") -> None:
    """Whatever another desk was asked to decide about the case needs no answer any more.

    `but_at`: more time that this desk was asked for is still its to grant, until the day is over.
    """
    _LAPSE.run(work.session, case_id=case_id, but_at=but_at, now=work.now)


_HEAD = Statement("SELECT hash FROM case_event WHERE case_id = :case_id AND seq = :seq")
_APPEND = Statement("""
    INSERT INTO case_event
        (case_id, seq, event, from_state, to_state, role, person_id, facts, happened_at, prev_hash, hash)
    VALUES
        (:case_id, :seq, :event, :from_state, :to_state, :role, :person_id, :facts, :happened_at, :prev_hash, :hash)
""")


def append(
    work: Work,
    *,
    case_id: int,
    seq: int,
    event: Event,
    frm: State,
    to: State,
    role: Role,
    person: int | None,
    facts: Facts | None = None,
    after: str | None = None,
) -> str:
    """The event stands at the end of the case's chain; returns its hash. `after`: the previous hash, where known."""
    if after is None:
        last = _HEAD.one(work.session, case_id=case_id, seq=seq - 1)
        after = last.hash if last else GENESIS
    body = _CANONICAL(dict(facts or {}))
    link = link_hash(
        after,
        case_id=case_id,
        seq=seq,
        event=event,
        frm=frm,
        to=to,
        role=role,
        person=person,
        facts=body,
        happened_at=work.now,
    )
    _APPEND.run(
        work.session,
        case_id=case_id,
        seq=seq,
        event=event,
        from_state=frm,
        to_state=to,
        role=role,
        person_id=person,
        facts=body,
        happened_at=work.now,
        prev_hash=after,
        hash=link,
    )
    return link


_START = Statement("""
    INSERT INTO clock (case_id, rung, round, until, due_at) VALUES (:case_id, :rung, :round, :until, :due_at)
""")
_STOP = Statement("""
    UPDATE clock SET due_at = NULL, stopped_at = :now
    WHERE case_id = :case_id AND until = :until AND due_at IS NOT NULL
""")
_STOP_RUNG = Statement("""
    UPDATE clock SET due_at = NULL, stopped_at = :now WHERE case_id = :case_id AND rung = :rung AND due_at IS NOT NULL
""")
_BESIDE = Statement("""
    SELECT 1 AS runs FROM clock WHERE case_id = :case_id AND rung = :rung AND due_at IS NOT NULL AND id <> :id LIMIT 1
""")
_ROUND = Statement("SELECT max(round) AS latest FROM clock WHERE case_id = :case_id")


def start_clocks(work: Work, case_id: int, dues: Iterable[Due], *, turn: int = 0) -> None:
    """Each due moment is a running clock of the case. `turn`: which time the ladder is climbed."""
    _START.many(
        work.session,
        [
            {"case_id": case_id, "rung": due.rung, "round": turn, "until": due.until, "due_at": due.due_at}
            for due in dues
        ],
    )


def stop_clocks(work: Work, case_id: int, reached: Iterable[Milestone]) -> None:
    """No clock that waited for one of these milestones runs any more."""
    for milestone in sorted(reached):
        _STOP.run(work.session, case_id=case_id, until=milestone, now=work.now)


def stop_rung(work: Work, case_id: int, rung: str) -> None:
    """This rung of the case waits no more."""
    _STOP_RUNG.run(work.session, case_id=case_id, rung=rung, now=work.now)


_OURS = ", ".join(repr(rung.code) for rung in OUR_OWN)
_STOP_LADDER = Statement(f"""
    UPDATE clock SET due_at = NULL, stopped_at = :now
    WHERE case_id = :case_id AND due_at IS NOT NULL AND rung NOT IN ({_OURS})
""")  # noqa: S608 the piece is a constant


def stop_ladder(work: Work, case_id: int) -> None:
    """No rung of the town's ladder runs any more; what was asked or noted besides the case goes on."""
    _STOP_LADDER.run(work.session, case_id=case_id, now=work.now)


def runs_beside(work: Work, clock: Clock, rung: str) -> bool:
    """Whether the case waits for this rung already, by another clock than this one."""
    return _BESIDE.one(work.session, case_id=clock.case_id, rung=rung, id=clock.id) is not None


def next_round(work: Work, case_id: int) -> int:
    """A round no clock of this case has had."""
    row = _ROUND.one(work.session, case_id=case_id)
    return 0 if row is None or row.latest is None else row.latest + 1
