"""Who waits to be told, in virtual time? Notices by the thousand, a real outbox, a real delivery and its pace."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from bot.messenger.flood import STRICT as AS_TELEGRAM
from bot.messenger.flood import FloodGate
from bot.messenger.refusals import Refusal
from bot.telegram.notices import AT_ONCE, WAITS_AT_MOST_S
from bot.telegram.pace import STRICT, Budget, Pace
from models import outbox
from models.outbox import Promised
from models.ports import Gateway, Later, Letter, Outcome, Priority, Sent
from models.records import Person, Reach
from models.rules.policy import Town
from models.store import Keys, Statement, Store
from models.turn import Work
from scheduler.delivery import Delivery
from tests.databases import sqlite_url
from tests.edges.virtual import PatientStore, VirtualClock, standing

BOT = 7_100_000_001
TRIP_S = 0.06
"""What one letter takes to the messenger and back."""
STATES = Statement("SELECT state, count(*) AS many FROM notice GROUP BY state")


@dataclass(frozen=True, slots=True)
class Told:
    """One letter that left: when, into which chat, how urgent, and what the messenger's own counting said."""

    at: float
    chat_id: int
    priority: Priority
    refused: bool


@dataclass
class CountingGateway:
    """A gateway without a network: through the pace, past the messenger's own flood gate, as `PtbGateway` goes."""

    pace: Budget
    bots: tuple[int, ...] = (BOT,)
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)
        self._gate = FloodGate(AS_TELEGRAM, VirtualClock().seconds)

    async def send(self, letter: Letter, *, priority: Priority) -> Outcome:
        async with self._room:
            left = WAITS_AT_MOST_S
            while (wait := await self.pace.admit(letter.bot_id, letter.chat_id, priority)) > 0.0:
                if wait > left:
                    return Later(wait)
                left -= wait
                await asyncio.sleep(wait)
            await asyncio.sleep(TRIP_S / 2)
            refused = self._is_refused(letter.chat_id)
            self.told.append(Told(asyncio.get_running_loop().time(), letter.chat_id, priority, refused))
            await asyncio.sleep(TRIP_S / 2)
            return Later(1.0) if refused else Sent(len(self.told))

    def _is_refused(self, chat_id: int) -> bool:
        try:
            self._gate.admit(chat_id)
        except Refusal:
            return True
        return False


@dataclass
class WaitingRoom:
    """A delivery that runs, on a database of its own."""

    store: Store
    delivery: Delivery
    gateway: CountingGateway

    async def states(self) -> dict[str, int]:
        return {row.state: row.many for row in await self.store.read(STATES.all)}

    async def drained(self) -> float:
        """The moment, in virtual seconds, at which nothing waits any more."""
        while (await self.store.read(outbox.backlog)).waiting:
            await asyncio.sleep(1)
        return max(one.at for one in self.gateway.told)


def fill(session: Session, waiting: Iterable[tuple[int, Priority]], *, now: datetime, first: int = 0) -> int:
    """Notices for these chats, as urgent as said, that wait from now on; how many."""
    known: set[int] = {row.chat_id for row in _KNOWN.all(session)}
    many = 0
    for number, (chat_id, priority) in enumerate(waiting):
        if chat_id not in known:
            known.add(chat_id)
            session.add(Person(id=chat_id, met_at=now))
            session.flush()
            session.add(Reach(person_id=chat_id, bot_id=BOT, chat_id=chat_id))
        outbox.promise(
            session, key=f"{first + number}", person_id=chat_id, bot_id=BOT, chat_id=chat_id, case_id=None,
            telling="receipt", reader="raiser", priority=priority, facts={}, ring_at=now, now=now,
        )  # fmt: skip
        many += 1
    return many


_KNOWN = Statement("SELECT chat_id FROM reach")


@contextlib.asynccontextmanager
async def waiting_room(
    folder: Path, town: Town, waiting: Iterable[tuple[int, Priority]], *, url: str = "", pace: Budget | None = None
) -> AsyncIterator[WaitingRoom]:
    """So many notices wait when the delivery begins."""
    clock = VirtualClock()
    store = await standing(PatientStore.open(url or sqlite_url(folder)))
    await store.run(fill, list(waiting), now=clock.now())
    gateway = CountingGateway(pace or Pace(STRICT, clock))
    delivery = delivering(store, gateway, town)
    running = asyncio.create_task(delivery.run())
    try:
        yield WaitingRoom(store, delivery, gateway)
    finally:
        delivery.stop()
        await running
        await store.close()


def delivering(store: Store, gateway: Gateway, town: Town) -> Delivery:
    """A delivery of plain letters."""
    clock = VirtualClock()
    delivery = Delivery(store, gateway, _draw, town=town, keys=Keys.fresh(), office=clock, machine=clock)
    store.after_commit(delivery.nudge)
    return delivery


def _draw(work: Work, promised: Promised) -> Letter:
    return Letter(promised.bot_id, promised.chat_id, f"{'（重发）' if promised.unsure else ''}{promised.key}")
