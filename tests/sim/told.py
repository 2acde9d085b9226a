"""Is what is called sent really there, and is nothing sent before its time? (I9)"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from tests.sim.law import hold

if TYPE_CHECKING:
    from tests.sim.world import World

COPY = "（重发）"
_ROWS = """
SELECT id, key, chat_id, state, message_id, edits, reason, tries, unsure FROM notice
WHERE id > ? OR id IN (SELECT value FROM json_each(?)) ORDER BY id
"""


class Told:
    """Every notice, until it has ended."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._waiting: set[int] = set()
        self._last = self._read = 0
        self._written: set[tuple[int, int]] = set()
        self._named: dict[tuple[int, int], str] = {}  # chat, message: the notice that made it
        self.ended: Counter[str] = Counter()

    def look(self) -> None:
        tally = self._world.sky.tally
        early = tally.too_early
        hold("I9", not early, f"{early[:1]}")
        self._written.update((chat, message) for _, chat, message in tally.sent[self._read :])
        self._read = len(tally.sent)
        found = set()
        for row in self._world.disk.rows(_ROWS, self._last, json.dumps(sorted(self._waiting))):
            notice, key, chat, state, message, edits, reason, _, _ = row
            found.add(notice)
            self._last = max(self._last, notice)
            if state == "waiting":
                self._waiting.add(notice)
                continue
            self._waiting.discard(notice)
            self.ended[state] += 1
            if state == "sent":
                self._is_there(key, chat, message, edits)
            elif state == "dead":
                alarms = self._world.disk.rows(
                    "SELECT 1 FROM alarm WHERE kind = 'notice_dead' AND ref = ?", f"notice:{notice}"
                )
                hold("I9", len(alarms) == 1, f"{key} is dead with {len(alarms)} alarms")
            else:
                hold("I9", bool(reason), f"{key} ended {state} without a reason")
        hold("I9", self._waiting <= found, f"promised and gone: {self._waiting - found}")

    def _is_there(self, key: str, chat: int, message: int, edits: int | None) -> None:
        """The messenger has that message in that chat, and by no other notice."""
        hold("I9", (chat, message) in self._written, f"{key} is sent, and nothing was written as {message} into {chat}")
        if edits is not None:
            hold("I9", message == edits, f"{key} was to change {edits} and changed {message}")
            return
        first = self._named.setdefault((chat, message), key)
        hold("I9", first == key, f"{key} and {first} are the same message")
