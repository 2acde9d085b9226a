"""What must the outside offer? Protocols the models and the scheduler speak through; `bot` wires the real ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol


class Clock(Protocol):
    """A source of aware UTC moments. Two exist: *office* rules promises, *machine* rules leases and retries."""

    def now(self) -> datetime: ...


class Priority(IntEnum):
    """Who goes first when the pace is short (design §2.6); a smaller number leaves sooner."""

    EMERGENCY = 0
    ANSWER = 1
    RECEIPT = 2
    ASSIGNMENT = 3
    LIST = 4
    BROADCAST = 5


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button: what a thumb reads, and at most 64 bytes of signed callback data, or an address."""

    text: str
    callback: str = ""
    url: str = ""


Rows = tuple[tuple[Button, ...], ...]
"""An inline keyboard: rows of buttons, as they stand on the screen."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What one notice says to one reader at the moment of sending. `text` is Telegram HTML, at most 4,096 characters.

    `edits` names the message to change without a sound instead of sending a new one. `files`: (kind, digest) of our own
    keeping, photo or voice, uploaded as bytes; `text` then stands below the first, at most 1,024 characters. Nobody is
    ever sent another person's file by its id at the messenger: that is the original, with all that is in it.
    """

    bot_id: int
    chat_id: int
    text: str
    buttons: Rows = ()
    edits: int | None = None
    files: tuple[tuple[str, str], ...] = ()
    answers: int | None = None  # the message it is a reply to, where that is still there


@dataclass(frozen=True, slots=True)
class Sent:
    """The messenger took it: `message_id` is its name there."""

    message_id: int


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: the pace or a 429 says to wait `seconds`. Not a failure; counts no try. `halts` the whole bot."""

    seconds: float
    halts: bool = False


@dataclass(frozen=True, slots=True)
class Unsure:
    """No answer came (timeout, 5xx, broken connection): it may have arrived. Tried again, marked as a copy."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The person blocked the bot, was deleted, or never started it: another way must be found."""

    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The group became a supergroup: the chat's new id."""

    chat_id: int


@dataclass(frozen=True, slots=True)
class Unsendable:
    """The messenger will never take this text (400): dead, with an alarm. The next notice goes on."""

    reason: str


Outcome = Sent | Later | Unsure | Unreachable | Moved | Unsendable


class Gateway(Protocol):
    """Sends letters. Never raises for what a messenger can answer; every answer is an `Outcome`."""

    @property
    def bots(self) -> Sequence[int]:
        """The bots it can send for; what others have promised is not its to try."""
        ...

    async def send(self, letter: Letter, *, priority: Priority) -> Outcome: ...


class FileLost(Exception):
    """A messenger no longer has the file, or it is larger than a bot may have; asking again would not help."""


class FileSource(Protocol):
    """Where what people sent lies. Returns the bytes; raises `FileLost` for ever, any other error for now."""

    @property
    def bots(self) -> Sequence[int]:
        """The bots it can ask for."""
        ...

    async def fetch(self, bot_id: int, file_id: str) -> bytes: ...


class FileStore(Protocol):
    """Keeps bytes by content hash; `put` returns only when they are durable."""

    def put(self, content: bytes) -> str: ...

    def get(self, digest: str) -> bytes: ...

    def drop(self, digest: str) -> None: ...
