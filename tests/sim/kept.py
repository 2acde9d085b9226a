"""Is whatever was acknowledged kept, and each update settled once? (I1, I2)"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.sim.law import hold

if TYPE_CHECKING:
    from tests.sim.world import World

_ROWS = """
SELECT id, update_id, done_at IS NOT NULL, parked_at IS NOT NULL FROM "update"
WHERE id > ? OR id IN (SELECT value FROM json_each(?)) ORDER BY id
"""


class Kept:
    """What the messenger believes to be safe with us, and what became of what we kept."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._undone: dict[int, int] = {}  # row: update
        self._last = 0
        self._filed: set[str] = set()
        self._last_case = 0
        self.parked = 0
        self.complaints = 0

    def look(self) -> None:
        self._nothing_confirmed_is_missing()
        self._nothing_kept_is_lost()
        self._one_case_an_update()

    def _nothing_confirmed_is_missing(self) -> None:
        """I1: the messenger will not send it again, so it is on disk. Asked at once: a week later it is forgotten."""
        confirmed = self._world.sky.tally.confirmed
        if not confirmed:
            return
        rows = self._world.disk.rows(
            'SELECT update_id FROM "update" WHERE update_id IN (SELECT value FROM json_each(?))', json.dumps(confirmed)
        )
        missing = set(confirmed) - {number for (number,) in rows}
        confirmed.clear()
        hold("I1", not missing, f"acknowledged and not kept: {sorted(missing)}")

    def _nothing_kept_is_lost(self) -> None:
        """I1: what is kept is done, waits, or is parked with an alarm."""
        disk, found = self._world.disk, set()
        for row, update, done, parked in disk.rows(_ROWS, self._last, json.dumps(list(self._undone))):
            found.add(row)
            self._last = max(self._last, row)
            if parked:
                self.parked += 1
                alarms = disk.rows("SELECT 1 FROM alarm WHERE kind = 'update_parked' AND ref = ?", f"update:{row}")
                hold("I1", len(alarms) == 1, f"update {update} is parked with {len(alarms)} alarms")
            if done:
                self._undone.pop(row, None)
            else:
                self._undone[row] = update
        gone = set(self._undone) - found
        hold("I1", not gone, f"kept, not done, and gone: {sorted(gone)}")

    def _one_case_an_update(self) -> None:
        """I2: no update makes two cases, nor does one draft."""
        rows = self._world.disk.rows('SELECT id, update_id FROM "case" WHERE id > ? ORDER BY id', self._last_case)
        for case, update in rows:
            self._last_case = case
            self.complaints += 1
            data = self._world.people.tapped_by.get(update, f"update {update}")
            hold("I2", data not in self._filed, f"{data} has made two cases, the second is {case}")
            self._filed.add(data)
