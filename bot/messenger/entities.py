"""Which stretches of a text mean something? Entities, counted as Telegram counts: in UTF-16 units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

_MARKED = re.compile(
    r"(?P<url>(?:https?://|www\.)[^\s<>\"，。；、（）]+)"
    r"|(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<bot_command>(?<![\w/@<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<mention>(?<!\w)@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w))"
    r"|(?P<hashtag>(?<!\w)#\w{1,255})"
)
_HINTS = re.compile(r"[/@#]|www\.")
_SPACE = " \t\r\n\v\f\u00a0\u3000\ufeff"


@dataclass(frozen=True, slots=True)
class Entity:
    """One marked stretch; ``offset`` and ``length`` are UTF-16 code units, as on the wire."""

    kind: str
    offset: int
    length: int
    url: str = ""
    language: str = ""
    user_id: int = 0
    custom_emoji_id: str = ""

    def json(self) -> dict[str, object]:
        """MessageEntity as the Bot API writes it."""
        out: dict[str, object] = {"type": self.kind, "offset": self.offset, "length": self.length}
        if self.url:
            out["url"] = self.url
        if self.language:
            out["language"] = self.language
        if self.custom_emoji_id:
            out["custom_emoji_id"] = self.custom_emoji_id
        return out


def units(text: str) -> int:
    """How long the text is in UTF-16 units; characters outside the basic plane count twice."""
    if text.isascii():
        return len(text)
    return len(text) + sum(1 for letter in text if letter > "\uffff")


def found_in(text: str, marked: tuple[Entity, ...] = ()) -> tuple[Entity, ...]:
    """What the server marks by itself (commands, addresses, mentions, hashtags), beside what is marked already."""
    if not _HINTS.search(text):
        return marked
    wide = units(text) != len(text)
    found = list(marked)
    for match in _MARKED.finditer(text):
        kind = str(match.lastgroup)
        start, end = match.span()
        if kind == "url":
            end = start + len(match.group().rstrip(".,;:!?)'\""))
        offset = units(text[:start]) if wide else start
        length = units(text[start:end]) if wide else end - start
        if not any(one.offset < offset + length and offset < one.offset + one.length for one in marked):
            found.append(Entity(kind, offset, length))
    return in_order(found)


def in_order(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """By offset, the wider first: the order in which they nest."""
    return tuple(sorted(entities, key=lambda one: (one.offset, -one.length)))


def trimmed(text: str, entities: tuple[Entity, ...]) -> tuple[str, tuple[Entity, ...]]:
    """The text without blanks at its ends, as the server keeps it, and its entities moved along."""
    if not text or (text[0] not in _SPACE and text[-1] not in _SPACE):
        return text, entities
    kept = text.lstrip(_SPACE)
    cut = units(text[: len(text) - len(kept)])
    kept = kept.rstrip(_SPACE)
    end = units(kept)
    moved = []
    for one in entities:
        start = max(one.offset - cut, 0)
        stop = min(one.offset + one.length - cut, end)
        if stop > start:
            moved.append(replace(one, offset=start, length=stop - start))
    return kept, tuple(moved)


def given(raw: Iterable[Mapping[str, object]]) -> tuple[Entity, ...]:
    """Entities a caller lists itself instead of using a parse mode; ``ValueError`` says what is wrong with one."""
    entities = []
    for one in raw:
        if not isinstance(one, Mapping):
            raise ValueError("expected an Object")
        kind, offset, length = one.get("type"), one.get("offset"), one.get("length")
        for name, value, wanted in (("type", kind, str), ("offset", offset, int), ("length", length, int)):
            if value is None:
                raise ValueError(f'Can\'t find field "{name}"')
            if not isinstance(value, wanted):
                raise ValueError(f'Field "{name}" must be of type {"String" if wanted is str else "Number"}')
        assert isinstance(kind, str)
        assert isinstance(offset, int)
        assert isinstance(length, int)
        entities.append(
            Entity(kind, offset, length, url=str(one.get("url") or ""), language=str(one.get("language") or ""))
        )
    return in_order(entities)
