"""What can happen to a case? One table: from, event, to, by whom, who is told, which milestone it reaches.

No row, no move. The diagram in ARCHITECTURE.md, the notices and the property tests are read off it (domain C3).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from models.rules.policy import Milestone, Role


class State(StrEnum):
    DRAFT = "draft"  # 填写中: lives in the conversation, has no row yet
    SUBMITTED = "submitted"  # 待受理
    ACCEPTED = "accepted"  # 已受理, waits to be signed for
    SIGNED = "signed"  # 已签收
    WORKING = "working"  # 办理中
    CLAIMED = "claimed"  # 待居民确认
    CLOSED_OK = "closed_ok"  # 已办结: the resident said so
    REOPENED = "reopened"  # 重办

    @property
    def open(self) -> bool:
        """Whether somebody still owes something; every open case has a desk and a future clock."""
        return self is not State.CLOSED_OK


class Event(StrEnum):
    SUBMIT = "submit"
    ACCEPT = "accept"
    LOOK = "look"  # head: 我来看看
    BUSY = "busy"  # head: 没空
    DECLINE = "decline"  # head: 我不便管
    SIGN = "sign"  # 签收
    CONTACT = "contact"  # 已联系居民
    CLAIM = "claim"  # 办结, one sentence what was done
    CONFIRM = "confirm"  # ① 解决了
    DENY = "deny"  # ② 没有
    PARTLY = "partly"  # ③ 好了一部分
    CLIMB = "climb"  # silence: somebody higher is told
    TAKE_OVER = "take_over"  # silence: the level above leads, and has yet to sign


class Reader(StrEnum):
    """In what part somebody is told or reads a case; it decides which card is drawn."""

    RAISER = "raiser"
    HEAD = "head"
    DESK = "desk"  # the accountable desk
    HELPING = "helping"  # a former or second desk (协办)
    ABOVE = "above"  # the next level, copied


class Telling(StrEnum):
    """One notice a move promises; the wording is in `handlers/cards`."""

    RECEIPT = "receipt"  # raiser: number, who, until when
    ASSIGNMENT = "assignment"  # accountable desk: a card
    REQUEST = "request"  # head: asked, never chased
    QUESTION = "question"  # raiser: 解决了吗
    RETURNED = "returned"  # desk: not solved, a new date
    COPY = "copy"  # next level
    WORD = "word"  # raiser: what the desk lets them know
    CHANGED = "changed"  # raiser: another desk leads now
    REMINDER = "reminder"  # accountable desk: the date comes near, or has come back for review
    CALL = "call"  # accountable desk: telephone the resident (待打电话)
    REFRESH = "refresh"  # every card already drawn, edited without a sound


@dataclass(frozen=True, slots=True)
class Move:
    """One row. `reaches`: the clocks that wait for it stop."""

    frm: State
    event: Event
    to: State
    by: frozenset[Role]
    tells: tuple[Telling, ...] = ()
    reaches: frozenset[Milestone] = frozenset()
    restarts: bool = False  # the ladder begins anew from now


_DESKS = frozenset({Role.PROPERTY, Role.COMMITTEE, Role.COMMUNITY, Role.STREET, Role.DISTRICT})
_HEAD = frozenset({Role.HEAD})
_RESIDENT = frozenset({Role.RESIDENT})
_SIGNED = frozenset({Milestone.SIGNED})
_CONTACTED = frozenset({Milestone.SIGNED, Milestone.CONTACTED})
_CLAIMED = frozenset({Milestone.SIGNED, Milestone.CONTACTED, Milestone.CLAIMED})
_ALL = frozenset(Milestone)


def _moves() -> Iterator[Move]:
    s, e, t = State, Event, Telling
    yield Move(s.DRAFT, e.SUBMIT, s.SUBMITTED, _RESIDENT)
    yield Move(
        s.SUBMITTED,
        e.ACCEPT,
        s.ACCEPTED,
        frozenset({Role.BOT, Role.COMMUNITY}),
        (t.RECEIPT, t.ASSIGNMENT, t.REQUEST),
        restarts=True,
    )
    for waiting in (s.ACCEPTED, s.REOPENED):
        yield Move(waiting, e.SIGN, s.SIGNED, _DESKS, (t.REFRESH,), _SIGNED)
    yield Move(s.SIGNED, e.CONTACT, s.WORKING, _DESKS, (t.WORD, t.REFRESH), _CONTACTED)
    for held in (s.ACCEPTED, s.SIGNED, s.WORKING):
        yield Move(held, e.TAKE_OVER, s.ACCEPTED, frozenset({Role.CLOCK}), (t.ASSIGNMENT, t.CHANGED, t.REFRESH))
    yield Move(s.REOPENED, e.TAKE_OVER, s.REOPENED, frozenset({Role.CLOCK}), (t.ASSIGNMENT, t.CHANGED, t.REFRESH))
    for busy in (s.ACCEPTED, s.SIGNED, s.WORKING, s.REOPENED):
        yield Move(busy, e.CLAIM, s.CLAIMED, _DESKS | _HEAD, (t.QUESTION, t.REFRESH), _CLAIMED)
        yield Move(busy, e.CLIMB, busy, frozenset({Role.CLOCK}))
        for answer in (e.LOOK, e.BUSY, e.DECLINE):
            yield Move(busy, answer, busy, _HEAD, (t.REFRESH,))
    yield Move(s.CLAIMED, e.CLIMB, s.CLAIMED, frozenset({Role.CLOCK}))
    yield Move(s.CLAIMED, e.CONFIRM, s.CLOSED_OK, _RESIDENT, (t.REFRESH,), _ALL)
    for unsolved in (e.DENY, e.PARTLY):
        yield Move(
            s.CLAIMED,
            unsolved,
            s.REOPENED,
            _RESIDENT,
            (t.RETURNED, t.COPY, t.REFRESH),
            frozenset({Milestone.ANSWERED}),
            restarts=True,
        )


LIFECYCLE: tuple[Move, ...] = tuple(_moves())
_ROWS = {(move.frm, move.event): move for move in LIFECYCLE}


def move_for(state: State, event: Event) -> Move | None:
    """The row for `event` in `state`, or None: then it cannot happen, whoever asks."""
    return _ROWS.get((state, event))


def diagram() -> str:
    """The table as a Mermaid state diagram, one line a row: what ARCHITECTURE.md shows."""
    lines = ["stateDiagram-v2"]
    for move in LIFECYCLE:
        by = ", ".join(sorted(move.by))
        lines.append(f"    {move.frm} --> {move.to}: {move.event} ({by})")
    return "\n".join(lines)
