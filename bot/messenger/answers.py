"""What does the Bot API answer? One request in, one status and one body out; no HTTP here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from bot.messenger import editing, profile, sending, webhooks
from bot.messenger.asked import Asked, Upload, Verb
from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.polling import Polls
from bot.messenger.refusals import UNKNOWN_METHOD, WEBHOOK_SET_WHILE_POLLING, Refusal, conflict
from bot.messenger.spec import METHODS, Method, checked

_VERBS: Mapping[str, Verb] = {
    name.lower(): verb
    for verbs in (sending.VERBS, editing.VERBS, profile.VERBS, webhooks.VERBS)
    for name, verb in verbs.items()
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and its JSON body."""

    status: int
    body: bytes

    @property
    def description(self) -> str:
        """The words of a refusal; nothing when it went well."""
        return "" if self.status == 200 else str(json.loads(self.body).get("description", ""))


class Answers:
    """All methods of one messenger."""

    def __init__(self, messenger: Messenger) -> None:
        self.messenger = messenger
        self.polls = Polls()

    async def give(
        self, bot: BotAccount, name: str, raw: Mapping[str, object], uploads: Mapping[str, Upload]
    ) -> Answer:
        """The method is done and its result given, or refused with the reason; nothing is half done."""
        try:
            method = METHODS.get(name.lower())
            if method is None:
                raise Refusal(404, UNKNOWN_METHOD)
            return await self._done(method, Asked(self.messenger, bot, checked(method, raw, uploads), uploads))
        except Refusal as refusal:
            return refused(refusal)

    async def _done(self, method: Method, asked: Asked) -> Answer:
        if method.name == "getUpdates":
            taken = await self.polls.updates(asked)
            return Answer(200, b'{"ok":true,"result":[' + b",".join(one.body for one in taken) + b"]}")
        result = _VERBS[method.name.lower()](asked)
        if method.name == "setWebhook" and asked.bot.webhook is not None:
            self.polls.end(asked.bot, conflict(WEBHOOK_SET_WHILE_POLLING))
        body = json.dumps({"ok": True, "result": result}, ensure_ascii=False, separators=(",", ":"))
        return Answer(200, body.encode())


def refused(refusal: Refusal) -> Answer:
    """The refusal as an answer."""
    return Answer(refusal.code, json.dumps(refusal.body(), ensure_ascii=False, separators=(",", ":")).encode())
