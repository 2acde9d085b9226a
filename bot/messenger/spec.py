"""Which methods are there, which parameters do they take, of which type, how long? Our own table of Bot API 10.3.

One line a parameter: ``name``, ``!`` when required, ``:kind``, and a range. ``text`` is counted after entities are
parsed, by whoever parses; everything else here. A test holds the table against the published schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.messenger.decoding import DECODERS, Kind
from bot.messenger.refusals import Refusal, bad_request


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; ``least`` and ``most`` count characters, items, or the number itself."""

    name: str
    kind: Kind
    required: bool = False
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """One method, under the name it is documented by."""

    name: str
    parameters: Mapping[str, Parameter]
    required: tuple[str, ...]


_TOPIC = "business_connection_id:str message_thread_id:int"
_SEND = (
    f"{_TOPIC} direct_messages_topic_id:int disable_notification:bool protect_content:bool allow_paid_broadcast:bool "
    "message_effect_id:str suggested_post_parameters:object reply_parameters:object ephemeral_message_parameters:object"
)
_ONE = f"chat_id!:chat {_SEND} reply_markup:object"
_CAPTION = "caption:text<0-1024> parse_mode:str caption_entities:list"
_EDIT = "business_connection_id:str chat_id:chat message_id:int inline_message_id:str reply_markup:object"
_LANGUAGE = "language_code:str"

_LINES = {
    "getMe": "",
    "logOut": "",
    "close": "",
    "getUpdates": "offset:int limit:int<1-100> timeout:int allowed_updates:list",
    "setWebhook": "url!:str certificate:file ip_address:str max_connections:int<1-100> allowed_updates:list "
    "drop_pending_updates:bool secret_token:str<1-256>",
    "deleteWebhook": "drop_pending_updates:bool",
    "getWebhookInfo": "",
    "sendMessage": f"{_ONE} text!:text<1-4096> parse_mode:str entities:list link_preview_options:object",
    "sendPhoto": f"{_ONE} photo!:file {_CAPTION} show_caption_above_media:bool has_spoiler:bool",
    "sendDocument": f"{_ONE} document!:file {_CAPTION} thumbnail:file disable_content_type_detection:bool",
    "sendVoice": f"{_ONE} voice!:file {_CAPTION} duration:int",
    "sendVideo": f"{_ONE} video!:file {_CAPTION} duration:int width:int height:int thumbnail:file cover:file "
    "start_timestamp:int show_caption_above_media:bool has_spoiler:bool supports_streaming:bool",
    "sendLocation": f"{_ONE} latitude!:float longitude!:float horizontal_accuracy:float<0-1500> live_period:int "
    "heading:int<1-360> proximity_alert_radius:int<1-100000>",
    "sendMediaGroup": f"chat_id!:chat {_TOPIC} direct_messages_topic_id:int media!:list<2-10> "
    "disable_notification:bool protect_content:bool allow_paid_broadcast:bool message_effect_id:str "
    "reply_parameters:object",
    "sendChatAction": f"chat_id!:chat {_TOPIC} action!:str",
    "editMessageText": f"{_EDIT} text:text<1-4096> parse_mode:str entities:list link_preview_options:object "
    "rich_message:object",
    "editMessageCaption": f"{_EDIT} {_CAPTION} show_caption_above_media:bool",
    "editMessageReplyMarkup": _EDIT,
    "deleteMessage": "chat_id!:chat message_id!:int",
    "deleteMessages": "chat_id!:chat message_ids!:list<1-100>",
    "answerCallbackQuery": "callback_query_id!:str text:str<0-200> show_alert:bool url:str cache_time:int",
    "getFile": "file_id!:str",
    "getChat": "chat_id!:chat",
    "getChatMember": "chat_id!:chat user_id!:int",
    "leaveChat": "chat_id!:chat",
    "pinChatMessage": "business_connection_id:str chat_id!:chat message_id!:int disable_notification:bool",
    "unpinChatMessage": "business_connection_id:str chat_id!:chat message_id:int",
    "setMyCommands": f"commands!:list<0-100> scope:object {_LANGUAGE}",
    "getMyCommands": f"scope:object {_LANGUAGE}",
    "deleteMyCommands": f"scope:object {_LANGUAGE}",
    "setMyName": f"name:str<0-64> {_LANGUAGE}",
    "getMyName": _LANGUAGE,
    "setMyDescription": f"description:str<0-512> {_LANGUAGE}",
    "getMyDescription": _LANGUAGE,
    "setMyShortDescription": f"short_description:str<0-120> {_LANGUAGE}",
    "getMyShortDescription": _LANGUAGE,
    "setChatMenuButton": "chat_id:int menu_button:object",
}

_PARAMETER = re.compile(r"(?P<name>\w+)(?P<required>!?):(?P<kind>\w+)(?:<(?P<least>\d+)-(?P<most>\d+)>)?")


def _parameter(word: str) -> Parameter:
    match = _PARAMETER.fullmatch(word)
    if match is None:
        raise ValueError(word)
    least, most = match["least"], match["most"]
    return Parameter(
        match["name"],
        Kind(match["kind"]),
        required=bool(match["required"]),
        least=None if least is None else int(least),
        most=None if most is None else int(most),
    )


def _method(name: str, line: str) -> Method:
    parameters = {one.name: one for one in map(_parameter, line.split())}
    return Method(name, parameters, tuple(one.name for one in parameters.values() if one.required))


METHODS: Mapping[str, Method] = {name.lower(): _method(name, line) for name, line in _LINES.items()}

_MISSING = {
    "text": "message text is empty",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "voice": "there is no voice in the request",
    "video": "there is no video in the request",
    "file_id": "file_id not specified",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
    "action": "wrong parameter action in request",
    "media": 'parameter "media" is required',
    "commands": "can't parse commands JSON object",
}
# An empty string says something here: no webhook, no description, no text under the tap.
_MAY_BE_EMPTY = frozenset({"url", "text", "caption", "name", "description", "short_description", "language_code"})


def checked(method: Method, raw: Mapping[str, object], files: Mapping[str, object]) -> dict[str, Any]:
    """The parameters decoded to their types; 400 for a missing, unknown, mistyped or overlong one.

    ``raw`` holds strings when the request was a form, JSON values otherwise; a form's lists and objects are JSON text.
    """
    known = method.parameters
    out: dict[str, Any] = {}
    for name, value in raw.items():
        parameter = known.get(name)
        if parameter is None:
            raise bad_request(f'unknown parameter "{name}" in method {method.name}')
        if value is None or (value == "" and name not in _MAY_BE_EMPTY):
            continue
        decoded = DECODERS[parameter.kind](name, value)
        if parameter.most is not None and parameter.kind is not Kind.TEXT:
            _measure(parameter, decoded)
        out[name] = decoded
    for name in method.required:
        if name not in out and name not in files:
            raise bad_request(_MISSING.get(name, f"{name} is empty"))
    return out


_TOO_LONG = {
    "media": ("there are no messages to send", "too many messages to send as an album"),
    "message_ids": ("message identifiers are not specified", "too many message identifiers specified"),
    "commands": ("", "BOT_COMMANDS_TOO_MUCH"),
    "text": ("", "MESSAGE_TOO_LONG"),
    "name": ("", "BOT_TITLE_INVALID"),
    "description": ("", "BOT_DESCRIPTION_INVALID"),
    "short_description": ("", "BOT_SHORT_DESCRIPTION_INVALID"),
}
# The real server moves these into their range instead of refusing.
_CLAMPED = frozenset({"limit", "max_connections"})


def _measure(parameter: Parameter, value: object) -> None:
    if parameter.name in _CLAMPED:
        return
    size = value if isinstance(value, (int, float)) else len(value) if isinstance(value, (str, list)) else 0
    short, long = _TOO_LONG.get(parameter.name, ("", ""))
    if parameter.most is not None and size > parameter.most:
        raise _out_of_range(parameter, long)
    if parameter.least is not None and size < parameter.least:
        raise _out_of_range(parameter, short)


def _out_of_range(parameter: Parameter, text: str) -> Refusal:
    return bad_request(text or f'field "{parameter.name}" must be in the range {parameter.least}-{parameter.most}')
