"""A stretch of wire to the database on which everything may fall silent, and nothing breaks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from sqlalchemy import make_url


class Wire:
    """`silence()`: connections of before stay open and carry nothing more; those made later reach the server.

    That one end has hung up reaches the other, as keepalives would have it. `for_good`: those made later carry nothing
    either.
    """

    def __init__(self, url: str) -> None:
        self.beyond, self._server = url, make_url(url)
        self._silent = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self.address = ""

    @contextlib.asynccontextmanager
    async def laid(self) -> AsyncIterator["Wire"]:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        self.address = self._server.set(host="127.0.0.1", port=port, query={}).render_as_string(hide_password=False)
        try:
            yield self
        finally:
            server.close()
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    def silence(self, *, for_good: bool = False) -> None:
        self._silent.set()
        if not for_good:
            self._silent = asyncio.Event()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        silent, port = self._silent, self._server.port or 5432
        if "host" in self._server.query:
            there = await asyncio.open_unix_connection(f"{self._server.query['host']}/.s.PGSQL.{port}")
        else:
            there = await asyncio.open_connection(self._server.host, port)
        ways = ((reader, there[1]), (there[0], writer))
        tasks = [asyncio.create_task(self._one_way(*way, silent)) for way in ways]
        self._under_way.update(tasks)
        await asyncio.wait(tasks)
        self._under_way.difference_update(tasks)

    async def _one_way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, silent: asyncio.Event) -> None:
        with contextlib.suppress(OSError), contextlib.closing(writer):
            while heard := await reader.read(65536):
                if not silent.is_set():
                    writer.write(heard)
                    await writer.drain()
