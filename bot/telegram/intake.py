"""Is it kept before it is acknowledged? Our own poller and webhook: raw JSON, no Bot API library (design §2.2).

Libraries acknowledge before they have decoded, let alone kept (telegram.md §6: 1, 4). Here an update is a row in the
inbox first; only then does the offset move on or the webhook answer 200. Nothing is decoded further than its number and
its chat, so nothing a messenger may invent can stop the queue.
"""

import asyncio
import hmac
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.settings import SECRET_FORM
from bot.telegram.account import Account, TokenRefused
from models import inbox
from models.inbox import Arrived
from models.ports import Clock
from models.rules import tally
from models.rules.failpoints import failpoint
from models.rules.tally import Counted
from models.store import Store
from models.vault import Keys

log = logging.getLogger(__name__)
logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs every address at INFO, and ours hold the token (I12)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
LONG_POLL_S = 50
"""The longest Telegram holds a poll (tdlib/telegram-bot-api, LONG_POLL_MAX_TIMEOUT)."""
RETAINED = timedelta(hours=24)
"""So long a messenger keeps what is not confirmed (Bot API, getUpdates)."""
ANSWER_WITHIN_S = 10
"""How much longer than the long poll an answer may take."""
LIMIT_BYTES = 256 * 1024
"""The largest webhook body. Telegram's own updates stay under 100 KB; decoding a megabyte may hold everybody up for a
quarter of a second (measured; reliability S8)."""

_MOST = 2**63
_SECRET = b"x-telegram-bot-api-secret-token"
_PLAIN = ("", "identity")
_NUMBER = re.compile(rb'"update_id"\s*:\s*(\d{1,18})\b')


def _update_id(update: object) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if type(number) is int and 0 <= number < _MOST else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one getUpdates brought: what is to be kept, and whether it could be taken apart at all."""

    arrived: tuple[Arrived, ...]
    whole: bool = True


def open_envelope(body: bytes) -> Answer:
    """The updates of a successful answer, each as its own bytes; never raises.

    An answer that cannot be decoded as a whole is not `whole`: when it was asked for one update, what is in it is kept
    as it is under the number that can be read off it, and the worker parks it.
    """
    try:
        elements = json.loads(body.decode("utf-8", "replace"))["result"]
        arrived = []
        for element in elements:
            number = _update_id(element)
            if number is not None:
                arrived.append(Arrived(number, inbox.chat_of(element), json.dumps(element).encode()))
        return Answer(tuple(arrived), whole=len(arrived) == len(elements))
    except (ValueError, KeyError, TypeError, RecursionError):
        found = _NUMBER.search(body)
        return Answer((Arrived(int(found[1]), 0, body),) if found else (), whole=False)


class _NoAnswer(Exception):
    """The poll brought nothing to keep; come back after `seconds` (None: back off)."""

    def __init__(self, why: str, seconds: float | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds


class Poller:
    """Asks one bot's messenger for updates, for ever; each is durable before the offset passes it."""

    def __init__(
        self,
        account: Account,
        store: Store,
        keys: Keys,
        http: httpx.AsyncClient,
        machine: Clock,
        *,
        kept: Callable[[], None] = lambda: None,
        long_poll_s: float = LONG_POLL_S,
        pause_s: float = 1.0,
        longest_pause_s: float = 30.0,
    ) -> None:
        """`kept` is called after each batch that is durable: the worker's nudge."""
        self._account, self._store, self._keys, self._http, self._machine = account, store, keys, http, machine
        self._kept = kept
        self._long_poll_s, self._pause_s, self._longest_pause_s = long_poll_s, pause_s, longest_pause_s

    async def run(self) -> None:
        """Polls until cancelled. Raises `TokenRefused`; everything else is waited out."""
        offset: int | None = None
        answered_from = self._machine.now()
        limit, pause = 100, self._pause_s
        while True:
            if self._machine.now() - answered_from > RETAINED:
                offset = None  # what it would confirm is gone, and the numbers may have begun anew below it
            try:
                answer = await self._ask(offset, limit)
                if answer.arrived:
                    await self._keep(answer.arrived)
                elif not answer.whole:
                    raise _NoAnswer("an answer with no update number in it")
            except _NoAnswer as no:
                log.warning("bot %d: %s", self._account.id, no)
                await asyncio.sleep(no.seconds or pause)
                pause = min(pause * 2, self._longest_pause_s)
                continue
            except TokenRefused:
                log.critical("bot %d: the messenger refuses this token; polling stops", self._account.id)
                raise
            except Exception as error:  # the store is full or closed: nothing was kept, so nothing is confirmed
                log.error("bot %d: updates could not be kept: %s", self._account.id, type(error).__name__)
                tally.count(Counted.REFUSED, type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._longest_pause_s)
                continue
            pause, answered_from = self._pause_s, self._machine.now()
            # one by one while something undecodable is in the queue, so that only it is kept unread
            limit = 100 if answer.whole else 1
            # what was asked for with an offset is confirmed by the answer. Numbers may begin anew anywhere after an
            # idle week (reliability §0.4), so an offset is never kept beyond that: it would confirm lower ones unseen
            offset = max(one.update_id for one in answer.arrived) + 1 if answer.arrived else None

    async def _ask(self, offset: int | None, limit: int) -> Answer:
        failpoint("intake.before_ack")
        wanted: dict[str, Any] = {"timeout": self._long_poll_s, "limit": limit, "allowed_updates": ALLOWED_UPDATES}
        if offset is not None:
            wanted["offset"] = offset
        try:
            response = await self._http.post(
                self._account.address("getUpdates"), json=wanted, timeout=self._long_poll_s + ANSWER_WITHIN_S
            )
        except httpx.HTTPError as error:
            raise _NoAnswer(f"no answer from the messenger ({type(error).__name__})") from None
        if response.status_code == 200:
            answer = open_envelope(response.content)
            return answer if answer.whole or limit == 1 else await self._ask(offset, 1)
        raise self._refused(response)

    def _refused(self, response: httpx.Response) -> Exception:
        if response.status_code in (401, 404):
            return TokenRefused(self._account.id)
        if response.status_code == 409:
            return _NoAnswer("another poller or a webhook takes this bot's updates; only one may (409)")
        if response.status_code == 429:
            return _NoAnswer("polled too often (429)", _retry_after(response.content))
        return _NoAnswer(f"the messenger answered {response.status_code}")

    async def _keep(self, arrived: tuple[Arrived, ...]) -> None:
        failpoint("intake.before_keep")
        now = self._machine.now()
        await self._store.run(inbox.take_in, self._keys, self._account.id, arrived, now)
        failpoint("intake.after_keep")
        self._kept()


def _retry_after(body: bytes) -> float | None:
    try:
        return float(json.loads(body)["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def webhook_route(
    store: Store,
    keys: Keys,
    machine: Clock,
    secrets: Mapping[int, str],
    *,
    kept: Callable[[], None] = lambda: None,
    takes: Callable[[], bool] = lambda: True,
) -> Route:
    """`POST /telegram/{bot_id}`: 200 only for what is durable. `secrets` maps a bot to its webhook secret.

    ValueError for a secret that is short or that Telegram could not send: an open door must not start (S2).
    """
    for bot_id, secret in secrets.items():
        if not SECRET_FORM.fullmatch(secret):
            raise ValueError(f"the webhook secret of bot {bot_id} must be 32 to 256 of A-Z a-z 0-9 _ -")
    doors = {str(bot_id): (bot_id, secret.encode()) for bot_id, secret in secrets.items()}

    async def receive(request: Request) -> Response:
        """401 before the body is read; 415 packed; 413 too long; 400 no update; 503 not kept, send it again; 200 kept.

        Who forwarded it is not looked at: an address in a header proves nothing, the secret does (S3).
        """
        bot_id, secret = doors.get(request.path_params["bot_id"], (0, b""))
        shown = [value for name, value in request.scope["headers"] if name == _SECRET]
        known = hmac.compare_digest(shown[0] if len(shown) == 1 else b"", secret)
        if not (known and secret):
            return Response(status_code=401)
        if not takes():  # the house drains: the messenger keeps it and tries again
            tally.count(Counted.REFUSED, "draining")
            return Response(status_code=503)
        if any(one.strip().lower() not in _PLAIN for one in request.headers.getlist("content-encoding")):
            return Response(status_code=415)  # Telegram packs nothing; what unpacks to a gigabyte is not unpacked here
        try:
            body = await _read(request)
        except _TooLong:
            return Response(status_code=413)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is left to read it
        arrived = _one_update(body)
        if arrived is None:
            return Response(status_code=400)
        try:
            failpoint("intake.before_keep")
            await store.run(inbox.take_in, keys, bot_id, (arrived,), machine.now())
            failpoint("intake.after_keep")
        except Exception as error:  # whatever it is, it is ours; the messenger tries again
            log.error("bot %d: an update could not be kept: %s", bot_id, type(error).__name__)
            tally.count(Counted.REFUSED, type(error).__name__)
            return Response(status_code=503)
        kept()
        failpoint("intake.before_ack")
        return Response(status_code=200)

    return Route("/telegram/{bot_id}", receive, methods=["POST"])


class _TooLong(Exception):
    """More than `LIMIT_BYTES` were announced or came."""


async def _read(request: Request) -> bytes:
    """The body, while it stays within the limit, whatever its length header says."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or len(announced) > 9 or int(announced) > LIMIT_BYTES:
        raise _TooLong
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LIMIT_BYTES:
            raise _TooLong
    return bytes(body)


def _one_update(body: bytes) -> Arrived | None:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = _update_id(update)
    return None if number is None else Arrived(number, inbox.chat_of(update), body)
