"""S36: when something is due, wherever the town lies and whatever its calendar becomes (reliability §6 E).

The tables of working time itself: tests/rules/test_working_time.py.
"""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.rules.policy import Calendar, Town
from tests.databases import sqlite_url
from tests.house import House, Line
from tests.stories.living import files

DESK = "SQ-PW"
"""It leads where no firm has enrolled; here it keeps the town's own hours: 8:30 to 12:00 and 14:30 to 18:00."""
Opens = Callable[[str, str], Awaitable[House]]


@pytest.fixture
async def elsewhere(line: Line, licheng: Town, tmp_path: Path) -> AsyncIterator[Opens]:
    """Opens the sample's house as it would stand in another zone, at a local moment."""
    open_ones: list[House] = []

    async def open_one(zone: str, moment: str) -> House:
        calendar = replace(licheng.calendar, zone=ZoneInfo(zone))
        desks = {**licheng.desks, DESK: replace(licheng.desks[DESK], hours=None)}
        house = House(line, replace(licheng, calendar=calendar, desks=desks), sqlite_url(tmp_path), tmp_path)
        await house.open(at=datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))
        open_ones.append(house)
        return house

    yield open_one
    for house in open_ones:
        await house.close()


def raw(house: House) -> Any:
    """The newest case's moments as they stand in the file, in nobody's types."""
    driver = sqlite3.connect(house.url.removeprefix("sqlite:///"))
    try:
        return driver.execute('SELECT acknowledge_by, resolve_by, contact_by FROM "case" ORDER BY id DESC').fetchone()
    finally:
        driver.close()


CHINA, LONDON, YORK = "Asia/Shanghai", "Europe/London", "America/New_York"


@pytest.mark.parametrize(
    ("zone", "filed", "sign_by", "done_by", "why"),
    [
        # the desk is rung by its next list, 8:30 or 16:00, and signs within two working hours; done in 21 of the filing
        (CHINA, "2028-02-28 17:00", "2028-02-29 02:30", "2028-03-02 09:00", "29 February is a day"),
        (LONDON, "2028-02-28 17:00", "2028-02-29 10:30", "2028-03-02 17:00", "the same words, another instant"),
        (YORK, "2028-02-29 09:00", "2028-02-29 23:00", "2028-03-03 14:00", "said on 29 February, over the month's end"),
        (CHINA, "2026-10-09 17:00", "2026-10-10 02:30", "2026-10-13 09:00", "调休: that Saturday is worked"),
        (CHINA, "2026-02-13 17:00", "2026-02-14 02:30", "2026-02-25 09:00", "调休, then Spring Festival"),
        (LONDON, "2026-03-27 17:00", "2026-03-30 09:30", "2026-04-01 16:00", "summer time begins on the Sunday"),
        (LONDON, "2026-10-23 17:00", "2026-10-26 10:30", "2026-10-28 17:00", "and ends"),
        (YORK, "2026-10-30 17:00", "2026-11-02 15:30", "2026-11-04 22:00", "a week later there"),
        (YORK, "2027-01-31 10:00", "2027-02-01 15:30", "2027-02-03 23:00", "a month's last day, a Sunday"),
    ],
)
async def test_s36_what_is_promised_is_kept_as_the_instant_it_is_in_utc(
    elsewhere: Opens, zone: str, filed: str, sign_by: str, done_by: str, why: str
) -> None:
    house = await elsewhere(zone, filed)
    await house.staff(DESK)
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    *stored, contact_by = raw(house)
    assert [moment[:16] for moment in stored] == [sign_by, done_by], why
    local = datetime.fromisoformat(contact_by).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    assert f"{local.hour}:{local.minute:02d}前没人给您回话" in resident.last.text, "read in the town's own time"


async def dates(house: House) -> list[tuple[Any, ...]]:
    """Every date of every case: promised, and the clocks that watch over it."""
    cases = await house.rows('SELECT id, acknowledge_by, contact_by, resolve_by, version FROM "case" ORDER BY id')
    clocks = await house.rows("SELECT case_id, rung, due_at FROM clock ORDER BY id")
    return [tuple(row) for row in (*cases, *clocks)]


def festive(calendar: Calendar, first: date, days: int) -> Calendar:
    """The calendar with so many more days off."""
    return replace(calendar, off=calendar.off | {first + timedelta(days=day) for day in range(days)})


async def test_s36_a_new_calendar_moves_no_date_that_was_promised(elsewhere: Opens) -> None:
    house = await elsewhere(CHINA, "2026-11-24 09:00")
    await house.staff(DESK)
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    before, receipt = await dates(house), resident.last.text
    events = await house.rows("SELECT * FROM case_event ORDER BY id")
    await house.close()
    house.town = replace(house.town, calendar=festive(house.town.calendar, date(2026, 11, 24), 30))
    await house.open(at=None)
    await house.settle()
    await house.parts.strike()
    await house.settle()
    assert await dates(house) == before, "not silently, not at all"
    assert resident.last.text == receipt
    assert await house.rows("SELECT * FROM case_event ORDER BY id") == events
    await files(await house.resident("LC01-4"), "楼道灯不亮")
    (old, new) = await house.rows('SELECT resolve_by FROM "case" ORDER BY id')
    assert new.resolve_by > old.resolve_by + timedelta(days=20), "what is said from now on is promised by the new one"
