"""How does a bot get its updates sent? setWebhook, and the rounds that deliver: one in flight a chat, until taken."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from urllib.parse import urlsplit

import httpx
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser

from bot.messenger.asked import Asked, Verb
from bot.messenger.chats import BotAccount, Messenger, Webhook, WebhookFailure
from bot.messenger.refusals import bad_request, too_many
from bot.messenger.updates import Queued

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 the header's name
ANSWER_WITHIN = 60.0  # seconds
FIRST_RETRY = 1.0  # seconds, doubled each time
LONGEST_RETRY = (60.0, 120.0)
LONGEST_RETRY_AFTER = 3600.0
PORTS = (443, 80, 88, 8443)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
# What may not stand in the body of a webhook's answer, beside everything that begins with get.
_NOT_IN_AN_ANSWER = frozenset({"setwebhook", "deletewebhook", "close", "logout"})


def set_webhook(asked: Asked) -> object:
    """Updates go to the address from now on; an empty one ends that. 400 when no server would call it."""
    params, bot = asked.params, asked.bot
    url = params.get("url") or ""
    if not url:
        return _without_webhook(asked)
    _check_address(url)
    secret = params.get("secret_token") or ""
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    if bot.gate.limits.guards_polling:
        now = asked.messenger.clock()
        if now < bot.webhook_settable_at:
            raise too_many(1)
        bot.webhook_settable_at = now + 1.0
    bot.updates.allow(params.get("allowed_updates"))
    if params.get("drop_pending_updates"):
        bot.updates.keep_last(0)
    bot.webhook = Webhook(url, secret, min(max(params.get("max_connections", 40), 1), 100))
    bot.webhook_failure = None
    bot.webhook_changes.ring()
    return True


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise bad_request("invalid webhook URL specified") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad_request("invalid webhook URL specified")
    if parts.hostname in LOOPBACK:
        return  # this server's own relaxation: tests and the demo listen on loopback, without TLS
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (port or 443) not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _without_webhook(asked: Asked) -> object:
    if asked.params.get("drop_pending_updates"):
        asked.bot.updates.keep_last(0)
    asked.bot.webhook = None
    asked.bot.webhook_changes.ring()
    return True


def get_webhook_info(asked: Asked) -> object:
    """Where updates go, how many wait, and what went wrong last."""
    bot = asked.bot
    bot.updates.expire()
    out: dict[str, object] = {
        "url": bot.webhook.url if bot.webhook is not None else "",
        "has_custom_certificate": False,
        "pending_update_count": len(bot.updates.pending),
    }
    if bot.webhook is not None:
        out["max_connections"] = bot.webhook.max_connections
        out["ip_address"] = urlsplit(bot.webhook.url).hostname
        if bot.webhook_failure is not None:
            out["last_error_date"] = int(bot.webhook_failure.at)
            out["last_error_message"] = bot.webhook_failure.text
    if bot.updates.allowed:
        out["allowed_updates"] = list(bot.updates.allowed)
    return out


VERBS: Mapping[str, Verb] = {
    "setWebhook": set_webhook,
    "deleteWebhook": _without_webhook,
    "getWebhookInfo": get_webhook_info,
}

Executes = Callable[[BotAccount, str, Mapping[str, object]], Awaitable[object]]


class Rounds:
    """Delivers to every bot that has a webhook, for as long as ``run`` runs."""

    def __init__(self, messenger: Messenger, execute: Executes, *, first_retry: float = FIRST_RETRY) -> None:
        self._messenger = messenger
        self._execute = execute
        self._first_retry = first_retry

    async def run(self) -> None:
        """Delivers until cancelled; bots added meanwhile are served too."""
        rounds: dict[int, asyncio.Task[None]] = {}
        try:
            async with httpx.AsyncClient(timeout=ANSWER_WITHIN, trust_env=False) as client:
                while True:
                    for bot in self._messenger.bots:
                        if bot.id not in rounds:
                            rounds[bot.id] = asyncio.create_task(self._serve(bot, client))
                    await self._messenger.newcomers.next_ring()
        finally:
            for task in rounds.values():
                task.cancel()
            await asyncio.gather(*rounds.values(), return_exceptions=True)

    async def _serve(self, bot: BotAccount, client: httpx.AsyncClient) -> None:
        in_flight: dict[int, asyncio.Task[None]] = {}
        try:
            while True:
                change, arrival = bot.webhook_changes.next_ring(), None
                waiting: list[asyncio.Future[None]] = [change, *in_flight.values()]
                if bot.webhook is not None:
                    arrival = bot.updates.arrivals.next_ring()
                    waiting.append(arrival)
                    self._dispatch(bot, client, in_flight)
                    waiting.extend(in_flight.values())
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                change.cancel()
                if arrival is not None:
                    arrival.cancel()
                for lane in [lane for lane, task in in_flight.items() if task.done()]:
                    in_flight.pop(lane).result()
        finally:
            for task in in_flight.values():
                task.cancel()
            await asyncio.gather(*in_flight.values(), return_exceptions=True)

    def _dispatch(self, bot: BotAccount, client: httpx.AsyncClient, in_flight: dict[int, asyncio.Task[None]]) -> None:
        """The first waiting update of every chat that has none under way is on its way."""
        assert bot.webhook is not None
        bot.updates.expire()
        for one in bot.updates.pending:
            if len(in_flight) >= bot.webhook.max_connections:
                return
            if one.lane not in in_flight:
                in_flight[one.lane] = asyncio.create_task(self._deliver(bot, one, client))

    async def _deliver(self, bot: BotAccount, one: Queued, client: httpx.AsyncClient) -> None:
        """The update is taken; or it has expired, or the webhook is another one, and somebody else must see to it."""
        webhook, wait = bot.webhook, self._first_retry
        while webhook is not None and bot.webhook is webhook and bot.updates.holds(one):
            headers = {"Content-Type": "application/json"}
            if webhook.secret_token:
                headers[SECRET_HEADER] = webhook.secret_token
            retry_after = 0.0
            try:
                response = await client.post(webhook.url, content=one.body, headers=headers)
            except (httpx.HTTPError, httpx.InvalidURL) as failure:
                self._failed(bot, f"Connection failed: {type(failure).__name__}")
            else:
                if 200 <= response.status_code < 300:
                    bot.updates.remove(one)
                    await self._reply(bot, response)
                    return
                phrase = response.reason_phrase
                self._failed(bot, f"Wrong response from the webhook: {response.status_code} {phrase}")
                with contextlib.suppress(ValueError):
                    retry_after = min(float(response.headers.get("Retry-After", "0")), LONGEST_RETRY_AFTER)
            change = bot.webhook_changes.next_ring()
            await asyncio.wait((change,), timeout=max(wait, retry_after))
            change.cancel()
            wait = min(wait * 2, random.uniform(*LONGEST_RETRY))  # noqa: S311 spreads retries, hides nothing
            bot.updates.expire()

    def _failed(self, bot: BotAccount, text: str) -> None:
        bot.webhook_failure = WebhookFailure(self._messenger.clock(), text)

    async def _reply(self, bot: BotAccount, response: httpx.Response) -> None:
        """A method in the body is done; its result is told to nobody."""
        try:
            body = response.json() if response.content else None
        except ValueError:
            form = await _form(response)
            body = form or None
        if not isinstance(body, dict) or not isinstance(body.get("method"), str):
            return
        method = body.pop("method")
        if method.lower().startswith("get") or method.lower() in _NOT_IN_AN_ANSWER:
            return
        await self._execute(bot, method, body)


async def _form(response: httpx.Response) -> dict[str, object]:
    """The fields of a multipart answer, as aiogram writes it."""

    async def stream() -> AsyncGenerator[bytes, None]:
        yield response.content
        yield b""

    try:
        form = await MultiPartParser(Headers(dict(response.headers)), stream()).parse()
    except (MultiPartException, KeyError):
        return {}
    return {name: value for name, value in form.items() if isinstance(value, str)}
