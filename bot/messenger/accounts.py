"""Who is a bot, what is a chat, what is a tap? The things the messenger keeps, and what each knows by itself."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.messenger.bell import Bell
from bot.messenger.flood import FloodGate, FloodLimits
from bot.messenger.messages import Message
from bot.messenger.updates import UpdateQueue

if TYPE_CHECKING:
    from bot.messenger.people import Person


class ChatKind(StrEnum):
    """What a chat is."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a bot's updates are sent to."""

    url: str
    secret_token: str = ""
    max_connections: int = 40


@dataclass(frozen=True, slots=True)
class WebhookFailure:
    """The last time a webhook did not take an update."""

    at: float
    text: str


class BotAccount:
    """One bot: its token, its updates, its limits, and what it says about itself."""

    def __init__(
        self,
        bot_id: int,
        token: str,
        username: str,
        *,
        reads_all: bool,
        limits: FloodLimits,
        clock: Callable[[], float],
    ) -> None:
        self.id = bot_id
        self.token = token
        self.username = username
        self.first_name = username
        self.reads_all_group_messages = reads_all
        self.updates = UpdateQueue(clock)
        self.gate = FloodGate(limits, clock)
        self.webhook: Webhook | None = None
        self.webhook_changes = Bell()
        self.webhook_failure: WebhookFailure | None = None
        self.webhook_settable_at = float("-inf")
        self.told: dict[str, str] = {}
        self.commands: dict[str, list[Any]] = {}
        self.closed = False

    def __repr__(self) -> str:
        return f"<bot @{self.username} {self.id}>"  # never the token


@dataclass(eq=False, slots=True)
class Chat:
    """One chat: a person with a bot, or a group; its messages by id, in order, as they are now."""

    id: int
    kind: ChatKind
    person: Person | None = None
    bot: BotAccount | None = None
    title: str = ""
    members: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    started: bool = False
    blocked: bool = False
    pinned: int = 0
    upgraded_to: int | None = None
    last_id: int = 0
    instance: str = field(default_factory=lambda: str(secrets.randbits(62)))

    def take_id(self) -> int:
        """The next message id of this chat."""
        self.last_id += 1
        return self.last_id

    def status_of(self, user_id: int) -> str:
        """member, left or kicked."""
        if self.person is not None:
            return "kicked" if self.blocked and self.bot is not None and user_id == self.bot.id else "member"
        return self.members.get(user_id, "left")


@dataclass(slots=True)
class CallbackQuery:
    """One tap: by whom, on what, when; and what the bot answered, once it has."""

    id: str
    bot_id: int
    person_id: int
    chat_id: int
    message_id: int
    data: str
    at: float
    answered: bool = False
    note: str = ""
    alert: bool = False
