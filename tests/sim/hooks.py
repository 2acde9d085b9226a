"""How does the messenger call a webhook? Each update until it is answered 200, one in flight a chat, any chat first.

In such a world every living process has a door, as behind a proxy, and a repeated update may come to another one.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from bot.messenger.updates import Queued
from tests.sim.loop import Killed

if TYPE_CHECKING:
    from tests.sim.world import World

SECRET = "s" * 32
LONGEST_PAUSE_S = 3600.0
"""Telegram's is a minute or two; an outage of days is no different for being knocked at less often."""
ANSWERED_WITHIN_S = 60.0


class Hooks:
    """The messenger's side of the webhooks of one world."""

    def __init__(self, world: World) -> None:
        self._world, self._sky = world, world.sky
        self._busy: set[int] = set()  # lanes with an update in flight
        self._sky.queue.rang = self._ring

    def _ring(self) -> None:
        self._world.loop.call_soon(self._send)

    def _send(self) -> None:
        self._sky.queue.expire()
        for one in list(self._sky.queue.pending):
            if one.lane not in self._busy:
                self._busy.add(one.lane)
                self._world.loop.begin(self._deliver(one))

    async def _deliver(self, one: Queued) -> None:
        """It is taken, or 24 hours are over."""
        pause, queue, dice = 1.0, self._sky.queue, self._world.dice
        while queue.holds(one):
            await asyncio.sleep(dice.choice((0.02, 0.3)))
            if await self._knock(one):
                if dice.random() < self._sky.repeats:
                    await self._knock(one)  # somebody on the way sent it twice
                queue.acknowledge(one)
                break
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)
            queue.expire()
        self._busy.discard(one.lane)
        self._send()

    async def _knock(self, one: Queued) -> bool:
        """Whether a process answered 200, and the answer came through."""
        alive, dice = self._world.alive, self._world.dice
        if self._sky.cut or not alive:
            return False
        process = dice.choice(alive)
        answered: asyncio.Future[int] = self._world.loop.create_future()
        process.hears(one.body, answered)
        try:
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                status = await answered
        except TimeoutError:
            return False
        return status == 200 and not dice.random() < self._sky.repeats / 2


async def asked(route: Route, bot_id: int, body: bytes) -> int:
    """The status the door answers."""
    told: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

    headers = [(b"x-telegram-bot-api-secret-token", SECRET.encode()), (b"content-length", b"%d" % len(body))]
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}
    scope["path_params"] = {"bot_id": str(bot_id)}
    await route.app(scope, receive, send)
    return told[0]


async def answer(route: Route, bot_id: int, body: bytes, answered: asyncio.Future[int]) -> None:
    """As `asked`; nobody is answered by who dies meanwhile."""
    try:
        status = await asked(route, bot_id, body)
    except Killed:
        return
    except Exception:  # what a server makes of it
        status = 500
    if not answered.done():
        answered.set_result(status)
