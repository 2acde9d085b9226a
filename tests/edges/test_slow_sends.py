"""A messenger that takes its time holds up its own notice and nothing else, and makes nobody hear anything twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from models import outbox
from models.ports import Letter, Outcome, Priority, Sent
from models.records import Person
from models.rules.policy import Town
from models.store import Keys, Statement, Store
from scheduler.delivery import Delivery
from tests.edges.clocks import NOON, StandingClock
from tests.edges.conftest import both_engines, until

pytestmark = both_engines

BOT, CHAT = 7, 5
NOTICES = Statement("SELECT key, state, unsure, leased_until FROM notice ORDER BY id")


@dataclass
class SlowGateway:
    """Takes every letter at once, and answers when it is let go."""

    bots: tuple[int, ...] = (BOT,)
    letters: list[str] = field(default_factory=list)
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, letter: Letter, *, priority: Priority) -> Outcome:
        self.letters.append(letter.text)
        await self.answers.wait()
        return Sent(len(self.letters))


@dataclass
class Counter:
    """Where notices leave through the slow gateway."""

    store: Store
    gateway: SlowGateway
    machine: StandingClock
    delivery: Delivery

    async def promise(self, key: str) -> None:
        await self.store.run(_promise, key)

    async def notices(self) -> list[Any]:
        return await self.store.read(NOTICES.all)

    async def states(self) -> list[str]:
        return [row.state for row in await self.notices()]


def _promise(session: Session, key: str) -> None:
    if session.get(Person, 1) is None:
        session.add(Person(id=1, met_at=NOON))
    outbox.promise(
        session, key=key, person_id=1, bot_id=BOT, chat_id=CHAT, case_id=None, telling="receipt", reader="raiser",
        priority=Priority.RECEIPT, facts={}, ring_at=NOON, now=NOON,
    )  # fmt: skip


@pytest.fixture
async def counter(store: Store, town: Town, request: pytest.FixtureRequest) -> AsyncIterator[Counter]:
    gateway, machine = SlowGateway(), StandingClock()
    delivery = Delivery(
        store,
        gateway,
        lambda work, promised: Letter(
            promised.bot_id, promised.chat_id, f"{promised.key}{'（重发）' * promised.unsure}"
        ),
        town=town,
        keys=Keys.fresh(),
        office=StandingClock(),
        machine=machine,
        look_every_s=0.01,
        answered_within=timedelta(seconds=getattr(request, "param", 60)),
    )
    running = asyncio.create_task(delivery.run())
    yield Counter(store, gateway, machine, delivery)
    gateway.answers.set()
    delivery.stop()
    await running


async def test_a_send_longer_than_its_lease_is_not_begun_again_by_the_same_hands(counter: Counter) -> None:
    await counter.promise("0412")

    async def begun() -> bool:
        return counter.gateway.letters == ["0412"]

    async def taken_again() -> bool:
        return any(row.leased_until > NOON + 2 * outbox.LEASE for row in await counter.notices())

    await until(begun)
    counter.machine.turn(61)
    counter.delivery.nudge()
    await until(taken_again)
    counter.gateway.answers.set()
    await counter.delivery.idle()
    assert counter.gateway.letters == ["0412"]
    assert await counter.states() == ["sent"]


@pytest.mark.parametrize("counter", [pytest.param(0.05, id="a moment, so that the test need not wait")], indirect=True)
async def test_a_send_without_an_end_is_given_up_before_its_lease_and_tried_as_a_copy(counter: Counter) -> None:
    await counter.promise("0412")

    async def given_up() -> bool:
        return [(row.state, row.unsure) for row in await counter.notices()] == [("waiting", 1)]

    async def told() -> bool:
        return await counter.states() == ["sent"]

    await until(given_up)
    counter.gateway.answers.set()
    counter.machine.turn(2)
    counter.delivery.nudge()
    await until(told)
    assert counter.gateway.letters == ["0412", "0412（重发）"]
