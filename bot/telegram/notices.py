"""How does a promised notice reach its reader, and what did the messenger say?

Every answer becomes an `Outcome`; whatever is not certain to have failed is `Unsure`, because a Bot API sends twice
when asked twice (reliability §0.2). The only importer of python-telegram-bot; it imports no aiogram: a delivery
process stays small.
"""

import asyncio
import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import unescape
from http import HTTPStatus
from typing import Any

import httpx
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.telegram.account import Account
from bot.telegram.pace import Budget
from bot.telegram.trust import trust
from models.ports import (
    Button,
    FileStore,
    Later,
    Letter,
    Moved,
    Outcome,
    Priority,
    Sent,
    Unreachable,
    Unsendable,
    Unsure,
)
from models.rules import tally

log = logging.getLogger(__name__)
# httpx logs every address at INFO, python-telegram-bot every base address at DEBUG; both hold the token (I12)
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("telegram").setLevel(logging.INFO)
logging.getLogger("telegram.ext").setLevel(logging.INFO)

AT_ONCE = 8
"""Requests in flight a bot: httpcore's pool is quadratic in them (telegram.md §4, encode/httpcore#1035)."""
WAITS_AT_MOST_S = 0.2
"""A longer wait for the pace goes back to the outbox, so that one slow chat holds no place."""
FULL_WAITS_S = 1.0
"""How long a letter rests for which no place among the requests in flight became free."""
TOKEN_AGAIN_S = 60.0
"""How long to leave a messenger alone that refuses the token; a person has to look."""
LONGEST_OUTAGE_PAUSE_S = 60.0
UNSAID_HALT_S = 5.0
"""What a 429 that does not say how long is taken to mean."""
ANSWER_WITHIN_S = 15.0
GONE = "gone"
"""`Unsendable.reason` of an edit whose message is no longer there, or can no longer be changed."""

_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_NOBODY = ("chat not found", "user not found", "peer_id_invalid", "bot can't initiate conversation")
UNREADABLE = "can't parse entities"
_KNOWN = (
    UNREADABLE,
    "message is too long",
    "text must be non-empty",
    "message text is empty",
    "button_data_invalid",
    "not enough rights",
)
"""What a 400 may be called in a row and in a log; its own words may quote the letter (I12)."""


class _Halted(TelegramError):
    """A 429. The library's own `RetryAfter` cannot be made without a deprecation warning (22.2 and later)."""

    def __init__(self, seconds: float) -> None:
        super().__init__("Too Many Requests")
        self.seconds = seconds


class _Request(HTTPXRequest):
    """The library's transport, which says itself how long a 429 asks to wait."""

    async def do_request(self, *asked: Any, **how: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*asked, **how)
        if code == HTTPStatus.TOO_MANY_REQUESTS:
            raise _Halted(_retry_after(payload))
        return code, payload


def _retry_after(payload: bytes) -> float:
    try:
        return max(float(json.loads(payload)["parameters"]["retry_after"]), 0.0)
    except (ValueError, KeyError, TypeError):
        return UNSAID_HALT_S


class PtbGateway:
    """Sends letters for all bots through one pace; implements `models.ports.Gateway`."""

    def __init__(
        self,
        accounts: Mapping[int, Account],
        pace: Budget,
        *,
        files: FileStore | None = None,
        answer_within_s: float = ANSWER_WITHIN_S,
    ) -> None:
        """Makes no request: a bot that was never initialised sends as well, and needs no getMe.

        `files`: where the bytes of what is shown lie; without it no letter with files can be sent.
        """
        self._pace, self._files = pace, files
        self._room_within_s = answer_within_s / 2
        self._requests = {
            bot_id: _Request(
                connection_pool_size=AT_ONCE,
                connect_timeout=5.0,
                read_timeout=answer_within_s,
                write_timeout=answer_within_s,
                media_write_timeout=answer_within_s,
                pool_timeout=answer_within_s,
                httpx_kwargs={"verify": trust()},
            )
            for bot_id in accounts
        }
        self._bots: dict[int, ExtBot[None]] = {
            bot_id: ExtBot(
                account.token,
                base_url=f"{account.base.rstrip('/')}/bot",
                base_file_url=f"{account.base.rstrip('/')}/file/bot",
                request=self._requests[bot_id],
                get_updates_request=self._requests[bot_id],  # never used: saves a second pool
            )
            for bot_id, account in accounts.items()
        }
        self._room = {bot_id: asyncio.Semaphore(AT_ONCE) for bot_id in accounts}
        self._unconnected: dict[int, int] = {}  # bot: connections refused in a row

    @property
    def bots(self) -> Sequence[int]:
        """Those with an account here."""
        return tuple(self._bots)

    async def close(self) -> None:
        """The connections are closed; nothing can be sent any more."""
        for request in self._requests.values():
            await request.shutdown()

    async def send(self, letter: Letter, *, priority: Priority) -> Outcome:
        """Sends or edits once. Waits at most `WAITS_AT_MOST_S` for the pace, else answers `Later` without a try."""
        bot = self._bots.get(letter.bot_id)
        if bot is None:
            return Unsendable("unknown bot")
        room = self._room[letter.bot_id]
        try:
            async with asyncio.timeout(self._room_within_s):
                await room.acquire()
        except TimeoutError:  # the messenger hangs; nothing of this letter has left
            return Later(FULL_WAITS_S)
        try:
            if (wait := await self._pass(letter, priority)) > 0.0:
                return Later(wait)
            message_id = await (self._upload(bot, letter) if letter.files else self._say(bot, letter))
        except _Halted as halt:
            return Later(halt.seconds, halts=await self._pace.halted(letter.bot_id, letter.chat_id, halt.seconds))
        except Exception as error:
            return self._outcome(letter, error)
        finally:
            room.release()
        self._unconnected.pop(letter.bot_id, None)
        return Sent(message_id)

    async def _pass(self, letter: Letter, priority: Priority) -> float:
        """0.0 when the pace let it through; else how long it would still have to wait. An album counts each picture."""
        left = WAITS_AT_MOST_S
        messages = max(len(letter.files), 1)
        while (wait := await self._pace.admit(letter.bot_id, letter.chat_id, priority, messages)) > 0.0:
            if wait > left:
                tally.waited_for_the_pace(wait)
                return wait
            left -= wait
            await asyncio.sleep(wait)
        if left < WAITS_AT_MOST_S:
            tally.waited_for_the_pace(WAITS_AT_MOST_S - left)
        return 0.0

    async def _say(self, bot: ExtBot[None], letter: Letter) -> int:
        """As HTML; without its marks where the messenger cannot read them: plain words help, no words do not (S17)."""
        write = self._edit if letter.edits else self._post
        try:
            return await write(bot, letter, ParseMode.HTML)
        except BadRequest as error:
            if UNREADABLE not in error.message.lower():
                raise
        log.error("bot %d: a letter could not be read as HTML and leaves without its marks", letter.bot_id)
        return await write(bot, replace(letter, text=unescape(_TAG.sub("", letter.text))), None)

    async def _post(self, bot: ExtBot[None], letter: Letter, mode: ParseMode | None) -> int:
        message = await bot.send_message(
            letter.chat_id,
            letter.text,
            parse_mode=mode,
            link_preview_options=_NO_PREVIEW,
            reply_markup=_markup(letter.buttons),
            reply_parameters=_answering(letter),
        )
        return message.message_id

    async def _edit(self, bot: ExtBot[None], letter: Letter, mode: ParseMode | None) -> int:
        edits = letter.edits or 0
        try:
            await bot.edit_message_text(
                letter.text,
                chat_id=letter.chat_id,
                message_id=edits,
                parse_mode=mode,
                link_preview_options=_NO_PREVIEW,
                reply_markup=_markup(letter.buttons),
            )
        except BadRequest as error:
            if "message is not modified" not in error.message.lower():
                raise
        return edits

    async def _upload(self, bot: ExtBot[None], letter: Letter) -> int:
        """The files' bytes, from our own keeping; several pictures as one album. The first message's name."""
        if self._files is None:
            raise KeyError("no keeping")
        contents = [await asyncio.to_thread(self._files.get, digest) for _, digest in letter.files]
        how: dict[str, Any] = {
            "caption": letter.text,
            "parse_mode": ParseMode.HTML,
            "disable_notification": True,  # the card has rung
            "reply_parameters": _answering(letter),
        }
        if len(contents) > 1:
            album = [InputMediaPhoto(content) for content in contents]
            return (await bot.send_media_group(letter.chat_id, album, **how))[0].message_id
        how["reply_markup"] = _markup(letter.buttons)
        if letter.files[0][0] == "voice":
            return (await bot.send_voice(letter.chat_id, contents[0], **how)).message_id
        return (await bot.send_photo(letter.chat_id, contents[0], **how)).message_id

    def _outcome(self, letter: Letter, error: Exception) -> Outcome:
        """What the failure means. The order matters: `BadRequest` and `TimedOut` are `NetworkError`s."""
        match error:
            case KeyError():
                return Unsendable("file gone")
            case ChatMigrated():
                return Moved(error.new_chat_id)
            case Forbidden():
                return Unreachable(_named(error, ("blocked", "deactivated", "kicked", "initiate conversation")))
            case BadRequest():
                return _bad_request(error)
            case InvalidToken():
                log.critical("bot %d: the messenger refuses this token; notices wait", letter.bot_id)
                return Later(TOKEN_AGAIN_S, halts=True)
            case NetworkError() if isinstance(error.__cause__, _NEVER_LEFT):
                return Later(self._outage_pause(letter.bot_id))  # no copy can exist
            case NetworkError() if "entity too large" in error.message.lower():
                return Unsendable("too large")
            case NetworkError():
                return Unsure(type(error.__cause__ or error).__name__)
            case _:  # an answer nobody understands, or a defect of ours: the request may have left
                log.error("bot %d: sending failed: %s", letter.bot_id, type(error).__name__)
                return Unsure(type(error).__name__)

    def _outage_pause(self, bot_id: int) -> float:
        failures = self._unconnected.get(bot_id, 0)
        self._unconnected[bot_id] = failures + 1
        log.warning("bot %d: the messenger cannot be reached", bot_id)
        return float(min(2 ** min(failures, 6), LONGEST_OUTAGE_PAUSE_S))


_TAG = re.compile(r"<[^<>]*>")
_NEVER_LEFT = httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def _answering(letter: Letter) -> ReplyParameters | None:
    """Below the message it belongs to, or without one where the reader deleted that."""
    return None if letter.answers is None else ReplyParameters(letter.answers, allow_sending_without_reply=True)


def _markup(rows: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(one.text, callback_data=one.callback or None, url=one.url or None) for one in row]
            for row in rows
        ]
    )


def _bad_request(error: BadRequest) -> Outcome:
    words = error.message.lower()
    if any(known in words for known in _GONE):
        return Unsendable(GONE)
    if any(known in words for known in _NOBODY):
        return Unreachable(_named(error, _NOBODY))
    return Unsendable(_named(error, _KNOWN))


def _named(error: TelegramError, known: tuple[str, ...]) -> str:
    words = error.message.lower()
    return next((name for name in known if name in words), type(error).__name__)
