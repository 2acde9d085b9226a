"""What does a text with HTML tags say, and which part is marked how?

Telegram accepts a small HTML: no comments, no self-closing tags, every tag closed in order. The wordings of what is
wrong, and the byte offsets in them, are the server's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.messenger.entities import Entity, in_order, units

_TAGS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "span": "spoiler",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}
_CHARACTER = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|(lt|gt|amp|quot)(?![A-Za-z]));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPACE = " \t\r\n\v\f\0"
_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")
_END_NAME = re.compile(r"[^\s>]*")


class Unparsable(ValueError):
    """The text is not Telegram's HTML; the message is the server's."""


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    begins: int


def parsed(source: str) -> tuple[str, tuple[Entity, ...]]:
    """The plain text and its entities; ``Unparsable`` where the server would refuse."""
    if "<" not in source and "&" not in source:
        return source, ()
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.plain: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def read(self) -> tuple[str, tuple[Entity, ...]]:
        source = self.source
        while self.at < len(source):
            letter = source[self.at]
            if letter == "<":
                if source.startswith("</", self.at):
                    self.end_tag()
                else:
                    self.start_tag()
                continue
            if letter == "&" and (match := _CHARACTER.match(source, self.at)) and (said := _character(match)):
                self.say(said)
                self.at = match.end()
                continue
            stop = self.at + 1
            while stop < len(source) and source[stop] not in "<&":
                stop += 1
            self.say(source[self.at : stop])
            self.at = stop
        if self.open:
            raise Unparsable(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.plain), in_order(_merged(self.entities))

    def say(self, text: str) -> None:
        self.plain.append(text)
        self.offset += units(text)

    def bytes_before(self, at: int) -> int:
        return len(self.source[:at].encode())

    def peek(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else ""

    def skip_space(self) -> None:
        while self.peek() and self.peek() in _SPACE:
            self.at += 1

    def start_tag(self) -> None:
        begins = self.at
        where = self.bytes_before(begins)
        self.at += 1
        while self.peek() and self.peek() not in _SPACE and self.peek() != ">":
            self.at += 1
        if not self.peek():
            raise Unparsable(f"Unclosed start tag at byte offset {where}")
        tag = self.source[begins + 1 : self.at].lower()
        if tag not in _TAGS:
            raise Unparsable(f'Unsupported start tag "{tag}" at byte offset {where}')
        argument = self.attributes(tag, where)
        if tag == "span" and argument != "tg-spoiler":
            raise Unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        self.at += 1
        self.open.append(_Open(tag, argument, self.offset, len(self.plain)))

    def attributes(self, tag: str, where: int) -> str:
        """The one attribute that matters for the tag; stops in front of ``>``."""
        argument = ""
        while True:
            self.skip_space()
            if self.peek() == ">":
                return argument
            begins = self.at
            while self.peek() and self.peek() not in _SPACE and self.peek() not in "=>":
                self.at += 1
            name = self.source[begins : self.at].lower()
            if not name:
                if not self.peek():
                    raise Unparsable(f'Unclosed start tag "{tag}" at byte offset {where}')
                raise Unparsable(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
            self.skip_space()
            if self.peek() != "=":
                if not self.peek():
                    raise Unparsable(f'Unclosed start tag "{tag}" at byte offset {where}')
                if tag == "blockquote" and name == "expandable":
                    argument = "expandable"
                    continue
                raise Unparsable(
                    f'Expected equal sign in declaration of an attribute of the tag "{tag}" at byte offset {where}'
                )
            self.at += 1
            self.skip_space()
            value = self.value(tag, where)
            if tag == "a" and name == "href":
                argument = value
            elif tag == "code" and name == "class" and value.startswith("language-"):
                argument = value.removeprefix("language-")
            elif (tag == "span" and name == "class") or (tag == "tg-emoji" and name == "emoji-id"):
                argument = value
            elif tag == "blockquote" and name == "expandable":
                argument = "expandable"

    def value(self, tag: str, where: int) -> str:
        quote = self.peek()
        if not quote:
            raise Unparsable(f'Unclosed start tag "{tag}" at byte offset {where}')
        if quote not in "'\"":
            begins = self.at
            match = _TOKEN.match(self.source, begins)
            self.at = match.end() if match else begins
            if (self.peek() not in _SPACE and self.peek() != ">") or not self.peek():
                raise Unparsable(f"Unexpected end of name token at byte offset {self.bytes_before(begins)}")
            return self.source[begins : self.at].lower()
        end = self.source.find(quote, self.at + 1)
        if end < 0:
            raise Unparsable(f"Unclosed start tag at byte offset {where}")
        raw = self.source[self.at + 1 : end]
        self.at = end + 1
        return _CHARACTER.sub(lambda match: _character(match) or match.group(), raw)

    def end_tag(self) -> None:
        where = self.bytes_before(self.at)
        if not self.open:
            raise Unparsable(f"Unexpected end tag at byte offset {where}")
        match = _END_NAME.match(self.source, self.at + 2)
        name = match.group().lower() if match else ""
        self.at += 2 + len(name)
        self.skip_space()
        if self.peek() != ">":
            raise Unparsable(f"Unclosed end tag at byte offset {where}")
        started = self.open.pop()
        if name and name != started.tag:
            raise Unparsable(
                f'Unmatched end tag at byte offset {where}, expected "</{started.tag}>", found "</{name}>"'
            )
        self.at += 1
        self.close(started)

    def close(self, started: _Open) -> None:
        length = self.offset - started.offset
        if not length:
            return
        kind = _TAGS[started.tag]
        url = language = emoji = ""
        if kind == "text_link":
            url = started.argument or "".join(self.plain[started.begins :])
            if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|[^\s/]+\.[^\s]+", url):
                return  # the server quietly drops a link it cannot follow
            if "://" not in url and not url.startswith(("tg:", "mailto:", "tel:")):
                url = f"http://{url}"
            elif re.fullmatch(r"[a-z]+://[^/]+", url):
                url += "/"
        elif kind == "code":
            language = started.argument
        elif kind == "custom_emoji":
            if not started.argument.isdigit():
                raise Unparsable("Invalid custom emoji identifier specified")
            emoji = started.argument
        elif kind == "blockquote" and started.argument:
            kind = "expandable_blockquote"
        self.entities.append(Entity(kind, started.offset, length, url=url, language=language, custom_emoji_id=emoji))


def _character(match: re.Match[str]) -> str:
    """The character a reference stands for, or nothing: then it stays as written."""
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if code == 0 or code > 0x10FFFF or (hexadecimal or decimal) is None:
        return ""
    if 0xD800 <= code <= 0xDFFF:
        raise Unparsable(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    return chr(code)


def _merged(entities: list[Entity]) -> list[Entity]:
    """``<pre><code class="language-…">`` is one entity on the wire, and a language means nothing elsewhere."""
    pres = {(one.offset, one.length) for one in entities if one.kind == "pre"}
    languages = {(one.offset, one.length): one.language for one in entities if one.kind == "code" and one.language}
    merged = []
    for one in entities:
        place = (one.offset, one.length)
        if one.kind == "code" and place in pres:
            continue
        if one.kind == "pre" and place in languages:
            merged.append(Entity("pre", one.offset, one.length, language=languages[place]))
        elif one.kind == "code":
            merged.append(Entity("code", one.offset, one.length))
        else:
            merged.append(one)
    return merged
