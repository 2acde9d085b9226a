"""Who is there, and what stands in their chats? The messenger itself: in memory, no HTTP, no faults, no tests."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from bot.clocks import MachineClock
from bot.messenger import wire
from bot.messenger.accounts import BotAccount, CallbackQuery, Chat, ChatKind, Webhook, WebhookFailure
from bot.messenger.bell import Bell
from bot.messenger.files import Shelf
from bot.messenger.flood import LENIENT, FloodLimits
from bot.messenger.listening import Listener, Listeners
from bot.messenger.messages import Change, ChangeKind, Event, Message, Service
from bot.messenger.updates import UpdateKind

if TYPE_CHECKING:
    from bot.messenger.people import Person

__all__ = ["BotAccount", "CallbackQuery", "Chat", "ChatKind", "Listener", "Messenger", "Webhook", "WebhookFailure"]

FIRST_BOT_ID = 7_100_000_001  # like people's, beyond 32 bits
FIRST_PERSON_ID = 5_200_000_001
FIRST_GROUP_ID = -4_300_000_001
SUPERGROUP_BASE = -1_000_000_000_000
CALLBACKS_KEPT = 10_000
CALLBACK_ANSWERED_WITHIN = 15.0  # seconds; undocumented, reports range from 5 to 20


def machine_seconds() -> float:
    """The machine's time, in seconds since the epoch."""
    return MachineClock().now().timestamp()


class Messenger:
    """All bots, people and groups of one town's messenger."""

    def __init__(
        self,
        *,
        flood: FloodLimits = LENIENT,
        clock: Callable[[], float] = machine_seconds,
        callback_answered_within: float = CALLBACK_ANSWERED_WITHIN,
    ) -> None:
        self.flood = flood
        self.clock = clock
        self.callback_answered_within = callback_answered_within
        self.files = Shelf()
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Chat] = {}
        self.private: dict[tuple[int, int], Chat] = {}
        self.callbacks: dict[str, CallbackQuery] = {}
        self._bots: dict[int, BotAccount] = {}
        self._tokens: dict[str, BotAccount] = {}
        self.newcomers = Bell()
        self._listeners = Listeners()
        self._bot_ids = itertools.count(FIRST_BOT_ID)
        self._person_ids = itertools.count(FIRST_PERSON_ID)
        self._group_ids = itertools.count(FIRST_GROUP_ID, -1)

    # who is there

    def add_bot(
        self,
        username: str,
        token: str | None = None,
        *,
        bot_id: int | None = None,
        reads_all_group_messages: bool = False,
    ) -> BotAccount:
        """A new bot; without a token it gets one. ``ValueError`` when the token is not ``<id>:<secret>``."""
        if token is not None:
            bot_id = int(token.split(":", 1)[0])
        bot_id = bot_id if bot_id is not None else next(self._bot_ids)
        token = token or f"{bot_id}:AA{secrets.token_urlsafe(25)[:33]}"
        bot = BotAccount(
            bot_id, token, username, reads_all=reads_all_group_messages, limits=self.flood, clock=self.clock
        )
        self._bots[bot.id] = bot
        self._tokens[token] = bot
        self.newcomers.ring()
        return bot

    def add_person(
        self,
        first_name: str = "居民",
        *,
        language_code: str = "zh-hans",
        person_id: int | None = None,
        last_name: str = "",
        username: str = "",
    ) -> Person:
        """A new person; no bot may write to them before they start it."""
        from bot.messenger.people import Person  # a person acts on the messenger, which makes people

        person_id = person_id if person_id is not None else next(self._person_ids)
        person = Person(
            self, person_id, first_name, last_name=last_name, username=username, language_code=language_code
        )
        self.people[person_id] = person
        return person

    def add_group(
        self, title: str, members: Iterable[Person], bot: BotAccount, *, kind: ChatKind = ChatKind.GROUP
    ) -> Chat:
        """A new group with the bot in it; the bot hears that it was added."""
        group_id = next(self._group_ids)
        if kind is ChatKind.SUPERGROUP:
            group_id += SUPERGROUP_BASE
        group = Chat(group_id, kind, title=title, members={person.id: "member" for person in members})
        self.groups[group_id] = group
        self.let_in(group, bot, by=next(iter(group.members), bot.id))
        return group

    def bot(self, bot_id: int) -> BotAccount:
        """The bot; ``KeyError`` when there is none."""
        return self._bots[bot_id]

    def bot_of(self, token: str) -> BotAccount | None:
        """Whose token it is; nothing for a wrong one."""
        return self._tokens.get(token)

    @property
    def bots(self) -> tuple[BotAccount, ...]:
        """All bots, in the order they came."""
        return tuple(self._bots.values())

    def private_chat(self, bot: BotAccount, person: Person) -> Chat:
        """Their chat; made when they have none, but not started by that."""
        key = (bot.id, person.id)
        chat = self.private.get(key)
        if chat is None:
            chat = self.private[key] = Chat(person.id, ChatKind.PRIVATE, person=person, bot=bot)
        return chat

    def chat_of(self, message: Message) -> Chat:
        """Where the message stands; ``KeyError`` when the chat is unknown."""
        group = self.groups.get(message.chat_id)
        return group if group is not None else self.private[(message.bot_id, message.chat_id)]

    # what is said

    def put(self, chat: Chat, message: Message) -> Message:
        """The message stands in the chat; those who watch are told."""
        chat.messages[message.id] = message
        self.tell(Change(ChangeKind.SENT, chat.id, message.bot_id, message))
        return message

    def revise(self, chat: Chat, message: Message) -> Message:
        """This version replaces the one that stood there."""
        chat.messages[message.id] = message
        self.tell(Change(ChangeKind.EDITED, chat.id, message.bot_id, message))
        return message

    def erase(self, chat: Chat, message_id: int) -> None:
        """The message is gone."""
        message = chat.messages.pop(message_id)
        if chat.pinned == message_id:
            chat.pinned = 0
        self.tell(Change(ChangeKind.DELETED, chat.id, message.bot_id, message))

    def note_service(self, chat: Chat, author_id: int, event: Event, subject: int) -> Message:
        """A service message stands in the chat, and every bot there hears it."""
        author_is_bot = author_id in self._bots
        bot_id = chat.bot.id if chat.bot is not None else (author_id if author_is_bot else 0)
        message = Message(
            chat.take_id(), chat.id, bot_id, author_id, author_is_bot, self.clock(), service=Service(event, subject)
        )
        self.put(chat, message)
        self.announce(chat, message, UpdateKind.MESSAGE)
        return message

    def announce(self, chat: Chat, message: Message, kind: UpdateKind) -> None:
        """Every bot that may hear the message gets an update."""
        for bot in self._hearing(chat, message):
            bot.updates.put(kind, wire.message_json(self, chat, message), lane=chat.id)

    def _hearing(self, chat: Chat, message: Message) -> list[BotAccount]:
        if chat.bot is not None:
            return [chat.bot] if message.author_id != chat.bot.id or message.service else []
        there = [self._bots[one] for one, status in chat.members.items() if status == "member" and one in self._bots]
        return [
            bot
            for bot in there
            if bot.id != message.author_id and (bot.reads_all_group_messages or _concerns(bot, chat, message))
        ]

    def push_raw(self, bot: BotAccount, update: dict[str, object] | bytes) -> int:
        """The bot gets exactly this as an update, forged or undecodable as it may be; its id in the queue."""
        return bot.updates.put_raw(update)

    # groups change

    def let_in(self, group: Chat, bot: BotAccount, *, by: int) -> None:
        """The bot is a member from now on, and knows."""
        self.set_membership(group, bot, "member", by=by)
        self.note_service(group, by, Event.MEMBERS_JOINED, bot.id)

    def throw_out(self, group: Chat, bot: BotAccount, *, by: int) -> None:
        """The bot may neither write nor read there any more, and knows."""
        self.set_membership(group, bot, "kicked", by=by)
        self.note_service(group, by, Event.MEMBER_LEFT, bot.id)

    def upgrade(self, group: Chat, *, by: int) -> Chat:
        """The group lives on as a supergroup under a new id; the old one answers only with that id."""
        raised = Chat(SUPERGROUP_BASE + group.id, ChatKind.SUPERGROUP, title=group.title, members=dict(group.members))
        self.groups[raised.id] = raised
        self.note_service(group, by, Event.MIGRATED_TO, raised.id)
        group.upgraded_to = raised.id
        self.note_service(raised, by, Event.MIGRATED_FROM, group.id)
        return raised

    def set_membership(self, chat: Chat, bot: BotAccount, status: str, *, by: int) -> None:
        """The bot's standing in the chat changes; it hears so by my_chat_member."""
        before = wire.member_json(self, chat, bot.id)
        if chat.person is None:
            chat.members[bot.id] = status
        else:
            chat.blocked = status == "kicked"
        after = wire.member_json(self, chat, bot.id)
        bot.updates.put(
            UpdateKind.MY_CHAT_MEMBER,
            {
                "chat": wire.chat_json(chat),
                "from": wire.user_json(self, by),
                "date": int(self.clock()),
                "old_chat_member": before,
                "new_chat_member": after,
            },
            lane=chat.id,
        )

    # taps

    def tap(self, person: Person, bot: BotAccount, chat: Chat, message_id: int, data: str) -> CallbackQuery:
        """The bot hears of the tap, whatever the data, and has a few seconds to answer."""
        query = CallbackQuery(str(secrets.randbits(62)), bot.id, person.id, chat.id, message_id, data, self.clock())
        self.callbacks[query.id] = query
        if len(self.callbacks) > CALLBACKS_KEPT:
            del self.callbacks[next(iter(self.callbacks))]
        message = chat.messages.get(message_id)
        bot.updates.put(
            UpdateKind.CALLBACK_QUERY,
            {
                "id": query.id,
                "from": wire.person_json(person),
                "message": wire.message_json(self, chat, message)
                if message is not None
                else wire.inaccessible_json(chat, message_id),
                "chat_instance": chat.instance,
                "data": data,
            },
            lane=person.id,
        )
        return query

    def callback(self, query_id: str) -> CallbackQuery:
        """The tap and its answer; ``KeyError`` when there was none."""
        return self.callbacks[query_id]

    # who watches

    def listen(self) -> Listener:
        """Every change from this moment on."""
        return self._listeners.add()

    def tell(self, change: Change) -> None:
        """All who watch get the change."""
        self._listeners.tell(change)

    def close_listeners(self) -> None:
        """Nobody watches any more."""
        self._listeners.close()


def _concerns(bot: BotAccount, chat: Chat, message: Message) -> bool:
    """Whether a bot in privacy mode hears this in a group: service, replies to it, commands not for another bot."""
    if message.service is not None:
        return True
    if message.reply_to is not None and (earlier := chat.messages.get(message.reply_to)) is not None:
        return earlier.author_id == bot.id
    name = f"@{bot.username}".lower()
    if message.text.startswith("/"):
        command = message.text.split(maxsplit=1)[0].lower()
        return "@" not in command or command.endswith(name)
    return name in message.text.lower()
