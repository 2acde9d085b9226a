"""Eight processes on one PostgreSQL do everything once: one escalation, one claim, one list a morning."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.actions import handling
from models.actions.climbing import next_due
from models.files import DiskFiles
from models.queries.people import speaker
from models.rules.refusals import Refused
from models.store import Store
from models.turn import Work
from scheduler.housekeeping import Housekeeping
from scheduler.listing import Lists
from scheduler.metronome import Beat
from scheduler.overdue import Overdue
from scheduler.watching import Watching
from tests.conftest import Opens
from tests.house import House
from tests.stories.living import files

WORKERS = 8


@pytest.fixture
async def house(open_house: Opens) -> House:
    house = await open_house(engine="postgresql")
    for desk in ("WY-01", "SQ-PW", "JD"):
        await house.staff(desk)
    await house.head()
    await files(await house.resident(), "3栋楼道灯不亮")
    return house


@pytest.fixture
async def stores(house: House) -> AsyncIterator[list[Store]]:
    """Each as of a process of its own."""
    async with contextlib.AsyncExitStack() as closing:
        stores = [await Store.open(house.url) for _ in range(WORKERS)]
        for store in stores:
            closing.push_async_callback(store.close)
        yield stores


async def changes(house: House) -> tuple[list[Any], Counter[tuple[int, str]]]:
    """The case's chain, and what was promised to whom."""
    events = await house.rows("SELECT seq, event FROM case_event ORDER BY id")
    notices = await house.rows("SELECT person_id, telling FROM notice")
    return [tuple(row) for row in events], Counter((row.person_id, row.telling) for row in notices)


def overdue(house: House, store: Store) -> Overdue:
    home = house.parts.house
    return Overdue(store, town=home.town, keys=home.keys, office=home.office)


async def test_s33_eight_workers_escalate_one_case_once(house: House, stores: list[Store]) -> None:
    for _ in range(3):  # reminded, climbed, led by another desk
        due = await house.ask(next_due)
        assert due is not None
        before, told_before = await changes(house)
        await asyncio.gather(*(overdue(house, store).beat(due) for store in stores))
        after, told_after = await changes(house)
        assert [seq for seq, _ in after] == list(range(1, len(after) + 1))
        assert len(after) - len(before) <= 1, "one clock, one event"
        assert max((told_after - told_before).values(), default=0) <= 1, "nobody hears of it twice"
        assert (await house.ask(next_due)) != due
    assert "climb" in {event for _, event in after}
    assert await house.rows("SELECT kind FROM alarm WHERE kind = 'clock-failed'") == []


async def test_s33_eight_workers_claim_one_case_and_one_wins(house: House, stores: list[Store]) -> None:
    (clerk,) = await house.rows("SELECT person_id FROM office WHERE place = 'WY-01'")
    (way,) = await house.rows("SELECT bot_id, chat_id FROM reach WHERE person_id = :person", person=clerk.person_id)
    by = await house.ask(speaker, bot_id=way.bot_id, chat_id=way.chat_id)
    assert by is not None
    home = house.parts.house
    for act, how in ((handling.sign, {}), (handling.contact, {}), (handling.claim, {"sentence": "换了灯泡"})):
        before, told_before = await changes(house)

        async def once(store: Store, act: Any = act, how: Any = how) -> bool:
            try:
                await store.run(
                    lambda session: act(Work(session, home.town, home.keys, house.now), case_id=1, by=by, **how)
                )
            except Refused:
                return False
            return True

        won = await asyncio.gather(*(once(store) for store in stores))
        after, told_after = await changes(house)
        assert won.count(True) == 1, (act.__name__, won)
        assert len(after) == len(before) + 1
        assert max((told_after - told_before).values(), default=0) <= 1
    assert sum(count for (_, telling), count in told_after.items() if telling == "question") == 1


async def test_recurring_work_needs_no_leader(house: House, stores: list[Store], tmp_path: Path) -> None:
    home = house.parts.house
    kept = DiskFiles(tmp_path / "files", home.keys)

    def clock(store: Store) -> list[Beat]:
        shared: dict[str, Any] = {"town": home.town, "keys": home.keys}
        return [
            Overdue(store, office=home.office, **shared).beat,
            Watching(store, **shared).beat,
            Lists(store, **shared).beat,
            Housekeeping(store, kept, machine=home.machine, **shared),
        ]

    async def strike(beats: list[Beat], now: datetime) -> None:
        for beat in beats:
            await beat(now)

    clocks = [clock(store) for store in stores[:2]]
    for hours in range(0, 49, 3):
        now = house.now + timedelta(hours=hours)
        await asyncio.gather(*(strike(beats, now) for beats in clocks))
    runs = await house.rows("SELECT job, due_at, done_at FROM job_run")
    assert {row.job for row in runs} >= {"watching", "lists", "housekeeping"}
    assert max(Counter((row.job, row.due_at) for row in runs).values()) == 1
    lists = await house.rows("SELECT person_id, ring_at FROM notice WHERE telling = 'list'")
    assert lists
    assert max(Counter(tuple(row) for row in lists).values()) == 1
    events, _ = await changes(house)
    assert [seq for seq, _ in events] == list(range(1, len(events) + 1))
    assert await house.rows("SELECT kind FROM alarm WHERE kind = 'clock-failed'") == []
