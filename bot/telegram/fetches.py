"""How does a file come down from a messenger? By getFile and one download, at most 20 MB (telegram.md §3)."""

from collections.abc import Mapping, Sequence

import httpx

from bot.telegram.account import Account
from models.ports import FileLost

LIMIT_BYTES = 20 * 1024 * 1024
"""What a Bot API server lets a bot download."""


class BotFiles:
    """A `ports.FileSource` over the Bot API."""

    def __init__(self, accounts: Mapping[int, Account], http: httpx.AsyncClient) -> None:
        self._accounts, self._http = accounts, http

    @property
    def bots(self) -> Sequence[int]:
        """Those with an account here."""
        return tuple(self._accounts)

    async def fetch(self, bot_id: int, file_id: str) -> bytes:
        """The file's bytes; `FileLost` when the messenger will never give it, httpx.HTTPError when not now."""
        account = self._accounts[bot_id]
        found = await self._http.post(account.address("getFile"), json={"file_id": file_id})
        if found.status_code == httpx.codes.BAD_REQUEST:
            raise FileLost("the messenger does not give it")
        found.raise_for_status()
        path = found.json()["result"]["file_path"]
        async with self._http.stream("GET", account.file_address(path)) as answer:
            if answer.status_code == httpx.codes.NOT_FOUND:
                raise FileLost("gone")
            answer.raise_for_status()
            content = bytearray()
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > LIMIT_BYTES:
                    raise FileLost("too large")
        return bytes(content)
