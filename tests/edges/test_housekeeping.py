"""Only what has done its work is forgotten, once an hour, whoever does it."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models import inbox
from models.files import DiskFiles
from models.inbox import Arrived
from models.store import Keys, Statement, Store
from models.town import load_town, sample_town_folder
from scheduler.housekeeping import Housekeeping
from tests.edges.clocks import NOON, StandingClock
from tests.edges.conftest import both_engines

pytestmark = both_engines

KEYS = Keys.fresh()

UPDATES = Statement('SELECT update_id FROM "update" ORDER BY update_id')
DONE = Statement('UPDATE "update" SET done_at = :at WHERE update_id = :update_id')
PARKED = Statement('UPDATE "update" SET done_at = :at, parked_at = :at WHERE update_id = :update_id')
HALT = Statement("INSERT INTO halt (bot_id, chat_id, halted_until) VALUES (1, :chat_id, :until)")
HALTS = Statement("SELECT chat_id FROM halt")
RUNS = Statement("SELECT job, due_at, done_at FROM job_run")


def keeper(store: Store) -> Housekeeping:
    """Housekeeping of a house that keeps no files."""
    with tempfile.TemporaryDirectory() as folder:
        files = DiskFiles(Path(folder), KEYS)
    return Housekeeping(store, files, town=load_town(sample_town_folder()), keys=KEYS, machine=StandingClock())


async def numbers(store: Store) -> list[int]:
    return [row.update_id for row in await store.read(UPDATES.all)]


async def keep(store: Store, update_id: int) -> None:
    await store.run(inbox.take_in, Keys.fresh(), 1, [Arrived(update_id, 5, b"{}")], NOON - timedelta(days=30))


async def test_a_done_update_knows_its_replay_for_seven_days_and_is_then_forgotten(store: Store) -> None:
    for update_id, days in ((1, 8), (2, 6)):
        await keep(store, update_id)
        await store.run(DONE.run, at=NOON - timedelta(days=days), update_id=update_id)
    await keeper(store)(NOON)
    assert await numbers(store) == [2]


async def test_what_waits_is_never_forgotten_and_what_is_parked_after_thirty_days(store: Store) -> None:
    for update_id in (1, 2, 3):
        await keep(store, update_id)
    for update_id, days in ((2, 29), (3, 31)):
        await store.run(PARKED.run, at=NOON - timedelta(days=days), update_id=update_id)
    await keeper(store)(NOON)
    assert await numbers(store) == [1, 2]


async def test_an_office_clock_turned_a_month_ahead_forgets_no_replay(store: Store) -> None:
    await keep(store, 1)
    await store.run(DONE.run, at=NOON, update_id=1)
    await keeper(store)(NOON + timedelta(days=30))
    assert await numbers(store) == [1]


async def test_halts_that_are_over_are_forgotten(store: Store) -> None:
    await store.run(HALT.run, chat_id=1, until=NOON - timedelta(seconds=1))
    await store.run(HALT.run, chat_id=2, until=NOON + timedelta(seconds=1))
    await keeper(store)(NOON)
    assert [row.chat_id for row in await store.read(HALTS.all)] == [2]


async def runs(store: Store) -> list[Any]:
    return await store.read(RUNS.all)


async def test_an_hour_is_kept_house_for_once_whoever_comes(store: Store) -> None:
    wanted = {await keeper(store)(NOON + timedelta(minutes=n)) for n in (0, 7, 59)}
    assert wanted == {NOON + timedelta(hours=1)}
    (run,) = await runs(store)
    assert (run.due_at, run.done_at) == (NOON, NOON)


@pytest.mark.parametrize(
    "days", [pytest.param(91, id="old runs are forgotten too"), pytest.param(400, id="after a year off")]
)
async def test_old_runs_are_forgotten(store: Store, days: int) -> None:
    await keeper(store)(NOON - timedelta(days=days))
    await keeper(store)(NOON)
    assert [run.due_at for run in await runs(store)] == [NOON]
