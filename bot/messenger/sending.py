"""What does a bot send? Words, files, places and albums."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.messenger import html, wire
from bot.messenger.asked import Asked, Upload, Verb
from bot.messenger.chats import Chat
from bot.messenger.entities import Entity, found_in, given, trimmed, units
from bot.messenger.files import PHOTO_LIMIT, UPLOAD_LIMIT
from bot.messenger.markup import buttons_and_keyboard
from bot.messenger.messages import Change, ChangeKind, Location, Media, MediaKind, Message
from bot.messenger.people import attached, media_of
from bot.messenger.refusals import Refusal, bad_request

TEXT_MOST = 4096
CAPTION_MOST = 1024
RAW_MOST = 1 << 15  # bytes before parsing
ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
_KINDS = {
    "photo": MediaKind.PHOTO,
    "document": MediaKind.DOCUMENT,
    "voice": MediaKind.VOICE,
    "video": MediaKind.VIDEO,
}


def formatted(text: str, parse_mode: str, entities: object) -> tuple[str, tuple[Entity, ...]]:
    """The words and their marks as they will stand; 400 when they cannot be read as the mode says."""
    if len(text.encode()) > RAW_MOST:
        raise bad_request("text is too long")
    mode = parse_mode.lower()
    marked: tuple[Entity, ...] = ()
    if mode and mode != "none":
        if mode in ("markdown", "markdownv2"):
            raise bad_request("can't parse entities: this messenger reads HTML only")
        if mode != "html":
            raise bad_request("unsupported parse_mode")
        try:
            text, marked = html.parsed(text)
        except html.Unparsable as wrong:
            raise bad_request(f"can't parse entities: {wrong}") from None
    elif isinstance(entities, list):
        try:
            marked = given(entities)
        except ValueError as wrong:
            raise bad_request(f"can't parse MessageEntity: {wrong}") from None
    text, marked = trimmed(text, marked)
    return text, found_in(text, marked)


def worded(params: Mapping[str, Any]) -> tuple[str, tuple[Entity, ...]]:
    """The text of a message, 1 to 4096 characters after parsing."""
    raw = params.get("text") or ""
    if not raw:
        raise bad_request("message text is empty")
    text, entities = formatted(raw, params.get("parse_mode", ""), params.get("entities"))
    if not text:
        raise bad_request("text must be non-empty")
    if units(text) > TEXT_MOST:
        raise bad_request("message is too long")
    return text, entities


def captioned(params: Mapping[str, Any]) -> tuple[str, tuple[Entity, ...]]:
    """The caption under a file, up to 1024 characters after parsing."""
    text, entities = formatted(
        params.get("caption") or "", params.get("parse_mode", ""), params.get("caption_entities")
    )
    if units(text) > CAPTION_MOST:
        raise bad_request("message caption is too long")
    return text, entities


def _send(asked: Asked, draft: Message, chat: Chat) -> Message:
    """The draft stands in the chat, if the limits let it."""
    params = asked.params
    _refuse_what_is_not_here(params)
    buttons, keyboard = buttons_and_keyboard(params.get("reply_markup"))
    reply_to = _replied_to(params, chat)
    asked.bot.gate.admit(chat.id)
    return asked.messenger.put(
        chat,
        replace(
            draft,
            id=chat.take_id(),
            buttons=buttons,
            keyboard=keyboard,
            reply_to=reply_to,
            protected=bool(params.get("protect_content")),
        ),
    )


def _draft(asked: Asked, chat: Chat) -> Message:
    bot = asked.bot
    return Message(
        id=0, chat_id=chat.id, bot_id=bot.id, author_id=bot.id, from_bot=True, sent_at=asked.messenger.clock()
    )


def _refuse_what_is_not_here(params: Mapping[str, Any]) -> None:
    if "business_connection_id" in params:
        raise bad_request("business connection not found")
    if params.get("message_thread_id"):
        raise bad_request("message thread not found")
    for name in ("suggested_post_parameters", "ephemeral_message_parameters", "direct_messages_topic_id"):
        if name in params:
            raise bad_request(f'parameter "{name}" is not offered by this messenger')


def _replied_to(params: Mapping[str, Any], chat: Chat) -> int | None:
    reply = params.get("reply_parameters")
    if not reply:
        return None
    message_id = reply.get("message_id")
    if not isinstance(message_id, int):
        raise bad_request("can't parse reply parameters: Can't find field \"message_id\"")
    if message_id in chat.messages:
        return message_id
    if reply.get("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def send_message(asked: Asked) -> object:
    """Words stand in the chat."""
    chat = asked.chat()
    text, entities = worded(asked.params)
    message = _send(asked, replace(_draft(asked, chat), text=text, entities=entities), chat)
    return wire.message_json(asked.messenger, chat, message)


def _media(asked: Asked, kind: MediaKind, value: object, params: Mapping[str, Any]) -> Media:
    """The file meant: uploaded with the request, or known by its identifier."""
    upload: Upload | None = None
    if isinstance(value, str) and value.startswith("attach://"):
        upload = asked.uploads.get(value.removeprefix("attach://"))
        if upload is None:
            raise _no_file(kind)
    elif not value:
        upload = asked.uploads.get(kind.value)
        if upload is None:
            raise _no_file(kind)
    duration = params.get("duration") or 0
    if upload is None:
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")  # this messenger reaches no other host
        stored = asked.messenger.files.by_id(str(value))
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return media_of(asked.messenger, kind, stored, duration=duration)
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > (PHOTO_LIMIT if kind is MediaKind.PHOTO else UPLOAD_LIMIT):
        if kind is MediaKind.PHOTO:
            raise bad_request(f"file of size {len(upload.content)} bytes is too big for a photo")
        raise Refusal(413, "Request Entity Too Large")
    mime_type = upload.mime_type if kind is MediaKind.DOCUMENT else ""
    return attached(asked.messenger, kind, upload.content, name=upload.name, mime_type=mime_type, duration=duration)


def _no_file(kind: MediaKind) -> Refusal:
    return bad_request(f"there is no {kind.value} in the request")


def _send_file(kind: MediaKind) -> Verb:
    def send(asked: Asked) -> object:
        chat = asked.chat()
        text, entities = captioned(asked.params)
        media = _media(asked, kind, asked.params.get(kind.value), asked.params)
        message = _send(asked, replace(_draft(asked, chat), text=text, entities=entities, media=media), chat)
        return wire.message_json(asked.messenger, chat, message)

    return send


def send_location(asked: Asked) -> object:
    """A point stands in the chat."""
    chat = asked.chat()
    if asked.params.get("live_period"):
        raise bad_request('parameter "live_period" is not offered by this messenger')
    latitude, longitude = asked.params["latitude"], asked.params["longitude"]
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("invalid location specified")
    location = Location(latitude, longitude, asked.params.get("horizontal_accuracy", 0.0))
    return wire.message_json(asked.messenger, chat, _send(asked, replace(_draft(asked, chat), location=location), chat))


def send_media_group(asked: Asked) -> object:
    """Two to ten files stand in the chat, each a message of its own, sharing one ``media_group_id``."""
    chat = asked.chat()
    _refuse_what_is_not_here(asked.params)
    reply_to = _replied_to(asked.params, chat)
    pieces = [_album_piece(asked, one) for one in asked.params["media"]]
    kinds = {media.kind for media, _, _ in pieces}
    if MediaKind.DOCUMENT in kinds and len(kinds) > 1:
        raise bad_request("document can't be mixed with other media types")
    asked.bot.gate.admit(chat.id, messages=len(pieces))
    group = str(secrets.randbits(53))
    sent = [
        asked.messenger.put(
            chat,
            replace(
                _draft(asked, chat),
                id=chat.take_id(),
                text=text,
                entities=entities,
                media=media,
                media_group_id=group,
                reply_to=reply_to,
                protected=bool(asked.params.get("protect_content")),
            ),
        )
        for media, text, entities in pieces
    ]
    return [wire.message_json(asked.messenger, chat, one) for one in sent]


_PIECE_FIELDS: Mapping[str, type] = {
    "type": str,
    "media": str,
    "caption": str,
    "parse_mode": str,
    "caption_entities": list,
    "show_caption_above_media": bool,
    "has_spoiler": bool,
    "thumbnail": str,
    "cover": str,
    "start_timestamp": int,
    "width": int,
    "height": int,
    "duration": int,
    "supports_streaming": bool,
    "disable_content_type_detection": bool,
}
_NAMES: Mapping[type, str] = {str: "String", list: "Array", bool: "Boolean", int: "Number"}


def _album_piece(asked: Asked, raw: object) -> tuple[Media, str, tuple[Entity, ...]]:
    if not isinstance(raw, dict):
        raise bad_request("can't parse InputMedia: expected an Object")
    for field, value in raw.items():
        if field not in _PIECE_FIELDS:
            raise bad_request(f'can\'t parse InputMedia: unknown field "{field}"')
        if not isinstance(value, _PIECE_FIELDS[field]):
            raise bad_request(
                f'can\'t parse InputMedia: Field "{field}" must be of type {_NAMES[_PIECE_FIELDS[field]]}'
            )
    kind = _KINDS.get(str(raw.get("type")))
    if kind is None or kind is MediaKind.VOICE:
        raise bad_request("can't parse InputMedia: type of media is invalid")
    if not raw.get("media"):
        raise bad_request("can't parse InputMedia: media not found")
    text, entities = captioned(raw)
    return _media(asked, kind, raw["media"], raw), text, entities


def send_chat_action(asked: Asked) -> object:
    """Those who watch the chat see the bot at work for five seconds."""
    chat = asked.chat()
    action = asked.params["action"]
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    asked.messenger.tell(Change(ChangeKind.TYPING, chat.id, asked.bot.id, note=action))
    return True


VERBS: Mapping[str, Verb] = {
    "sendMessage": send_message,
    **{f"send{kind.value.capitalize()}": _send_file(kind) for kind in _KINDS.values()},
    "sendLocation": send_location,
    "sendMediaGroup": send_media_group,
    "sendChatAction": send_chat_action,
}
