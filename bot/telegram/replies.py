"""How does the next question reach whoever just spoke? Directly, after the commit, in order per chat, through the pace.

A reply may be lost: the conversation's state is kept and the next word asks again (design §2.4). So nothing here is
durable, nothing here is tried for long, and a slow chat never holds up another chat or its own next commit.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import AnswerCallbackQuery, GetFile, SendMediaGroup, TelegramMethod

from bot.telegram.pace import Budget
from models import outbox
from models.ports import Clock, Priority
from models.rules import tally
from models.store import Store

log = logging.getLogger(__name__)

EXEMPT = (AnswerCallbackQuery, GetFile)
"""They write into no chat; Telegram does not count them (design §2.6)."""
PAUSES_S = (0.5, 1.0, 2.0, 4.0)
"""After each refusal of a reply: four more tries within some seconds; then the next word asks again (design §2.4)."""
LONGEST_WAIT_S = 60.0
"""A reply later than this answers nobody: it is dropped."""
AT_MOST = 100
"""Replies waiting for one chat; the oldest goes."""
HARMLESS = ("query is too old", "message is not modified")


class Replies:
    """Sends what handlers returned. `send` never waits."""

    def __init__(self, store: Store, pace: Budget, *, office: Clock, machine: Clock) -> None:
        self._store, self._pace, self._office, self._machine = store, pace, office, machine
        self._queues: dict[tuple[int, int], deque[TelegramMethod[Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def remember_halts(self) -> None:
        """The pace knows every `retry_after` that was still running when the process ended."""
        now = self._machine.now()
        for row in await self._store.read(outbox.halts, now):
            await self._pace.halted(row.bot_id, row.chat_id, (row.halted_until - now).total_seconds())

    def send(self, bot: Bot, chat_id: int, reply: object) -> None:
        """What a handler returned: a method, a list of methods, or anything else, which is nothing to say."""
        methods = [
            one for one in (reply if isinstance(reply, list | tuple) else (reply,)) if isinstance(one, TelegramMethod)
        ]
        exempt = [one for one in methods if isinstance(one, EXEMPT)]
        if exempt:  # a callback's answer is due within seconds and waits for nobody
            self._begin(self._send_exempt(bot, exempt))
        paced = [one for one in methods if not isinstance(one, EXEMPT)]
        if not paced:
            return
        queue = self._queues.get((bot.id, chat_id))
        if queue is None:
            self._queues[bot.id, chat_id] = deque(paced, maxlen=AT_MOST)
            self._begin(self._drain(bot, chat_id))
        else:
            queue.extend(paced)

    async def idle(self) -> None:
        """Returns when nothing waits to leave."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def end(self, within_s: float) -> None:
        """What waits has left within that time or is dropped: nothing here opens the bot's session again."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=within_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)  # a task nobody holds may be collected before it ran (telegram.md §6.7)
        task.add_done_callback(self._tasks.discard)

    async def _send_exempt(self, bot: Bot, methods: Iterable[TelegramMethod[Any]]) -> None:
        for method in methods:
            await self._call(bot, 0, method, 0.0)

    async def _drain(self, bot: Bot, chat_id: int) -> None:
        queue = self._queues[bot.id, chat_id]
        try:
            while queue:
                await self._send_one(bot, queue.popleft())
        finally:
            del self._queues[bot.id, chat_id]

    async def _send_one(self, bot: Bot, method: TelegramMethod[Any]) -> None:
        named = getattr(method, "chat_id", None)
        chat_id = named if isinstance(named, int) else 0
        messages = len(method.media) if isinstance(method, SendMediaGroup) else 1
        if not await self._passed(bot.id, chat_id, messages):
            log.warning("a reply of bot %d was dropped: the pace is short", bot.id)
            return
        for pause in PAUSES_S:
            again = await self._call(bot, chat_id, method, pause)
            if again is None or again > LONGEST_WAIT_S:
                return
            await asyncio.sleep(pause if again == pause else 0)
            if not await self._passed(bot.id, chat_id, messages):
                return
        await self._call(bot, chat_id, method, 0.0)

    async def _passed(self, bot_id: int, chat_id: int, messages: int) -> bool:
        """True once the pace let so many messages through; False when that would take too long."""
        left = LONGEST_WAIT_S
        while (wait := await self._pace.admit(bot_id, chat_id, Priority.ANSWER, messages)) > 0.0:
            left -= wait
            if left < 0.0:
                tally.waited_for_the_pace(LONGEST_WAIT_S)
                return False
            await asyncio.sleep(wait)
        if left < LONGEST_WAIT_S:
            tally.waited_for_the_pace(LONGEST_WAIT_S - left)
        return True

    async def _call(self, bot: Bot, chat_id: int, method: TelegramMethod[Any], pause: float) -> float | None:
        """Sends; the seconds after which to try again: those a 429 asked for, `pause` after a 5xx. Else None.

        What got no answer at all may have arrived and is not sent twice; what went wrong is logged by its class.
        """
        try:
            await bot(method)
        except TelegramRetryAfter as halt:
            await self._halted(bot.id, chat_id, float(halt.retry_after))
            return float(halt.retry_after)
        except TelegramForbiddenError:
            await self._note(outbox.chat_lost, bot_id=bot.id, chat_id=chat_id, now=self._office.now())
        except TelegramBadRequest as error:
            if not any(words in error.message for words in HARMLESS):
                log.error("a reply of bot %d was refused: %s", bot.id, type(method).__name__)
        except TelegramServerError:
            return pause
        except TelegramAPIError as error:
            log.warning("a reply of bot %d was lost: %s", bot.id, type(error).__name__)
        except Exception as error:
            log.error("a reply of bot %d was lost: %s", bot.id, type(error).__name__)
        return None

    async def _halted(self, bot_id: int, chat_id: int, seconds: float) -> None:
        whole = await self._pace.halted(bot_id, chat_id, seconds)
        until = self._machine.now() + timedelta(seconds=seconds)
        await self._note(outbox.hold, bot_id=bot_id, chat_id=0 if whole else chat_id, until=until)

    async def _note(self, note: Any, **facts: Any) -> None:
        try:
            await self._store.run(note, **facts)
        except Exception as error:
            log.error("what a messenger answered could not be kept: %s", type(error).__name__)
