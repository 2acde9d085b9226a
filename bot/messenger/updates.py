"""What does a bot still have to hear? Its updates, in order, kept at most 24 hours, until confirmed."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.messenger.bell import Bell

KEPT_FOR = 86_400.0  # seconds; telegram-bot-api: message_date + 86400
FIRST_ID = 700_000_001  # ids are large and arbitrary on the real server


class UpdateKind(StrEnum):
    """Every kind this messenger makes; the value is its field in Update."""

    MESSAGE = "message"
    EDITED_MESSAGE = "edited_message"
    CALLBACK_QUERY = "callback_query"
    MY_CHAT_MEMBER = "my_chat_member"
    CHAT_MEMBER = "chat_member"


UNLESS_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(slots=True)
class Queued:
    """One update on its way; ``lane`` is the chat or person whose updates go one after another."""

    update_id: int
    body: bytes
    lane: int
    at: float
    forged: bool = False
    delivered: bool = False


class UpdateQueue:
    """One bot's updates; polling and webhook both take from here."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._next_id = FIRST_ID
        self.pending: deque[Queued] = deque()
        self.allowed: tuple[str, ...] | None = None
        self.arrivals = Bell()

    def put(self, kind: UpdateKind, content: dict[str, object], *, lane: int) -> None:
        """The update waits; or is never made, when the bot has not asked for its kind."""
        if not self.wants(kind):
            return
        update_id = self._take_id()
        body = json.dumps({"update_id": update_id, kind.value: content}, ensure_ascii=False, separators=(",", ":"))
        self._append(Queued(update_id, body.encode(), lane, self._clock()))

    def put_raw(self, raw: dict[str, object] | bytes, *, lane: int = 0) -> int:
        """The update waits exactly as given, whatever it is; the id it is confirmed by. A given ``update_id`` stays."""
        content: object = raw
        if isinstance(raw, bytes):
            try:
                content = json.loads(raw)
            except (ValueError, RecursionError):
                content = None
        own = content.get("update_id") if isinstance(content, dict) else None
        forged = isinstance(own, int)
        update_id = own if isinstance(own, int) else self._take_id()
        if isinstance(raw, bytes):
            body = raw
        else:
            body = json.dumps({"update_id": update_id, **raw}, ensure_ascii=False, separators=(",", ":")).encode()
        self._append(Queued(update_id, body, lane, self._clock(), forged=forged))
        return update_id

    def jump(self, update_id: int) -> None:
        """The next update gets this id, lower or higher, as happens after a week without updates."""
        self._next_id = update_id

    def wants(self, kind: str) -> bool:
        """Whether the bot has asked for the kind; without a list, for all but three."""
        return kind in self.allowed if self.allowed else kind not in UNLESS_ASKED

    def allow(self, kinds: Iterable[str] | None) -> None:
        """From now on only these kinds are made; an empty list is the default again, ``None`` changes nothing."""
        if kinds is not None:
            self.allowed = tuple(kinds) or None

    def confirm(self, offset: int) -> None:
        """Everything below the offset is forgotten; a forged id only once it has been seen."""
        while self.pending and self.pending[0].update_id < offset and not self.pending[0].forged:
            self.pending.popleft()
        if any(one.forged for one in self.pending):
            self.pending = deque(
                one for one in self.pending if one.update_id >= offset or (one.forged and not one.delivered)
            )

    def keep_last(self, count: int) -> None:
        """All but the last ``count`` are forgotten."""
        while len(self.pending) > count:
            self.pending.popleft()

    def take(self, limit: int) -> list[Queued]:
        """The first updates, in order, still kept until confirmed; those past 24 hours are gone."""
        self.expire()
        taken = [self.pending[index] for index in range(min(limit, len(self.pending)))]
        for one in taken:
            one.delivered = True
        return taken

    def expire(self) -> None:
        """What has waited 24 hours is gone."""
        oldest = self._clock() - KEPT_FOR
        while self.pending and self.pending[0].at <= oldest:
            self.pending.popleft()

    def remove(self, done: Queued) -> None:
        """The webhook has taken it."""
        if self.pending and self.pending[0] is done:
            self.pending.popleft()
        else:
            self.pending = deque(one for one in self.pending if one is not done)

    def _append(self, one: Queued) -> None:
        self.pending.append(one)
        self.arrivals.ring()

    def _take_id(self) -> int:
        update_id = self._next_id
        self._next_id += 1
        return update_id
