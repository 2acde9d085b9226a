"""One case, living by the pure rules alone: what the actions do with a database, done here with sets."""

from dataclasses import dataclass, field
from datetime import datetime

from models.rules.access import BOT, CLOCK, Action, Actor, Held, Subject, can
from models.rules.closure import after_denial
from models.rules.ladder import Climb, Due, again, climb, clocks_after_claim, clocks_from, rung
from models.rules.lifecycle import Event, State, move_for
from models.rules.policy import Category, Effect, Level, Party, Role, Town
from models.rules.routing import route

RAISER, HEAD, CLERK = 1, 2, 3
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
    state: State = State.DRAFT
    lead: str = ""
    level: Level = Level.COMPOUND
    asked_head: bool = False
    returned: int = 0
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
        self.above = set(found.above)
        assert self.do(Event.SUBMIT, Actor(RAISER))
        assert self.do(Event.ACCEPT, BOT)
        self.wait(self.now)

    def do(self, event: Event, actor: Actor) -> bool:
        """Whether it happened; otherwise nothing has changed."""
        move = move_for(self.state, event)
        if move is None or not can(actor, Action(event), self.subject(), now=self.now).allow:
            return False
        self.state = move.to
        self.clocks = {code: due for code, due in self.clocks.items() if due.until not in move.reaches}
        if event in (Event.DENY, Event.PARTLY):
            self.returned += 1
            self._apply(after_denial(self.returned, self.level, self.town, self.building, self.accused))
        if move.restarts:
            self._start(*clocks_from(self.category.sla, self.now, self.town, self.lead))
        if event is Event.CLAIM:
            self._start(*clocks_after_claim(self.now, self.town, sla=self.category.sla))
        return True

    def wait(self, until: datetime) -> None:
        """Everything that is due up to `until` has happened, each at its own moment."""
        while self.clocks and (due := min(self.clocks.values(), key=lambda due: due.due_at)).due_at <= until:
            self.now = due.due_at
            del self.clocks[due.rung]
            found = climb(rung(self.town, due.rung), self.level, self.town, self.building, self.accused)
            event = Event.TAKE_OVER if found.effect is Effect.LEAD else Event.CLIMB
            assert self.do(event, CLOCK), "a clock ran in a state that cannot climb"
            self.fired.append((due.rung, found.effect))
            self._apply(found)
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
        )

    def clerk(self) -> Actor:
        """Whoever sits at the accountable desk."""
        return Actor(CLERK, (Held(ROLE_OF[self.town.desks[self.lead].kind], self.lead),))

    def head(self) -> Actor:
        return Actor(HEAD, (Held(Role.HEAD, self.building),))

    def _start(self, *dues: Due) -> None:
        self.clocks.update({due.rung: due for due in dues})

    def _apply(self, found: Climb) -> None:
        self.level = found.level
        if found.lead:
            self.helping.add(self.lead)
            self.lead = found.lead
        self.above = (self.above | set(found.above)) - {self.lead}
        self.helping -= {self.lead}
