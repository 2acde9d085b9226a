"""Who is at the other end of the line? A Bot API that says yes, and a messenger that posts what residents say.

As little of both as will do, in the client's process: what is measured is the house, and it has the same two cores.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from bot.bench.residents import BOT

SUBMIT = "对，提交"
RECEIPT = "收到了，编号"
CONNECTIONS = 40
"""What Telegram opens to a webhook unless told otherwise."""

Heard = Callable[[int, str, str | None], None]
"""A chat, what it is told, and what its button 对，提交 would say; None where there is none."""


class YesMan:
    """A Bot API server: every letter is taken at once."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._numbers = 0
        self.calls = 0

    @contextlib.asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Its address."""
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=2**20)
        async with server:
            host, port = server.sockets[0].getsockname()[:2]
            yield f"http://{host}:{port}"

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(_length(head))
                method = head.split(b" ", 2)[1].rpartition(b"/")[2].partition(b"?")[0].decode()
                answer = json.dumps({"ok": True, "result": self._answer(method, body)}).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(answer)
                )
                writer.write(answer)
        writer.close()

    def _answer(self, method: str, body: bytes) -> Any:
        self.calls += 1
        if method == "getMe":
            return {"id": BOT, "is_bot": True, "first_name": "回音", "username": "huiyin_load_bot"}
        if not method.startswith(("send", "edit")):
            return True
        said = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        chat_id = int(said.get("chat_id", "0"))
        if method == "sendMessage":
            self._heard(chat_id, said.get("text", ""), _submits(said.get("reply_markup", "")))
        self._numbers += 1
        chat = {"id": chat_id, "type": "private", "first_name": "居民"}
        number = int(said["message_id"]) if "message_id" in said else self._numbers
        return {"message_id": number, "date": int(time.time()), "chat": chat, "text": said.get("text", "")}


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _submits(markup: str) -> str | None:
    if SUBMIT not in markup and "\\u" not in markup:
        return None
    for row in json.loads(markup).get("inline_keyboard", ()):
        for button in row:
            if button.get("text") == SUBMIT:
                return str(button["callback_data"])
    return None


@dataclass
class Postman:
    """Posts updates to the webhook over 40 connections; of one chat one at a time, again until it is taken."""

    port: int
    secret: str
    waits: list[float] = field(default_factory=list)  # seconds from being said to the answer 200
    refused: int = 0
    _numbers: int = 0
    _queue: "asyncio.Queue[tuple[float, bytes]]" = field(default_factory=asyncio.Queue)

    def post(self, content: dict[str, Any]) -> None:
        """Somebody has said this, now."""
        self._numbers += 1
        self._queue.put_nowait((time.perf_counter(), json.dumps({"update_id": self._numbers, **content}).encode()))

    @property
    def posted(self) -> int:
        """Updates there have been."""
        return self._numbers

    async def run(self) -> None:
        """Posts for ever."""
        await asyncio.gather(*(self._carry() for _ in range(CONNECTIONS)))

    async def idle(self) -> None:
        """Returns when everything said was taken."""
        while len(self.waits) < self._numbers:
            await asyncio.sleep(0.02)

    async def _carry(self) -> None:
        head = (
            f"POST /telegram/{BOT} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            f"x-telegram-bot-api-secret-token: {self.secret}\r\ncontent-length: "
        ).encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        while True:
            said_at, body = await self._queue.get()
            while True:
                try:
                    writer.write(head + b"%d\r\n\r\n" % len(body) + body)
                    answer = await reader.readuntil(b"\r\n\r\n")
                    await reader.readexactly(_length(answer))
                except (asyncio.IncompleteReadError, ConnectionError):
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    continue
                if b" 200 " in answer[:16]:
                    break
                self.refused += 1
                await asyncio.sleep(0.1)
            self.waits.append(time.perf_counter() - said_at)


def words(chat_id: int, number: int, text: str) -> dict[str, Any]:
    """A resident says something."""
    person = {"id": chat_id, "is_bot": False, "first_name": "居民", "language_code": "zh-hans"}
    chat = {"id": chat_id, "type": "private", "first_name": "居民"}
    return {"message": {"message_id": number, "date": int(time.time()), "chat": chat, "from": person, "text": text}}


def tap(chat_id: int, number: int, data: str) -> dict[str, Any]:
    """A resident taps a button below the message of that number."""
    person = {"id": chat_id, "is_bot": False, "first_name": "居民", "language_code": "zh-hans"}
    chat = {"id": chat_id, "type": "private", "first_name": "居民"}
    message = {"message_id": number, "date": int(time.time()), "chat": chat, "text": "是这件事吗？"}
    query = {"id": f"{chat_id}-{number}", "from": person, "chat_instance": "1", "message": message, "data": data}
    return {"callback_query": query}
