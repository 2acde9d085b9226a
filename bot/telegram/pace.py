"""May this leave now, or how long must it wait? One budget a token for replies and notices alike (design §2.6).

The arithmetic is GCRA (ITU-T I.371): a limit is the moment it is next free, so it costs one number and no timer. A
limit of `burst` at once and one more each `every` lets fewer than `burst + span / every` through in any span whatever,
and that is what keeps us under Telegram's counting, which nobody knows. Everything is in memory: the halts a messenger
ordered are persisted by who was told, and sharing the budget between processes means replacing this one class.
"""

from dataclasses import dataclass, field

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


STRICT = Limits(
    bot=Rate(every=1 / 28, burst=2),  # < 30 in any second: Telegram's 30/s (Bots FAQ), less what a network adds
    chat=Rate(every=1.05),  # 1/s a chat; bursts are tolerated, nobody says how many
    group=Rate(every=4.0, burst=5),  # < 20 in any minute
)
"""Telegram's published limits. The default."""

LENIENT = Limits(bot=Rate(every=0.0), chat=Rate(every=0.0), group=Rate(every=0.0))
"""No limits but a 429: for our own messenger and for benches."""

_RETURNS_WITHIN = 0.1
"""Seconds a refused caller may be late and still find its place ahead of the lower classes."""

_ROUNDING = 2e-6
"""Seconds a clock of microseconds and a sum of floats may be apart."""

_SWEEP_EVERY = 4096
"""Reservations after which chats long silent are forgotten."""


@dataclass(slots=True)
class _Token:
    """What one bot has used: the moments its limits are next free, its halts, and who was told to come back."""

    free_at: float = 0.0
    chats: dict[int, float] = field(default_factory=dict)
    groups: dict[int, float] = field(default_factory=dict)
    halts: dict[int, float] = field(default_factory=dict)  # chat 0: the whole bot
    wanted: dict[int, float] = field(default_factory=dict)  # priority: when its refused caller is back at the latest


class Pace:
    """Who may send now. Not thread-safe: one event loop asks."""

    def __init__(self, limits: Limits, machine: Clock) -> None:
        self._limits = limits
        self._machine, self._began = machine, machine.now()
        self._tokens: dict[int, _Token] = {}
        self._asked = 0

    def reserve(self, bot_id: int, chat_id: int, priority: Priority) -> float:
        """0.0: one message may leave now and is counted. Otherwise the seconds to wait; nothing is counted.

        Ask again after them. A caller who waits for the bot's budget keeps lower classes out until it is back.
        """
        now = self._seconds()
        token = self._tokens.setdefault(bot_id, _Token())
        self._asked += 1
        if self._asked % _SWEEP_EVERY == 0:
            _forget_silent(token, now)
        limits = self._limits
        wait = max(
            _halted(token, chat_id, now),
            _wait(token.chats.get(chat_id, now), limits.chat, now),
            _wait(token.groups.get(chat_id, now), limits.group, now) if chat_id < 0 else 0.0,
        )
        if wait > 0.0:
            return wait
        wait = max(_wait(token.free_at, limits.bot, now), _outranked(token, priority, now))
        if wait > 0.0:
            token.wanted[priority] = max(token.wanted.get(priority, 0.0), now + wait + _RETURNS_WITHIN)
            return wait
        token.wanted.pop(priority, None)
        token.free_at = max(token.free_at, now) + limits.bot.every
        token.chats[chat_id] = max(token.chats.get(chat_id, now), now) + limits.chat.every
        if chat_id < 0:
            token.groups[chat_id] = max(token.groups.get(chat_id, now), now) + limits.group.every
        return 0.0

    def owe(self, bot_id: int, chat_id: int, messages: int) -> None:
        """So many more messages leave with the one just let through, as an album does: those after it wait for them."""
        if messages <= 0:
            return
        token, limits = self._tokens.setdefault(bot_id, _Token()), self._limits
        now = self._seconds()
        token.free_at = max(token.free_at, now) + messages * limits.bot.every
        token.chats[chat_id] = max(token.chats.get(chat_id, now), now) + messages * limits.chat.every
        if chat_id < 0:
            token.groups[chat_id] = max(token.groups.get(chat_id, now), now) + messages * limits.group.every

    def _seconds(self) -> float:
        return (self._machine.now() - self._began).total_seconds()

    def halt(self, bot_id: int, chat_id: int, seconds: float) -> bool:
        """A 429 said so: nothing leaves for this chat for `seconds`; True when it now holds for the whole bot.

        A messenger does not say which limit was hit. One chat is believed to be one chat; a second chat refused
        while the first still waits is the bot. `chat_id` 0 halts the bot at once.
        """
        now = self._seconds()
        halts = self._tokens.setdefault(bot_id, _Token()).halts
        for chat in [chat for chat, until in halts.items() if until <= now]:
            del halts[chat]
        whole = chat_id == 0 or any(chat != chat_id for chat in halts)
        for chat in {chat_id, 0} if whole else {chat_id}:
            halts[chat] = max(halts.get(chat, 0.0), now + seconds)
        return whole


def _wait(free_at: float, rate: Rate, now: float) -> float:
    """Seconds until the limit lets one more through."""
    tolerance = rate.every * (rate.burst - 1)
    # further ahead than anything counted can be: the machine's clock was set back
    ahead = min(free_at - now, tolerance + rate.every)
    wait = ahead - tolerance
    return wait if wait > _ROUNDING else 0.0


def _halted(token: _Token, chat_id: int, now: float) -> float:
    return max(0.0, token.halts.get(0, now) - now, token.halts.get(chat_id, now) - now)


def _outranked(token: _Token, priority: Priority, now: float) -> float:
    """Seconds a higher class's claim on the next place still holds."""
    ahead = [until for other, until in token.wanted.items() if other < priority and until > now]
    return max(ahead) - now if ahead else 0.0


def _forget_silent(token: _Token, now: float) -> None:
    for moments in (token.chats, token.groups, token.halts, token.wanted):
        for chat in [chat for chat, until in moments.items() if until <= now]:
            del moments[chat]
