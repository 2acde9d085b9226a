"""How is the Bot API spoken over HTTP? Paths, forms and JSON in; status and JSON out; files up and down.

Written against ASGI itself: every bench and test runs through here, and a framework's request object costs more than
the answer.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Protocol
from urllib.parse import parse_qsl, unquote

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Receive, Scope, Send

from bot.messenger.answers import Answer, Answers, refused
from bot.messenger.asked import Upload
from bot.messenger.chats import BotAccount
from bot.messenger.decoding import read_json
from bot.messenger.files import UPLOAD_LIMIT
from bot.messenger.refusals import UNKNOWN_PATH, WRONG_TOKEN, Refusal, bad_request

BODY_LIMIT = UPLOAD_LIMIT + 1024 * 1024
WORDS_LIMIT = 1024 * 1024
"""Without files a request is words and numbers: more of them would hold everybody up while they are decoded."""
TRANSPORT = "huiyin.transport"  # the extension our server puts into the scope


class Backstage(Protocol):
    """Who stands behind the curtain and may spoil an answer; only tests and the demo have one."""

    async def before(self, bot: BotAccount, method: str, params: Mapping[str, object]) -> Answer | None:
        """An answer given instead of the method's; nothing lets it happen."""

    def after(self, bot: BotAccount, method: str, params: Mapping[str, object], answer: Answer) -> bool:
        """Whether the caller gets the answer; otherwise the connection breaks."""


class BotApi:
    """``/bot<token>/<method>`` and ``/file/bot<token>/<path>`` of one messenger."""

    def __init__(self, answers: Answers, backstage: Backstage | None = None) -> None:
        self._answers = answers
        self._backstage = backstage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith("/file/bot"):
            await self._file(path.removeprefix("/file/bot"), send)
            return
        token, _, name = path.removeprefix("/bot").partition("/")
        bot = self._answers.messenger.bot_of(token)
        if bot is None:
            await _send(send, refused(Refusal(401, WRONG_TOKEN)))
            return
        if scope["method"] not in ("GET", "POST"):
            await _send(send, refused(Refusal(405, "Method Not Allowed")))
            return
        try:
            params, uploads = await _read(scope, receive)
        except Refusal as refusal:
            await _send(send, refused(refusal))
            return
        if not name and isinstance(params.get("method"), str):
            name = str(params.pop("method"))
        await self._answer(bot, name.strip("/"), params, uploads, scope, receive, send)

    async def _answer(
        self,
        bot: BotAccount,
        name: str,
        params: Mapping[str, object],
        uploads: Mapping[str, Upload],
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        backstage = self._backstage
        if backstage is None:
            await _send(send, await self._answers.give(bot, name, params, uploads))
            return
        answer = await backstage.before(bot, name, params)
        if answer is None:
            answer = await self._answers.give(bot, name, params, uploads)
        if backstage.after(bot, name, params, answer):
            await _send(send, answer)
        else:
            scope["extensions"][TRANSPORT].abort()
            await receive()  # until the connection is gone, so that nothing can be answered on it

    async def _file(self, rest: str, send: Send) -> None:
        token, _, path = rest.partition("/")
        if self._answers.messenger.bot_of(token) is None:
            await _send(send, refused(Refusal(401, WRONG_TOKEN)))
            return
        file = self._answers.messenger.files.by_path(unquote(path))
        if file is None:
            await _send(send, refused(Refusal(404, UNKNOWN_PATH)))
            return
        await _send(send, Answer(200, file.content), kind=b"application/octet-stream")


async def _send(send: Send, answer: Answer, *, kind: bytes = b"application/json") -> None:
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(answer.body))]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _read(scope: Scope, receive: Receive) -> tuple[dict[str, object], dict[str, Upload]]:
    """The parameters from query and body, and the files; 413 for a body too large, 400 for an unreadable one."""
    params: dict[str, object] = {}
    query = scope["query_string"]
    if query:
        params.update(_pairs(query))
    kind = b""
    for name, value in scope["headers"]:
        if name == b"content-type":
            kind = value.lower()
            break
    body = await _body(receive, BODY_LIMIT if kind.startswith(b"multipart/form-data") else WORDS_LIMIT)
    if not body:
        return params, {}
    if kind.startswith(b"application/x-www-form-urlencoded"):
        params.update(_pairs(body))
        return params, {}
    if kind.startswith(b"application/json"):
        try:
            content = read_json(body.decode())
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            raise bad_request("can't parse JSON object")
        params.update(content)
        return params, {}
    if kind.startswith(b"multipart/form-data"):
        return await _multipart(scope, body, params)
    return params, {}


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw.decode(), keep_blank_values=True, errors="strict")
    except ValueError:
        raise bad_request("strings must be encoded in UTF-8") from None


async def _body(receive: Receive, limit: int) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise Refusal(413, "Request Entity Too Large")
    return b"".join(parts)


async def _multipart(
    scope: Scope, body: bytes, params: dict[str, object]
) -> tuple[dict[str, object], dict[str, Upload]]:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body
        yield b""

    try:
        parser = MultiPartParser(Headers(scope=scope), stream(), max_part_size=1 << 20)
        form = await parser.parse()
    except (MultiPartException, KeyError):
        raise bad_request("can't parse multipart form") from None
    uploads: dict[str, Upload] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            uploads[name] = Upload(value.filename or name, value.content_type or "", await value.read())
        else:
            params[name] = value
    await form.close()
    return params, uploads
