"""Who looks, and what follows? The command prints and ends with a code; the hourly look raises one alarm a day."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.operations.check import check
from bot.settings import Settings
from models.rules.alarms import AlarmKind
from models.store import Row, Statement, Store
from scheduler.checking import Checking
from tests.checking.conftest import Lived
from tests.commands.test_commands import WRONG_INPUT, huiyin
from tests.databases import sqlite_url
from tests.edges.clocks import RunningClock

HOUR = timedelta(hours=1)
NO_DATE = Statement("UPDATE clock SET stopped_at = due_at, due_at = NULL WHERE case_id = 4 AND due_at IS NOT NULL")
DATE = Statement("UPDATE clock SET due_at = :due_at, stopped_at = NULL WHERE case_id = 4 AND rung = 'review-7d'")
ALARMS = Statement("SELECT ref, reason, raised_at FROM alarm WHERE kind = :kind ORDER BY id")
FORGET = (Statement("DELETE FROM alarm WHERE kind = :kind"), Statement("DELETE FROM job_run WHERE job = 'checking'"))


@pytest.fixture
async def without_a_date(lived: Lived) -> AsyncIterator[Lived]:
    """The street, where somebody took the date from case 4; it is given back."""
    await lived.store.run(NO_DATE.run)
    yield lived
    await lived.store.run(DATE.run, due_at=lived.now + timedelta(days=7))
    await lived.store.run(FORGET[0].run, kind=AlarmKind.INVARIANT)
    await lived.store.run(FORGET[1].run)


def _settings(url: str) -> Settings:
    return Settings.model_validate({"database_url": url, "town": "sample"})


async def _alarms(store: Store) -> list[Row]:
    return await store.read(ALARMS.all, kind=AlarmKind.INVARIANT)


async def _beats(lived: Lived, *moments: datetime) -> None:
    """A process that has just begun strikes at these moments."""
    checking = Checking(lived.store, town=lived.town, machine=RunningClock())
    for moment in moments:
        await checking.beat(moment)


async def test_the_command_says_what_it_looked_at_and_that_all_is_well(lived: Lived) -> None:
    checked = await check(_settings(lived.url))
    assert not checked.found
    assert {"cases: 5", "open cases: 2", "every invariant holds"} <= set(checked.lines())
    assert len(list(checked.lines())) == len(checked.looked_at) + 1


async def test_the_command_says_what_is_broken(without_a_date: Lived) -> None:
    checked = await check(_settings(without_a_date.url))
    assert list(checked.lines())[-2:] == ["BROKEN: 1", "I3 case 4: it is open, and no clock runs for it"]


async def test_the_command_ends_with_one_for_a_violation_and_changes_nothing(without_a_date: Lived) -> None:
    said = await asyncio.to_thread(huiyin, "check", database_url=without_a_date.url, town="sample")
    assert said.exit_code == 1
    assert "I3 case 4" in said.stdout
    assert await _alarms(without_a_date.store) == []


def test_nothing_to_look_at_is_wrong_input_and_nothing_is_made(tmp_path: Path) -> None:
    assert huiyin("check", data_dir=tmp_path / "nowhere", town="sample").exit_code == WRONG_INPUT
    assert not (tmp_path / "nowhere").exists()
    url = sqlite_url(tmp_path)
    assert huiyin("check", data_dir=tmp_path, database_url=url).exit_code == WRONG_INPUT, "no town was ever loaded"
    assert huiyin("check", data_dir=tmp_path, database_url=url, town="sample").exit_code == 0


async def test_what_is_overdue_is_nobodys_fault_where_nobody_serves(lived: Lived) -> None:
    overdue = "UPDATE clock SET due_at = '2001-01-01 00:00:00.000000' WHERE case_id = 4 AND rung = 'P1-4h'"
    assert [one.invariant for one in await lived.after(overdue)] == ["I3"]
    assert await lived.after(overdue, running=False) == []


async def test_what_is_overdue_while_a_leap_of_the_clock_holds_it_is_nobodys_fault(lived: Lived) -> None:
    overdue = "UPDATE clock SET due_at = '2001-01-01 00:00:00.000000' WHERE case_id = 4 AND rung = 'P1-4h'"
    held = (
        "INSERT INTO alarm (id, kind, ref, reason, raised_at)"
        " SELECT max(id) + 1, 'clock-jumped', 'clock ahead', 'by 36000 s', max(raised_at) FROM alarm"
    )
    assert await lived.after(overdue, held) == []


async def test_a_broken_invariant_is_an_alarm_once_a_day_whoever_looks(without_a_date: Lived) -> None:
    lived, now = without_a_date, without_a_date.now
    midnight = now.replace(hour=0) + timedelta(days=1)
    await _beats(lived, now, now + timedelta(minutes=1), now + HOUR)
    await _beats(lived, now, now + HOUR)
    (alarm,) = await _alarms(lived.store)
    assert alarm.ref == f"I3 {now:%Y-%m-%d}"
    assert alarm.reason == "1 found, the first: I3 case 4: it is open, and no clock runs for it"
    await _beats(lived, midnight)
    assert len(await _alarms(lived.store)) == 2


async def test_an_hour_is_looked_at_by_one_process_only(without_a_date: Lived) -> None:
    lived = without_a_date
    await _beats(lived, lived.now)
    await lived.store.run(FORGET[0].run, kind=AlarmKind.INVARIANT)
    await _beats(lived, lived.now + timedelta(minutes=2))
    assert await _alarms(lived.store) == []


async def test_the_hourly_look_leaves_a_healthy_house_alone(lived: Lived) -> None:
    assert await Checking(lived.store, town=lived.town, machine=RunningClock()).beat(lived.now) > lived.now
    assert await _alarms(lived.store) == []
    await lived.store.run(FORGET[1].run)
