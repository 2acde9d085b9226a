"""How do several processes share one budget a bot? Its limits are rows, moved under a lock by the server's clock.

The arithmetic is that of `bot/telegram/pace.py`; only what it reckons with lies in the table `spent`, and the halts a
messenger ordered in `halt`, where outbox.claim looks for them too. A reservation is one short transaction that waits
for no disk: what a server forgets in a crash is a second's worth of messages, and the messenger would say so.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.telegram.pace import RETURNS_WITHIN, Limits, Used, after, wait_of
from models import outbox
from models.ports import Clock, Priority
from models.store import Statement, Store, unheard

log = logging.getLogger(__name__)

ASK_AGAIN_S = 1.0
"""How long a sender waits when the budget cannot be asked: unasked, nothing leaves."""

_BOT, _CHAT, _GROUP, _WANTED, _HALT = "bot", "chat", "group", "wanted:", "halt"

_FIRST = Statement("""\
INSERT INTO spent (bot_id, chat_id, limit_name, free_from) VALUES (:bot_id, 0, 'bot', '2000-01-01 00:00:00+00')
ON CONFLICT (bot_id, chat_id, limit_name) DO NOTHING""")
_LOCK = Statement("""\
SELECT set_config('synchronous_commit', 'off', true) AS soon FROM spent
WHERE bot_id = :bot_id AND chat_id = 0 AND limit_name = 'bot' FOR UPDATE""")
# a statement of its own: what it sees is what those who had the lock before have left; each limit from its own place
_USED = Statement("""\
SELECT limit_name, free_from, clock_timestamp() AS server_at FROM spent
WHERE bot_id = :bot_id AND (chat_id = 0 AND (limit_name = 'bot' OR limit_name LIKE 'wanted:%')
    OR chat_id = :chat_id AND limit_name IN ('chat', 'group'))
UNION ALL
SELECT 'halt', halted_until, clock_timestamp() FROM halt
WHERE bot_id = :bot_id AND (chat_id = 0 OR chat_id = :chat_id)""")
_PUT = Statement("""\
INSERT INTO spent (bot_id, chat_id, limit_name, free_from) VALUES (:bot_id, :chat_id, :limit_name, :free_from)
ON CONFLICT (bot_id, chat_id, limit_name) DO UPDATE SET free_from = excluded.free_from""")
_UNTIL = Statement("""\
SELECT halted_until, clock_timestamp() AS server_at FROM halt
WHERE bot_id = :bot_id AND (chat_id = 0 OR chat_id = :chat_id)""")
_HALTED = Statement("SELECT chat_id FROM halt WHERE bot_id = :bot_id AND halted_until > :now")
_NOW = Statement("SELECT clock_timestamp() AS server_at")


class SharedPace:
    """The `Budget` of every process on one PostgreSQL. `clock` None: the server's, which is the same for all."""

    def __init__(self, limits: Limits, store: Store, *, clock: Clock | None = None) -> None:
        self._limits, self._store, self._clock = limits, store, clock
        # one reservation a bot and process at a time: those who wait for the row must not hold every connection
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def admit(self, bot_id: int, chat_id: int, priority: Priority, messages: int = 1) -> float:
        """As `Budget.admit`."""
        try:
            if self._limits.free:
                return await self._store.read(self._halted_for, bot_id, chat_id)
            async with self._turns[bot_id]:
                return await self._store.run(self._admit, bot_id, chat_id, priority, messages)
        except Exception as error:
            log.error("the pace could not be asked: %s", type(error).__name__)
            return ASK_AGAIN_S

    async def halted(self, bot_id: int, chat_id: int, seconds: float) -> bool:
        """As `Budget.halted`; every process knows it from now on."""
        try:
            return await self._store.run(self._halt, bot_id, chat_id, seconds)
        except Exception as error:
            log.error("a halt could not be kept: %s", type(error).__name__)
            return chat_id == 0

    def _halted_for(self, session: Session, bot_id: int, chat_id: int) -> float:
        """Where nothing is counted, only what the messenger ordered is waited for."""
        rows = _UNTIL.all(session, bot_id=bot_id, chat_id=chat_id)
        now = self._now(rows) if rows else 0.0
        halts: list[float] = [row.halted_until.timestamp() - now for row in rows]
        return max([0.0, *halts])

    def _admit(self, session: Session, bot_id: int, chat_id: int, priority: Priority, messages: int) -> float:
        self._lock(session, bot_id)
        rows = _USED.all(session, bot_id=bot_id, chat_id=chat_id)
        now = self._now(rows)
        used = _used(rows, now, group=chat_id < 0)
        wait, queues = wait_of(self._limits, used, priority, now)
        if wait <= 0.0:
            left = after(self._limits, used, messages, now)
            moments = {(0, _BOT): left.bot, (chat_id, _CHAT): left.chat}
            if left.group is not None:
                moments[chat_id, _GROUP] = left.group
            if priority in used.wanted:
                moments[0, f"{_WANTED}{int(priority)}"] = now
            _put(session, bot_id, moments)
        elif queues:
            until = max(used.wanted.get(priority, 0.0), now + wait + RETURNS_WITHIN)
            _put(session, bot_id, {(0, f"{_WANTED}{int(priority)}"): until})
        unheard(session)
        return wait

    def _halt(self, session: Session, bot_id: int, chat_id: int, seconds: float) -> bool:
        self._lock(session, bot_id)
        now = datetime.fromtimestamp(self._now(_NOW.all(session)), UTC)
        known = {row.chat_id for row in _HALTED.all(session, bot_id=bot_id, now=now)}
        whole = chat_id == 0 or bool(known - {chat_id})
        for chat in {chat_id, 0} if whole else {chat_id}:
            outbox.hold(session, bot_id=bot_id, chat_id=chat, until=now + timedelta(seconds=seconds))
        return whole

    def _lock(self, session: Session, bot_id: int) -> None:
        """Nobody else reckons with this bot's limits until the transaction ends."""
        if _LOCK.one(session, bot_id=bot_id) is None:
            _FIRST.run(session, bot_id=bot_id)
            _LOCK.one(session, bot_id=bot_id)

    def _now(self, rows: list[Any]) -> float:
        moment: datetime = rows[0].server_at if self._clock is None else self._clock.now()
        return moment.timestamp()


def _used(rows: list[Any], now: float, *, group: bool) -> Used:
    """What the rows say. Limits nobody has met yet are free now."""
    free = {row.limit_name: row.free_from.timestamp() for row in rows if row.limit_name != _HALT}
    return Used(
        bot=free[_BOT],
        chat=free.get(_CHAT, now),
        group=free.get(_GROUP, now) if group else None,
        halted=max((row.free_from.timestamp() for row in rows if row.limit_name == _HALT), default=now),
        wanted={int(name.removeprefix(_WANTED)): at for name, at in free.items() if name.startswith(_WANTED)},
    )


def _put(session: Session, bot_id: int, moments: Mapping[tuple[int, str], float]) -> None:
    _PUT.many(
        session,
        [
            {"bot_id": bot_id, "chat_id": chat, "limit_name": name, "free_from": datetime.fromtimestamp(at, UTC)}
            for (chat, name), at in moments.items()
        ],
    )
