"""How does somebody stand before the webhook of a running house? With a socket of their own, as rude as they like."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.house import House, Phone

HEADER = "X-Telegram-Bot-Api-Secret-Token"
Headers = Iterable[tuple[str | bytes, str | bytes]]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back over the line; status 0: it was hung up without a word."""

    status: int
    head: str
    body: bytes


@dataclass
class Door:
    """The webhook of a house that runs by webhook."""

    house: House

    @property
    def port(self) -> int:
        return self.house.parts.house.settings.webhook_port

    @property
    def secret(self) -> str:
        return self.house.parts.house.settings.webhook_secret

    @property
    def path(self) -> str:
        return f"/telegram/{self.house.bot.id}"

    def head(self, headers: Headers, *, length: int, path: str | None = None) -> bytes:
        """The head of a POST, byte for byte."""
        lines = [f"POST {path or self.path} HTTP/1.1".encode(), b"Host: town", b"Content-Length: %d" % length]
        lines += [_bytes(name) + b": " + _bytes(value) for name, value in headers]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    async def post(self, content: object, headers: Headers | None = None, **how: Any) -> Answered:
        """One request on a connection of its own; `headers` None: the secret and nothing else."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        shown = [(HEADER, self.secret)] if headers is None else headers
        return await self.sends(self.head(shown, length=len(body), **how) + body)

    async def sends(self, *parts: bytes) -> Answered:
        """These bytes leave, and what comes back is read."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            with contextlib.suppress(ConnectionError):  # it may have answered and hung up before it heard all
                for part in parts:
                    writer.write(part)
                    await writer.drain()
            return await answer_of(reader)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def answer_of(reader: asyncio.StreamReader) -> Answered:
    """The answer that comes, within a generous while."""
    try:
        async with asyncio.timeout(20):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = next(
                (int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length")), 0
            )
            return Answered(int(head.split()[1]), head, await reader.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError):
        return Answered(0, "", b"")


def says(phone: Phone, text: str, *, number: int | None = None, **more: Any) -> dict[str, Any]:
    """An update in which this person says this, as a messenger would write it."""
    person = phone.person
    return {
        "update_id": secrets.randbelow(2**40) if number is None else number,
        "message": {
            "message_id": secrets.randbelow(2**30),
            "date": 1_795_500_000,
            "chat": {"id": person.id, "type": "private", "first_name": person.first_name},
            "from": {"id": person.id, "is_bot": False, "first_name": person.first_name, "language_code": "zh-hans"},
            "text": text,
            **more,
        },
    }


def taps(phone: Phone, data: str, *, message_id: int = 1, chat: dict[str, Any] | None = None) -> dict[str, Any]:
    """An update in which this person taps a button with this data."""
    sent = says(phone, "")
    message = {**sent["message"], "message_id": message_id, "chat": chat or sent["message"]["chat"], "text": "卡片"}
    query = {"id": str(secrets.randbelow(2**60)), "from": message["from"], "chat_instance": "1", "message": message}
    return {"update_id": sent["update_id"], "callback_query": {**query, "data": data}}


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
