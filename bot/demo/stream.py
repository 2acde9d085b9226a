"""How does the page hear of a change at once? Server-sent events, one queue a reader."""

import asyncio
import json
from collections.abc import AsyncIterator

MOST_WAITING = 2_000  # a reader that far behind is let go; its EventSource comes back and reads the whole state
HEARTBEAT = 15.0  # seconds


class Stream:
    """Every page that is open gets what is told, in order."""

    def __init__(self) -> None:
        self._readers: set[asyncio.Queue[str | None]] = set()
        self._closed = False

    def tell(self, name: str, facts: object) -> None:
        """All open pages hear it."""
        event = f"event: {name}\ndata: {json.dumps(facts, ensure_ascii=False)}\n\n"
        for reader in tuple(self._readers):
            if reader.qsize() >= MOST_WAITING:
                self._readers.discard(reader)
                event = ""
            reader.put_nowait(event or None)

    async def read(self) -> AsyncIterator[str]:
        """Every event from now on, as text/event-stream; ends when the stream is closed."""
        reader: asyncio.Queue[str | None] = asyncio.Queue()
        if self._closed:
            return
        self._readers.add(reader)
        try:
            yield "retry: 1000\n\n"
            while True:
                try:
                    event = await asyncio.wait_for(reader.get(), HEARTBEAT)
                except TimeoutError:
                    event = ": still here\n\n"
                if event is None:
                    return
                yield event
        finally:
            self._readers.discard(reader)

    def close(self) -> None:
        """No page hears anything any more, and none keeps the server from stopping."""
        self._closed = True
        for reader in tuple(self._readers):
            reader.put_nowait(None)
