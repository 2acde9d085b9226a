"""What does a person do on their phone? Starts bots, writes, edits, sends pictures, taps, blocks."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.messenger.entities import found_in, trimmed, units
from bot.messenger.files import StoredFile, picture_size
from bot.messenger.messages import (
    Contact,
    Location,
    Media,
    MediaKind,
    Message,
    Origin,
)
from bot.messenger.updates import UpdateKind

if TYPE_CHECKING:
    from bot.messenger.chats import BotAccount, Chat, Messenger

FOLDERS = {
    MediaKind.PHOTO: ("photos", "photo.jpg", "image/jpeg"),
    MediaKind.VOICE: ("voice", "voice.oga", "audio/ogg"),
    MediaKind.VIDEO: ("videos", "video.mp4", "video/mp4"),
    MediaKind.DOCUMENT: ("documents", "document.bin", "application/octet-stream"),
    MediaKind.STICKER: ("stickers", "sticker.webp", "image/webp"),
}


_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
TEXT_MOST = 4096  # UTF-16 units; a phone sends longer words as several messages
CAPTION_MOST = 1024


class Person:
    """One account; every act is at once in the chat and on its way to the bot."""

    def __init__(
        self,
        messenger: Messenger,
        person_id: int,
        first_name: str,
        *,
        last_name: str,
        username: str,
        language_code: str,
    ) -> None:
        self._messenger = messenger
        self.id = person_id
        self.first_name = first_name
        self.last_name = last_name
        self.username = username
        self.language_code = language_code
        self.deactivated = False

    def start(self, bot: BotAccount, payload: str = "") -> Message:
        """The chat is open, and ``/start`` with the payload is sent; ``ValueError`` for a link no phone would open."""
        if payload and not _PAYLOAD.fullmatch(payload):
            raise ValueError(f"a deep link carries 1 to 64 of A-Z a-z 0-9 _ -, not {payload!r}")
        return self.say(bot, f"/start {payload}".rstrip())

    def say(
        self,
        where: BotAccount | Chat,
        text: str,
        *,
        reply_to: Message | int | None = None,
        forwarded_from: Person | str | None = None,
    ) -> Message:
        """The words are sent to the bot or into the group; ``forwarded_from`` a bare name hides the account."""
        origin = None
        if forwarded_from is not None:
            now = self._messenger.clock()
            if isinstance(forwarded_from, str):
                origin = Origin(None, forwarded_from, now)
            else:
                origin = Origin(forwarded_from.id, forwarded_from.first_name, now)
        reply = reply_to.id if isinstance(reply_to, Message) else reply_to
        return self._send(where, text, reply_to=reply, origin=origin)

    def say_in(self, group: Chat, text: str, *, reply_to: Message | int | None = None) -> Message:
        """The words are sent into the group."""
        return self.say(group, text, reply_to=reply_to)

    def edit(self, where: BotAccount | Chat, message_id: int, text: str) -> Message:
        """The person's own message reads so from now on, and the bot hears of it."""
        chat = self._chat(where)
        earlier = chat.messages[message_id]
        if earlier.author_id != self.id:
            raise ValueError(f"message {message_id} is not by {self.first_name}")
        text = _typed(text, most=TEXT_MOST if earlier.media is None else CAPTION_MOST)
        message = replace(earlier, text=text, entities=found_in(text), edited_at=self._messenger.clock())
        self._messenger.revise(chat, message)
        self._messenger.announce(chat, message, UpdateKind.EDITED_MESSAGE)
        return message

    def send_photo(
        self, where: BotAccount | Chat, content: bytes, caption: str = "", *, media_group_id: str | None = None
    ) -> Message:
        """A photo arrives, in two sizes."""
        return self._send(where, caption, media=self._media(MediaKind.PHOTO, content), media_group_id=media_group_id)

    def send_voice(self, where: BotAccount | Chat, content: bytes, *, duration: int = 5, caption: str = "") -> Message:
        """A voice message arrives; ``duration`` in seconds."""
        return self._send(where, caption, media=self._media(MediaKind.VOICE, content, duration=duration))

    def send_video(self, where: BotAccount | Chat, content: bytes, *, duration: int = 5, caption: str = "") -> Message:
        """A video arrives; ``duration`` in seconds."""
        return self._send(where, caption, media=self._media(MediaKind.VIDEO, content, duration=duration))

    def send_document(
        self,
        where: BotAccount | Chat,
        content: bytes,
        filename: str = "document.bin",
        *,
        caption: str = "",
        mime_type: str = "application/octet-stream",
    ) -> Message:
        """A file arrives under the name the person gave it, whatever that is."""
        media = self._media(MediaKind.DOCUMENT, content, name=filename, mime_type=mime_type)
        return self._send(where, caption, media=media)

    def send_sticker(self, where: BotAccount | Chat, content: bytes = b"RIFF....WEBP") -> Message:
        """A sticker arrives."""
        return self._send(where, "", media=self._media(MediaKind.STICKER, content))

    def send_location(
        self, where: BotAccount | Chat, latitude: float, longitude: float, *, horizontal_accuracy: float = 0.0
    ) -> Message:
        """A point arrives; degrees, and metres of doubt."""
        return self._send(where, "", location=Location(latitude, longitude, horizontal_accuracy))

    def send_contact(
        self,
        where: BotAccount | Chat,
        phone_number: str,
        user_id: int | None = None,
        *,
        first_name: str | None = None,
    ) -> Message:
        """A phone number arrives; with ``user_id`` the account it belongs to, the person's own or another's."""
        return self._send(where, "", contact=Contact(phone_number, first_name or self.first_name, user_id))

    def send_album(self, where: BotAccount | Chat, photos: Sequence[bytes], caption: str = "") -> tuple[Message, ...]:
        """Photos arrive as messages of their own with one ``media_group_id``; the caption is on the first."""
        group = str(secrets.randbits(53))
        return tuple(
            self.send_photo(where, content, caption if index == 0 else "", media_group_id=group)
            for index, content in enumerate(photos)
        )

    def tap(self, message: Message, label: str | None = None, *, callback_data: str | None = None) -> str:
        """The button is tapped, as it was in that version of the message, or as forged; the callback query's id."""
        if callback_data is None:
            callback_data = message.button(label or "").callback_data
        if callback_data is None:
            raise ValueError(f"button {label!r} sends nothing to the bot")
        messenger = self._messenger
        chat = messenger.chat_of(message)
        return messenger.tap(self, messenger.bot(message.bot_id), chat, message.id, callback_data).id

    def block(self, bot: BotAccount) -> None:
        """The bot may not write to this person any more, and hears so."""
        self._messenger.set_membership(self._messenger.private_chat(bot, self), bot, "kicked", by=self.id)

    def unblock(self, bot: BotAccount) -> None:
        """The bot may write again, and hears so."""
        self._messenger.set_membership(self._messenger.private_chat(bot, self), bot, "member", by=self.id)

    def deactivate(self) -> None:
        """The account is gone; bots are told so only when they write."""
        self.deactivated = True

    def inbox(self, where: BotAccount | Chat) -> list[Message]:
        """Everything in the chat, in order, as it is now."""
        return list(self._chat(where).messages.values())

    def last(self, where: BotAccount | Chat) -> Message:
        """The bot's newest message; ``LookupError`` when it has said nothing."""
        for message in reversed(self._chat(where).messages.values()):
            if message.from_bot:
                return message
        raise LookupError(f"no bot has written to {self.first_name} yet")

    def _chat(self, where: BotAccount | Chat) -> Chat:
        from bot.messenger.chats import Chat  # chats make people, people write into chats

        return where if isinstance(where, Chat) else self._messenger.private_chat(where, self)

    def _send(
        self,
        where: BotAccount | Chat,
        text: str,
        *,
        media: Media | None = None,
        location: Location | None = None,
        contact: Contact | None = None,
        reply_to: int | None = None,
        origin: Origin | None = None,
        media_group_id: str | None = None,
    ) -> Message:
        messenger = self._messenger
        chat = self._chat(where)
        if chat.blocked:
            raise ValueError(f"{self.first_name} has blocked the bot: unblock it first")
        if chat.person is None and chat.status_of(self.id) != "member":
            raise ValueError(f"{self.first_name} is not in {chat.title}")
        text = _typed(text, most=TEXT_MOST if media is None else CAPTION_MOST)
        if not (text or media or location or contact):
            raise ValueError("a phone sends no empty message")
        chat.started = True
        message = Message(
            id=chat.take_id(),
            chat_id=chat.id,
            bot_id=chat.bot.id if chat.bot is not None else 0,
            author_id=self.id,
            from_bot=False,
            sent_at=messenger.clock(),
            text=text,
            entities=found_in(text),
            media=media,
            location=location,
            contact=contact,
            reply_to=reply_to,
            origin=origin,
            media_group_id=media_group_id,
        )
        messenger.put(chat, message)
        messenger.announce(chat, message, UpdateKind.MESSAGE)
        return message

    def _media(
        self, kind: MediaKind, content: bytes, *, name: str = "", mime_type: str = "", duration: int = 0
    ) -> Media:
        return attached(self._messenger, kind, content, name=name, mime_type=mime_type, duration=duration)


def _typed(text: str, *, most: int) -> str:
    """The words as a phone sends them, without blanks at their ends; ``ValueError`` above what one message holds."""
    text, _ = trimmed(text, ())
    if units(text) > most:
        raise ValueError(f"a phone sends at most {most} in one message, not {units(text)}")
    return text


def attached(
    messenger: Messenger, kind: MediaKind, content: bytes, *, name: str = "", mime_type: str = "", duration: int = 0
) -> Media:
    """The file is on the shelf and ready to stand in a message."""
    folder, usual_name, usual_type = FOLDERS[kind]
    if kind is MediaKind.PHOTO:
        name, mime_type = usual_name, usual_type  # the server keeps photos as JPEG, without a name
    file = messenger.files.put(folder, content, name=name or usual_name, mime_type=mime_type or usual_type)
    return media_of(messenger, kind, file, duration=duration)


def media_of(messenger: Messenger, kind: MediaKind, file: StoredFile, *, duration: int = 0) -> Media:
    """A file on the shelf as a piece of a message."""
    if kind is MediaKind.PHOTO:
        small = messenger.files.put("thumbnails", file.content, name="small.jpg", mime_type="image/jpeg")
        width, height = picture_size(file.content)
        return Media(kind, file, thumbnail=small, width=width, height=height)
    if kind is MediaKind.VIDEO:
        return Media(kind, file, width=1280, height=720, duration=duration)
    return Media(kind, file, duration=duration)
