"""Who lives in a test of delivery? A desk with readers, and a delivery that tells them what was promised."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.messenger.people import Person as Reader
from bot.telegram.notices import PtbGateway
from models import outbox
from models.outbox import Promised
from models.ports import Letter, Priority
from models.records import Case, Person, Reach
from models.store import Statement
from models.turn import Work
from scheduler.delivery import Delivery
from tests.edges.clocks import NOON, StandingClock
from tests.edges.conftest import Desk

NOTICES = Statement("SELECT id, state, message_id, tries, unsure, reason, waits_from, chat_id FROM notice ORDER BY id")
CARDS = Statement("SELECT chat_id, message_id, telling, reader, version FROM card ORDER BY id")
ALARMS = Statement("SELECT ref, reason FROM alarm WHERE kind = 'notice_dead' ORDER BY id")
AT_ONCE_AGAIN = Statement("UPDATE notice SET waits_from = :now WHERE waits_from IS NOT NULL")
LEASES_OVER = Statement("UPDATE notice SET leased_until = :now WHERE lease IS NOT NULL")


@dataclass
class Room:
    """A desk with people to tell things, and a delivery that tells them."""

    desk: Desk
    gateway: PtbGateway
    delivery: Delivery
    office: StandingClock
    drawn: Counter[str] = field(default_factory=Counter)
    unreached: list[int] = field(default_factory=list)
    count: int = 0

    async def reader(self, name: str = "居民") -> Reader:
        """Somebody who is known and can be reached."""
        reader = self.desk.person(name)
        await self.desk.store.run(self._meet, reader.id)
        return reader

    def _meet(self, session: Session, chat_id: int) -> None:
        session.add(Person(id=chat_id, met_at=NOON))
        session.flush()
        session.add(Reach(person_id=chat_id, bot_id=self.desk.bot.id, chat_id=chat_id))

    async def promise(self, reader: Reader, text: str, *, part: str = "raiser", **how: Any) -> None:
        """One notice; it says `text`."""
        self.count += 1
        facts = {"text": text, **how.pop("facts", {})}
        await self.desk.store.run(
            outbox.promise,
            **{
                "key": f"{self.count}",
                "person_id": reader.id,
                "bot_id": self.desk.bot.id,
                "chat_id": reader.id,
                "case_id": None,
                "telling": "receipt",
                "reader": part,
                "priority": Priority.RECEIPT,
                "facts": facts,
                "ring_at": NOON,
                "now": NOON,
                **how,
            },
        )

    async def deliver(self) -> None:
        """Whatever may leave now has left."""
        async with asyncio.timeout(20):
            await self.delivery.idle()

    async def again(self) -> None:
        """What waits for its next try is tried now."""
        await self.desk.store.run(AT_ONCE_AGAIN.run, now=NOON)
        await self.deliver()

    async def leases_end(self) -> None:
        """What a dead sender held is free. Only when no living one holds anything."""
        await self.desk.store.run(LEASES_OVER.run, now=NOON)
        await self.deliver()

    def heard_by(self, reader: Reader) -> list[str]:
        return [message.text for message in reader.inbox(self.desk.bot) if message.from_bot]

    async def notices(self) -> list[Any]:
        return await self.desk.store.read(NOTICES.all)

    async def states(self) -> list[str]:
        return [row.state for row in await self.notices()]

    async def alarms(self) -> list[str]:
        return [row.reason for row in await self.desk.store.read(ALARMS.all)]

    async def cards(self) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.desk.store.read(CARDS.all)]

    def draw(self, work: Work, promised: Promised) -> Letter | None:
        text = promised.facts.get("text", "如今的样子")  # what the house itself promises has no text here
        self.drawn[text] += 1
        if promised.facts.get("stale"):
            return None
        if promised.facts.get("poison"):
            raise KeyError("住户的话")
        copy = "（重发）" if promised.unsure else ""
        return Letter(promised.bot_id, promised.chat_id, copy + text, edits=promised.edits)

    def lost(self, session: Session, promised: Promised, now: datetime) -> None:
        self.unreached.append(promised.id)


def delivering(room: Room, gateway: PtbGateway) -> Delivery:
    desk = room.desk
    delivery = Delivery(
        desk.store,
        gateway,
        lambda work, promised: room.draw(work, promised),
        town=desk.town,
        keys=desk.keys,
        office=room.office,
        machine=desk.clock,
        unreachable=lambda session, promised, now: room.lost(session, promised, now),
        look_every_s=0.1,
        draw_again=timedelta(milliseconds=10),
    )
    desk.store.after_commit(delivery.nudge)
    return delivery


async def case_of(room: Room, reader: Reader, version: int = 3) -> int:
    """A case on somebody's phone needs a row."""

    def keep(session: Session) -> None:
        session.add(
            Case(
                id=1,
                bot_id=room.desk.bot.id,
                update_id=1,
                raiser_id=reader.id,
                building="LC01-3",
                category="P01",
                sla="P2",
                state="accepted",
                level=1,
                desk="D",
                filed_at=NOON,
                acknowledge_by=NOON,
                resolve_by=NOON,
                version=version,
            )
        )

    await room.desk.store.run(keep)
    return 1
