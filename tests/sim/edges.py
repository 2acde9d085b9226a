"""How does the project speak with the simulated messenger? A gateway, an aiogram session and an HTTP client.

Each stands where the real one does and says the same of the same answers; each is deaf and dumb once its process died.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any, cast

import httpx
from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType

from bot.messenger.answers import Answer
from bot.messenger.asked import Upload
from bot.telegram.pace import Budget
from models.ports import Later, Letter, Outcome, Priority, Sent, Unreachable, Unsendable, Unsure
from scheduler.delivery import GONE
from tests.sim.loop import Killed
from tests.sim.telegram import HostileTelegram, NeverLeft, NoAnswer

WAITS_AT_MOST_S = 0.2
LONGEST_OUTAGE_PAUSE_S = 3 * 3600.0
"""Longer than the real one's minute: a partition of hours is no different for being asked about less often."""


class SimGateway:
    """A `ports.Gateway`: answers as bot/telegram/notices does, through the real pace."""

    def __init__(
        self, sky: HostileTelegram, budget: Budget, alive: Callable[[], bool], files: dict[str, bytes]
    ) -> None:
        self._sky, self._budget, self._alive, self._files = sky, budget, alive, files
        self._unconnected = 0

    @property
    def bots(self) -> Sequence[int]:
        return (self._sky.bot.id,)

    async def send(self, letter: Letter, *, priority: Priority) -> Outcome:
        many = max(1, len(letter.files))
        while (wait := await self._budget.admit(letter.bot_id, letter.chat_id, priority, many)) > 0.0:
            if wait > WAITS_AT_MOST_S:
                return Later(wait)
            await asyncio.sleep(wait)
        if not self._alive():
            raise Killed
        method, params, uploads = self._call(letter)
        try:
            answer = await self._sky.ask(method, params, uploads)
        except NeverLeft:
            self._unconnected += 1
            return Later(min(2.0**self._unconnected, LONGEST_OUTAGE_PAUSE_S))
        except NoAnswer:
            return Unsure("ReadTimeout")
        self._unconnected = 0
        if not self._alive():
            raise Killed
        if answer.status == 200:
            result = json.loads(answer.body)["result"]
            return Sent(int((result[0] if isinstance(result, list) else result)["message_id"]))
        return await self._refused(letter, answer.status, answer.description, answer.body)

    def _call(self, letter: Letter) -> tuple[str, dict[str, Any], dict[str, Upload]]:
        params: dict[str, Any] = {"chat_id": letter.chat_id, "parse_mode": "HTML"}
        if letter.buttons:
            params["reply_markup"] = {
                "inline_keyboard": [
                    [
                        {"text": one.text, **({"callback_data": one.callback} if one.callback else {"url": one.url})}
                        for one in row
                    ]
                    for row in letter.buttons
                ]
            }
        if letter.answers is not None and not letter.edits:
            params["reply_parameters"] = {"message_id": letter.answers, "allow_sending_without_reply": True}
        if letter.files:
            kind, digest = letter.files[0]
            upload = Upload(f"{kind}.bin", "", self._files[digest])
            return f"send{kind.capitalize()}", {**params, "caption": letter.text}, {kind: upload}
        if letter.edits:
            return "editMessageText", {**params, "text": letter.text, "message_id": letter.edits}, {}
        return "sendMessage", {**params, "text": letter.text}, {}

    async def _refused(self, letter: Letter, status: int, words: str, body: bytes) -> Outcome:
        match status:
            case 429:
                seconds = float(json.loads(body)["parameters"]["retry_after"])
                whole = await self._budget.halted(letter.bot_id, letter.chat_id, seconds)
                self._sky.heard_halt(0 if whole else letter.chat_id, seconds)
                return Later(seconds, halts=whole)
            case 403:
                return Unreachable("blocked")
            case 400 if "not modified" in words and letter.edits:
                return Sent(letter.edits)
            case 400 if "to edit not found" in words or "can't be edited" in words:
                return Unsendable(GONE)
            case 400 if "chat not found" in words:
                return Unreachable("chat not found")
            case 400:
                return Unsendable("can't parse entities")
        return Unsure("NetworkError")


class SimSession(BaseSession):
    """How aiogram's replies leave."""

    def __init__(self, sky: HostileTelegram, alive: Callable[[], bool]) -> None:
        super().__init__()
        self._sky, self._alive = sky, alive

    async def close(self) -> None:
        """Nothing is open."""

    async def stream_content(self, *asked: Any, **how: Any) -> AsyncGenerator[bytes, None]:
        raise NotImplementedError
        yield b""

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        if not self._alive():
            raise Killed
        files: dict[str, Any] = {}
        params = {
            name: prepared
            for name, value in method.model_dump(warnings=False).items()
            if (prepared := self.prepare_value(value, bot=bot, files=files))
        }
        try:
            answer = await self._sky.ask(method.__api_method__, params)
        except (NeverLeft, NoAnswer) as none:
            raise TelegramNetworkError(method=cast(Any, method), message=type(none).__name__) from None
        if not self._alive():
            raise Killed
        if answer.status != 200:
            raise self._error(method, answer, int(params.get("chat_id") or 0))
        return cast(TelegramType, True)  # nobody looks at what a reply became; building its type takes 5 ms

    def _error(self, method: TelegramMethod[Any], answer: Answer, chat: int) -> TelegramAPIError:
        """What aiogram makes of such an answer (`BaseSession.check_response`)."""
        words = answer.description
        if answer.status == 429:
            seconds = int(json.loads(answer.body)["parameters"]["retry_after"])
            self._sky.heard_halt(chat, float(seconds))
            return TelegramRetryAfter(method=method, message=words, retry_after=seconds)
        kind = _ERRORS.get(answer.status, TelegramServerError)
        return kind(method=method, message=words)


_ERRORS: dict[int, type[TelegramAPIError]] = {400: TelegramBadRequest, 403: TelegramForbiddenError}


class SimHttp:
    """How the real poller reaches the messenger: as httpx.AsyncClient, as far as it is used."""

    def __init__(self, sky: HostileTelegram, alive: Callable[[], bool], *, held_s: float) -> None:
        self._sky, self._alive, self._held_s = sky, alive, held_s

    async def post(self, address: str, *, json: dict[str, Any], timeout: float) -> httpx.Response:
        if not self._alive():
            raise Killed
        try:
            answer = await self._sky.updates(json.get("offset"), int(json["limit"]), self._held_s)
        except NeverLeft:
            raise httpx.ConnectError("partition") from None
        except NoAnswer:
            raise httpx.ReadTimeout("lost") from None
        if not self._alive():
            raise Killed
        return httpx.Response(answer.status, content=answer.body)
