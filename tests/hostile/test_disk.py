"""S44: no space, a page that is not what was written, a log or a table that is gone. S43: a lock nobody lets go of."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.wiring import run
from models.rules.policy import Town
from models.store import DatabaseRefused, Fault, Statement, Store
from tests.conftest import opened
from tests.databases import postgres_url, sqlite_url
from tests.hostile.test_away import locked
from tests.hostile.test_leaps import strikes
from tests.house import House, Line
from tests.stories.living import files, somebody_has_it_and_a_date

PATIENCE_S = 60
_TORN = """
    SELECT id FROM "case" WHERE id NOT IN (SELECT case_id FROM clock) OR id NOT IN (SELECT case_id FROM case_event)
    OR id NOT IN (SELECT owner_id FROM secret WHERE owner = 'case') OR id NOT IN (SELECT case_id FROM notice)
"""
_PAGES = "PRAGMA page_count"


@pytest.fixture
async def by_webhook(
    line: Line, licheng: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """A house on a file, which waits for a lock no longer than the test does."""
    monkeypatch.setattr("models.store.sqlite._PRAGMAS", ("busy_timeout=200", *_pragmas()))
    async with opened(line, licheng, tmp_path, by="webhook") as house:
        yield house


def _pragmas() -> tuple[str, ...]:
    from models.store import sqlite

    return tuple(one for one in sqlite._PRAGMAS if not one.startswith("busy_timeout"))


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():
            await asyncio.sleep(0.02)


async def room(house: House, pages: int | None) -> None:
    """The file may grow by so many pages, and by no more; None: as it likes."""

    def limit(session: object) -> None:
        cursor = session.info["hand"].cursor  # type: ignore[attr-defined]
        (used,) = cursor.execute(_PAGES).fetchone()
        cursor.execute(f"PRAGMA max_page_count = {2**30 if pages is None else used + pages}")

    await house.parts.house.store.run(limit)


async def healthy(house: House) -> bool:
    home = house.parts.house
    return await home.store.healthy(home.machine.now())


async def nothing_went_wrong(house: House) -> None:
    """Nobody was parked, dead or told twice, and nothing waits."""
    assert not await house.rows("SELECT kind, ref, reason FROM alarm")
    assert not await house.rows("SELECT state FROM notice WHERE state = 'dead'")
    assert not await house.rows('SELECT id FROM "update" WHERE parked_at IS NOT NULL OR done_at IS NULL')


async def test_s44_a_full_disk_acknowledges_nothing_keeps_no_half_case_and_ends_by_itself(by_webhook: House) -> None:
    house = by_webhook
    desk, resident = await house.staff("WY-01"), await house.resident()
    await resident.says("3栋楼道灯不亮")
    assert await healthy(house)
    await room(house, 0)
    chatty = house.stranger("话多")
    while not house.parts.house.store.fault:
        chatty.person.say(house.bot, "墙" * 4000)
        with contextlib.suppress(TimeoutError):
            await _quick(lambda: house.parts.house.store.fault)
    resident.person.tap(resident.with_button("对，提交"), "对，提交")
    await until(lambda: house.bot.updates.pending)
    assert house.parts.house.store.fault is Fault.FULL
    assert not await healthy(house)
    await _quick(lambda: False, ends=True)
    assert house.bot.updates.pending, "what was not kept was not acknowledged: the messenger keeps it"
    assert not await house.rows(_TORN), "a case that still fitted is there with all that belongs to it"

    await room(house, None)
    assert await healthy(house)
    await until(lambda: any("收到了，编号0001" in text for text in resident.texts))
    await house.settle()
    assert "0001号" in desk.last.text
    await nothing_went_wrong(house)
    await somebody_has_it_and_a_date(house)


async def _quick(holds: Callable[[], object], *, ends: bool = False) -> None:
    """As `until`, for a second; `ends`: and it is right that it did not come."""
    try:
        async with asyncio.timeout(1):
            while not holds():
                await asyncio.sleep(0.02)
    except TimeoutError:
        if not ends:
            raise


async def test_s43_a_lock_held_longer_than_anybody_waits_is_no_fault_of_what_people_said(by_webhook: House) -> None:
    house = by_webhook
    desk, resident = await house.staff("WY-01"), await house.resident()
    await resident.says("3栋楼道灯不亮")
    async with locked(house.url.removeprefix("sqlite:///")):
        resident.person.tap(resident.with_button("对，提交"), "对，提交")
        await until(lambda: house.parts.house.store.fault is Fault.LOCKED)
        await _quick(lambda: not house.bot.updates.pending, ends=True)
        assert house.bot.updates.pending
        assert not await healthy(house)
    await until(lambda: any("收到了，编号0001" in text for text in resident.texts))
    await house.settle()
    assert await healthy(house)
    assert "0001号" in desk.last.text
    await nothing_went_wrong(house)


async def test_s43_a_clock_that_came_due_under_a_lock_rings_when_it_is_gone_and_not_an_hour_later(
    by_webhook: House,
) -> None:
    house = by_webhook
    await house.staff("WY-01")
    await files(await house.resident(), "3栋楼道灯不亮")
    home = house.parts.house
    async with locked(house.url.removeprefix("sqlite:///")):
        home.office.ahead += timedelta(days=2)
        await strikes(house)
        assert not await house.rows("SELECT id FROM clock WHERE rang_at IS NOT NULL")
    await strikes(house)
    await house.settle()
    assert await house.rows("SELECT id FROM clock WHERE rang_at IS NOT NULL")
    assert not await house.rows("SELECT id FROM clock WHERE due_at <= :now", now=home.office.now())
    assert not await house.rows("SELECT id FROM alarm WHERE kind = 'clock-failed'")


async def lived(line: Line, town: Town, folder: Path) -> tuple[Settings, Path]:
    """A house that has a case and was closed in order."""
    async with opened(line, town, folder) as house:
        await house.staff("WY-01")
        await files(await house.resident(), "3栋楼道灯不亮")
        settings = house.parts.house.settings.model_copy(update={"control_fd": None, "bot_token": ""})
    return settings, Path(house.url.removeprefix("sqlite:///"))


async def starts(settings: Settings, town: Town) -> None:
    """It starts, and is told to stop."""
    stop = asyncio.Event()
    await run(settings, town=town, stop=stop, started=lambda parts: stop.set())


async def test_s44_one_flipped_page_and_the_house_does_not_start(line: Line, licheng: Town, tmp_path: Path) -> None:
    settings, path = await lived(line, licheng, tmp_path)
    await starts(settings, licheng)
    with contextlib.closing(sqlite3.connect(path)) as driver:
        (page,) = driver.execute("SELECT rootpage FROM sqlite_master WHERE name = 'case_event'").fetchone()
        (size,) = driver.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        old = file.read(size)
        file.seek((page - 1) * size)
        file.write(bytes(255 - byte for byte in old))
    with pytest.raises(DatabaseRefused, match=r"damaged|malformed"):
        await starts(settings, licheng)


async def test_s44_a_write_ahead_log_that_was_taken_away_and_the_house_does_not_start(
    line: Line, licheng: Town, tmp_path: Path
) -> None:
    settings, path = await lived(line, licheng, tmp_path)
    mark, log = path.with_name(f"{path.name}.unclosed"), path.with_name(f"{path.name}-wal")
    assert not mark.exists(), "closed in order"
    store = await Store.open(settings.store_url)
    await store.run(lambda session: session.info["hand"].cursor.execute("UPDATE alarm SET kind = kind"))
    assert mark.exists()
    assert log.exists()
    copied = {one: one.read_bytes() for one in (log, mark)}  # as a process leaves it that is killed
    await store.close()
    mark.write_bytes(copied[mark])
    with pytest.raises(DatabaseRefused, match="-wal is missing"):
        await starts(settings, licheng)
    log.write_bytes(copied[log])
    await starts(settings, licheng)
    assert not mark.exists()


@pytest.mark.parametrize("url", ["sqlite", "postgresql"])
async def test_s44_a_table_that_is_gone_and_nothing_opens(url: str, tmp_path: Path) -> None:
    address = sqlite_url(tmp_path) if url == "sqlite" else postgres_url()
    store = await Store.open(address)
    await store.run(Statement("DROP TABLE case_event").run)
    await store.close()
    with pytest.raises(DatabaseRefused, match=r"tables are missing; restore a backup \(case_event\)"):
        await Store.open(address)


async def test_s44_a_second_process_that_closes_takes_the_mark_of_the_first_away_from_nobody(tmp_path: Path) -> None:
    address = sqlite_url(tmp_path)
    mark = Path(f"{address.removeprefix('sqlite:///')}.unclosed")
    first, second = await Store.open(address), await Store.open(address)
    await second.close()
    assert mark.exists()
    await first.close()
    assert not mark.exists()
