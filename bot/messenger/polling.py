"""How does a bot fetch its updates? getUpdates: offsets, long polls, and never two pollers at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.messenger.asked import Asked
from bot.messenger.chats import BotAccount
from bot.messenger.refusals import OTHER_POLLER, RESTARTING, WEBHOOK_ACTIVE, Refusal, conflict
from bot.messenger.updates import Queued

LONGEST = 50  # seconds; LONG_POLL_MAX_TIMEOUT
CONFLICT_PAUSE = 3.0  # seconds between two answered conflicts, and the forced wait of a repeated empty poll


@dataclass(slots=True)
class _Line:
    """One bot's poller: the poll held open, and when it last asked."""

    held: asyncio.Future[Refusal] | None = None
    last_offset: int | None = None
    last_at: float = field(default=float("-inf"))
    next_conflict_at: float = field(default=float("-inf"))


class Polls:
    """Every bot's polls; waiting is in the machine's time, whatever the messenger's clock says."""

    def __init__(self) -> None:
        self._lines: dict[int, _Line] = {}
        self._closing = False

    async def updates(self, asked: Asked) -> Sequence[Queued]:
        """The bot's next updates, as soon as there is one, else none after ``timeout``; 409 beside another."""
        bot, params = asked.bot, asked.params
        line = self._lines.setdefault(bot.id, _Line())
        guarded = bot.gate.limits.guards_polling
        if bot.webhook is not None:
            await self._slow_conflict(line, guarded=guarded)
            raise conflict(WEBHOOK_ACTIVE)
        offset = params.get("offset", 0)
        limit = min(max(params.get("limit", 100), 1), 100)
        timeout = float(min(max(params.get("timeout", 0), 0), LONGEST))
        bot.updates.allow(params.get("allowed_updates"))
        if guarded:
            now = asyncio.get_running_loop().time()
            if offset == line.last_offset and now < line.last_at + CONFLICT_PAUSE:
                timeout = max(timeout, CONFLICT_PAUSE)
                if now < line.last_at + 0.5:
                    limit = 1
            line.last_offset, line.last_at = offset, now
        if offset < 0:
            bot.updates.keep_last(-offset)
        elif offset > 0:
            bot.updates.confirm(offset)
        taken = bot.updates.take(limit)
        if taken or not timeout or self._closing:
            return taken
        return await self._held(line, bot, limit, timeout, guarded=guarded)

    async def _held(
        self, line: _Line, bot: BotAccount, limit: int, seconds: float, *, guarded: bool
    ) -> Sequence[Queued]:
        if line.held is not None and not line.held.done():
            line.held.set_result(conflict(OTHER_POLLER))
        held: asyncio.Future[Refusal] = asyncio.get_running_loop().create_future()
        line.held = held
        arrival = bot.updates.arrivals.next_ring()
        try:
            await asyncio.wait((held, arrival), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            arrival.cancel()
            if line.held is held:
                line.held = None
        if held.done():
            refusal = held.result()
            if refusal.code == 409:
                await self._slow_conflict(line, guarded=guarded)
            raise refusal
        return bot.updates.take(limit)

    async def _slow_conflict(self, line: _Line, *, guarded: bool) -> None:
        """Conflicts after the first are answered 3 s late, so that two pollers do not run hot."""
        now = asyncio.get_running_loop().time()
        if not guarded or now >= line.next_conflict_at:
            line.next_conflict_at = now + CONFLICT_PAUSE
        else:
            await asyncio.sleep(CONFLICT_PAUSE)

    def end(self, bot: BotAccount, refusal: Refusal) -> None:
        """The poll held open is answered with this at once."""
        line = self._lines.get(bot.id)
        if line is not None and line.held is not None and not line.held.done():
            line.held.set_result(refusal)

    def close(self, bots: Sequence[BotAccount]) -> None:
        """No poll is held any more, nor will be."""
        self._closing = True
        for bot in bots:
            self.end(bot, Refusal(500, RESTARTING))
