"""Which buttons does a message get? The ``reply_markup`` parameter, read as strictly as the server reads it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.messenger.messages import Button, Buttons, Key, Keyboard
from bot.messenger.refusals import Refusal, bad_request

CALLBACK_BYTES = 64  # 1-64 bytes, UTF-8
MOST_BUTTONS = 100
MOST_IN_A_ROW = 8

_INLINE_FIELDS = frozenset(
    {
        "text",
        "callback_data",
        "url",
        "copy_text",
        "style",
        "icon_custom_emoji_id",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "callback_game",
        "pay",
    }
)
_KEY_FIELDS = frozenset(
    {
        "text",
        "request_contact",
        "request_location",
        "request_users",
        "request_chat",
        "request_poll",
        "web_app",
        "style",
        "icon_custom_emoji_id",
        "request_managed_bot",
    }
)
_MARKUPS: Mapping[str, frozenset[str]] = {
    "inline_keyboard": frozenset({"inline_keyboard"}),
    "keyboard": frozenset(
        {"keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective"}
    ),
    "remove_keyboard": frozenset({"remove_keyboard", "selective"}),
    "force_reply": frozenset({"force_reply", "input_field_placeholder", "selective"}),
}


def buttons_and_keyboard(raw: Mapping[str, object] | None) -> tuple[Buttons, Keyboard | None]:
    """The inline buttons and the reply keyboard, at most one of them; 400 for anything the server would refuse."""
    if not raw:
        return (), None
    for name, fields in _MARKUPS.items():
        if name in raw:
            for field in raw:
                if field not in fields:
                    raise bad_request(f'unknown field "{field}" in reply markup')
            if name == "inline_keyboard":
                return _inline(raw["inline_keyboard"]), None
            return (), _keyboard(name, raw)
    raise bad_request(f'unknown field "{next(iter(raw))}" in reply markup')


def inline_only(raw: Mapping[str, object] | None) -> Buttons:
    """The inline buttons of an edit; nothing else can stand under an edited message."""
    buttons, keyboard = buttons_and_keyboard(raw)
    if keyboard is not None:
        raise bad_request("inline keyboard expected")
    return buttons


def _inline(rows: object) -> Buttons:
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" must be of type Array')
    out: list[tuple[Button, ...]] = []
    count = 0
    for row in rows:
        if not isinstance(row, list):
            raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
        count += len(row)
        if row:
            out.append(tuple(_button(one) for one in row))
    if count > MOST_BUTTONS or any(len(row) > MOST_IN_A_ROW for row in out):
        raise bad_request("reply markup is too long")
    return tuple(out)


def _button(raw: object) -> Button:
    if not isinstance(raw, dict):
        raise _wrong_button("InlineKeyboardButton must be an Object")
    text = raw.get("text")
    if text is None:
        raise _wrong_button('Can\'t find field "text"')
    if not isinstance(text, str):
        raise _wrong_button('Field "text" must be of type String')
    for field in raw:
        if field not in _INLINE_FIELDS:
            raise _wrong_button(f'unknown field "{field}"')
    url = _optional(raw, "url")
    callback_data = _optional(raw, "callback_data")
    copy_text = raw.get("copy_text")
    if not text.strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    style = _optional(raw, "style")
    if style is not None and style not in ("danger", "success", "primary"):
        raise _wrong_button("invalid button style specified")
    if sum(one is not None for one in (url, callback_data, copy_text)) > 1:
        raise _wrong_button("exactly one action must be specified")
    if url is not None:
        if not url.startswith(("http://", "https://", "tg://")):
            raise bad_request("BUTTON_URL_INVALID")
        return Button(text, url=url, style=style)
    if callback_data is not None:
        if len(callback_data.encode()) > CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
        return Button(text, callback_data=callback_data, style=style)
    if isinstance(copy_text, dict) and isinstance(copy_text.get("text"), str):
        if not 1 <= len(copy_text["text"]) <= 256:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
        return Button(text, copy_text=copy_text["text"], style=style)
    for field in _INLINE_FIELDS - {"text", "style", "icon_custom_emoji_id"}:
        if raw.get(field):
            raise _wrong_button(f'field "{field}" is not offered by this messenger')
    raise _wrong_button("Text buttons are unallowed in the inline keyboard")


def _keyboard(name: str, raw: Mapping[str, object]) -> Keyboard:
    placeholder = raw.get("input_field_placeholder") or ""
    if not isinstance(placeholder, str) or len(placeholder) > 64:
        raise bad_request("input field placeholder is too long")
    if name == "remove_keyboard":
        return Keyboard(remove=True)
    if name == "force_reply":
        return Keyboard(force_reply=True, placeholder=placeholder)
    rows = raw["keyboard"]
    if not isinstance(rows, list) or any(not isinstance(row, list) for row in rows):
        raise bad_request('field "keyboard" must be an Array of Arrays')
    return Keyboard(
        tuple(tuple(_key(one) for one in row) for row in rows),
        one_time=bool(raw.get("one_time_keyboard")),
        placeholder=placeholder,
    )


def _key(raw: object) -> Key:
    if isinstance(raw, str):
        return Key(raw)
    if not isinstance(raw, dict):
        raise bad_request("can't parse keyboard button: KeyboardButton must be a String or an Object")
    text = raw.get("text")
    if not isinstance(text, str):
        raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    for field in raw:
        if field not in _KEY_FIELDS:
            raise bad_request(f'can\'t parse keyboard button: unknown field "{field}"')
    return Key(
        text, request_contact=bool(raw.get("request_contact")), request_location=bool(raw.get("request_location"))
    )


def _optional(raw: Mapping[str, object], field: str) -> str | None:
    value = raw.get(field)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise _wrong_button(f'Field "{field}" must be of type String')
    return value


def _wrong_button(text: str) -> Refusal:
    return bad_request(f"can't parse inline keyboard button: {text}")
