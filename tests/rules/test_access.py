"""Who may do and read what: the table against a second opinion, against the lifecycle, and against the accused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules import access
from models.rules.access import BOT, CLOCK, DENY, Action, Actor, Held, Relation, Subject, can, relations, table
from models.rules.lifecycle import LIFECYCLE, Event, Move, State
from models.rules.policy import Level, Party, Role
from tests.rules.oracle import DESKS, may
from tests.rules.towns import GARDEN

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RAISER, SOMEBODY, DAUGHTER = 1, 2, 3

CASE = Subject(
    state=State.ACCEPTED,
    raiser=RAISER,
    building=GARDEN,
    lead="firm",
    helping=("helper",),
    above=("east",),
    level=Level.COMPOUND,
    asked_head=True,
    decider="west",
    caller="street",
    family=frozenset({DAUGHTER}),
)
SORTED_CASE = replace(CASE, lead="east", above=(), level=Level.COMMUNITY)


def by(role: Role, place: str, person: int | None = SOMEBODY) -> Actor:
    return Actor(person, (Held(role, place),))


def allows(actor: Actor, action: Action, subject: Subject = CASE) -> bool:
    return can(actor, action, subject, now=NOW).allow


@pytest.mark.parametrize(
    ("actor", "action", "subject", "allow", "rule", "why"),
    [
        (Actor(RAISER), Action.READ, CASE, True, "own-read", "her own case"),
        (Actor(SOMEBODY), Action.READ, CASE, False, "deny", "a neighbour is told nothing, not even that it exists"),
        (Actor(RAISER), Action.CONFIRM, CASE, False, "deny", "nothing was claimed yet"),
        (by(Role.PROPERTY, "firm"), Action.SIGN, CASE, True, "lead-sign", "the accountable desk"),
        (by(Role.PROPERTY, "other"), Action.READ, CASE, False, "deny", "another firm's desk"),
        (by(Role.PROPERTY, "helper"), Action.CLAIM, CASE, True, "help-claim", "the first desk may still mend it"),
        (by(Role.PROPERTY, "helper"), Action.SIGN, CASE, False, "deny", "but signing is the accountable desk's"),
        (by(Role.COMMUNITY, "east"), Action.READ_WORDS, CASE, True, "above-read", "a copy is to be read"),
        (by(Role.COMMUNITY, "east"), Action.CLAIM, CASE, False, "deny", "and not to be acted on"),
        (by(Role.HEAD, GARDEN), Action.LOOK, CASE, True, "head-answer", "a head that was asked"),
        (by(Role.COMMUNITY, "west"), Action.TAKE, CASE, True, "decide", "the desk that was asked to take it"),
        (by(Role.PROPERTY, "firm"), Action.TAKE, CASE, False, "deny", "who asks does not decide"),
        (by(Role.STREET, "street"), Action.CONFIRM, CASE, False, "deny", "nobody is telephoned before a claim"),
        (
            by(Role.STREET, "street"),
            Action.CONFIRM,
            replace(CASE, state=State.CLAIMED),
            True,
            "caller-answer",
            "the resident's word by telephone",
        ),
        (
            by(Role.PROPERTY, "firm"),
            Action.CONFIRM,
            replace(CASE, state=State.CLAIMED, caller="firm"),
            False,
            "deny",
            "a firm never writes down the resident's word about its own work, whoever made it the caller",
        ),
        (Actor(DAUGHTER), Action.READ_WORDS, CASE, True, "family-read", "a number and a code let the family follow"),
        (Actor(DAUGHTER), Action.WITHDRAW, CASE, False, "deny", "and not speak for her"),
        (by(Role.HEAD, GARDEN), Action.READ, replace(CASE, asked_head=False), False, "deny", "one that was not"),
        (by(Role.HEAD, "garden-2"), Action.READ, CASE, False, "deny", "the head of the next building"),
        (
            by(Role.HEAD, GARDEN),
            Action.READ,
            replace(CASE, enforcement=True),
            False,
            "deny",
            "enforcement, even if asked",
        ),
        (by(Role.HEAD, "firm"), Action.READ, CASE, False, "deny", "a head's place is a building, never a desk"),
        (by(Role.RESIDENT, "firm"), Action.READ, CASE, False, "deny", "to live somewhere is no office"),
        (BOT, Action.ACCEPT, replace(CASE, state=State.SUBMITTED), True, "bot-accept", "what the keywords understand"),
        (CLOCK, Action.CLIMB, CASE, True, "clock-climb", "silence"),
        (BOT, Action.CLIMB, CASE, False, "deny", "each hand does its own"),
        (by(Role.CLOCK, ""), Action.CLIMB, CASE, False, "deny", "no person is the clock"),
        (by(Role.PROPERTY, "firm", None), Action.SIGN, CASE, False, "deny", "no office is held by nobody"),
        (Actor(None), Action.READ, replace(CASE, raiser=None), False, "deny", "nobody is not the anonymous raiser"),
    ],
)
def test_the_table_says_by_which_rule(
    actor: Actor, action: Action, subject: Subject, allow: bool, rule: str, why: str
) -> None:
    decision = can(actor, action, subject, now=NOW)
    assert (decision.allow, decision.rule) == (allow, rule), why


@pytest.mark.parametrize(
    ("offices", "accused", "why"),
    [
        ([Held(Role.HEAD, GARDEN)], Party.HEAD, "a case about the head (S27)"),
        ([Held(Role.PROPERTY, "firm")], Party.PROPERTY, "about the firm (S28)"),
        ([Held(Role.COMMITTEE, "helper")], Party.COMMITTEE, "about the committee"),
        (
            [Held(Role.PROPERTY, "elsewhere"), Held(Role.COMMUNITY, "east")],
            Party.PROPERTY,
            "a firm's clerk at the community",
        ),
        (
            [Held(Role.COMMITTEE, "committee"), Held(Role.COMMUNITY, "east")],
            Party.COMMITTEE,
            "M28: chair and secretary",
        ),
        ([Held(Role.HEAD, GARDEN), Held(Role.COMMUNITY, "east")], Party.HEAD, "a head who works for the community"),
    ],
)
def test_the_accused_never_sees_and_never_acts(offices: list[Held], accused: Party, why: str) -> None:
    for action, state in product(Action, State):
        case = replace(CASE, state=state, accused=frozenset({accused}))
        decision = can(Actor(SOMEBODY, tuple(offices)), action, case, now=NOW)
        assert (decision.allow, decision.rule) == (False, "accused"), why


@pytest.mark.parametrize(
    ("office", "accused", "why"),
    [
        (Held(Role.COMMUNITY, "east"), Party.PROPERTY, "a community is not the firm"),
        (Held(Role.PROPERTY, "firm"), Party.NEIGHBOUR, "a neighbour holds no office"),
        (Held(Role.PROPERTY, "firm"), Party.HEAD, "the head is not the firm"),
    ],
)
def test_who_is_not_accused_goes_on_seeing(office: Held, accused: Party, why: str) -> None:
    assert allows(Actor(SOMEBODY, (office,)), Action.READ, replace(CASE, accused=frozenset({accused}))), why


def test_the_head_of_another_building_is_not_the_accused_head() -> None:
    both = Actor(SOMEBODY, (Held(Role.HEAD, "garden-2"), Held(Role.COMMUNITY, "east")))
    assert allows(both, Action.READ, replace(CASE, accused=frozenset({Party.HEAD})))


def test_a_clerk_who_complains_speaks_only_as_a_resident() -> None:
    clerk = Actor(RAISER, (Held(Role.PROPERTY, "firm"), Held(Role.HEAD, GARDEN)))
    assert not allows(clerk, Action.CLAIM)
    assert allows(clerk, Action.CONFIRM, replace(CASE, state=State.CLAIMED))
    accused = replace(CASE, accused=frozenset({Party.PROPERTY}))
    assert allows(clerk, Action.READ, accused), "also about her own firm"


@pytest.mark.parametrize("role", [Role.HEAD, Role.PROPERTY, Role.COMMITTEE])
def test_a_sealed_case_is_seen_by_nobody_below_the_community(role: Role) -> None:
    sealed = replace(CASE, sealed=True, helping=("firm", "helper"))
    places = (GARDEN, "firm", "helper", "east")
    assert not any(allows(by(role, place), action, sealed) for place, action in product(places, Action))
    assert allows(by(Role.COMMUNITY, "east"), Action.READ, sealed)


@pytest.mark.parametrize(
    ("after", "allow", "why"),
    [
        (timedelta(hours=-1), True, "while the office is held"),
        (timedelta(0), False, "at the very moment it ends (S29)"),
        (timedelta(seconds=1), False, "and after"),
        (timedelta(days=-40), False, "nor before it began"),
    ],
)
def test_authority_begins_and_ends_with_the_office(after: timedelta, allow: bool, why: str) -> None:
    office = Held(Role.PROPERTY, "firm", since_at=NOW - timedelta(days=30), ended_at=NOW)
    assert can(Actor(SOMEBODY, (office,)), Action.READ, CASE, now=NOW + after).allow is allow, why


def _standing(relation: Relation, role: Role) -> Actor:
    place = {
        Relation.LEAD: CASE.lead,
        Relation.HELPING: CASE.helping[0],
        Relation.ABOVE: CASE.above[0],
        Relation.HEAD: CASE.building,
        Relation.DECIDER: CASE.decider,
        Relation.CALLER: CASE.caller,
    }.get(relation, "nowhere")
    person = {Relation.OWN: RAISER, Relation.SYSTEM: None, Relation.FAMILY: DAUGHTER}.get(relation, SOMEBODY)
    return Actor(person, (Held(role, place),))


SOME_STATES = (State.ACCEPTED, State.WORKING, State.CLAIMED, State.CLOSED_OK)
"""Who is accused is asked apart from where the case stands: one state of each kind says it all."""


def test_the_table_agrees_with_a_second_opinion_everywhere() -> None:
    kinds = (
        CASE,
        replace(CASE, sealed=True),
        replace(CASE, asked_head=False),
        replace(CASE, enforcement=True),
    )
    accused = [replace(CASE, accused=frozenset({party})) for party in Party]
    variants = [
        *(replace(kind, state=state) for kind in kinds for state in State),
        *(replace(kind, state=state) for kind in accused for state in SOME_STATES),
    ]
    for role, relation, subject in product(Role, Relation, variants):
        actor = _standing(relation, role)
        for action in Action:
            said, second = allows(actor, action, subject), may(actor, action, subject, NOW)
            assert said == second, (role, relation, action, subject)


_places = st.sampled_from(["firm", "helper", "east", "street", GARDEN, "garden-2", "nowhere"])
_moments = st.none() | st.sampled_from([NOW - timedelta(hours=1), NOW, NOW + timedelta(hours=1)])
_offices = st.lists(st.builds(Held, st.sampled_from(Role), _places, _moments, _moments), max_size=4).map(tuple)
_desks = st.lists(st.sampled_from(["firm", "helper", "east", "street"]), max_size=2, unique=True).map(tuple)
_subjects = st.builds(
    Subject,
    state=st.sampled_from(State),
    raiser=st.none() | st.just(RAISER),
    building=st.just(GARDEN),
    lead=st.sampled_from(["firm", "east", "street"]),
    helping=_desks,
    above=_desks,
    level=st.sampled_from(Level),
    accused=st.frozensets(st.sampled_from(Party)),
    sealed=st.booleans(),
    enforcement=st.booleans(),
    asked_head=st.booleans(),
    decider=st.sampled_from(["", "firm", "east", "street"]),
    caller=st.sampled_from(["", "east", "street"]),
    family=st.frozensets(st.just(DAUGHTER)),
)


@settings(max_examples=300, deadline=None)
@given(
    st.builds(Actor, st.none() | st.sampled_from([RAISER, SOMEBODY, DAUGHTER]), _offices),
    _subjects,
    st.sampled_from(Action),
)
def test_whoever_holds_several_offices_is_judged_alike_twice(actor: Actor, subject: Subject, action: Action) -> None:
    assert can(actor, action, subject, now=NOW).allow == may(actor, action, subject, NOW)


def _may_in_some_relation(role: Role, event: Event, state: State) -> bool:
    case = replace(CASE, state=state)
    others = (relation for relation in Relation if relation is not Relation.OWN)  # the raiser speaks as a resident
    return any(allows(_standing(relation, role), Action(event), case) for relation in others)


@pytest.mark.parametrize("event", Event)
def test_nobody_may_what_the_lifecycle_does_not_let_them(event: Event) -> None:
    lets = {(move.frm, role) for move in LIFECYCLE if move.event is event for role in move.by}
    for state, role in product(State, Role):
        if role is not Role.RESIDENT and (state, role) not in lets:
            assert not _may_in_some_relation(role, event, state), (state, role)
    for state in State:
        assert allows(Actor(RAISER), Action(event), replace(CASE, state=state)) <= ((state, Role.RESIDENT) in lets)


_ASKED_TO_DECIDE = (Event.TAKE, Event.GRANT, Event.REFUSE)
_ASKED_TO_CALL = (Event.CONFIRM, Event.DENY, Event.PARTLY, Event.NO_ANSWER, Event.SPOKE, Event.REOPEN)


def _relation_of(role: Role, event: Event) -> Relation:
    if role in DESKS:
        if event in _ASKED_TO_DECIDE:
            return Relation.DECIDER
        return Relation.CALLER if event in _ASKED_TO_CALL else Relation.LEAD
    return {Role.RESIDENT: Relation.OWN, Role.HEAD: Relation.HEAD}.get(role, Relation.SYSTEM)


@pytest.mark.parametrize("move", LIFECYCLE, ids=lambda move: f"{move.frm}-{move.event}")
def test_whoever_the_lifecycle_names_may_do_it_in_the_relation_that_is_theirs(move: Move) -> None:
    for role in move.by:
        assert allows(
            _standing(_relation_of(role, move.event), role), Action(move.event), replace(CASE, state=move.frm)
        ), role


def test_every_event_is_an_action_and_every_row_decides_something() -> None:
    assert {event.value for event in Event} <= {action.value for action in Action}
    names = [row.rule for row in table()]
    assert len(set(names)) == len(names)
    assert all(row.why for row in table())
    decided = {
        can(_standing(relation, role), action, subject, now=NOW).rule
        for role, relation, action, state in product(Role, Relation, Action, State)
        for subject in (
            replace(CASE, state=state),
            replace(SORTED_CASE, state=state, accused=frozenset({Party.PROPERTY})),
        )
    }
    assert decided == {*names, DENY.rule}


def test_a_stranger_stands_in_no_relation() -> None:
    assert relations(Actor(SOMEBODY), CASE, now=NOW) == {(Role.RESIDENT, Relation.NONE)}
    assert relations(Actor(None), CASE, now=NOW) == set()
    assert relations(by(Role.PROPERTY, "firm", None), CASE, now=NOW) == set(), "nobody holds no desk"
    assert relations(by(Role.BOT, ""), CASE, now=NOW) == {(Role.RESIDENT, Relation.NONE)}, "and nobody is the bot"


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("role", "mayor", "a role nobody knows"),
        ("relation", "", "an empty cell allows nothing by accident"),
        ("action", "read * sign", "a star among words"),
        ("state", "lost", "a state that does not exist"),
        ("allow", "true", "anything but yes and no"),
    ],
)
def test_a_table_that_says_something_unknown_is_refused(column: str, value: str, why: str) -> None:
    line = {"rule": "x", "role": "*", "relation": "*", "action": "*", "state": "*", "allow": "no", "why": "y"}
    with pytest.raises(ValueError, match=f"access.csv, x: {column}"):
        access._row({**line, column: value})
