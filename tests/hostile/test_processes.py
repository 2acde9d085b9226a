"""Five processes on one PostgreSQL carry every grievance from word to thanks, whichever of them is killed meanwhile."""

import asyncio
from pathlib import Path

import pytest

from models.rules.policy import Town
from models.store import Statement
from tests.hostile.children import Life, Nursery
from tests.hostile.street import Street, live, street
from tests.hostile.verdict import judge

pytestmark = pytest.mark.kill

EVERYBODY = ("intake", "worker", "worker", "delivery", "clock")
TAKEN_UP = Statement("""
    SELECT parts, ended_from FROM life WHERE parts <> 'all' ORDER BY id
""")


@pytest.mark.parametrize(
    ("dying", "where"),
    [("worker", "store.before_commit:15:kill"), ("delivery", "delivery.after_send:7:kill")],
    ids=["a worker is killed", "the delivery is killed"],
)
async def test_s33_five_processes_serve_everybody_and_one_of_them_is_killed(
    dying: str, where: str, nursery: Nursery, town: Town, tmp_path: Path
) -> None:
    others = list(EVERYBODY)
    others.remove(dying)
    async with street("postgresql", tmp_path / "street", nursery, town, seed=3) as one:
        beside = [await one.start(only=(part,)) for part in others]
        try:
            await live(one, where, only=(dying,))
        finally:
            codes = await asyncio.gather(*(life.stop() for life in beside))
        assert codes == [0] * len(beside), one.words()
        assert one.kills == 1, one.words()
        await judge(one)
        rows = await one.store.read(TAKEN_UP.all)
        assert sorted(row.parts for row in rows) == sorted((*EVERYBODY, dying))
        assert all(row.ended_from for row in rows), "the killed one was found dead, the others ended in order"


async def test_a_second_poller_on_the_same_bot_is_refused_and_the_first_ones_death_frees_it(
    nursery: Nursery, town: Town, tmp_path: Path
) -> None:
    for engine in ("sqlite", "postgresql"):
        async with street(engine, tmp_path / engine, nursery, town) as one:
            first = await one.start()
            await _listens(one)
            second = await one.start()
            assert await second.end == 2, one.words()
            assert f"bot {one.bot.id}: its updates come in already, by process {first.pid} on " in one.words()
            third = await _after(one, first)
            before = one.bot.updates.next_id
            one.phones["resident:0"].say("还在吗")
            async with asyncio.timeout(30):
                while one.bot.updates.pending or one.bot.updates.next_id == before:
                    await asyncio.sleep(0.02)
            assert await third.stop() == 0, one.words()


async def test_a_second_process_on_one_file_is_refused_whatever_its_bot(
    nursery: Nursery, town: Town, tmp_path: Path
) -> None:
    async with street("sqlite", tmp_path, nursery, town) as one:
        first = await one.start()
        await _listens(one)
        other = await nursery.bear(one.environment() | {"HUIYIN_BOT_TOKEN": ""}, tmp_path / "other.log")
        assert await other.end == 2
        assert f"process {first.pid} on " in (tmp_path / "other.log").read_text()
        assert await first.stop() == 0, one.words()


async def _listens(one: Street) -> None:
    async with asyncio.timeout(30):
        while one.bot.updates.pending:
            await asyncio.sleep(0.02)


async def _after(one: Street, first: Life) -> Life:
    """The next one starts in the same instant in which the first is killed."""
    _, third = await asyncio.gather(first.kill(), one.start())
    return third
