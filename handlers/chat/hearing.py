"""Who and what is this for? Filters, all of them async: aiogram runs every other kind in a thread (telegram.md §4)."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from handlers.cards.buttons import Verb, read
from models.ports import Rows
from models.queries.people import Speaker
from models.vault import Keys


class Private(Filter):
    """The message stands in a private chat."""

    async def __call__(self, message: Message) -> bool:
        return message.chat.type == "private"


@dataclass(frozen=True, slots=True)
class Heard:
    """What of a message can become part of a complaint. `files`: (kind, file id at the bot)."""

    text: str
    files: tuple[tuple[str, str], ...]
    too_big: bool = False  # there was a file that no bot is handed

    @property
    def only_voice(self) -> bool:
        """A voice and no word beside it."""
        return not self.text and any(kind == "voice" for kind, _ in self.files)


class Said(Filter):
    """Words, or a picture, a voice, a film, a paper; hands the handler `said`. Commands are not words."""

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        files, too_big = _files(message)
        said = Heard((message.text or message.caption or "").strip(), files, too_big)
        if said.text.startswith("/") or not (said.text or said.files or said.too_big):
            return False
        return {"said": said}


class Pressed(Filter):
    """A button we drew for this very chat, with one of these verbs; hands the handler its `press`.

    `versions`: only of these, for verbs of which each version means something else.
    """

    def __init__(self, *verbs: Verb, versions: Container[int] | None = None) -> None:
        self.verbs = frozenset(verbs)
        self.versions = versions

    async def __call__(self, query: CallbackQuery, keys: Keys) -> bool | dict[str, Any]:
        if query.message is None or query.message.chat.type != "private":
            return False
        press = read(keys, query.message.chat.id, query.data or "")
        if press is None or press.verb not in self.verbs:
            return False
        return {"press": press} if self.versions is None or press.version in self.versions else False


class OnDuty(Filter):
    """Somebody who holds an office and lives nowhere here: their free words are not complaints."""

    async def __call__(self, message: Message, speaker: Speaker | None) -> bool:
        return speaker is not None and speaker.staff and speaker.home is None


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """The buttons as aiogram sends them; None for none."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [
                InlineKeyboardButton(text=button.text, url=button.url)
                if button.url
                else InlineKeyboardButton(text=button.text, callback_data=button.callback)
                for button in row
            ]
            for row in rows
        ]
    )


BIGGEST = 20 * 2**20
"""Bytes: the Bot API hands out nothing above (getFile)."""

_KINDS = ("voice", "video", "video_note", "animation", "audio", "document")
"""In this order: an animation comes with a document beside it, for old telephones."""


def _files(message: Message) -> tuple[tuple[tuple[str, str], ...], bool]:
    """What can be fetched of a message, and whether there was something that cannot: it is too big."""
    if message.photo:
        return (("photo", message.photo[-1].file_id),), False
    paper = message.document
    if paper is not None and (paper.mime_type or "").startswith("image/") and (paper.file_size or 0) <= BIGGEST:
        return (("photo", paper.file_id),), False  # sent "as a file", with all that a camera writes into it
    for kind in _KINDS:
        if (found := getattr(message, kind)) is not None:
            if (found.file_size or 0) > BIGGEST:
                return (), True
            return (("document" if kind == "audio" else kind, found.file_id),), False
    return (), False
