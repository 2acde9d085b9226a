"""Who and what is this for? Filters, all of them async: aiogram runs every other kind in a thread (telegram.md §4)."""

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


class Said(Filter):
    """Words, or a picture, a voice, a film, a paper; hands the handler `said`. Commands are not words."""

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        said = Heard((message.text or message.caption or "").strip(), _files(message))
        if said.text.startswith("/") or not (said.text or said.files):
            return False
        return {"said": said}


class Pressed(Filter):
    """A button we drew for this very chat, with one of these verbs; hands the handler its `press`."""

    def __init__(self, *verbs: Verb) -> None:
        self.verbs = frozenset(verbs)

    async def __call__(self, query: CallbackQuery, keys: Keys) -> bool | dict[str, Any]:
        if query.message is None or query.message.chat.type != "private":
            return False
        press = read(keys, query.message.chat.id, query.data or "")
        return {"press": press} if press is not None and press.verb in self.verbs else False


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


def _files(message: Message) -> tuple[tuple[str, str], ...]:
    if message.photo:
        return (("photo", message.photo[-1].file_id),)
    for kind in ("voice", "video", "document"):
        if (found := getattr(message, kind)) is not None:
            return ((kind, found.file_id),)
    return ()
