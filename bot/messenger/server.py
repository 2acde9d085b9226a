"""Where does the messenger listen? One HTTP server inside a running event loop, on loopback unless told otherwise."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.messenger.answers import Answers
from bot.messenger.bot_api import TRANSPORT, Backstage, BotApi
from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.webhooks import FIRST_RETRY, Rounds


@dataclass(frozen=True, slots=True)
class Address:
    """Where the messenger is reached."""

    host: str
    port: int

    @property
    def base(self) -> str:
        """``http://host:port``, what the libraries take as their server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


HEAD_BYTES = 64 * 1024
"""The longest head of a request: an address and headers. Nobody honest comes near (reliability S8)."""
ARRIVES_WITHIN_S = 20.0
"""How long a request may take from the connection, or its first byte, to its last: who drips is hung up on (S8)."""
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class _Protocol(HttpToolsProtocol):
    """uvicorn's, which knows no bound: here a head is short, and a request is there in time or the line is dead.

    It also lets the application break the connection it is asked on: an answer that never comes is a fault too.
    """

    arrives_within_s: ClassVar[float] = ARRIVES_WITHIN_S
    _late: asyncio.TimerHandle | None = None  # runs while a request is on its way in
    _in_head = True
    _head_bytes = 0  # of a head that has not ended yet
    _fields_bytes = 0  # of its headers, however they came
    _whole = 0  # requests that came to their end

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        whole = self._whole
        super().data_received(data)
        if self._in_head and self._whole == whole and not self.transport.is_closing():  # all of it was head
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._hang_up(_TOO_LONG)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: self.transport}  # type: ignore[dict-item]
        if self._late is None:
            self._expect()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields_bytes += len(name) + len(value)
        if self._fields_bytes > HEAD_BYTES:  # they came in one piece; the parser answers 400 for us
            raise ValueError("too many headers")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_head, self._head_bytes, self._fields_bytes = True, 0, 0
        self._whole += 1
        self._arrived()
        super().on_message_complete()

    def _expect(self) -> None:
        self._late = self.loop.call_later(self.arrives_within_s, self._hang_up, _TOO_SLOW)

    def _arrived(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _hang_up(self, why: bytes) -> None:
        if not self.transport.is_closing():
            if self._in_head or not self.cycle.response_started:
                self.transport.write(why)
            self.transport.close()


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The process this runs in has its own say about signals."""
        yield


def application(
    messenger: Messenger,
    stage: Backstage | None = None,
    extra_routes: Sequence[BaseRoute] = (),
    *,
    answers: Answers | None = None,
) -> Starlette:
    """The Bot API and whatever else is to be served beside it; webhooks are delivered only by ``serve``."""
    api: ASGIApp = BotApi(answers or Answers(messenger), stage)
    return Starlette(
        routes=[
            Route("/bot{rest:path}", api, include_in_schema=False),
            Route("/file/bot{rest:path}", api, include_in_schema=False),
            *extra_routes,
        ]
    )


@contextlib.asynccontextmanager
async def serve(
    messenger: Messenger,
    stage: Backstage | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    extra_routes: Sequence[BaseRoute] = (),
    webhook_first_retry: float = FIRST_RETRY,
) -> AsyncIterator[Address]:
    """The messenger listens and delivers to webhooks; on leaving, held polls are answered at once and all is closed."""
    answers = Answers(messenger)

    async def execute(bot: BotAccount, method: str, params: Mapping[str, object]) -> object:
        return await answers.give(bot, method, params, {})

    def let_go() -> None:
        answers.polls.close(messenger.bots)
        messenger.close_listeners()

    app = application(messenger, stage, extra_routes, answers=answers)
    async with listening_server(app, host, port, before_closing=let_go) as address:
        delivering = asyncio.create_task(Rounds(messenger, execute, first_retry=webhook_first_retry).run())
        try:
            yield address
        finally:
            delivering.cancel()
            await asyncio.gather(delivering, return_exceptions=True)


@contextlib.asynccontextmanager
async def listening_server(
    app: ASGIApp, host: str = "127.0.0.1", port: int = 0, *, before_closing: Callable[[], None] = lambda: None
) -> AsyncIterator[Address]:
    """Any application listens, inside the running loop and without touching the process's signals."""
    listening = _listening(host, port)
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_level="error",  # a line for every malformed request would let strangers fill the disk
        access_log=False,
        proxy_headers=False,  # whoever it says it comes from: nobody looks (reliability S3)
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=75,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started and not serving.done():  # noqa: ASYNC110 uvicorn offers no event for it
            await asyncio.sleep(0.002)
        if serving.done():
            serving.result()
            raise RuntimeError("the server ended before it began")
        bound = listening.getsockname()
        yield Address(str(bound[0]), int(bound[1]))
    finally:
        before_closing()
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
        listening.close()


def _listening(host: str, port: int) -> socket.socket:
    """A socket bound before the server starts, so that its port is known and free from then on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # the protocol is named because asyncio turns Nagle's delay off (40 ms an answer) only where it reads IPPROTO_TCP
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening
