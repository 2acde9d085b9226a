"""What becomes of a kept update? It is fed to the conversation, committed once, and only then answered (design §2.3).

A batch claim takes the oldest update of up to 16 chats; chats go side by side, one chat strictly in order. What fails
or hangs goes back; the third time the inbox parks it with an alarm and the chat's next update is served (S7).
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta

from aiogram import Bot, Dispatcher
from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from bot.telegram.replies import Replies
from models import inbox
from models.inbox import AlreadyDone, Unreadable, Waiting
from models.lives import Named, Nameless
from models.ports import Clock
from models.rules import tally
from models.rules.failpoints import failpoint
from models.rules.policy import Town
from models.rules.tally import Counted
from models.store import Store, Unavailable
from models.turn import Turn
from models.vault import Keys
from scheduler.hands import LOOK_EVERY_S, Hands

log = logging.getLogger(__name__)

AT_ONCE = 16
"""Chats handled side by side: what comes in waits for one turn of all of them before it is kept and acknowledged. With
64, a burst of 200 complaints a second was acknowledged five times as late (p99), and not served any sooner."""
WITHIN = timedelta(seconds=20)
"""How long one update may take; its lease is longer (`inbox.LEASE`)."""
REST = timedelta(seconds=1)
"""How long what failed rests before it is tried again: what it failed on may need a moment."""


class Worker:
    """Takes the inbox of its bots in order per chat, for ever; `life`: whose leases these are (models/lives)."""

    def __init__(
        self,
        store: Store,
        dispatcher: Dispatcher,
        bots: Mapping[int, Bot],
        replies: Replies,
        *,
        town: Town,
        keys: Keys,
        office: Clock,
        machine: Clock,
        within: timedelta = WITHIN,
        rest: timedelta = REST,
        life: Named | None = None,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._store, self._dispatcher, self._bots, self._replies = store, dispatcher, bots, replies
        self._town, self._keys, self._office, self._machine = town, keys, office, machine
        self._within, self._rest = within.total_seconds(), rest
        self._life = life or Nameless()  # one lease for all: taken again while still held, it stays the holder's
        self._hands = Hands(self._claim, self._take, at_once=AT_ONCE, look_every_s=look_every_s)

    def nudge(self) -> None:
        """There may be something in the inbox: look at once."""
        self._hands.nudge()

    def stop(self) -> None:
        """No more is claimed; `run` returns when what is held is finished."""
        self._hands.stop()

    async def idle(self) -> None:
        """Returns when everything in the inbox is done or parked and every reply has left; `run` must be running."""
        await self._hands.idle()
        while await self._store.read(inbox.waits, tuple(self._bots)):
            await asyncio.sleep(0.01)  # something rests, or another worker has it
            await self._hands.idle()
        await self._replies.idle()

    async def run(self) -> None:
        """Works until `stop`, which it obeys within one update's time, or until cancelled: leases then run out."""
        await asyncio.to_thread(
            Update.model_rebuild
        )  # half a second, once (types_later); what comes in is kept meanwhile
        await self._hands.run()

    async def _claim(self, room: int) -> Sequence[Waiting | Unreadable]:
        if (lease := self._life.name) is None:
            return ()
        now, bots = self._machine.now(), tuple(self._bots)
        return await self._store.run(inbox.claim, self._keys, lease=lease, limit=room, now=now, bots=bots)

    async def _take(self, row: Waiting | Unreadable) -> None:
        if isinstance(row, Unreadable):
            await self._failed(row, row.reason, at_once=True)
            return
        bot = self._bots[row.bot_id]
        try:
            update = Update.model_validate(row.body, context={"bot": bot})
            _ = update.event_type
        except (ValidationError, UpdateTypeLookupError) as error:  # no later try will read it better
            await self._failed(row, type(error).__name__, at_once=True)
            return
        turn = Turn(self._store, row, town=self._town, keys=self._keys, office=self._office, machine=self._machine)
        Turn.CURRENT.set(turn)  # a task has its own context: nothing to put back
        try:
            failpoint("worker.before_handle")
            async with asyncio.timeout(self._within):
                # not feed_raw_update: it logs a failing handler's traceback, and with it people's words (I12)
                reply = await self._dispatcher.feed_update(bot, update, turn=turn)
                if not turn.done:
                    await turn.do(None)
            failpoint("worker.after_commit")
        except AlreadyDone:
            return
        except Unavailable:
            if not turn.done:
                await self._give_back(row)
            return
        except Exception as error:
            if turn.done:  # the change is durable; only its answer is lost, and the next word asks again
                log.error(
                    "update %d of bot %d was done, then failed: %s", row.update_id, row.bot_id, type(error).__name__
                )
            else:
                await self._failed(row, type(error).__name__)
            return
        failpoint("worker.before_reply")
        self._replies.send(bot, row.chat_id, reply)

    async def _give_back(self, row: Waiting) -> None:
        """The database was away, full or locked; that may last, and must not park what people said (S43, S44)."""
        await self._hands.insist(
            lambda: self._store.run(inbox.give_back, row.id, row.lease, self._machine.now() + self._rest)
        )
        asyncio.get_running_loop().call_later(self._rest.total_seconds(), self._hands.nudge)

    async def _failed(self, row: Waiting | Unreadable, reason: str, *, at_once: bool = False) -> None:
        tally.count(Counted.FAILURES, reason)
        parked = await self._hands.insist(
            lambda: self._store.run(
                inbox.failed,
                row.id,
                row.lease,
                reason=reason,
                now=self._machine.now(),
                at_once=at_once,
                rest=self._rest,
            )
        )
        if parked:
            log.critical("update %d of bot %d is parked: %s", row.update_id, row.bot_id, reason)
        else:
            log.error("update %d of bot %d failed and is tried again: %s", row.update_id, row.bot_id, reason)
            asyncio.get_running_loop().call_later(self._rest.total_seconds(), self._hands.nudge)
