"""While the house drains nothing new comes in and nothing is lost; the door never stays closed by being forgotten."""

import asyncio
import json
from datetime import timedelta

import httpx
from starlette.applications import Starlette

from bot.telegram.door import Door
from bot.telegram.intake import webhook_route
from models import outbox
from models.actions import keeping
from models.actions.draining import AT_MOST, begin_drain, end_drain
from models.store import Keys, Statement, Store
from tests.edges.clocks import NOON, RunningClock, StandingClock
from tests.edges.conftest import KEPT, Desk, both_engines, until

BOT, SECRET = 7_100_000_001, "s" * 40
ALARMS = Statement("SELECT kind, ref, reason FROM alarm ORDER BY id")
pytestmark = both_engines


def door_of(store: Store, clock: StandingClock | RunningClock) -> Door:
    return Door(store, machine=clock, office=clock, look_every_s=0.01)


async def test_a_closed_door_leaves_what_is_said_with_the_messenger(desk: Desk) -> None:
    door, resident = door_of(desk.store, desk.clock), desk.person()
    await desk.run(door.run())
    await desk.store.run(begin_drain, now=desk.clock.now())

    async def closed() -> bool:
        return not door.is_open

    await until(closed)
    await desk.run(door.listen(desk.poller().run))
    resident.say(desk.bot, "电梯坏了")
    assert await desk.kept() == []
    await desk.store.run(end_drain, now=desk.clock.now())

    async def kept() -> bool:
        return len(await desk.kept()) == 1

    await until(kept)


async def test_closing_breaks_off_a_poll_that_has_confirmed_nothing(desk: Desk) -> None:
    door, resident = door_of(desk.store, desk.clock), desk.person()
    await desk.run(door.run())
    began = asyncio.Event()

    async def ears() -> None:
        began.set()
        await desk.poller(long_poll_s=50).run()

    await desk.run(door.listen(ears))
    await began.wait()
    await desk.store.run(begin_drain, now=desk.clock.now())

    async def closed() -> bool:
        return not door.is_open

    await until(closed)
    resident.say(desk.bot, "电梯坏了")
    assert await desk.kept() == []
    assert len(desk.bot.updates.pending) == 1


async def test_a_webhook_is_told_to_come_again_and_a_stranger_hears_nothing_of_it(store: Store) -> None:
    clock = StandingClock()
    door = door_of(store, clock)
    route = webhook_route(store, Keys.fresh(), clock, {BOT: SECRET}, takes=lambda: door.is_open)
    transport = httpx.ASGITransport(Starlette(routes=[route]))
    body = json.dumps({"update_id": 7, "message": {"chat": {"id": 5}, "text": "电梯坏了"}}).encode()
    secret = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with httpx.AsyncClient(transport=transport, base_url="http://town") as http:
        await store.run(begin_drain, now=clock.now())
        await door.look()
        assert (await http.post(f"/telegram/{BOT}", content=body, headers=secret)).status_code == 503
        assert (await http.post(f"/telegram/{BOT}", content=body)).status_code == 401
        assert await store.read(KEPT.all) == []
        await store.run(end_drain, now=clock.now())
        await door.look()
        assert (await http.post(f"/telegram/{BOT}", content=body, headers=secret)).status_code == 200
        assert len(await store.read(KEPT.all)) == 1


async def test_a_door_that_was_forgotten_opens_by_itself_with_one_alarm(store: Store) -> None:
    clock = StandingClock()
    doors = [door_of(store, clock) for _ in range(2)]
    await store.run(begin_drain, now=clock.now())
    for door in doors:
        await door.look()
    assert not any(door.is_open for door in doors)
    clock.turn(AT_MOST.total_seconds())
    for door in doors:
        await door.look()
    assert all(door.is_open for door in doors)
    assert [tuple(row) for row in await store.read(ALARMS.all)] == [("draining", "drain:1", "capped")]


async def test_whoever_starts_listens_whatever_was_said_before(store: Store) -> None:
    clock = StandingClock()
    await store.run(begin_drain, now=NOON - timedelta(minutes=5))
    door = door_of(store, clock)
    await door.begin()
    await door.look()
    assert door.is_open
    clock.turn(AT_MOST.total_seconds())
    await door.look()
    assert await store.read(ALARMS.all) == []


async def test_a_fenced_house_lets_nobody_in_though_it_starts_until_a_person_lifts_the_fence(desk: Desk) -> None:
    await desk.store.run(outbox.hold, bot_id=desk.bot.id, chat_id=0, until=keeping.FENCED_UNTIL)
    door, resident = door_of(desk.store, desk.clock), desk.person()
    await door.begin()
    assert not door.is_open, "before anybody has listened for a moment"
    await desk.run(door.run())
    await desk.run(door.listen(desk.poller().run))
    resident.say(desk.bot, "电梯困人了")
    await desk.store.run(begin_drain, now=desk.clock.now())
    await desk.store.run(end_drain, now=desk.clock.now())
    await door.look()
    assert not door.is_open, "the end of a drain opens no fence"
    assert len(desk.bot.updates.pending) == 1
    assert await desk.kept() == []
    await desk.store.run(keeping.lift)

    async def kept() -> bool:
        return len(await desk.kept()) == 1

    await until(kept)
