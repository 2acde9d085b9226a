"""What if Hypothesis is the weather, the people and the machine? It draws each deed, each death and each answer.

The world's own dice decide nothing that could fail here but latencies, and those are the same each time: so what fails
fails again, and shrinks to the fewest deeds (reliability §5.2).
"""

from __future__ import annotations

from collections import Counter
from itertools import cycle
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from models.rules.failpoints import NAMES
from tests.sim.deeds import POISON
from tests.sim.people import LEADS_ON, MATTERS, WORDS, verb_of
from tests.sim.telegram import Fate
from tests.sim.world import World

RESIDENTS, EVERYBODY = st.integers(0, 5), st.integers(0, 20)
ANY = st.integers(0, 40)
SPANS = st.sampled_from((0.4, 3.0, 20.0, 300.0, 3_600.0, 40_000.0, 300_000.0))
"""Seconds: within a send, within a lease, a few minutes, hours, a night, a long weekend."""

FEW = 1000
"""Updates that no life here gets past."""


class Street(RuleBasedStateMachine):
    """One street, lived by Hypothesis; judged after each deed, and a calm day at its end."""

    tally: ClassVar[Counter[str]] = Counter()
    """What all the lives of this process came to."""

    @initialize(many=st.integers(1, 3))
    def begin(self, many: int) -> None:
        self.world = World(0, processes=many)
        for process in self.world.processes:
            self.world.start(process.number)
        self.chats = list(self.world.people.members)

    # people

    @rule(who=RESIDENTS, matter=st.sampled_from(MATTERS))
    def tell(self, who: int, matter: str) -> None:
        residents = [one.chat for one in self.world.people.members.values() if not one.staff]
        self._speaks(residents[who % len(residents)], matter)

    @rule(who=EVERYBODY, words=st.sampled_from(WORDS))
    def say(self, who: int, words: str) -> None:
        self._speaks(self.chats[who % len(self.chats)], words)

    @rule(which=ANY, times=st.integers(1, 3))
    def go_on(self, which: int, times: int) -> None:
        """Somebody does what their newest messages ask for, once or with an impatient thumb."""
        people = self.world.people
        shown = [
            (chat, *one) for chat in self.chats for one in people.shown(chat, newest=2) if verb_of(one[1]) in LEADS_ON
        ]
        if shown:
            chat, message, data = shown[which % len(shown)]
            people.tap(chat, message, data, times=times)
        self.world.pass_time(0.4)

    @rule(who=EVERYBODY, which=ANY)
    def tap_anything(self, who: int, which: int) -> None:
        """Any button that was ever shown to them, however old."""
        chat = self.chats[who % len(self.chats)]
        shown = self.world.people.shown(chat, newest=None)
        if shown:
            self.world.people.tap(chat, *shown[which % len(shown)])
        self.world.pass_time(0.4)

    @rule(who=EVERYBODY, back=st.booleans())
    def block(self, who: int, back: bool) -> None:
        chat = self.chats[who % len(self.chats)]
        if back:
            self.world.people.unblock(chat)
        else:
            self.world.people.block(chat)
        self.world.pass_time(0.4)

    @rule(raw=st.sampled_from([one for one in POISON if isinstance(one, dict)]))
    def poison(self, raw: dict[str, object]) -> None:
        self.world.sky.messenger.push_raw(self.world.sky.bot, raw)
        self.world.pass_time(3.0)

    def _speaks(self, chat: int, words: str) -> None:
        self.world.people.say(chat, words)
        self.world.pass_time(0.4)

    # the messenger

    @rule(fates=st.lists(st.sampled_from(Fate), min_size=1, max_size=6))
    def answers(self, fates: list[Fate]) -> None:
        """From now on what is sent into chats is answered like this, again and again."""
        drawn = cycle(fates)
        self.world.sky.fate = lambda method, chat: next(drawn)

    @rule(repeats=st.booleans(), cut=st.booleans())
    def network(self, repeats: bool, cut: bool) -> None:
        """Whether what was confirmed comes again, and whether nobody gets through."""
        self.world.sky.repeats, self.world.sky.cut = float(repeats), cut

    @rule(number=st.integers(1, 2**31 - 1))
    def a_week_without_a_word(self, number: int) -> None:
        """Afterwards updates are numbered from anywhere (reliability §0.4), but where a parked one has its number.

        Of 2^31 numbers no messenger draws that one again; Hypothesis would.
        """
        for _ in range(8):
            self.world.pass_time(86_400.0)
            self.world.judge.look()  # a week later what was confirmed is forgotten, as it may be
        used = {number for (number,) in self.world.disk.rows('SELECT update_id FROM "update"')}
        if not self.world.sky.queue.pending and used.isdisjoint(range(number, number + FEW)):
            self.world.sky.queue.jump(number)

    # the machine

    @rule(who=st.integers(0, 2), name=st.sampled_from(NAMES), passages=st.integers(1, 8))
    def dies_at(self, who: int, name: str, passages: int) -> None:
        process = self.world.processes[who % len(self.world.processes)]
        if process.alive:
            process.dies_at[name] = passages

    @rule(who=st.integers(0, 2), name=st.sampled_from(NAMES), passages=st.integers(1, 8))
    def stumbles_at(self, who: int, name: str, passages: int) -> None:
        process = self.world.processes[who % len(self.world.processes)]
        if process.alive:
            process.stumbles_at[name] = passages

    @rule(who=st.integers(0, 2))
    def kill_or_start(self, who: int) -> None:
        process = self.world.processes[who % len(self.world.processes)]
        if process.alive:
            self.world.kill(process.number)
        else:
            self.world.start(process.number)
        self.world.pass_time(0.4)

    @rule(seconds=SPANS)
    def time(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    # the judge

    @invariant()
    def law(self) -> None:
        self.tally["deeds"] += 1
        self.world.judge.look()

    def teardown(self) -> None:
        """Faults stop, a day passes, and everything that was promised must have come."""
        world = getattr(self, "world", None)
        if world is not None:
            try:
                world.calm()
            finally:
                lived = {"kills": world.kills, "complaints": world.judge.kept.complaints}
                self.tally.update({"lives": 1, "acknowledged": world.sky.tally.all_confirmed, **lived})
                world.close()
