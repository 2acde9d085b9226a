"""May this person do, or read, this? One pure function over one table, asked again whenever something is shown or sent.

Deny by default; the first row of `access.csv` that fits decides. A person stands to a case in relations, each in one
role: the raiser speaks only as the raiser, the accused only as the accused (I5), whatever else they hold (M28).
"""

import csv
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files

from models.rules.lifecycle import State
from models.rules.policy import Level, Party, Role


class Action(StrEnum):
    """Every lifecycle event by its own name (`Action(event)`), and what changes no state."""

    SUBMIT = "submit"
    ENTER = "enter"
    ACCEPT = "accept"
    LOOK = "look"
    BUSY = "busy"
    DECLINE = "decline"
    SIGN = "sign"
    CONTACT = "contact"
    ARRIVE = "arrive"
    WORD = "word"
    PLAN = "plan"
    ASK = "ask"
    REPLY = "reply"
    RESUME = "resume"
    ADD = "add"
    URGE = "urge"
    RAISE = "raise"
    SORT = "sort"
    PLACE = "place"
    HEAR = "hear"
    AGREE = "agree"
    DISAGREE = "disagree"
    DISPATCH = "dispatch"
    EXTERNAL = "external"
    OFFER = "offer"
    TAKE = "take"
    EXTEND = "extend"
    GRANT = "grant"
    REFUSE = "refuse"
    SAFE = "safe"
    CLAIM = "claim"
    CONFIRM = "confirm"
    DENY = "deny"
    PARTLY = "partly"
    NO_ANSWER = "no_answer"
    PERSON = "person"
    SPOKE = "spoke"
    LAPSE = "lapse"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    RATE = "rate"
    THANK = "thank"
    CLIMB = "climb"
    TAKE_OVER = "take_over"
    READ = "read"  # that it exists, where it stands, until when
    READ_WORDS = "read_words"  # what receivers read, seen and agreed by the raiser


class Relation(StrEnum):
    OWN = "own"  # raised it
    LEAD = "lead"  # holds the accountable desk
    HELPING = "helping"  # holds a former or second desk (协办)
    ABOVE = "above"  # holds a desk at a higher level that was told
    DECIDER = "decider"  # holds the desk that is asked to take it over or to grant more time
    CALLER = "caller"  # holds the desk that has the raiser on its call list
    FAMILY = "family"  # follows it by number and code
    HEAD = "head"  # holds the building, and was asked
    ACCUSED = "accused"  # holds the office complained about, here or, for a firm or a committee, anywhere
    SYSTEM = "system"  # our own hands
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Held:
    """An office: a role at a building or desk. It is held from `since_at`, and not any more at `ended_at`."""

    role: Role
    place: str
    since_at: datetime | None = None
    ended_at: datetime | None = None

    def at(self, now: datetime) -> bool:
        return (self.since_at is None or self.since_at <= now) and (self.ended_at is None or now < self.ended_at)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `person` None: the system; it holds `BOT` or `CLOCK`, which no person can.

    `shift`: who of several sits at a desk's telephone; it goes on record and decides nothing.
    """

    person: int | None
    held: tuple[Held, ...] = ()
    shift: int | None = None


BOT = Actor(None, (Held(Role.BOT, ""),))
CLOCK = Actor(None, (Held(Role.CLOCK, ""),))


@dataclass(frozen=True, slots=True)
class Subject:
    """What of a case decides who may. `raiser` None: anonymous."""

    state: State
    raiser: int | None
    building: str
    lead: str
    helping: tuple[str, ...]
    above: tuple[str, ...]
    level: Level
    accused: frozenset[Party] = frozenset()
    sealed: bool = False
    enforcement: bool = False
    asked_head: bool = False
    decider: str = ""  # the desk asked to decide; "" while nothing is asked
    caller: str = ""  # the desk that telephones; "" while nobody has to
    family: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """`rule`: the row of access.csv that decided, for the log; "deny" when none fits."""

    allow: bool
    rule: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of access.csv. None stands for `*`."""

    rule: str
    roles: frozenset[str] | None
    relations: frozenset[str] | None
    actions: frozenset[str] | None
    states: frozenset[str] | None
    allow: bool
    why: str


DENY = Decision(False, "deny")
_SYSTEM = frozenset({Role.BOT, Role.CLOCK})
_BELOW = frozenset({Role.HEAD, Role.PROPERTY, Role.COMMITTEE})
_OFFICE_OF = {Party.PROPERTY: Role.PROPERTY, Party.COMMITTEE: Role.COMMITTEE, Party.HEAD: Role.HEAD}


def can(actor: Actor, action: Action, subject: Subject, *, now: datetime) -> Decision:
    """Whether it is allowed at this moment, and by which rule."""
    fits = [_first(role, relation, action, subject.state) for role, relation in relations(actor, subject, now=now)]
    found = min((index for index in fits if index is not None), default=None)
    if found is None:
        return DENY
    row = table()[found]
    return Decision(row.allow, row.rule)


def relations(actor: Actor, subject: Subject, *, now: datetime) -> frozenset[tuple[Role, Relation]]:
    """How the actor stands to the case, each time in one role; offices count only while they are held."""
    held = [office for office in actor.held if office.at(now)]
    if actor.person is None:
        return frozenset((office.role, Relation.SYSTEM) for office in held if office.role in _SYSTEM)
    offices = [office for office in held if office.role not in _SYSTEM and office.role is not Role.RESIDENT]
    if actor.person == subject.raiser:
        return frozenset({(Role.RESIDENT, Relation.OWN)})
    if accused := [office for office in offices if _is_accused(office, subject)]:
        return frozenset((office.role, Relation.ACCUSED) for office in accused)
    as_resident = Relation.FAMILY if actor.person in subject.family else Relation.NONE
    return frozenset(
        {
            (Role.RESIDENT, as_resident),
            *((office.role, relation) for office in offices for relation in _relations(office, subject)),
        }
    )


@cache
def table() -> tuple[Row, ...]:
    """The rows of access.csv, read once; ValueError naming the row that says something we do not know."""
    text = (files("models.rules") / "access.csv").read_text(encoding="utf-8")
    return tuple(_row(line) for line in csv.DictReader(text.splitlines()))


def _is_accused(office: Held, subject: Subject) -> bool:
    """A head by the building; a firm or a committee by the role, wherever: one firm keeps several desks (S28)."""
    if all(_OFFICE_OF.get(party) is not office.role for party in subject.accused):
        return False
    return office.role is not Role.HEAD or office.place == subject.building


def _relations(office: Held, subject: Subject) -> frozenset[Relation]:
    """A desk's part in the case, and what it was asked for besides; nobody below the community sees a sealed one."""
    if subject.sealed and office.role in _BELOW:
        return frozenset({Relation.NONE})
    if office.role is Role.HEAD:
        asked = subject.asked_head and not subject.enforcement and office.place == subject.building
        return frozenset({Relation.HEAD if asked else Relation.NONE})
    parts = (
        (Relation.LEAD, (subject.lead,)),
        (Relation.HELPING, subject.helping),
        (Relation.ABOVE, subject.above),
    )
    part = next((relation for relation, places in parts if office.place in places), None)
    besides = {Relation.DECIDER: subject.decider, Relation.CALLER: subject.caller}
    found = {relation for relation, place in besides.items() if place and office.place == place}
    return frozenset(found | {part} if part else found or {Relation.NONE})


@cache
def _first(role: Role, relation: Relation, action: Action, state: str) -> int | None:
    """The place of the first row that fits, or None."""
    for index, row in enumerate(table()):
        wanted = ((role, row.roles), (relation, row.relations), (action, row.actions), (state, row.states))
        if all(allowed is None or value in allowed for value, allowed in wanted):
            return index
    return None


def _row(line: dict[str, str]) -> Row:
    def words(column: str, known: type[StrEnum]) -> frozenset[str] | None:
        said = frozenset(line[column].split())
        if said == {"*"}:
            return None
        if not said or not said <= set(known):
            raise ValueError(f"access.csv, {line['rule']}: {column} {line[column]!r}")
        return said

    if line["allow"] not in ("yes", "no"):
        raise ValueError(f"access.csv, {line['rule']}: allow {line['allow']!r}")
    return Row(
        line["rule"],
        words("role", Role),
        words("relation", Relation),
        words("action", Action),
        words("state", State),
        line["allow"] == "yes",
        line["why"],
    )
