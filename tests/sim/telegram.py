"""How hostile can a messenger be and still keep its word? It repeats, reorders, halts, breaks down and loses answers.

The messenger itself is the project's own (bot/messenger: people, chats, strict reading of what a bot sends, strict
limits); here is the network before it, and what it keeps count of. What it may not do: forget what was sent to the bot
within 24 hours and not confirmed (telegram.md §3), or call something sent that was not.
"""

import asyncio
import json
import random
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.messenger.answers import Answer, Answers, refused
from bot.messenger.asked import Upload
from bot.messenger.chats import Messenger
from bot.messenger.flood import STRICT, FloodLimits
from bot.messenger.refusals import Refusal, too_many
from bot.messenger.updates import KEPT_FOR, Queued, UpdateQueue
from tests.sim.loop import VirtualLoop

TOKEN = "7100000001:simulated"
ANSWERED_WITHIN_S = 15.0
"""So long a caller waits for an answer that does not come."""
WRITES = frozenset({"sendmessage", "editmessagetext", "sendphoto", "sendvoice", "sendmediagroup"})


class Fate(StrEnum):
    """What becomes of one request."""

    OK = "ok"
    ANSWER_LOST = "answer lost"  # it is done, and nobody hears so
    LOST = "lost"  # it is not done, and nobody hears so
    HALTED = "halted"  # 429
    BROKEN = "broken"  # 5xx, nothing done
    BROKEN_LATE = "broken late"  # 5xx, and yet it is done
    REFUSED = "refused"  # 400: this text will never be taken


class NeverLeft(Exception):
    """The messenger cannot be reached: nothing of the request has left."""


class NoAnswer(Exception):
    """No answer came: it may have arrived."""


@dataclass
class Tally:
    """What the messenger knows for itself, whatever anybody's database says."""

    made: int = 0
    confirmed: list[int] = field(default_factory=list)  # since the last look
    all_confirmed: int = 0
    expired: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    halted_until: dict[int, float] = field(default_factory=dict)  # chat, 0 for the bot: as a living process was told
    too_early: list[str] = field(default_factory=list)
    refused_by_limits: int = 0
    sent: list[tuple[float, int, int]] = field(default_factory=list)  # moment, chat, message


class Queue(UpdateQueue):
    """The updates of the bot, and what became of each."""

    def __init__(self, clock: Callable[[], float], tally: Tally) -> None:
        super().__init__(clock)
        self._tally, self._confirming = tally, False
        self.recent: deque[Queued] = deque(maxlen=50)
        self.rang: Callable[[], None] = lambda: None
        self.idle_since = clock()

    def confirm(self, offset: int) -> None:
        self._confirming = True
        super().confirm(offset)
        self._confirming = False

    def acknowledge(self, one: Queued) -> None:
        """A webhook answered 200."""
        self._confirming = True
        self.remove(one)
        self._confirming = False

    def repeatable(self) -> list[Queued]:
        """What was confirmed lately: whatever is kept for 24 hours may come again within them."""
        return [one for one in self.recent if one.at > self._clock() - KEPT_FOR]

    def remove(self, one: Queued) -> None:
        if self.holds(one):
            if self._confirming:
                self._tally.confirmed.append(one.update_id)
                self._tally.all_confirmed += 1
                self.recent.append(one)
            else:
                self._tally.expired += 1
        super().remove(one)

    def _append(self, update_id: int, body: bytes, lane: int, *, forged: bool = False) -> None:
        self._tally.made += 1
        self.idle_since = self._clock()
        super()._append(update_id, body, lane, forged=False)
        self.rang()


class HostileTelegram:
    """The messenger of one world. `fate` decides about each request that writes; `mood` may be replaced at any time."""

    def __init__(self, loop: VirtualLoop, dice: random.Random, *, limits: FloodLimits = STRICT) -> None:
        self.loop, self.dice = loop, dice
        self.messenger = Messenger(flood=limits, clock=lambda: loop.now().timestamp())
        self.bot = self.messenger.add_bot("huiyin_bot", TOKEN)
        self.tally = Tally()
        self.queue = Queue(self.messenger.clock, self.tally)
        self.bot.updates = self.queue
        self.answers = Answers(self.messenger)
        self.fate: Callable[[str, int], Fate] = lambda method, chat: Fate.OK
        self.cut = False  # a partition: nobody gets through
        self.repeats = 0.0  # how often an update that was confirmed comes again
        self._polls: list[asyncio.Future[None]] = []
        self.queue.rang = self._ring

    # what a bot sends

    async def ask(self, method: str, params: Mapping[str, Any], uploads: Mapping[str, Upload] | None = None) -> Answer:
        """The answer; `NeverLeft` and `NoAnswer` when there is none. What has left arrives, whoever dies meanwhile."""
        answered: asyncio.Future[Answer] = self.loop.create_future()
        if self.cut:
            await asyncio.sleep(self._latency())
            raise NeverLeft
        chat = int(params.get("chat_id") or 0)
        writes = method.lower() in WRITES
        if writes:
            self._too_early(method, chat)
        fate = self.fate(method, chat) if writes else Fate.OK
        self.loop.call_later(self._latency(), self._arrive, fate, method, dict(params), uploads or {}, answered)
        try:
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                return await answered
        except TimeoutError:
            raise NoAnswer from None

    def _arrive(
        self,
        fate: Fate,
        method: str,
        params: dict[str, Any],
        uploads: Mapping[str, Upload],
        answered: "asyncio.Future[Answer]",
    ) -> None:
        self.tally.fates[fate] += 1
        match fate:
            case Fate.LOST:
                return
            case Fate.HALTED:
                answer = refused(too_many(self.dice.choice((1, 3, 30, 120))))
            case Fate.BROKEN:
                answer = refused(Refusal(502, "Bad Gateway"))
            case Fate.REFUSED:
                answer = refused(Refusal(400, "Bad Request: can't parse entities: on purpose"))
            case _:
                answer = self._done(method, params, uploads)
                if fate is Fate.ANSWER_LOST:
                    return
                if fate is Fate.BROKEN_LATE:
                    answer = refused(Refusal(504, "Gateway Timeout"))
        self.loop.call_later(self._latency(), _give, answered, answer)

    def _done(self, method: str, params: dict[str, Any], uploads: Mapping[str, Upload]) -> Answer:
        answer = finished(self.answers.give(self.bot, method, params, uploads))
        if answer.status == 429:
            self.tally.refused_by_limits += 1
        if answer.status == 200 and method.lower() in WRITES:
            result = json.loads(answer.body)["result"]
            first = result[0] if isinstance(result, list) else result
            self.tally.sent.append((self.loop.time(), int(params["chat_id"]), int(first["message_id"])))
        return answer

    def heard_halt(self, chat: int, seconds: float) -> None:
        """A living process was told so, and for which chat (0: the bot) it holds from now on."""
        until = self.loop.time() + seconds
        self.tally.halted_until[chat] = max(self.tally.halted_until.get(chat, 0.0), until)

    def _too_early(self, method: str, chat: int) -> None:
        for where in (chat, 0):
            until = self.tally.halted_until.get(where, 0.0)
            if self.loop.time() < until - 1e-6:
                self.tally.too_early.append(
                    f"{method} into {chat} {until - self.loop.time():.3f} s before its halt ends"
                )

    def _latency(self) -> float:
        return self.dice.choice((0.02, 0.02, 0.3))

    # what a bot hears

    async def updates(self, offset: int | None, limit: int, timeout: float) -> Answer:
        """A long poll: what waits, some of it repeated, chats in any order; none after `timeout` or in a partition."""
        await asyncio.sleep(0.001)
        if self.cut:
            raise NeverLeft
        if offset is not None and offset > 0:
            self.queue.confirm(offset)
        if not self.queue.take(1) and timeout:
            await self._rest(timeout)
            if self.cut:
                raise NoAnswer
        taken = self._shuffled(self.queue.take(limit))
        if taken and self.dice.random() < self.repeats:
            taken += self.dice.sample(again := self.queue.repeatable(), min(1, len(again)))
        if taken and self.dice.random() < self.repeats / 2:  # the answer is lost on its way
            raise NoAnswer
        return Answer(200, b'{"ok":true,"result":[' + b",".join(one.body for one in taken) + b"]}")

    def _shuffled(self, taken: list[Queued]) -> list[Queued]:
        """One chat in order, chats in any."""
        lanes: dict[int, deque[Queued]] = {}
        for one in taken:
            lanes.setdefault(one.lane, deque()).append(one)
        mixed = []
        while lanes:
            lane = self.dice.choice(list(lanes))
            mixed.append(lanes[lane].popleft())
            if not lanes[lane]:
                del lanes[lane]
        return mixed

    async def _rest(self, timeout: float) -> None:
        """Held open until something comes. Hours of empty polls are one: nothing would happen between them."""
        ring: asyncio.Future[None] = self.loop.create_future()
        self._polls.append(ring)
        try:
            async with asyncio.timeout(timeout):
                await ring
        except TimeoutError:
            return
        finally:
            if ring in self._polls:
                self._polls.remove(ring)

    def _ring(self) -> None:
        for ring in self._polls:
            if not ring.done():
                ring.set_result(None)
        self._polls.clear()

    # what people see

    def sees(self, chat_id: int) -> list[Any]:
        """The bot's messages in somebody's chat, oldest first."""
        return [one for one in self.messenger.people[chat_id].inbox(self.bot) if one.from_bot]


def finished(work: Coroutine[Any, Any, Answer]) -> Answer:
    """What it returned: it waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        answer: Answer = done.value
        return answer
    raise RuntimeError("the messenger waited")


def _give(answered: "asyncio.Future[Answer]", answer: Answer) -> None:
    if not answered.done():
        answered.set_result(answer)
