"""What is a world? A messenger, a database, some processes and people, and one clock: all from one seed.

For whoever drives a world (seeds, torture, broken variants, the Hypothesis machine):

    world = World(seed)                 everything is there, nobody is born yet; `processes=` fixes how many
    world.run(steps)                    births, drawn steps each judged, then `calm()`; raises `Violation`
    world.step()                        one drawn deed, some time, one look of the judge
    world.calm()                        faults stop, everybody lives, 24 hours pass, liveness is judged
    world.close()                       what it held is free; `with World(seed) as world:` does it

    what a driver that draws for itself calls instead of `step`, each followed by `world.judge.look()`:
    world.pass_time(seconds)            processes look and beat whenever anything may have come due
    world.people.say(chat, words)       as tap(chat, message, button, times=1), block(chat), unblock(chat), start(chat)
    world.start(number)                 a dead process lives again; world.kill(number) ends a living one at once
    world.processes[n].dies_at[name]    = passages left until that failpoint kills it; `stumbles_at` until it raises
    world.sky.fate = f(method, chat)    → Fate: what becomes of each request that writes into a chat
    world.sky.cut = True                a partition; world.sky.repeats = chance that a confirmed update comes again
    world.sky.queue.jump(number)        the next update is called so

`Violation.law` names the invariant (I1 … I11, L1 … L5). A variant is a context manager around `World(seed).run()`;
every class of the project may be patched, because the parts are made when a process is born.
"""

import hashlib
import logging
import random
from collections import Counter
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from bot.messenger import flood
from bot.telegram.pace import LENIENT, STRICT, Pace
from models.rules import failpoints
from models.rules.chain import Anchor
from models.store.moments import from_text, to_text
from tests.sim import deeds
from tests.sim.cast import BEGINS, beginning
from tests.sim.hooks import Hooks
from tests.sim.judge import Judge, Violation
from tests.sim.loop import VirtualLoop
from tests.sim.people import People
from tests.sim.process import WHO, Files, Process, conversations
from tests.sim.store import Disk
from tests.sim.telegram import HostileTelegram

__all__ = ["STEPS", "Violation", "World"]

STEPS = 120
"""Drawn deeds of one run."""
LOOK_EVERY_S = 1.0
"""What scheduler/hands promises: nobody finds a row sooner than that by himself."""
LONGEST_BEAT_S = 30.0
"""What scheduler/metronome promises."""

_NEXT = """
SELECT min(at) FROM (
    SELECT min(due_at) AS at FROM clock WHERE due_at > :now
    UNION ALL SELECT min(ring_at) FROM notice WHERE waits_from IS NOT NULL AND ring_at > :now
    UNION ALL SELECT min(waits_from) FROM notice WHERE waits_from > :now
    UNION ALL SELECT min(leased_until) FROM notice WHERE lease IS NOT NULL AND leased_until > :now
    UNION ALL SELECT min(leased_until) FROM "update" WHERE done_at IS NULL AND leased_until > :now
    UNION ALL SELECT min(halted_until) FROM halt WHERE halted_until > :now)
"""

_WAITS = """
SELECT EXISTS (SELECT 1 FROM "update" WHERE done_at IS NULL),
    EXISTS (SELECT 1 FROM notice WHERE waits_from <= :now AND ring_at <= :now),
    EXISTS (SELECT 1 FROM clock WHERE due_at <= :now)
"""


class World:
    """One life of one street. `log`: what happened, a line a step; the same seed writes the same lines."""

    def __init__(self, seed: int, *, processes: int | None = None) -> None:
        self.seed = seed
        self.dice = random.Random(seed)
        self.log: list[str] = []
        self.passages: Counter[str] = Counter()
        self.kills = self.steps = self.stops = self.length = 0
        self._mourned = 0  # deaths somebody alive has looked for
        self.loop = VirtualLoop(BEGINS)
        self.clock = self  # `now` is all that a clock is asked
        self.disk = Disk(beginning().image, self.loop, self.dice)
        self.files = Files()
        self.anchors: list[Anchor] = []
        self.strict = self.dice.random() < 0.3  # Telegram's limits, and our pace for them; else none of either
        self.limits = STRICT if self.strict else LENIENT
        self.sky = HostileTelegram(self.loop, self.dice, limits=flood.STRICT if self.strict else flood.LENIENT)
        self.people = People(self)
        many = processes if processes is not None else self.dice.choice((1, 1, 2, 3, 4))
        self.shared_pace = Pace(self.limits, self) if many > 1 else None
        self.poll_held_s = self.dice.choice((3_600.0, 86_400.0))
        self.pictures = self.dice.random() < 0.2
        self._tidied: datetime | None = None
        self.hooks = Hooks(self) if self.dice.random() < 0.25 else None
        self.processes = [Process(self, number) for number in range(many)]
        self.back_at: dict[int, datetime] = {}
        self.up_since: datetime | None = None
        self.judge = Judge(self)
        conversations()
        failpoints.watch(self._passed)
        logging.disable(logging.CRITICAL)  # what the parts say of faults on purpose helps nobody here

    # life

    def now(self) -> datetime:
        """The moment, for both clocks."""
        return self.loop.now()

    def run(self, steps: int = STEPS) -> None:
        """Everybody is born; so many steps; then faults stop. `Violation` says which law broke, and how to see it."""
        self.length = steps
        try:
            for process in self.processes:
                self.start(process.number)
            for _ in range(steps):
                self.step()
            self.calm()
        except Exception as found:
            found.add_note(self.how_again())
            raise

    def step(self) -> None:
        """One deed, the time it takes, one look of the judge."""
        self.steps += 1
        what = deeds.draw(self)
        self.pass_time(self.dice.choice((0.0, 0.4, 3.0, 20.0)))
        self.note(what)
        self.judge.look()

    def calm(self) -> None:
        """No fault any more: everybody is up, a day passes, and all that was promised has been kept."""
        deeds.make_peace(self)
        for process in self.processes:
            if not process.alive:
                self.start(process.number)
        self.judge.calm_begins()
        self.pass_time(24 * 3600.0)
        self.note("a calm day")
        self.judge.look()
        self.judge.look_back()

    def pass_time(self, seconds: float) -> None:
        """So much later, having stopped wherever anything could come due; a look finds it a second later at most."""
        until = self.now() + timedelta(seconds=seconds)
        while True:
            self.stops += 1
            self.loop.live_until(min(self._next_stop(), until))
            for number in [one for one, at in self.back_at.items() if at <= self.now()]:
                self.start(number)
            self._look()
            self.loop.live_until(self.now())
            self._fail_on_surprises()
            if self.now() >= until:
                return

    def _look(self) -> None:
        """A look and a beat of each, where it would find anything; now and then all the same."""
        if not self.alive:
            return
        now = self.now()
        ((heard, told, due),) = self.disk.rows(_WAITS, {"now": to_text(now)})
        due = due or self._mourned != self.kills or self.dice.random() < 0.1
        self._mourned = self.kills
        beating = self.dice.choice(self.alive)
        for process in self.alive:
            wants = process.wanted is None or process.wanted <= now
            beats = wants or (due and (process is beating or self.dice.random() < 0.2))
            process.look(heard=bool(heard), told=bool(told), beats=beats)

    def _next_stop(self) -> datetime:
        (found,) = self.disk.driver.execute(_NEXT, {"now": to_text(self.now())}).fetchone()
        moments = [one.wanted for one in self.processes if one.alive and one.wanted and one.wanted > self.now()]
        moments += self.back_at.values()
        if self.alive and self.disk.rows("SELECT 1 FROM clock WHERE due_at <= ? LIMIT 1", to_text(self.now())):
            moments.append(self.now() + timedelta(seconds=LONGEST_BEAT_S))  # whoever was to let it ring has failed
        if found is not None:
            moments.append(from_text(found))
        soonest = self.now() + timedelta(seconds=LOOK_EVERY_S)
        return max(min(moments, default=datetime.max.replace(tzinfo=BEGINS.tzinfo)), soonest)

    def tidies_now(self, process: Process) -> bool:
        """Whether this beat forgets what may be forgotten: each does so, but most find that it was done this hour."""
        if self._tidied is not None and self.now() - self._tidied < timedelta(hours=1):
            return False
        self._tidied = self.now()
        return True

    # processes

    @property
    def alive(self) -> list[Process]:
        """Those that live."""
        return [one for one in self.processes if one.alive]

    def start(self, number: int) -> None:
        """It lives (again); one of all polls, where there are no webhooks."""
        self.back_at.pop(number, None)
        if not self.alive:
            self.up_since = self.now()
        self.processes[number].born(polls=self.hooks is None and not any(one.polls for one in self.alive))

    def kill(self, number: int) -> None:
        """It is dead between two lines."""
        self.processes[number].killed()

    def died(self, process: Process, where: str) -> None:
        """A process is dead; another will live in its place after a while."""
        self.kills += 1
        self.note(f"p{process.number} dies {where}")
        if not self.alive:
            self.up_since = None
        self.back_at[process.number] = self.now() + timedelta(seconds=deeds.down_for(self.dice))

    def remember_halts(self) -> None:
        """A process that begins knows the halts that are on disk; the messenger asks no more of it than that."""
        if len(self.alive) == 1 and self.shared_pace is None:
            self.sky.tally.halted_until = {
                chat: (from_text(until) - BEGINS).total_seconds()
                for chat, until in self.disk.rows("SELECT chat_id, halted_until FROM halt")
            }

    def _passed(self, name: str) -> None:
        process = WHO.get()
        if process is not None and process.world is self and process.alive:
            self.passages[name] += 1
            process.passes(name)

    def _fail_on_surprises(self) -> None:
        if self.loop.failures:
            raise Violation("I4", f"a task failed where nothing should: {self.loop.failures}")

    # the log

    def note(self, what: str) -> None:
        """A line of the log: what, when, and where the tables stand."""
        events, newest, notices, updates = self.disk.rows(_STANDS)[0]
        self.log.append(f"{self.loop.time():.3f} {what} | {events} {str(newest)[:8]} {notices} {updates}")

    @property
    def trace(self) -> str:
        """One hash of all that happened."""
        return hashlib.sha256("\n".join(self.log).encode()).hexdigest()

    def how_again(self) -> str:
        """How to live this world again, and its last steps."""
        again = f"again: .venv/bin/pytest tests/sim --seed {self.seed} --steps {self.length}"
        return "\n".join((again, *self.log[-15:]))

    # its end

    def close(self) -> None:
        """Nobody lives, nothing is held, the failpoints are nobody's."""
        failpoints.disarm()
        logging.disable(logging.NOTSET)
        for process in self.alive:
            process.killed("with its world")
        self.loop.live_until(self.now())
        self.loop.close()
        self.disk.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


_STANDS = """
SELECT (SELECT count(*) FROM case_event), (SELECT hash FROM case_event ORDER BY id DESC LIMIT 1),
    (SELECT group_concat(state || many) FROM (SELECT state, count(*) AS many FROM notice GROUP BY state)),
    (SELECT count(*) FROM "update" WHERE done_at IS NOT NULL)
"""
