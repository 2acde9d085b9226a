"""Who has waited while the scheduler was down? A street of cases of yesterday, and what becomes of them then."""

import asyncio
import contextlib
import itertools
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from bot.bench.residents import BOT, MORNING, Settled, settle
from bot.telegram.pace import STRICT, Pace
from handlers.cards.draw import draw
from models import outbox
from models.actions.filing import Draft, submit
from models.rules.policy import Town
from models.store import Statement, Store
from models.turn import Work
from scheduler.delivery import Delivery
from scheduler.listing import Lists
from scheduler.metronome import Metronome
from scheduler.overdue import Overdue
from tests.edges.virtual import PatientStore, VirtualClock, standing
from tests.edges.waiting_room import CountingGateway

DOWN = timedelta(hours=24)
MATTERS = ("3栋楼道灯不亮", "3栋电梯又停了，老人上不去", "3栋垃圾三天没人收了", "3栋单元门关不上")

_DUE = Statement(
    "SELECT id, case_id, rung, due_at FROM clock WHERE due_at IS NOT NULL AND due_at <= :now ORDER BY due_at, id"
)
_RANG = Statement("SELECT id, case_id, rung, rang_at FROM clock WHERE rang_at IS NOT NULL ORDER BY rang_at, id")
_CLIMBS = Statement("""
    SELECT case_id, event, facts FROM case_event WHERE event IN ('climb', 'take_over') ORDER BY case_id, seq
""")
_ALL_SAID = Statement("""
    UPDATE notice SET state = 'sent', waits_from = NULL, message_id = id, sent_at = :now WHERE waits_from IS NOT NULL
""")
_NOTICES = Statement(
    "SELECT id, person_id, chat_id, telling, reader, state, edits FROM notice WHERE promised_at >= :since"
)


@dataclass(frozen=True, slots=True)
class OfficeHour:
    """The office's clock in virtual time: the loop's, so many hours on."""

    machine: VirtualClock
    ahead: timedelta

    def now(self) -> datetime:
        return self.machine.now() + self.ahead


@dataclass
class Crowd:
    """A house that is back after a day; `due` is what was overdue when it came back."""

    store: Store
    gateway: CountingGateway
    delivery: Delivery
    metronome: Metronome
    office: OfficeHour
    since: datetime
    due: list[Any]

    async def catches_up(self) -> float:
        """Everything due has rung, everything has been said: the virtual seconds it took."""
        running = asyncio.create_task(self.delivery.run())
        await self.metronome.strike()
        while (await self.store.read(outbox.backlog)).waiting:
            self.delivery.nudge()
            await asyncio.sleep(1)
            if await self._only_later():
                break
        self.delivery.stop()
        await running
        return max(one.at for one in self.gateway.told)

    async def _only_later(self) -> bool:
        """What still waits is a list of tomorrow."""
        row = (await self.store.read(_RINGS_NOW.all, now=self.office.now()))[0]
        return int(row.many) == 0

    async def rang(self) -> list[Any]:
        return await self.store.read(_RANG.all)

    async def climbed(self) -> dict[int, list[dict[str, Any]]]:
        """What was climbed for each case, in the order of its chain."""
        rows = await self.store.read(_CLIMBS.all)
        return {
            case_id: [json.loads(row.facts) for row in some]
            for case_id, some in itertools.groupby(rows, key=lambda row: row.case_id)
        }

    async def notices(self) -> list[Any]:
        """What was promised since it came back."""
        return await self.store.read(_NOTICES.all, since=self.since)


_RINGS_NOW = Statement("SELECT count(*) AS many FROM notice WHERE waits_from IS NOT NULL AND ring_at <= :now")


@contextlib.asynccontextmanager
async def crowd(folder: Path, town: Town, *, cases: int, newcomers: int) -> AsyncIterator[Crowd]:
    """So many cases of yesterday that nobody has signed, and so many handed in while nothing was sent."""
    machine = VirtualClock()
    settled = await standing(settle(folder, max(40, cases // 25)))
    office = OfficeHour(machine, MORNING + DOWN - machine.now())
    shutil.copy(folder / "settled.db", folder / "crowd.db")
    store = await standing(PatientStore.open(f"sqlite:///{folder / 'crowd.db'}"))
    try:
        numbers = iter(range(cases + newcomers))
        for number in itertools.islice(numbers, cases):
            await store.run(_files, settled, number, MORNING - timedelta(minutes=number % 60))
        await store.run(_ALL_SAID.run, now=MORNING)
        since = office.now() - timedelta(minutes=30)
        for number in numbers:
            await store.run(_files, settled, number, since)
        gateway = CountingGateway(Pace(STRICT, machine))
        delivery = Delivery(store, gateway, draw, town=town, keys=settled.keys, office=office, machine=machine)
        store.after_commit(delivery.nudge)
        overdue = Overdue(store, town=town, keys=settled.keys, office=office)
        lists = Lists(store, town=town, keys=settled.keys)
        due = await store.read(_DUE.all, now=office.now())
        yield Crowd(
            store, gateway, delivery, Metronome(office, [overdue.beat, lists.beat, delivery.beat]), office, since, due
        )
    finally:
        await store.close()


def _files(session: Session, settled: Settled, number: int, now: datetime) -> None:
    work = Work(session, settled.town, settled.keys, now)
    chat_id = settled.chats[number % len(settled.chats)]
    submit(work, bot_id=BOT, update_id=number, chat_id=chat_id, draft=Draft(MATTERS[number % len(MATTERS)]))
