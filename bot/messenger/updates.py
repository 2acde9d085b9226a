"""What does a bot still have to hear? Its updates, in order, kept at most 24 hours, until confirmed."""

from __future__ import annotations

import itertools
import json
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
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
    serial: int
    forged: bool = False
    delivered: bool = False


class UpdateQueue:
    """One bot's updates; polling and webhook both take from here."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._next_id = FIRST_ID
        self._serials = itertools.count()
        self._forged = 0
        self._pending: OrderedDict[int, Queued] = OrderedDict()
        self.allowed: tuple[str, ...] | None = None
        self.arrivals = Bell()

    @property
    def pending(self) -> Collection[Queued]:
        """Everything that waits, in the order it came."""
        return self._pending.values()

    @property
    def next_id(self) -> int:
        """What the next update will be called."""
        return self._next_id

    def put(self, kind: UpdateKind, content: dict[str, object], *, lane: int) -> None:
        """The update waits; or is never made, when the bot has not asked for its kind."""
        if not self.wants(kind):
            return
        update_id = self._take_id()
        body = json.dumps({"update_id": update_id, kind.value: content}, ensure_ascii=False, separators=(",", ":"))
        self._append(update_id, body.encode(), lane)

    def put_raw(self, raw: dict[str, object] | bytes, *, lane: int = 0) -> int:
        """The update waits exactly as given, whatever it is; the id it is confirmed by. A given ``update_id`` stays."""
        content: object = raw
        if isinstance(raw, bytes):
            try:
                content = json.loads(raw)
            except (ValueError, RecursionError):  # not JSON, or nested beyond reading: it is sent all the same
                content = None
        own = content.get("update_id") if isinstance(content, dict) else None
        update_id = own if isinstance(own, int) else self._take_id()
        if isinstance(raw, bytes):
            body = raw
        else:
            body = json.dumps({"update_id": update_id, **raw}, ensure_ascii=False, separators=(",", ":")).encode()
        self._append(update_id, body, lane, forged=isinstance(own, int))
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
        if not self._forged:
            while self._pending and (first := next(iter(self._pending.values()))).update_id < offset:
                self.remove(first)
            return
        for one in tuple(self.pending):
            if one.update_id < offset and (one.delivered or not one.forged):
                self.remove(one)

    def keep_last(self, count: int) -> None:
        """All but the last ``count`` are forgotten."""
        while len(self._pending) > count:
            self.remove(next(iter(self._pending.values())))

    def take(self, limit: int) -> list[Queued]:
        """The first updates, in order, still kept until confirmed; those past 24 hours are gone."""
        self.expire()
        taken = list(itertools.islice(self._pending.values(), limit))
        for one in taken:
            one.delivered = True
        return taken

    def expire(self) -> None:
        """What has waited 24 hours is gone."""
        oldest = self._clock() - KEPT_FOR
        while self._pending and (first := next(iter(self._pending.values()))).at <= oldest:
            self.remove(first)

    def remove(self, one: Queued) -> None:
        """It waits no longer; nothing happens when it is gone already."""
        if self._pending.pop(one.serial, None) is not None and one.forged:
            self._forged -= 1

    def holds(self, one: Queued) -> bool:
        """Whether it still waits."""
        return one.serial in self._pending

    def _append(self, update_id: int, body: bytes, lane: int, *, forged: bool = False) -> None:
        serial = next(self._serials)
        self._pending[serial] = Queued(update_id, body, lane, self._clock(), serial, forged)
        self._forged += forged
        self.arrivals.ring()

    def _take_id(self) -> int:
        update_id = self._next_id
        self._next_id += 1
        return update_id
