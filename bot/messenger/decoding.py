"""What does a parameter hold? A form's strings and JSON's values, decoded to the types of the Bot API, or refused."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from bot.messenger.refusals import bad_request


class Kind(StrEnum):
    """What a parameter is, once decoded."""

    INTEGER = "int"
    FLOAT = "float"
    BOOLEAN = "bool"
    STRING = "str"
    TEXT = "text"
    CHAT = "chat"
    FILE = "file"
    OBJECT = "object"
    LIST = "list"


def _integer(name: str, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            pass
    raise bad_request(f'field "{name}" must be a valid Number')


def _float(name: str, value: object) -> float:
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            number = math.nan
        if math.isfinite(number):
            return number
    raise bad_request(f'field "{name}" must be a valid Number')


def _boolean(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word in ("true", "yes", "1"):
        return True
    if word in ("false", "no", "0"):
        return False
    raise bad_request(f'field "{name}" must be of type Boolean')


def _string(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise bad_request(f'field "{name}" must be of type String')


def decoded_chat(name: str, value: object) -> int | str:
    """A chat's id, or a public name with its ``@``; 400 for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        if value.startswith("@"):
            return value
        try:
            return int(value)
        except ValueError:
            pass
    raise bad_request("chat not found")


_WRONG_JSON = {
    "reply_markup": ("can't parse reply keyboard markup JSON object", "object expected as reply markup"),
    "link_preview_options": (
        "can't parse link preview options JSON object",
        "object expected as link preview options",
    ),
    "reply_parameters": ("can't parse reply parameters JSON object", "object expected as reply parameters"),
    "media": ("can't parse media JSON object", "expected an Array of InputMedia"),
    "commands": ("can't parse commands JSON object", "expected an Array of BotCommand"),
    "message_ids": ("can't parse message_ids JSON object", "expected an Array of message identifiers"),
    "scope": ("can't parse BotCommandScope JSON object", "can't parse BotCommandScope: expected an Object"),
}


_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(text: str) -> object:
    """The value; ``ValueError`` when it is not JSON, 400 when a string in it is half a character."""
    value: object = json.loads(text)
    if _HALF.search(text):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise bad_request("strings must be encoded in UTF-8") from None
    return value


def _json(name: str, value: object, wanted: type) -> object:
    if isinstance(value, str):
        try:
            value = read_json(value)
        except (ValueError, RecursionError):
            raise bad_request(_WRONG_JSON.get(name, (f"can't parse {name} JSON object",))[0]) from None
    if not isinstance(value, wanted):
        article = "an Object" if wanted is dict else "an Array"
        raise bad_request(_WRONG_JSON.get(name, ("", f'field "{name}" must be {article}'))[1])
    return value


def _object(name: str, value: object) -> object:
    return _json(name, value, dict)


def _list(name: str, value: object) -> object:
    return _json(name, value, list)


DECODERS: Mapping[Kind, Callable[[str, object], object]] = {
    Kind.INTEGER: _integer,
    Kind.FLOAT: _float,
    Kind.BOOLEAN: _boolean,
    Kind.STRING: _string,
    Kind.TEXT: _string,
    Kind.CHAT: decoded_chat,
    Kind.FILE: _string,
    Kind.OBJECT: _object,
    Kind.LIST: _list,
}
