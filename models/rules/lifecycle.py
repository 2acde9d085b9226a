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
    REOPENED = "reopened"  # 重办
    CLOSED_OK = "closed_ok"  # 已办结: the resident said so
    CLOSED_SILENT = "closed_silent"  # 已办结（未评价）: nobody could say so; outside every rate
    WITHDRAWN = "withdrawn"  # 已撤诉

    @property
    def open(self) -> bool:
        """Whether somebody still owes something; every open case has a desk and a future clock."""
        return self not in CLOSED


CLOSED = frozenset({State.CLOSED_OK, State.CLOSED_SILENT, State.WITHDRAWN})


class Event(StrEnum):
    SUBMIT = "submit"
    ENTER = "enter"  # a desk writes down what was said at the counter or by telephone
    ACCEPT = "accept"
    LOOK = "look"  # head: 我来看看
    BUSY = "busy"  # head: 没空
    DECLINE = "decline"  # head: 我不便管
    SIGN = "sign"  # 签收
    CONTACT = "contact"  # 已联系居民
    ARRIVE = "arrive"  # 已到场: somebody of the desk stands at the emergency
    WORD = "word"  # 带话: one more sentence to the resident
    PLAN = "plan"  # 定日子: the desk names its own day within what was promised
    ASK = "ask"  # 提问: the desk asks the resident; once, and the clocks pause for a working day at most
    REPLY = "reply"  # the resident answers what the desk asked
    RESUME = "resume"  # no answer came: the clocks go on
    ADD = "add"  # 补充: the resident says more
    URGE = "urge"  # 催一下: once a stage, no penalty
    RAISE = "raise"  # 申请上报: always, once a level
    SORT = "sort"  # a person names the category
    PLACE = "place"  # the resident says where it is, of what was filed without a place
    HEAR = "hear"  # a listener wrote down what a voice says
    AGREE = "agree"  # the resident: yes, that is what I said
    DISAGREE = "disagree"  # the resident: no, it is not
    DISPATCH = "dispatch"  # 派工: a worker was sent; no transfer
    EXTERNAL = "external"  # the number and day of another office's system
    OFFER = "offer"  # 转办 asked for: the desk keeps it until another takes it
    TAKE = "take"  # 转办 taken
    EXTEND = "extend"  # 延期 asked for
    GRANT = "grant"  # 延期 granted
    REFUSE = "refuse"  # 转办 or 延期 refused
    SAFE = "safe"  # 已围挡或停用: nobody is in danger any more, the repair follows
    CLAIM = "claim"  # 办结, one sentence what was done
    CONFIRM = "confirm"  # ① 解决了
    DENY = "deny"  # ② 没有
    PARTLY = "partly"  # ③ 好了一部分
    NO_ANSWER = "no_answer"  # called, and nobody answered
    PERSON = "person"  # 找人工: the resident wants to speak with somebody
    SPOKE = "spoke"  # a person has spoken with the resident, who asked for one or whom no message reached
    LAPSE = "lapse"  # closed without a word, as C3 allows
    REOPEN = "reopen"  # within 30 days of closing: it is not solved
    WITHDRAW = "withdraw"  # 撤诉
    RATE = "rate"  # 1 to 5, if the resident likes
    THANK = "thank"  # passed on to whoever did it
    CLIMB = "climb"  # silence: somebody higher is told
    TAKE_OVER = "take_over"  # silence or 申请上报: the level above leads, and has yet to sign


class Reader(StrEnum):
    """In what part somebody is told or reads a case; it decides which card is drawn."""

    RAISER = "raiser"
    FAMILY = "family"  # follows by number and code
    HEAD = "head"
    DESK = "desk"  # the accountable desk
    HELPING = "helping"  # a former or second desk (协办)
    ABOVE = "above"  # the next level, copied
    DECIDER = "decider"  # asked to take it over or to grant more time
    CALLER = "caller"  # has the resident on its call list (待打电话)


class Telling(StrEnum):
    """One notice a move promises; the wording is in `handlers/cards`."""

    RECEIPT = "receipt"  # raiser: number, who, until when
    ASSIGNMENT = "assignment"  # accountable desk: a card
    REQUEST = "request"  # head: asked, never chased
    QUESTION = "question"  # raiser: 解决了吗
    RETURNED = "returned"  # desk: not solved, a new date
    COPY = "copy"  # next level
    WORD = "word"  # raiser: what the desk lets them know
    CHANGED = "changed"  # raiser: another desk leads now, or another day was promised
    ASKED = "asked"  # raiser: the desk has a question
    HEARD = "heard"  # raiser: is this what your voice said?
    ADDED = "added"  # desk: the resident said more, answered, or hurries
    DECIDE = "decide"  # decider: take it, grant it, or refuse
    DECIDED = "decided"  # desk: what was decided
    REMINDER = "reminder"  # accountable desk: the date comes near, or has come back for review
    CALL = "call"  # caller: telephone the resident (待打电话)
    THANKS = "thanks"  # whoever did it: 「谢谢您」
    PICTURES = "pictures"  # whoever has a card: the pictures, once they are cleaned
    LIST = "list"  # a desk: what waits, at 08:30 and 16:00, or several new ones together; names no case
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


DESKS = frozenset({Role.PROPERTY, Role.COMMITTEE, Role.COMMUNITY, Role.STREET, Role.DISTRICT})
_HEAD = frozenset({Role.HEAD})
_RESIDENT = frozenset({Role.RESIDENT})
_CLOCK = frozenset({Role.CLOCK})
_SORTERS = frozenset({Role.COMMUNITY, Role.STREET})
_CALLERS = frozenset({Role.COMMUNITY, Role.STREET, Role.DISTRICT})
_SIGNED = frozenset({Milestone.SIGNED})
_CONTACTED = frozenset({Milestone.SIGNED, Milestone.CONTACTED})
_THERE = _CONTACTED | {Milestone.ON_SCENE}
_SAFE = _THERE | {Milestone.SAFE}
_CLAIMED = _SAFE | {Milestone.CLAIMED}
_ANSWERED = frozenset({Milestone.ANSWERED})
_ALL = frozenset(Milestone)

HELD = (State.ACCEPTED, State.SIGNED, State.WORKING, State.REOPENED)
"""The states in which a desk has it in hand."""
_UNSIGNED = {state: State.REOPENED if state is State.REOPENED else State.ACCEPTED for state in HELD}
"""What a case is when another desk leads it that has signed nothing."""


def _moves() -> Iterator[Move]:
    s, e, t = State, Event, Telling
    yield Move(s.DRAFT, e.SUBMIT, s.SUBMITTED, _RESIDENT)
    yield Move(s.DRAFT, e.ENTER, s.SUBMITTED, DESKS)
    yield Move(
        s.SUBMITTED,
        e.ACCEPT,
        s.ACCEPTED,
        frozenset({Role.BOT, Role.COMMUNITY}),
        (t.RECEIPT, t.ASSIGNMENT, t.REQUEST),
        restarts=True,
    )
    for waiting in (s.ACCEPTED, s.REOPENED):
        yield Move(waiting, e.SIGN, s.SIGNED, DESKS, (t.REFRESH,), _SIGNED)
    for held in HELD:
        yield from _held(held)
    yield from _sorted()
    yield Move(s.SIGNED, e.CONTACT, s.WORKING, DESKS, (t.WORD, t.REFRESH), _CONTACTED)
    yield Move(s.WORKING, e.WORD, s.WORKING, DESKS, (t.WORD, t.REFRESH))
    for known in (s.SIGNED, s.WORKING):
        yield Move(known, e.ASK, s.WORKING, DESKS, (t.ASKED, t.REFRESH), _CONTACTED)
    yield from _answered()
    yield from _closed()


def _held(state: State) -> Iterator[Move]:
    """What may happen in every state in which a desk has it in hand."""
    e, t = Event, Telling
    yield Move(state, e.CLAIM, State.CLAIMED, DESKS | _HEAD, (t.QUESTION, t.REFRESH), _CLAIMED)
    yield Move(state, e.SAFE, State.WORKING, DESKS, (t.CHANGED, t.REFRESH), _SAFE, restarts=True)
    yield Move(state, e.ARRIVE, State.WORKING, DESKS, (t.REFRESH,), _THERE)
    yield Move(state, e.PLAN, State.WORKING, DESKS, (t.WORD, t.REFRESH), _CONTACTED)
    sent = State.WORKING if state is State.WORKING else State.SIGNED
    yield Move(state, e.DISPATCH, sent, DESKS, (t.REFRESH,), _SIGNED)
    yield Move(state, e.EXTERNAL, state, DESKS, (t.REFRESH,))
    yield Move(state, e.OFFER, state, DESKS, (t.DECIDE, t.REFRESH))
    yield Move(state, e.TAKE, _UNSIGNED[state], DESKS, (t.ASSIGNMENT, t.CHANGED, t.REFRESH))
    yield Move(state, e.EXTEND, state, DESKS, (t.DECIDE, t.REFRESH))
    yield Move(state, e.GRANT, state, DESKS, (t.DECIDED, t.CHANGED, t.REFRESH))
    yield Move(state, e.REFUSE, state, DESKS, (t.DECIDED, t.REFRESH))
    for answer in (e.LOOK, e.BUSY, e.DECLINE):
        yield Move(state, answer, state, _HEAD, (t.REFRESH,))
    yield Move(state, e.PERSON, state, _RESIDENT, (t.CALL, t.REFRESH))
    for said in (e.REPLY, e.ADD, e.URGE):
        yield Move(state, said, state, _RESIDENT, (t.ADDED, t.REFRESH))
    for called in (e.SPOKE, e.NO_ANSWER):
        yield Move(state, called, state, _CALLERS, (t.REFRESH,))
    if state is not State.REOPENED:  # what comes back has new dates, and no question pauses them
        yield Move(state, e.RESUME, state, _CLOCK, (t.REFRESH,))
    yield Move(state, e.RAISE, state, _RESIDENT, (t.REFRESH,))
    yield Move(state, e.PLACE, _UNSIGNED[state], _RESIDENT, (t.ASSIGNMENT, t.REFRESH))
    yield Move(state, e.WITHDRAW, State.WITHDRAWN, _RESIDENT, (t.REFRESH,), _ALL)
    yield Move(state, e.CLIMB, state, _CLOCK)
    yield Move(state, e.TAKE_OVER, _UNSIGNED[state], _CLOCK, (t.ASSIGNMENT, t.CHANGED, t.REFRESH))


def _sorted() -> Iterator[Move]:
    """What was not understood is heard and sorted by a person, and the resident agrees."""
    s, e, t = State, Event, Telling
    for unsorted in (s.ACCEPTED, s.SIGNED):
        yield Move(unsorted, e.SORT, s.ACCEPTED, _SORTERS, (t.ASSIGNMENT, t.REFRESH), restarts=True)
        yield Move(unsorted, e.HEAR, unsorted, _SORTERS, (t.HEARD, t.REFRESH), _SIGNED)
        yield Move(unsorted, e.AGREE, s.ACCEPTED, _RESIDENT, (t.ASSIGNMENT, t.REFRESH), restarts=True)
        yield Move(unsorted, e.DISAGREE, unsorted, _RESIDENT, (t.ADDED, t.REFRESH))


def _answered() -> Iterator[Move]:
    """What may happen while the resident is asked whether it is solved."""
    s, e, t = State, Event, Telling
    answering = _RESIDENT | _CALLERS  # a caller writes down the resident's word, and says so
    yield Move(s.CLAIMED, e.CONFIRM, s.CLOSED_OK, answering, (t.REFRESH,), _ALL)
    for unsolved in (e.DENY, e.PARTLY):
        yield Move(
            s.CLAIMED, unsolved, s.REOPENED, answering, (t.RETURNED, t.COPY, t.REFRESH), _ANSWERED, restarts=True
        )
    yield Move(s.CLAIMED, e.RAISE, s.REOPENED, _RESIDENT, (t.REFRESH,), _ANSWERED, restarts=True)
    yield Move(s.CLAIMED, e.ADD, s.CLAIMED, _RESIDENT, (t.REFRESH,))
    yield Move(s.CLAIMED, e.PERSON, s.CLAIMED, _RESIDENT, (t.CALL, t.REFRESH))
    yield Move(s.CLAIMED, e.WITHDRAW, s.WITHDRAWN, _RESIDENT, (t.REFRESH,), _ALL)
    yield Move(s.CLAIMED, e.NO_ANSWER, s.CLAIMED, _CALLERS, (t.REFRESH,))
    yield Move(s.CLAIMED, e.LAPSE, s.CLOSED_SILENT, _CLOCK, (t.REFRESH,), _ALL)
    yield Move(s.CLAIMED, e.CLIMB, s.CLAIMED, _CLOCK)


def _closed() -> Iterator[Move]:
    """What the resident may still say of what is closed."""
    s, e, t = State, Event, Telling
    for closed in (s.CLOSED_OK, s.CLOSED_SILENT):
        yield Move(
            closed,
            e.REOPEN,
            s.REOPENED,
            _RESIDENT | (_CALLERS if closed is s.CLOSED_SILENT else frozenset()),
            (t.RETURNED, t.COPY, t.REFRESH),
            restarts=True,
        )
    yield Move(s.CLOSED_SILENT, e.NO_ANSWER, s.CLOSED_SILENT, _CALLERS, (t.REFRESH,))
    yield Move(s.CLOSED_SILENT, e.CONFIRM, s.CLOSED_OK, _RESIDENT | _CALLERS, (t.REFRESH,), _ALL)
    yield Move(s.CLOSED_OK, e.RATE, s.CLOSED_OK, _RESIDENT, (t.REFRESH,))
    yield Move(s.CLOSED_OK, e.THANK, s.CLOSED_OK, _RESIDENT, (t.THANKS, t.REFRESH))


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
