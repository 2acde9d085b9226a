"""Is every update settled once? (I2) Watched where it happens, by a trigger of the judge's own.

Served a second time, a tap is mostly refused as stale; so nothing else would show it on most days.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.sim.law import hold

if TYPE_CHECKING:
    from tests.sim.world import World

KEPT = timedelta(days=7)
"""So long a number is known; whoever repeats an update later than that is no messenger we know (telegram.md §3)."""
_WATCH = """
CREATE TEMP TABLE settled (update_id INTEGER);
CREATE TEMP TRIGGER settles AFTER UPDATE OF done_at ON main."update" WHEN NEW.done_at IS NOT NULL
BEGIN INSERT INTO settled VALUES (NEW.update_id); END;
"""


class Served:
    """When each update was settled last; what was undone again does not count."""

    def __init__(self, world: World) -> None:
        self._world = world
        world.disk.driver.executescript(_WATCH)
        self._served: dict[int, datetime] = {}

    def look(self) -> None:
        now = self._world.now()
        for (update,) in self._world.disk.rows("SELECT update_id FROM settled"):
            before = self._served.get(update)
            hold("I2", before is None or now - before > KEPT, f"update {update} was served a second time")
            self._served[update] = now
        self._world.disk.driver.execute("DELETE FROM settled")
