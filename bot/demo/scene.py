"""What is on the page? Everything the demo holds together: phones, clock, child, faults."""

import asyncio
import contextlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.demo.cast import CHIPS, cast
from bot.demo.child import Child, ChildGone, Command, Status
from bot.demo.office import Office
from bot.demo.phones import Phones
from bot.demo.stream import Stream
from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.stage import Stage
from models.rules.policy import Counting, Span, Town
from models.rules.working_time import after, is_working

FIRST_HOUR = Span(timedelta(hours=1), Counting.WORK)  # an hour after opening everybody is in
SENDS = ("sendMessage", "editMessageText")
BURST = 5
LOOKS_EVERY = 0.3  # seconds
BURST_RETRY_AFTER = 2  # seconds


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that can be made to go wrong: `code` is what the messenger answers, 0 a lost answer."""

    code: int
    times: int
    retry_after: int | None = None


FAULTS = {"429": Fault(429, BURST, BURST_RETRY_AFTER), "5xx": Fault(502, BURST), "lost": Fault(0, 1)}


class Scene:
    """The demo as one object: the routes show it and do to it."""

    def __init__(
        self, messenger: Messenger, stage: Stage, bot: BotAccount, town: Town, command: Command, *, fresh: bool
    ) -> None:
        self.messenger = messenger
        self.stage = stage
        self.bot = bot
        self.town = town
        self.fresh = fresh  # nothing was kept from an earlier demo
        self.stream = Stream()
        self.child = Child(command, self._child_changed)
        self.office = Office(self.child, self._machine, self._tell_clock)
        self.phones = Phones(messenger, bot, cast(town), self.office.now, self.stream)
        self._open = False
        self._reading: set[asyncio.Task[None]] = set()
        self._armed: dict[str, int] = {}  # a fault and where the call log stood when it was armed

    def everything(self) -> dict[str, Any]:
        """The whole page as it stands."""
        return {
            "town": {"name": self.town.name, "en": self.town.en},
            "clock": self._clock(),
            "child": self._child(),
            "faults": self._faults(),
            "people": self.phones.everyone(),
            "chips": [asdict(chip) for chip in CHIPS],
        }

    async def behind(self) -> dict[str, Any]:
        """What the child says happened behind; `ChildGone` when it is away."""
        behind = await self.child.ask("behind")
        await self.office.read()  # what changed behind may have moved the next due moment
        return behind

    def break_something(self, kind: str) -> None:
        """The fault is armed, or called off ("clear"); `KeyError` for one nobody knows."""
        if kind in ("block", "unblock"):
            self.phones.block("head", blocked=kind == "block")
        elif kind == "clear":
            self.stage.clear()
            self._armed.clear()
        else:
            fault = FAULTS[kind]
            for method in SENDS:
                if fault.code:
                    self.stage.fail_next(method, fault.code, fault.times, retry_after=fault.retry_after)
                elif method == "sendMessage":
                    self.stage.drop_answer(method, fault.times)
            self._armed[kind] = len(self.stage.calls)
        self.stream.tell("faults", self._faults())

    async def watch_faults(self) -> None:
        """Tells the page how many of a fault's failures are still to come, until cancelled."""
        before = self._faults()
        while True:
            await asyncio.sleep(LOOKS_EVERY)
            if (now := self._faults()) != before:
                self.stream.tell("faults", now)
                before = now

    def _machine(self) -> datetime:
        return datetime.fromtimestamp(self.messenger.clock(), UTC)

    def _child_changed(self) -> None:
        self._open = False
        if self.child.status is Status.UP:
            coming = asyncio.get_running_loop().create_task(self._come_up())
            self._reading.add(coming)
            coming.add_done_callback(self._reading.discard)
        else:
            self.stream.tell("child", self._child())

    async def _come_up(self) -> None:
        """The clock is known; a new demo begins in office hours, whatever the time of the night it is started."""
        await self.office.read()
        calendar, now = self.town.calendar, self.office.now()
        if self.fresh and self.child.starts == 1 and not is_working(now, calendar):
            with contextlib.suppress(ChildGone):
                await self.office.turn(after(now, FIRST_HOUR, calendar) - now)
        with contextlib.suppress(ChildGone):
            for part in cast(self.town):
                if part.desk:
                    await self.child.ask("sit", chat_id=part.person_id, desk=part.desk, name=part.name)
        if self.child.starts == 1:
            self.phones.stamp_anew()
        self._open = self.child.status is Status.UP
        self.stream.tell("child", self._child())

    def _tell_clock(self) -> None:
        self.stream.tell("clock", self._clock())

    def _clock(self) -> dict[str, Any]:
        due = self.office.next_due
        return {
            "now": self.office.now().isoformat(),
            "next_due": due.isoformat() if due else None,
            "turning": self.office.turning,
            "zone": self.town.calendar.zone.key,
            "quiet": [moment.isoformat("minutes") for moment in self.town.quiet],
        }

    def _child(self) -> dict[str, Any]:
        coming_up = self.child.status is Status.UP and not self._open
        status = Status.STARTING if coming_up else self.child.status
        return {"status": status.value, "starts": self.child.starts, "pid": self.child.pid}

    def _faults(self) -> dict[str, Any]:
        left = {kind: self._left(FAULTS[kind], since) for kind, since in self._armed.items()}
        return {"blocked": self.phones.blocked("head"), "left": {kind: n for kind, n in left.items() if n > 0}}

    def _left(self, fault: Fault, since: int) -> int:
        """How many failures are still to come, read off the call log: the first of the two methods to use them up."""
        calls = [call for call in self.stage.calls[since:] if call.method in SENDS]
        if fault.code == 0:
            return fault.times - sum(not call.delivered for call in calls)
        hits = [sum(call.status == fault.code and call.method == method for call in calls) for method in SENDS]
        return fault.times - max(hits)
