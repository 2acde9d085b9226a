"""How does the Bot API say no? Every text is the one a real server gives (tdlib/telegram-bot-api 10.0)."""

from __future__ import annotations


class Refusal(Exception):
    """An answer with ``ok: false``; ``code`` is both the HTTP status and ``error_code``."""

    def __init__(
        self, code: int, description: str, *, retry_after: int | None = None, migrate_to_chat_id: int | None = None
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.migrate_to_chat_id = migrate_to_chat_id

    def body(self) -> dict[str, object]:
        """The JSON object the caller gets; ``parameters`` only where there is something to do about it."""
        body: dict[str, object] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        elif self.migrate_to_chat_id is not None:
            body["parameters"] = {"migrate_to_chat_id": self.migrate_to_chat_id}
        return body


def bad_request(text: str) -> Refusal:
    """400, worded ``Bad Request: …``."""
    return Refusal(400, f"Bad Request: {text}")


def forbidden(text: str) -> Refusal:
    """403, worded ``Forbidden: …``."""
    return Refusal(403, f"Forbidden: {text}")


def conflict(text: str) -> Refusal:
    """409, worded ``Conflict: …``."""
    return Refusal(409, f"Conflict: {text}")


def too_many(retry_after: int) -> Refusal:
    """429 with the seconds to wait, in words and in ``parameters``."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def upgraded(supergroup_id: int) -> Refusal:
    """400 with the id the group has moved to."""
    return Refusal(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        migrate_to_chat_id=supergroup_id,
    )


UNKNOWN_METHOD = "Not Found: method not found"
UNKNOWN_PATH = "Not Found"
WRONG_TOKEN = "Unauthorized: invalid token specified"  # noqa: S105 a sentence, not a token
RESTARTING = "Internal Server Error: restart"

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_SET_WHILE_POLLING = "terminated by setWebhook request"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
