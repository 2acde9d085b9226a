"""How does aiogram reach the messenger? By its own session, hung up without the pause it makes before it is gone."""

from aiogram.client.session.aiohttp import AiohttpSession


class PromptSession(AiohttpSession):
    """aiogram sleeps 250 ms after closing, for TLS to end; aiohttp has waited for that itself since 3.12."""

    async def close(self) -> None:
        """No connection is open any more."""
        if self._session is not None and not self._session.closed:
            await self._session.close()
