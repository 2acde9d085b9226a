"""What does a bot ask, in one request? The method, its checked parameters and the files that came along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.messenger.chats import BotAccount, Chat, ChatKind, Messenger
from bot.messenger.messages import Message
from bot.messenger.refusals import bad_request, forbidden, upgraded


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent along with a request."""

    name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of one bot, its parameters decoded and within their limits."""

    messenger: Messenger
    bot: BotAccount
    params: Mapping[str, Any]
    uploads: Mapping[str, Upload]

    def chat(self, *, write: bool = True) -> Chat:
        """The chat meant; 400 when unknown, 403 when the bot may not write there, 400 when it has moved."""
        return chat_for(self.messenger, self.bot, self.params["chat_id"], write=write)

    def own_message(self, chat: Chat, purpose: str) -> Message:
        """The message meant, written by this bot; 400 ``message to … not found`` otherwise."""
        message = chat.messages.get(self.params["message_id"])
        if message is None:
            raise bad_request(f"{purpose} not found")
        if message.author_id != self.bot.id or message.service is not None:
            raise bad_request("message can't be edited")
        return message


Verb = Callable[[Asked], object]
"""What a method does; its result is what stands under ``result``."""


def chat_for(messenger: Messenger, bot: BotAccount, chat_id: int | str, *, write: bool) -> Chat:
    """The chat as this bot may use it; refuses as the server does when it may not."""
    if isinstance(chat_id, str):
        raise bad_request("chat not found")  # nothing here has a public username
    if chat_id > 0:
        person = messenger.people.get(chat_id)
        if person is None:
            raise bad_request("chat not found")
        chat = messenger.private_chat(bot, person)
        if not write:
            return chat
        if person.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat
    group = messenger.groups.get(chat_id)
    if group is None or bot.id not in group.members:
        raise bad_request("chat not found")
    if group.upgraded_to is not None and write:
        raise upgraded(group.upgraded_to)
    status = group.status_of(bot.id)
    named = "supergroup chat" if group.kind is ChatKind.SUPERGROUP else "group chat"
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {named}")
    if status == "left":
        raise forbidden(f"bot is not a member of the {named}")
    return group
