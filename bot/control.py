"""How does the demo turn the office clock of its child? A line of JSON asks, a line of JSON answers."""

import asyncio
import dataclasses
import json
import socket
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from bot.parts import Parts
from models.actions.climbing import next_due
from models.actions.housing import turn_office
from models.actions.listing import next_lists
from models.actions.shifting import sit_today
from models.outbox import next_ring
from models.queries.behind import alarms_behind, cases_behind, counts, next_of_case, notices_behind

MOST_STEPS = 2_000
"""Due moments one turn may step through: a month of a busy demo."""


class Control:
    """Serves one end of a socket pair until the other end closes; then this process has no parent, and stops."""

    def __init__(self, parts: "Parts", fd: int, stop: asyncio.Event) -> None:
        self._parts, self._house, self._stop = parts, parts.house, stop
        self._line = socket.socket(fileno=fd)
        self._clerks: dict[int, tuple[str, str]] = {}  # chat → the desk and the name of who sits there, day after day

    async def run(self) -> None:
        """Answers each line in turn; an unknown or failing question gets `ok: false` and the reason's name."""
        reader, writer = await asyncio.open_connection(sock=self._line, limit=2**20)
        try:
            while line := await reader.readline():
                asked = json.loads(line)
                try:
                    answer = {"ok": True, **await self._answer(asked)}
                except Exception as error:
                    answer = {"ok": False, "error": type(error).__name__}
                writer.write(json.dumps({"id": asked.get("id"), **answer}, default=_plain).encode() + b"\n")
                await writer.drain()
        finally:
            writer.close()
        self._stop.set()

    async def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        number = asked.get("number")  # of the case whose next due moment is meant; None: of any
        match asked.get("do"):
            case "turn":
                return await self.turn(self._house.office.now() + timedelta(seconds=float(asked["seconds"])))
            case "turn_next":
                due = await self._next(number)
                return await self.turn(due) if due is not None else await self._clock()
            case "clock" | "ready":
                return await self._clock(number)
            case "idle":
                await self._parts.quiet()
                return await self._clock()
            case "sit":
                self._clerks[int(asked["chat_id"])] = str(asked["desk"]), str(asked["name"])
                await self._sit_down()
                return {}
            case "behind":
                return await self._behind()
        raise ValueError("unknown question")

    async def turn(self, target: datetime) -> dict[str, Any]:
        """The office clock stands at `target`, having stopped at every due moment on the way."""
        steps = 0
        while (due := await self._next(lists=True)) is not None and due <= target and steps < MOST_STEPS:
            await self._stand_at(max(due, self._house.office.now()))
            steps += 1
        await self._stand_at(max(target, self._house.office.now()))
        await self._sit_down()
        return {"steps": steps, **await self._clock()}

    async def _stand_at(self, moment: datetime) -> None:
        office = self._house.office
        office.ahead += moment - office.now()
        ahead = office.ahead.total_seconds()
        await self._house.store.run(lambda session: turn_office(self._house.work(session), ahead_seconds=ahead))
        await self._parts.strike()
        await self._parts.quiet()

    async def _sit_down(self) -> None:
        """The demo's phones bear their clerks' names: who sits there is no question on any day."""
        bot_id = self._house.settings.bot_id

        def all_of_them(session: Any) -> None:
            work = self._house.work(session)
            for chat_id, (desk, name) in self._clerks.items():
                sit_today(work, bot_id=bot_id, chat_id=chat_id, desk=desk, name=name)

        if self._clerks:
            await self._house.store.run(all_of_them)

    async def _next(self, number: str | None = None, *, lists: bool = False) -> datetime | None:
        """The next moment at which a clock rings or a held notice may leave, of that case only where one is named.

        `lists`: or at which the lists of a morning are made up.
        """

        def earliest(session: Any) -> datetime | None:
            work = self._house.work(session)
            if number is not None:
                return next_of_case(work, number)
            moments = [next_due(work), next_ring(session, work.now), next_lists(work) if lists else None]
            return min((moment for moment in moments if moment is not None), default=None)

        return await self._house.store.read(earliest)

    async def _clock(self, number: str | None = None) -> dict[str, Any]:
        return {"now": self._house.office.now(), "next_due": await self._next(number)}

    async def _behind(self) -> dict[str, Any]:
        def everything(session: Any) -> dict[str, Any]:
            work = self._house.work(session)
            return {
                "cases": cases_behind(work),
                "notices": notices_behind(work),
                "alarms": alarms_behind(work),
                "counts": counts(work),
            }

        return await self._house.store.read(everything)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(type(value).__name__)
