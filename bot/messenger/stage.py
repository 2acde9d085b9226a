"""What can be made to go wrong, and what was asked? Faults, a call log and a turnable clock, for tests and the demo."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass

from bot.messenger.answers import Answer, refused
from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.refusals import Refusal

ANY = "*"
_WORDS = {
    400: "Bad Request: fault on purpose",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: fault on purpose",
    413: "Request Entity Too Large",
    500: "Internal Server Error: fault on purpose",
    502: "Bad Gateway",
    504: "Gateway Timeout",
}
NOT_SPOILT_BY_RATES = frozenset({"getupdates", "getme"})


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came, and how it was answered; ``delivered`` is false when the answer was dropped."""

    method: str
    params: Mapping[str, object]
    at: float
    status: int
    description: str = ""
    bot_id: int = 0
    delivered: bool = True


@dataclass(slots=True)
class _Fault:
    method: str
    left: int
    answer: Answer | None = None
    seconds: float = 0.0
    drop: bool = False
    chat_id: int | None = None

    def hits(self, method: str, params: Mapping[str, object]) -> bool:
        if self.left < 1 or self.method not in (ANY, method.lower()):
            return False
        return self.chat_id is None or str(params.get("chat_id")) == str(self.chat_id)


class TurnableClock:
    """A clock that stands until it is turned; seconds since the epoch."""

    def __init__(self, now: float = 1_795_500_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def turn(self, seconds: float) -> None:
        """So much later."""
        self.now += seconds


class Stage:
    """Spoils answers as told, and keeps every call."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger
        self.calls: list[Call] = []
        self._faults: list[_Fault] = []
        self._rates: tuple[tuple[int, float], ...] = ()
        self._random = random.Random(0)  # noqa: S311 repeatable chance is the point
        self._retry_after = 1

    def fail_next(
        self,
        method: str,
        code: int,
        n: int = 1,
        *,
        retry_after: int | None = None,
        description: str | None = None,
        chat_id: int | None = None,
    ) -> None:
        """The next ``n`` calls of the method (``*`` any) are refused with the code and nothing is done."""
        self._faults.append(
            _Fault(method.lower(), n, refused(_refusal(code, retry_after, description)), chat_id=chat_id)
        )

    def drop_answer(self, method: str, n: int = 1, *, chat_id: int | None = None) -> None:
        """The next ``n`` calls are done, but the connection breaks before the answer."""
        self._faults.append(_Fault(method.lower(), n, drop=True, chat_id=chat_id))

    def delay(self, method: str, seconds: float, n: int = 1, *, chat_id: int | None = None) -> None:
        """The next ``n`` calls are begun so much later."""
        self._faults.append(_Fault(method.lower(), n, seconds=seconds, chat_id=chat_id))

    def fail_rate(self, rates: Mapping[int, float], *, seed: int = 0, retry_after: int = 1) -> None:
        """From now on each call fails with this chance a code, the same for the same seed; ``{}`` ends it."""
        self._rates = tuple(rates.items())
        self._random = random.Random(seed)  # noqa: S311
        self._retry_after = retry_after

    def clear(self) -> None:
        """Nothing goes wrong any more; the call log stays."""
        self._faults.clear()
        self._rates = ()

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method, in order."""
        return [call for call in self.calls if call.method.lower() == method.lower()]

    async def before(self, bot: BotAccount, method: str, params: Mapping[str, object]) -> Answer | None:
        """The fault that is due, if any."""
        for fault in self._faults:
            if fault.seconds and fault.hits(method, params):
                fault.left -= 1
                await asyncio.sleep(fault.seconds)
                break
        for fault in self._faults:
            if fault.answer is not None and fault.hits(method, params):
                fault.left -= 1
                return fault.answer
        if self._rates and method.lower() not in NOT_SPOILT_BY_RATES:
            drawn = self._random.random()
            for code, chance in self._rates:
                if drawn < chance:
                    return refused(_refusal(code, self._retry_after, None))
                drawn -= chance
        return None

    def after(self, bot: BotAccount, method: str, params: Mapping[str, object], answer: Answer) -> bool:
        """The call is in the log; false when its answer is to be dropped."""
        delivered = True
        for fault in self._faults:
            if fault.drop and fault.hits(method, params):
                fault.left -= 1
                delivered = False
                break
        self.calls.append(
            Call(method, dict(params), self._messenger.clock(), answer.status, answer.description, bot.id, delivered)
        )
        return delivered


def _refusal(code: int, retry_after: int | None, description: str | None) -> Refusal:
    if code == 429:
        seconds = 1 if retry_after is None else retry_after
        return Refusal(429, description or f"Too Many Requests: retry after {seconds}", retry_after=seconds)
    return Refusal(code, description or _WORDS.get(code, "Error on purpose"))
