"""When nothing goes wrong any more, does everything that was promised come? (L1 to L5)

Somebody nobody has heard of begins the calm day: scans the stairwell's code, says what is wrong, hands it in.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.cards.buttons import Verb
from models.store.moments import to_text
from tests.sim.cast import NEWCOMER
from tests.sim.law import hold
from tests.sim.people import verb_of

if TYPE_CHECKING:
    from tests.sim.world import World

DRAINED = timedelta(minutes=15)
"""What may ring for so long has left (S34)."""
A_SECOND, A_CHAT = 30, 1.0
"""Messages of a bot in any second; seconds between two into one chat (L5; Telegram's limits)."""
TAPS = 8
REACHED_WITHIN_S = 700.0
"""So long a poller of a simulated process may rest after a partition (process.py)."""

_LATE = 'SELECT count(*) FROM "update" WHERE done_at IS NULL'
_UNSAID = "SELECT id, key, state, reason FROM notice WHERE waits_from IS NOT NULL AND ring_at < ?"
_RECEIPT = """
SELECT notice.state FROM "case" JOIN person ON person.id = "case".raiser_id JOIN reach ON reach.person_id = person.id
LEFT JOIN notice ON notice.case_id = "case".id AND notice.telling = 'receipt' WHERE reach.chat_id = ?
"""


class Liveness:
    """What is promised for a day without faults."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._refused, self._since = 0, 0.0

    def begins(self) -> None:
        """A while for whoever waits to ask the messenger again; then the newcomer says what is wrong."""
        world = self._world
        world.pass_time(REACHED_WITHIN_S)
        self._refused = world.sky.tally.refused_by_limits
        self._since = world.loop.time()
        world.people.start(NEWCOMER.chat)
        world.pass_time(20)
        world.people.say(NEWCOMER.chat, "楼道的灯坏了好几天")
        for _ in range(TAPS):
            world.pass_time(20)
            shown = [one for one in world.people.shown(NEWCOMER.chat, newest=1) if verb_of(one[1]) in _HANDS_IN]
            if not shown:
                break
            world.people.tap(NEWCOMER.chat, *shown[0])

    def look_back(self) -> None:
        world = self._world
        rows, now = world.disk.rows, world.now()
        hold("L1", not len(world.sky.queue.pending), "updates wait at the messenger, and nobody takes them in")
        hold("L1", rows(_LATE) == [(0,)], f"{rows(_LATE)} updates are kept and not done")
        receipts = rows(_RECEIPT, NEWCOMER.chat)
        hold("L1", receipts == [("sent",)], f"who complained in peace has {receipts or 'no case'}")
        unsaid = rows(_UNSAID, to_text(now - DRAINED))
        hold("L2", not unsaid, f"still to be said: {unsaid[:3]}")
        self._is_paced()

    def _is_paced(self) -> None:
        """L5: what had piled up left within the limits."""
        world = self._world
        refused = world.sky.tally.refused_by_limits - self._refused
        hold("L5", not refused, f"the messenger refused {refused} messages: too many, too fast")
        if not world.strict:
            return
        last: dict[int, float] = {}
        seconds: Counter[int] = Counter()
        for at, chat, _ in world.sky.tally.sent:
            if at < self._since:
                continue
            hold("L5", at - last.get(chat, -9.0) >= A_CHAT - 0.4, f"two messages into {chat} within a second, at {at}")
            last[chat] = at
            seconds[int(at)] += 1
        most = max(seconds.values(), default=0)
        hold("L5", most <= A_SECOND, f"{most} messages in one second")


_HANDS_IN = frozenset({Verb.CONSENT, Verb.SUBMIT})
