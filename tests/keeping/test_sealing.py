"""Is what happened sealed every minute, by whoever looks first, and its head written down once a day?"""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from bot.operations.audit import read_anchors
from models.actions import sealing
from models.queries.audit import verify
from models.rules.chain import Anchor
from models.rules.policy import Town
from models.store import Keys, Store
from scheduler.sealing import EVERY, Sealing, write_down
from tests.databases import postgres_url
from tests.keeping.record import NOON, Record, happen, write

LATER = NOON + timedelta(hours=1)
DAY = timedelta(days=1)


class Turned:
    """The machine's clock, as far as this test has turned it."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
async def record(url: str, licheng: Town, keys: Keys) -> AsyncIterator[Record]:
    written = await write(url, licheng, keys)
    yield written
    await written.store.close()


async def test_a_minute_later_it_is_sealed_and_its_head_is_written_down_once_a_day(
    record: Record, licheng: Town, keys: Keys, caplog: pytest.LogCaptureFixture
) -> None:
    clock, told = Turned(), list[Anchor]()
    sealing_of = [Sealing(record.store, told.append, machine=clock) for _ in range(2)]
    with caplog.at_level(logging.INFO):
        await sealing_of[0].beat(LATER)
    assert (await record.store.read(verify)).unsealed == 0
    assert [(one.seal, one.events) for one in told] == [(3, 10)]
    assert f"the record reaches seal 3, events 10, sha256 {told[0].hash}" in caplog.text

    await record.store.run(happen, licheng, keys, 3, LATER)
    await sealing_of[0].beat(LATER)
    assert (await record.store.read(verify)).unsealed == 1, "it is not looked at every beat"
    clock.moment += EVERY
    for one in sealing_of:
        await one.beat(LATER)
    audit = await record.store.read(verify, told)
    assert (audit.wrong, audit.seals, audit.unsealed) == ([], 4, 0)
    assert len(told) == 1, "two processes, one line a day"
    clock.moment += EVERY
    await sealing_of[1].beat(LATER + DAY)
    assert [(one.seal, one.events) for one in told] == [(3, 10), (4, 11)]


async def test_an_anchor_that_cannot_be_written_is_tried_again_and_the_record_is_sealed_all_the_same(
    record: Record, tmp_path: Path
) -> None:
    clock, path = Turned(), tmp_path / "away" / "anchors"
    sealing_of = Sealing(record.store, lambda anchor: write_down(path, anchor), machine=clock)
    await sealing_of.beat(LATER)
    assert (await record.store.read(verify)).unsealed == 0
    path.parent.mkdir()
    clock.moment += EVERY
    await sealing_of.beat(LATER)
    assert [one.seal for one in read_anchors(path).anchors] == [3]


async def test_many_that_seal_at_once_make_one_seal(record: Record) -> None:
    await asyncio.gather(*(record.store.run(sealing.seal, now=LATER) for _ in range(6)))
    audit = await record.store.read(verify)
    assert (audit.wrong, audit.seals, audit.unsealed) == ([], 3, 0)


async def test_a_writer_that_does_not_end_is_waited_for_half_a_second_and_not_passed_by(
    licheng: Town, keys: Keys
) -> None:
    """It has taken a lower number than what is committed beside it: sealed past it, it would never be sealed."""
    record = await write(postgres_url(), licheng, keys)
    late = create_async_engine(make_url(record.url).set(drivername="postgresql+asyncpg"))
    async with late.connect() as connection:
        await connection.exec_driver_sql("LOCK TABLE case_event IN ROW EXCLUSIVE MODE")  # what an INSERT holds
        assert not await record.store.run(sealing.seal, now=LATER)
        assert (await record.store.read(verify)).unsealed == 1
        await record.store.run(happen, licheng, keys, 3, LATER)
        await connection.rollback()
    await late.dispose()
    await record.store.run(sealing.seal, now=LATER)
    audit = await record.store.read(verify)
    assert (audit.wrong, audit.unsealed) == ([], 0)
    await record.store.close()


async def test_a_first_seal_over_very_much_comes_in_parts(record: Record, licheng: Town, keys: Keys) -> None:
    for case_id in range(50, 55):
        await record.store.run(happen, licheng, keys, case_id, LATER)
    while await record.store.run(sealing.seal, now=LATER, most=2):
        pass
    audit = await record.store.read(verify)
    assert (audit.wrong, audit.seals, audit.unsealed) == ([], 5, 0)


async def test_a_new_database_has_nothing_to_seal_and_nothing_to_write_down(url: str) -> None:
    store, told = await Store.open(url), list[Anchor]()
    await Sealing(store, told.append, machine=Turned()).beat(NOON)
    assert told == []
    audit = await store.read(verify)
    assert (audit.whole, audit.seals) == (True, 0)
    await store.close()
