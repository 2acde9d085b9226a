"""Is every law kept, after every step? Asked of the tables by plain SQL and of the messenger, never of the project.

Each room of laws looks only at what has changed since its last look: `kept` and `served` (I1, I2), `chains` (I3, I4,
I6, I8, I10, I11), `told` (I9). At the end of a life everything is looked at again, and the project's own check as well.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from models.queries.invariants import violations
from tests.sim.cast import TOWN
from tests.sim.chains import Chains
from tests.sim.kept import Kept
from tests.sim.law import Violation, hold
from tests.sim.liveness import Liveness
from tests.sim.served import Served
from tests.sim.told import Told

if TYPE_CHECKING:
    from tests.sim.world import World

__all__ = ["Judge", "Violation"]


class Judge:
    """Knows what people really did, and remembers what stood in the tables."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.taps: Counter[tuple[int, str]] = Counter()  # chat, verb.case: how often it was touched
        self.kept, self.chains, self.told = Kept(world), Chains(world, self), Told(world)
        self.served, self.liveness = Served(world), Liveness(world)

    def tapped(self, chat: int, data: str) -> None:
        """Somebody touched this button."""
        verb, of = data.split(".")[:2]
        self.taps[chat, f"{verb}.{of}"] += 1

    def chats_of(self, person: int) -> list[int]:
        """Where this person is met."""
        return [chat for (chat,) in self._world.disk.rows("SELECT chat_id FROM reach WHERE person_id = ?", person)]

    def look(self) -> None:
        """`Violation` where a law is broken by what happened since the last look."""
        self.kept.look()
        self.served.look()
        self.chains.look()
        self.told.look()

    def calm_begins(self) -> None:
        """From now on nothing goes wrong: what is promised for such times is counted from here."""
        self.liveness.begins()

    def look_back(self) -> None:
        """A calm day has passed: what was promised has come, and the whole record is what it was."""
        self.chains.look_back()
        self.liveness.look_back()
        world = self._world
        now = world.now()
        found = world.disk.view(lambda session: violations(session, TOWN, now=now, machine_now=now))
        hold(found[0].invariant if found else "", not found, f"huiyin check says {found[:3]}")
