"""S43: the database is locked, or crashes and comes back; the house waits, and nothing acknowledged is lost."""

import asyncio
import contextlib
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from models.rules.policy import Town
from tests.databases import OwnServer
from tests.hostile.children import Life, Nursery
from tests.hostile.street import WITHIN_S, Street, people, settled, street
from tests.hostile.verdict import judge, kept_updates

pytestmark = pytest.mark.kill

_HOLDER = """
import sqlite3, sys
driver = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
driver.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
driver.execute("ROLLBACK")
"""


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    server = OwnServer()
    yield server
    server.close()


@contextlib.asynccontextmanager
async def busy(one: Street, life: Life, *, within: float = WITHIN_S) -> AsyncIterator["Busy"]:
    """Everybody does what they do; what happens to the database happens meanwhile. Then all of it is judged."""
    staff, residents = people(one)
    try:
        async with asyncio.timeout(within):
            yield Busy(one, life)
            await asyncio.gather(*residents)
            await settled(one)
    except TimeoutError:
        raise AssertionError(f"not finished in {within} s\n{one.words()}") from None
    finally:
        for task in (*staff, *residents):
            task.cancel()
        await asyncio.gather(*staff, *residents, return_exceptions=True)
        code = await life.stop()
    assert code == 0, one.words()
    await judge(one)


class Busy:
    """A street in the middle of its day."""

    def __init__(self, one: Street, life: Life) -> None:
        self._one, self._life = one, life

    async def more(self, updates: int) -> None:
        """So many more updates were acknowledged, by a house that lives."""
        wanted = len(self._one.confirmed()) + updates
        while len(self._one.confirmed()) < wanted:
            assert not self._life.over, self._one.words()
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("crashes", [3, pytest.param(8, id="torture-8")])
async def test_s43_a_server_that_crashes_again_and_again_loses_nothing_acknowledged(
    crashes: int, server: OwnServer, nursery: Nursery, town: Town, tmp_path: Path
) -> None:
    async with street("postgresql", tmp_path, nursery, town, at=server.emptied()) as one:
        life = await one.start()
        async with busy(one, life) as day:
            for _ in range(crashes):
                await day.more(2)
                await asyncio.to_thread(server.crash)
                acknowledged = one.confirmed()
                await asyncio.sleep(0.5)
                assert one.confirmed() == acknowledged, "nobody says yes while nothing can be kept"
                await asyncio.to_thread(server.recover)
                one.kills += 1  # what it was doing then may have been said, and is said again, marked
                assert acknowledged <= await one.store.read(kept_updates, one.bot.id)


@pytest.mark.parametrize(("locks", "seconds"), [(3, 1), pytest.param(2, 65, id="torture-65-s")])
@pytest.mark.timeout(400)
async def test_s43_a_file_that_another_process_keeps_locked_loses_nothing_acknowledged(
    locks: int, seconds: float, nursery: Nursery, town: Town, tmp_path: Path
) -> None:
    async with street("sqlite", tmp_path, nursery, town) as one:
        path = one.url.removeprefix("sqlite:///")
        life = await one.start()
        async with busy(one, life, within=WITHIN_S + 2 * locks * seconds) as day:
            for _ in range(locks):
                await day.more(2)
                async with locked(path):
                    acknowledged = one.confirmed()
                    await asyncio.sleep(seconds)
                    assert one.confirmed() <= kept(path, one.bot.id), "nobody says yes to what is not kept"
                    assert acknowledged <= one.confirmed()


@contextlib.asynccontextmanager
async def locked(path: str) -> AsyncIterator[None]:
    """Another process writes and does not end."""
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _HOLDER, path), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        holder.stdin.close()
        await holder.wait()


def kept(path: str, bot_id: int) -> set[int]:
    with contextlib.closing(sqlite3.connect(path)) as driver:
        return {number for (number,) in driver.execute('SELECT update_id FROM "update" WHERE bot_id = ?', [bot_id])}
