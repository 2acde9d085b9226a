"""S35: what is promised while the clock is wrong is set right when it is right again, or named; no card says late."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.rules.ladder import clocks_from, promised
from models.rules.policy import Sla, Town
from tests.conftest import opened
from tests.hostile.test_leaps import Wall, beats, climbs
from tests.house import House, Line
from tests.stories.living import files

AHEAD = timedelta(days=10)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr("bot.clocks.datetime", wall)
    return wall


@pytest.fixture(params=["sqlite", "postgresql"])
async def town(
    request: pytest.FixtureRequest, wall: Wall, line: Line, licheng: Town, tmp_path: Path
) -> AsyncIterator[House]:
    async with opened(line, licheng, tmp_path, engine=request.param) as house:
        yield house


async def alarms(house: House) -> dict[str, str]:
    rows = await house.rows(
        "SELECT ref, reason FROM alarm WHERE kind = 'clock-jumped' AND cleared_at IS NULL ORDER BY id"
    )
    return {row.ref: row.reason for row in rows}


async def dues(house: House, case_id: int) -> dict[str, datetime]:
    rows = await house.rows("SELECT rung, due_at FROM clock WHERE case_id = :id AND due_at IS NOT NULL", id=case_id)
    return {row.rung: row.due_at for row in rows}


async def test_s35_a_case_filed_while_the_clock_was_ahead_climbs_as_from_the_true_hour(town: House, wall: Wall) -> None:
    desk = await town.staff("WY-01")
    for other in ("SQ-PW", "JD"):
        await town.staff(other)
    early, resident = await town.resident(name="李叔"), await town.resident()
    await files(early, "3栋楼道灯不亮")
    before = await dues(town, 1)
    wall.set_by = AHEAD
    await beats(town)
    await files(resident, "3栋电梯坏了")
    await desk.taps("签收")  # the newest card: the lift's
    await files(early, "楼下垃圾桶满了没人收")
    wall.set_by = timedelta()
    await beats(town)
    assert await alarms(town) == {
        "case 2": "filed while the clock was 864000 s ahead: its dates follow from the true hour now",
        "case 3": "filed while the clock was 864000 s ahead: its dates follow from the true hour now",
    }
    (case,) = await town.rows('SELECT * FROM "case" WHERE id = 3')
    assert abs(case.filed_at - town.now) < timedelta(minutes=2)
    dates = promised(Sla(case.sla), case.filed_at, town.town, case.desk)
    assert (case.acknowledge_by, case.contact_by, case.resolve_by) == (
        dates.acknowledge_by,
        dates.contact_by,
        dates.resolve_by,
    )
    ladder = {due.rung: due.due_at for due in clocks_from(Sla(case.sla), case.filed_at, town.town, case.desk)}
    assert await dues(town, 3) == ladder
    assert await dues(town, 1) == before, "what was promised by a right clock stands"
    (lift,) = await town.rows('SELECT resolve_by FROM "case" WHERE id = 2')
    assert lift.resolve_by < town.now + timedelta(days=2)
    await town.turn(timedelta(days=3))
    assert await climbs(town, 2), "three days, not thirteen"
    assert await climbs(town, 3)


async def test_s35_what_an_older_case_was_promised_by_the_wrong_clock_is_named(town: House, wall: Wall) -> None:
    desk, resident = await town.staff("WY-01"), await town.resident()
    await files(resident, "3栋楼道灯不亮")
    wall.set_by = AHEAD
    await beats(town)
    await desk.taps("签收")
    wall.set_by = timedelta()
    await beats(town)
    assert await alarms(town) == {
        "case 1": "moved while the clock was 864000 s ahead: what was promised then still has the wrong hour"
    }
    wall.set_by = timedelta(minutes=-30)
    await beats(town)
    assert len(await alarms(town)) == 1, "less than an hour is no promise that anybody would notice"


async def test_s35_nothing_is_called_late_by_a_clock_that_is_not_believed(town: House, wall: Wall) -> None:
    desk, resident = await town.staff("WY-01"), await town.resident()
    await files(resident, "3栋楼道灯不亮")
    wall.set_by = AHEAD
    await beats(town)
    await resident.says("怎么样了")
    await desk.says("待办")
    await desk.taps("签收")
    for phone in (resident, desk):
        assert not [text for text in phone.texts if "超时" in text or "超期" in text]
    await town.do(_released)
    await beats(town)
    await resident.says("怎么样了")
    assert "已经超时" in resident.last.text, "somebody has said that the clock is right"


def _released(work: object) -> None:
    from models.actions.leaping import release

    release(work)  # type: ignore[arg-type]
