"""What stands in a chat? Messages as they are now; an edit makes a new version, the old one stays as it was."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.messenger.entities import Entity
from bot.messenger.files import StoredFile


class MediaKind(StrEnum):
    """What an attached file is; the value is its field in the Bot API."""

    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"


@dataclass(frozen=True, slots=True)
class Media:
    """A file in a message; a photo also has a small copy under an identifier of its own."""

    kind: MediaKind
    file: StoredFile
    thumbnail: StoredFile | None = None
    width: int = 0
    height: int = 0
    duration: int = 0


@dataclass(frozen=True, slots=True)
class Location:
    """A point somebody sent; degrees."""

    latitude: float
    longitude: float
    horizontal_accuracy: float = 0.0


@dataclass(frozen=True, slots=True)
class Contact:
    """A shared phone number; ``user_id`` only when it belongs to a known account."""

    phone_number: str
    first_name: str
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button; exactly one of its actions is set."""

    text: str
    callback_data: str | None = None
    url: str | None = None
    copy_text: str | None = None
    style: str | None = None

    def json(self) -> dict[str, object]:
        """InlineKeyboardButton as the Bot API writes it."""
        out: dict[str, object] = {"text": self.text}
        if self.callback_data is not None:
            out["callback_data"] = self.callback_data
        if self.url is not None:
            out["url"] = self.url
        if self.copy_text is not None:
            out["copy_text"] = {"text": self.copy_text}
        if self.style is not None:
            out["style"] = self.style
        return out


Buttons = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a reply keyboard: what it types, or what it asks the phone for."""

    text: str
    request_contact: bool = False
    request_location: bool = False


@dataclass(frozen=True, slots=True)
class Keyboard:
    """What a message does to the reader's keyboard; no rows and ``remove`` takes it away."""

    rows: tuple[tuple[Key, ...], ...] = ()
    one_time: bool = False
    placeholder: str = ""
    remove: bool = False
    force_reply: bool = False


class Event(StrEnum):
    """What a service message tells; the value is its field in the Bot API."""

    MEMBERS_JOINED = "new_chat_members"
    MEMBER_LEFT = "left_chat_member"
    MIGRATED_TO = "migrate_to_chat_id"
    MIGRATED_FROM = "migrate_from_chat_id"
    PINNED = "pinned_message"


@dataclass(frozen=True, slots=True)
class Service:
    """Something that happened to the chat itself; ``subject`` is a member, a chat or a message."""

    event: Event
    subject: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a forwarded message comes from: an account, or only a name where the account is hidden."""

    user_id: int | None
    name: str
    sent_at: float


@dataclass(frozen=True, slots=True)
class Message:
    """One version of one message; ``text`` is its text, or its caption when it carries a file."""

    id: int
    chat_id: int
    bot_id: int
    """The bot whose private chat this is, or that wrote it; 0 for a person's words in a group."""
    author_id: int
    from_bot: bool
    sent_at: float
    text: str = ""
    entities: tuple[Entity, ...] = ()
    buttons: Buttons = ()
    keyboard: Keyboard | None = None
    media: Media | None = None
    location: Location | None = None
    contact: Contact | None = None
    service: Service | None = None
    media_group_id: str | None = None
    reply_to: int | None = None
    origin: Origin | None = None
    edited_at: float | None = None
    protected: bool = False

    def button(self, label: str) -> Button:
        """The button so labelled; ``LookupError`` lists the labels there are."""
        for row in self.buttons:
            for one in row:
                if one.text == label:
                    return one
        labels = [one.text for row in self.buttons for one in row]
        raise LookupError(f"no button {label!r} under message {self.id}; there are {labels}")


class ChangeKind(StrEnum):
    """What happened to a message, for whoever watches."""

    SENT = "sent"
    EDITED = "edited"
    DELETED = "deleted"
    TYPING = "typing"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to show: a message's new state, a bot that types, or the answer to a tap (then ``note``)."""

    kind: ChangeKind
    chat_id: int
    bot_id: int
    message: Message | None = None
    note: str = ""
    alert: bool = False
    person_id: int | None = None
