"""One case, living by the pure rules alone: what the actions do with a database, done here with sets."""

from dataclasses import dataclass, field
from datetime import datetime

from models.rules.access import BOT, CLOCK, Action, Actor, Held, Subject, can
from models.rules.closure import AFTER_SAFE, after_denial, hazard
from models.rules.ladder import Climb, Due, again, climb, clocks_after_claim, clocks_from, rise, rung
from models.rules.lifecycle import Event, Move, State, move_for
from models.rules.policy import Category, Effect, Level, Milestone, Party, Role, Sla, Town
from models.rules.routing import brought_down, next_desk, rises_to, route

RAISER, HEAD, CLERK, DAUGHTER = 1, 2, 3, 4
_DONE_BY_WORKING = frozenset({Milestone.SIGNED, Milestone.CONTACTED, Milestone.SAFE})
ROLE_OF = {
    "property": Role.PROPERTY,
    "committee": Role.COMMITTEE,
    "community": Role.COMMUNITY,
    "street": Role.STREET,
    "district": Role.DISTRICT,
}


@dataclass(repr=False)
class Life:
    """A case from its filing on. `now` only goes forward, stopping at every due moment on the way."""

    town: Town
    category: Category
    building: str
    accused: frozenset[Party]
    now: datetime
    has_head: bool = True
    heard: bool = True  # the question and its reminder reached the raiser
    state: State = State.DRAFT
    lead: str = ""
    level: Level = Level.COMPOUND
    asked_head: bool = False
    returned: int = 0
    raised_to: int = 0
    decider: str = ""
    caller: str = ""
    sla: Sla = Sla.P2
    helping: set[str] = field(default_factory=set)
    above: set[str] = field(default_factory=set)
    clocks: dict[str, Due] = field(default_factory=dict)
    fired: list[tuple[str, Effect]] = field(default_factory=list)

    def __repr__(self) -> str:
        place = f"{self.category.code} at {self.building}, town {self.town.code}"
        return f"<{place}, against {sorted(self.accused)}, {self.state} at {self.lead}, {self.now}, {self.fired}>"

    def file(self) -> None:
        """Submit and accept in one breath, as filing does."""
        found = route(self.category, self.building, self.town, accused=self.accused, has_head=self.has_head)
        self.lead, self.level, self.asked_head = found.desk, found.level, found.ask_head
        self.sla = self.category.sla
        self.above = set(found.above)
        assert self.do(Event.SUBMIT, Actor(RAISER))
        assert self.do(Event.ACCEPT, BOT)
        self.wait(self.now)

    def do(self, event: Event, actor: Actor) -> bool:
        """Whether it happened; otherwise nothing has changed."""
        move = move_for(self.state, event)
        if move is None or not can(actor, Action(event), self.subject(), now=self.now).allow:
            return False
        if event in (Event.OFFER, Event.EXTEND) and not self._may_ask_above():
            return False
        if event is Event.RAISE and self._rises_to() is None:
            return False
        self.state = move.to
        self.clocks = {code: due for code, due in self.clocks.items() if due.until not in move.reaches}
        self._follow(event, move)
        return True

    def _rises_to(self) -> tuple[Level, str] | None:
        return rises_to(self.town, self.building, self.level, self.raised_to, accused=self.accused)

    def _may_ask_above(self) -> bool:
        return not self.decider and next_desk(self.town, self.building, self.level, accused=self.accused) is not None

    def _follow(self, event: Event, move: Move) -> None:
        """What each event does besides moving the case."""
        if not self.state.open or event in (Event.TAKE, Event.GRANT, Event.REFUSE, Event.CLAIM, Event.TAKE_OVER):
            decider, self.decider = self.decider, ""
        match event:
            case Event.OFFER | Event.EXTEND:
                above = next_desk(self.town, self.building, self.level, accused=self.accused)
                assert above is not None
                self.decider = above[1]
            case Event.TAKE:
                level = self.town.desks[decider].kind.level
                assert level is not None
                self._apply(Climb(Effect.LEAD, level, decider))
            case Event.RAISE:
                above = self._rises_to()
                assert above is not None
                self.raised_to = above[0]
                self._apply(rise(Effect.LEAD, self.level, self.town, self.building, self.accused))
                self.raised_to = max(self.raised_to, self.level)
            case Event.DENY | Event.PARTLY | Event.REOPEN:
                self.returned += 1
                self._apply(after_denial(self.returned, self.level, self.town, self.building, self.accused))
            case Event.SAFE:
                self.sla = AFTER_SAFE if self.sla in (Sla.P0, Sla.P1) else self.sla
        if self.state is not State.CLAIMED:
            self.caller = ""
        if move.restarts:
            dues = clocks_from(self.sla, self.now, self.town, self.lead)
            reached = _DONE_BY_WORKING if self.state is State.WORKING else frozenset()
            self.clocks = {due.rung: due for due in dues if due.until not in reached}
        if event is Event.CLAIM:
            self._start(*clocks_after_claim(self.now, self.town, sla=self.sla))

    def wait(self, until: datetime) -> None:
        """Everything that is due up to `until` has happened, each at its own moment."""
        while self.clocks and (due := min(self.clocks.values(), key=lambda due: due.due_at)).due_at <= until:
            self.now = due.due_at
            del self.clocks[due.rung]
            if rung(self.town, due.rung).effect is Effect.CALL and self.heard and not hazard(self.category):
                assert self.do(Event.LAPSE, CLOCK)
                continue
            found = climb(rung(self.town, due.rung), self.level, self.town, self.building, self.accused)
            event = Event.TAKE_OVER if found.effect is Effect.LEAD else Event.CLIMB
            assert self.do(event, CLOCK), "a clock ran in a state that cannot climb"
            self.fired.append((due.rung, found.effect))
            self._apply(found)
            if found.effect is Effect.CALL:
                self.caller = self._who_calls()
            if next_due := again(due.rung, self.now, self.town, self.lead):
                self._start(next_due)
        self.now = until

    def subject(self) -> Subject:
        return Subject(
            state=self.state,
            raiser=RAISER,
            building=self.building,
            lead=self.lead,
            helping=tuple(sorted(self.helping)),
            above=tuple(sorted(self.above)),
            level=self.level,
            accused=self.accused,
            sealed=self.category.sealed,
            enforcement=self.category.enforcement,
            asked_head=self.asked_head,
            decider=self.decider,
            caller=self.caller,
            family=frozenset({DAUGHTER}),
        )

    def clerk(self) -> Actor:
        """Whoever sits at the accountable desk."""
        return self._at(self.lead)

    def at_the_decider(self) -> Actor:
        """Whoever sits at the desk that is asked to decide; a stranger while none is."""
        return self._at(self.decider)

    def at_the_caller(self) -> Actor:
        """Whoever sits at the desk that telephones; a stranger while none has to."""
        return self._at(self.caller)

    def head(self) -> Actor:
        return Actor(HEAD, (Held(Role.HEAD, self.building),))

    def _at(self, desk: str) -> Actor:
        return Actor(CLERK, (Held(ROLE_OF[self.town.desks[desk].kind], desk),) if desk else ())

    def _who_calls(self) -> str:
        """The next level above whoever made the claim, so that nobody telephones about their own work."""
        above = next_desk(self.town, self.building, self.level, accused=self.accused)
        return above[1] if above else ""

    def _start(self, *dues: Due) -> None:
        self.clocks.update({due.rung: due for due in dues})

    def _apply(self, found: Climb) -> None:
        self.raised_to = brought_down(self.raised_to, frm=self.level, to=found.level)
        self.level = found.level
        if found.lead:
            self.helping.add(self.lead)
            self.lead = found.lead
        self.above = (self.above | set(found.above)) - {self.lead}
        self.helping -= {self.lead}
