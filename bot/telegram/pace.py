"""May this leave now, or how long must it wait? One budget a token for replies and notices alike (design §2.6).

The arithmetic is GCRA (ITU-T I.371): a limit is the moment it is next free, so it costs one number and no timer. A
limit of `burst` at once and one more each `every` lets fewer than `burst + span / every` through in any span whatever,
and that is what keeps us under Telegram's counting, which nobody knows.

Whoever sends asks a `Budget`: `await budget.admit(bot_id, chat_id, priority, messages=1)` gives 0.0 and counts them,
or the seconds to wait and counts nothing. `Pace` is the budget of a process that is alone with its bots, in
memory; `bot/telegram/shared_pace.py` the one of several processes on one PostgreSQL. Both reckon with `wait_of` and
`after`, which know no clock and keep nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from models.ports import Clock, Priority


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` at once, then one each `every` seconds."""

    every: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """What one token may do: overall, into one chat, into one group on top."""

    bot: Rate
    chat: Rate
    group: Rate

    @property
    def free(self) -> bool:
        """Whether nothing is counted at all."""
        return not (self.bot.every or self.chat.every or self.group.every)


STRICT = Limits(
    bot=Rate(every=1 / 28, burst=2),  # < 30 in any second: Telegram's 30/s (Bots FAQ), less what a network adds
    chat=Rate(every=1.05),  # 1/s a chat; bursts are tolerated, nobody says how many
    group=Rate(every=4.0, burst=5),  # < 20 in any minute
)
"""Telegram's published limits. The default."""

LENIENT = Limits(bot=Rate(every=0.0), chat=Rate(every=0.0), group=Rate(every=0.0))
"""No limits but a 429: for our own messenger and for benches."""

RETURNS_WITHIN = 0.1
"""Seconds a refused caller may be late and still find its place ahead of the lower classes."""

_ROUNDING = 2e-6
"""Seconds a clock of microseconds and a sum of floats may be apart."""

_ALBUM = 10
"""Messages that may leave together: Telegram's albums hold no more."""

_SWEEP_EVERY = 4096
"""Reservations after which chats long silent are forgotten."""


@dataclass(frozen=True, slots=True)
class Used:
    """How far the limits are used up that one letter meets: the moments, in seconds of one clock, each is next free.

    `group` None: the chat is none. `wanted`: until when a refused caller of that priority keeps lower ones out.
    """

    bot: float
    chat: float
    group: float | None
    halted: float
    wanted: Mapping[int, float]


def wait_of(limits: Limits, used: Used, priority: Priority, now: float) -> tuple[float, bool]:
    """The seconds until one more may leave, and whether that is for the bot's own budget."""
    wait = max(
        used.halted - now,
        _wait(used.chat, limits.chat, now),
        0.0 if used.group is None else _wait(used.group, limits.group, now),
        0.0,
    )
    if wait > 0.0:
        return wait, False
    told_at_most = now + _reach(limits.bot) + 1.0
    ahead = [until for other, until in used.wanted.items() if other < priority and now < until <= told_at_most]
    wait = max(_wait(used.bot, limits.bot, now), max(ahead) - now if ahead else 0.0)
    return wait, wait > 0.0


def after(limits: Limits, used: Used, messages: int, now: float) -> Used:
    """The same limits once so many messages have left."""
    return Used(
        bot=_free_at(used.bot, limits.bot, now) + messages * limits.bot.every,
        chat=_free_at(used.chat, limits.chat, now) + messages * limits.chat.every,
        group=None if used.group is None else _free_at(used.group, limits.group, now) + messages * limits.group.every,
        halted=used.halted,
        wanted=used.wanted,
    )


def _wait(free_at: float, rate: Rate, now: float) -> float:
    """Seconds until the limit lets one more through."""
    tolerance = rate.every * (rate.burst - 1)
    wait = _free_at(free_at, rate, now) - now - tolerance
    return wait if wait > _ROUNDING else 0.0


def _free_at(free_at: float, rate: Rate, now: float) -> float:
    """When the limit is next free; now, too, where no count could have brought it so far: the clock was set back."""
    return now if free_at - now > _reach(rate) else max(free_at, now)


def _reach(rate: Rate) -> float:
    """Seconds a limit can be used up ahead: its burst, and the longest album on top."""
    return rate.every * (rate.burst + _ALBUM)


class Budget(Protocol):
    """One budget a bot token, for replies and notices alike; an emergency passes those who wait."""

    async def admit(self, bot_id: int, chat_id: int, priority: Priority, messages: int = 1) -> float:
        """0.0: so many messages may leave now, and are counted. Else the seconds to wait; nothing is counted.

        Ask again after them. A caller who waits for the bot's budget keeps lower classes out until it is back.
        Several messages (an album) leave together once one may; those after them wait for all of them.
        """

    async def halted(self, bot_id: int, chat_id: int, seconds: float) -> bool:
        """A 429 said so: nothing leaves for this chat for `seconds`; True when it now holds for the whole bot.

        A messenger does not say which limit was hit. One chat is believed to be one chat; a second chat refused
        while the first still waits is the bot. `chat_id` 0 halts the bot at once.
        """


@dataclass(slots=True)
class _Token:
    """What one bot has used: the moments its limits are next free, its halts, and who was told to come back."""

    free_at: float = 0.0
    chats: dict[int, float] = field(default_factory=dict)
    groups: dict[int, float] = field(default_factory=dict)
    halts: dict[int, float] = field(default_factory=dict)  # chat 0: the whole bot
    wanted: dict[int, float] = field(default_factory=dict)  # priority: when its refused caller is back at the latest

    def used(self, chat_id: int, now: float) -> Used:
        return Used(
            bot=self.free_at,
            chat=self.chats.get(chat_id, now),
            group=self.groups.get(chat_id, now) if chat_id < 0 else None,
            halted=max(self.halts.get(0, now), self.halts.get(chat_id, now)),
            wanted=self.wanted,
        )

    def spend(self, chat_id: int, used: Used) -> None:
        self.free_at, self.chats[chat_id] = used.bot, used.chat
        if used.group is not None:
            self.groups[chat_id] = used.group


class Pace:
    """The `Budget` of one process. Not thread-safe: one event loop asks."""

    def __init__(self, limits: Limits, machine: Clock, *, steady: Callable[[], float] | None = None) -> None:
        """`steady`: seconds that pass, whatever anybody sets the clock to. None: `machine`'s, but never back."""
        self._limits = limits
        self._machine, self._stood = machine, machine.now()
        self._passed, self._steady = 0.0, steady
        self._tokens: dict[int, _Token] = {}
        self._asked = 0

    async def admit(self, bot_id: int, chat_id: int, priority: Priority, messages: int = 1) -> float:
        """As `Budget.admit`."""
        return self.reserve(bot_id, chat_id, priority, messages)

    async def halted(self, bot_id: int, chat_id: int, seconds: float) -> bool:
        """As `Budget.halted`."""
        return self.halt(bot_id, chat_id, seconds)

    def reserve(self, bot_id: int, chat_id: int, priority: Priority, messages: int = 1) -> float:
        """As `admit`, at once."""
        now = self._seconds()
        token = self._tokens.setdefault(bot_id, _Token())
        self._asked += 1
        if self._asked % _SWEEP_EVERY == 0:
            _forget_silent(token, now)
        used = token.used(chat_id, now)
        wait, queues = wait_of(self._limits, used, priority, now)
        if wait > 0.0:
            if queues:
                token.wanted[priority] = max(token.wanted.get(priority, 0.0), now + wait + RETURNS_WITHIN)
            return wait
        token.wanted.pop(priority, None)
        token.spend(chat_id, after(self._limits, used, messages, now))
        return 0.0

    def owe(self, bot_id: int, chat_id: int, messages: int) -> None:
        """So many more messages leave with the one just let through: those after it wait for them."""
        if messages > 0:
            now, token = self._seconds(), self._tokens.setdefault(bot_id, _Token())
            token.spend(chat_id, after(self._limits, token.used(chat_id, now), messages, now))

    def _seconds(self) -> float:
        """Seconds that have passed: whoever was told to wait waits no longer because a clock was set back."""
        if self._steady is not None:
            return self._steady()
        now = self._machine.now()
        self._passed += max((now - self._stood).total_seconds(), 0.0)
        self._stood = now
        return self._passed

    def halt(self, bot_id: int, chat_id: int, seconds: float) -> bool:
        """As `halted`, at once."""
        now = self._seconds()
        halts = self._tokens.setdefault(bot_id, _Token()).halts
        for chat in [chat for chat, until in halts.items() if until <= now]:
            del halts[chat]
        whole = chat_id == 0 or any(chat != chat_id for chat in halts)
        for chat in {chat_id, 0} if whole else {chat_id}:
            halts[chat] = max(halts.get(chat, 0.0), now + seconds)
        return whole


def _forget_silent(token: _Token, now: float) -> None:
    for moments in (token.chats, token.groups, token.halts, token.wanted):
        for chat in [chat for chat, until in moments.items() if until <= now]:
            del moments[chat]
