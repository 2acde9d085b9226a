"""May this bot send now? Telegram's three limits, as far as they are known; the exact ones are not documented.

30 messages a second a bot, about one a second a chat with short bursts, 20 a minute a group (Bots FAQ).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.messenger.refusals import too_many


@dataclass(frozen=True, slots=True)
class FloodLimits:
    """How much a bot may send; ``None`` is without limit."""

    overall_per_second: int | None
    chat_per_second: float | None
    chat_burst: int
    group_per_minute: int | None
    guards_polling: bool
    """Whether empty polls repeated at once, repeated conflicts and repeated setWebhook are slowed, as Telegram does."""


STRICT = FloodLimits(overall_per_second=30, chat_per_second=1.0, chat_burst=3, group_per_minute=20, guards_polling=True)
LENIENT = FloodLimits(
    overall_per_second=None, chat_per_second=None, chat_burst=0, group_per_minute=None, guards_polling=False
)


class FloodGate:
    """One bot's sends, counted against its limits by the messenger's clock."""

    def __init__(self, limits: FloodLimits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._clock = clock
        self._overall: deque[float] = deque()
        self._chats: dict[int, tuple[float, float]] = {}
        self._groups: dict[int, deque[float]] = {}

    def admit(self, chat_id: int, *, messages: int = 1) -> None:
        """The messages are counted; or 429 with the seconds to wait, and nothing is counted."""
        limits = self.limits
        now = self._clock()
        wait = 0.0
        if limits.overall_per_second is not None:
            wait = max(wait, _window(self._overall, now, 1.0, limits.overall_per_second, messages))
        in_group = chat_id < 0 and limits.group_per_minute is not None
        if in_group:
            sent = self._groups.setdefault(chat_id, deque())
            wait = max(wait, _window(sent, now, 60.0, limits.group_per_minute or 0, messages))
        level = 0.0
        if limits.chat_per_second is not None:
            before, at = self._chats.get(chat_id, (0.0, now))
            level = max(0.0, before - (now - at) * limits.chat_per_second)
            # an album is one burst: it is let in whole when there is room for one, and paid for afterwards
            wait = max(wait, (level + 1 - limits.chat_burst) / limits.chat_per_second)
        if wait > 0:
            raise too_many(max(1, math.ceil(wait)))
        if limits.overall_per_second is not None:
            self._overall.extend([now] * messages)
        if in_group:
            self._groups[chat_id].extend([now] * messages)
        if limits.chat_per_second is not None:
            self._chats[chat_id] = (level + messages, now)


def _window(sent: deque[float], now: float, span: float, most: int, messages: int) -> float:
    """Seconds until the messages fit beside those sent within the span; 0 when they fit now."""
    while sent and sent[0] <= now - span:
        sent.popleft()
    if len(sent) + messages <= most:
        return 0.0
    index = min(len(sent) + messages - most, len(sent)) - 1
    return max(sent[index] + span - now, 1e-6) if index >= 0 else span
