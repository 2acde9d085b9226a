"""Which bot is meant, where does it live, and what may nobody print of it?"""

from dataclasses import dataclass, field

from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Account:
    """One bot on one Bot API server. The token never shows in `repr`, so not in a log or a traceback (I12)."""

    id: int
    token: str = field(repr=False)
    base: str = "https://api.telegram.org"

    def address(self, method: str) -> str:
        """Where a method of this bot is called. Holds the token: never log it."""
        return f"{self.base.rstrip('/')}/bot{self.token}/{method}"

    def file_address(self, path: str) -> str:
        """Where a file of this bot is downloaded. Holds the token: never log it."""
        return f"{self.base.rstrip('/')}/file/bot{self.token}/{path}"


class TokenRefused(Exception):
    """The messenger does not know this token (401, 404): polling has stopped, a person must look."""


def accounts_of(settings: Settings) -> dict[int, Account]:
    """Every bot this process speaks for, by its number."""
    return {bot_id: Account(bot_id, token, base) for bot_id, token, base in settings.bots}
