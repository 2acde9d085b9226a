"""What does a bot ask about itself, its chats and its files, and what does it say of itself?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.messenger import wire
from bot.messenger.asked import Asked, Verb, chat_for
from bot.messenger.decoding import decoded_chat
from bot.messenger.messages import Event
from bot.messenger.refusals import bad_request, too_many

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)


def get_me(asked: Asked) -> object:
    """The bot itself."""
    return wire.me_json(asked.bot)


def get_file(asked: Asked) -> object:
    """Where the file can be fetched; 400 when unknown or above 20 MB."""
    file = asked.messenger.files.downloadable(asked.params["file_id"])
    return {
        "file_id": file.file_id,
        "file_unique_id": file.file_unique_id,
        "file_size": file.size,
        "file_path": file.path,
    }


def get_chat(asked: Asked) -> object:
    """The chat in full."""
    chat = asked.chat(write=False)
    if chat.person is not None and not chat.started:
        raise bad_request("chat not found")
    return wire.full_chat_json(asked.messenger, chat)


def get_chat_member(asked: Asked) -> object:
    """How somebody stands in the chat."""
    chat = asked.chat(write=False)
    user_id = asked.params["user_id"]
    if user_id not in asked.messenger.people and all(user_id != bot.id for bot in asked.messenger.bots):
        raise bad_request("user not found")
    return wire.member_json(asked.messenger, chat, user_id)


def leave_chat(asked: Asked) -> object:
    """The bot is out of the group; it cannot leave a private chat."""
    chat = asked.chat()
    if chat.person is not None:
        raise bad_request("chat member status can't be changed in private chats")
    asked.messenger.set_membership(chat, asked.bot, "left", by=asked.bot.id)
    asked.messenger.note_service(chat, asked.bot.id, Event.MEMBER_LEFT, asked.bot.id)
    return True


def _scope_key(asked: Asked) -> str:
    scope: Mapping[str, Any] = asked.params.get("scope") or {"type": "default"}
    kind = scope.get("type")
    if not isinstance(kind, str) or kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    if kind.startswith("chat"):
        if "chat_id" not in scope:
            raise bad_request("can't parse BotCommandScope: empty chat_id specified")
        chat_for(asked.messenger, asked.bot, decoded_chat("chat_id", scope["chat_id"]), write=False)
    return json.dumps([scope, asked.params.get("language_code", "")], sort_keys=True)


def set_my_commands(asked: Asked) -> object:
    """The menu for this scope and language reads so."""
    key = _scope_key(asked)
    commands = []
    for one in asked.params["commands"]:
        if not isinstance(one, dict):
            raise bad_request("can't parse BotCommand: expected an Object")
        for field in ("command", "description"):
            if not isinstance(one.get(field), str):
                raise bad_request(f"can't parse BotCommand: Can't find field \"{field}\"")
        command = one["command"].removeprefix("/").lower()
        if not _COMMAND.fullmatch(command):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(one["description"]) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        commands.append({"command": command, "description": one["description"]})
    asked.bot.commands[key] = commands
    return True


def get_my_commands(asked: Asked) -> object:
    """The menu for this scope and language; empty when none was set."""
    return asked.bot.commands.get(_scope_key(asked), [])


def delete_my_commands(asked: Asked) -> object:
    """No menu for this scope and language."""
    asked.bot.commands.pop(_scope_key(asked), None)
    return True


def _setter(field: str) -> Verb:
    def set_told(asked: Asked) -> object:
        said = asked.params.get(field) or ""
        language = asked.params.get("language_code") or ""
        if said:
            asked.bot.told[f"{field} {language}"] = said
        else:
            asked.bot.told.pop(f"{field} {language}", None)
        if field == "name" and not language:
            asked.bot.first_name = said or asked.bot.username
        return True

    return set_told


def _getter(field: str) -> Verb:
    def get_told(asked: Asked) -> object:
        told = asked.bot.told
        usual = told.get(f"{field} ", asked.bot.username if field == "name" else "")
        return {field: told.get(f"{field} {asked.params.get('language_code') or ''}", usual)}

    return get_told


def set_chat_menu_button(asked: Asked) -> object:
    """Taken note of; every chat here has the commands menu."""
    kind = str((asked.params.get("menu_button") or {"type": "default"}).get("type"))
    if kind not in ("commands", "default"):
        raise bad_request("MenuButton has unsupported type")
    return True


def log_out(asked: Asked) -> object:
    """Only a real server can let a bot go to another one; here as there, it is only said."""
    return True


def close(asked: Asked) -> object:
    """Taken note of; 429 in the first ten minutes after a start, as documented."""
    if asked.bot.closed:
        raise too_many(600)
    asked.bot.closed = True
    return True


VERBS: Mapping[str, Verb] = {
    "getMe": get_me,
    "getFile": get_file,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "leaveChat": leave_chat,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _setter("name"),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description"),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description"),
    "getMyShortDescription": _getter("short_description"),
    "setChatMenuButton": set_chat_menu_button,
    "logOut": log_out,
    "close": close,
}
