"""What time is it at the office, and how is its clock turned so that every due moment is seen to ring?"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.demo.child import Child, ChildGone

MOST_STEPS = 400  # due moments in one turn; a day has a few, so this only ends a clock that will not go on
NOTICED = timedelta(seconds=30)  # a clock that jumped less has only gone on
SHOWN = 0.12  # seconds each due moment stands on the page


class Office:
    """The child owns the office clock; this side knows how far it is ahead, to stamp what people see."""

    def __init__(self, child: Child, machine: Callable[[], datetime], watch: Callable[[], None]) -> None:
        self.ahead = timedelta()
        self.next_due: datetime | None = None
        self.turning = False
        self._child = child
        self._machine = machine
        self._watch = watch
        self._lock = asyncio.Lock()

    def now(self) -> datetime:
        """The office moment."""
        return self._machine() + self.ahead

    async def read(self) -> None:
        """The child's clock, as it is now; a child that is away, or a clock that turns, changes nothing."""
        if self.turning:
            return
        with contextlib.suppress(ChildGone):
            await self._read()

    async def turn(self, span: timedelta) -> None:
        """The clock stands `span` later, and has stopped at every due moment on the way. `ChildGone` when it cannot."""
        async with self._lock, _Turning(self):
            await self._stop_until(await self._read() + span)

    async def turn_to_next(self) -> bool:
        """The clock stands at the next due moment; False when nothing is due."""
        async with self._lock, _Turning(self):
            await self._read()
            if self.next_due is None:
                return False
            await self._step(self.next_due)
            return True

    async def turn_to_next_of(self, number: str) -> bool:
        """The clock stands at that case's next due moment, past those of other cases; False when it has none."""
        async with self._lock, _Turning(self):
            await self._read()
            due = (await self._child.ask("clock", number=number)).get("next_due")
            if due is None:
                return False
            await self._stop_until(datetime.fromisoformat(due))
            return True

    async def _stop_until(self, target: datetime) -> None:
        for _ in range(MOST_STEPS):
            due = self.next_due
            if due is None or due > target:
                break
            await self._step(due)
        left = target - await self._read()
        if left > timedelta():
            self._stand_at(target)
            self._keep(await self._child.ask("turn", seconds=left.total_seconds()))
            await self._child.ask("idle")
        await self._read()

    async def _step(self, due: datetime) -> None:
        self._stand_at(due)
        self._keep(await self._child.ask("turn_next"))
        await self._child.ask("idle")
        await asyncio.sleep(SHOWN)
        await self._read()

    def _stand_at(self, moment: datetime) -> None:
        """Before the child turns: what it sends while it turns already bears the new time."""
        self.ahead = max(self.ahead, moment - self._machine())
        self._watch()

    async def _read(self) -> datetime:
        before = self.now(), self.next_due
        answer = await self._child.ask("clock")
        self._keep(answer)
        due = answer.get("next_due")
        self.next_due = datetime.fromisoformat(due) if due else None
        if self.next_due != before[1] or abs(self.now() - before[0]) > NOTICED:
            self._watch()
        return self.now()

    def _keep(self, answer: dict[str, Any]) -> None:
        if now := answer.get("now"):
            self.ahead = datetime.fromisoformat(now) - self._machine()


class _Turning:
    """The page's buttons rest while the clock turns."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def __aenter__(self) -> None:
        self._office.turning = True

    async def __aexit__(self, *_: object) -> None:
        self._office.turning = False
        self._office._watch()
