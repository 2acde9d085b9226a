"""S35: the machine's clock leaps, or the machine was asleep: what is due is not late, and no storm breaks loose."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from bot.house import SAMPLE
from bot.operations.release import let_go
from bot.settings import Settings
from models import outbox
from models.rules.policy import Town
from scheduler.leaps import Leaps
from scheduler.metronome import LONGEST
from tests.conftest import opened
from tests.edges.clocks import RunningClock, StandingClock
from tests.house import House, Line, Phone
from tests.stories.living import files


class Wall:
    """The machine's wall clock, as `bot.clocks` (its only reader) sees it; somebody may set it."""

    def __init__(self) -> None:
        self.set_by = timedelta()

    def now(self, zone: tzinfo) -> datetime:
        return datetime.now(zone) + self.set_by


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr("bot.clocks.datetime", wall)
    return wall


@pytest.fixture
async def town(
    request: pytest.FixtureRequest, wall: Wall, line: Line, licheng: Town, tmp_path: Path
) -> AsyncIterator[House]:
    async with opened(line, licheng, tmp_path, engine=getattr(request, "param", "sqlite")) as house:
        yield house


both_engines = pytest.mark.parametrize("town", ["sqlite", "postgresql"], indirect=True)


async def strikes(house: House) -> None:
    """The metronome beats, as it does every half minute."""
    assert house.parts.metronome is not None
    await house.parts.metronome.strike()


async def beats(house: House) -> None:
    """The next beat of the metronome has come, at the latest after LONGEST, and everybody has heard what follows."""
    await house.parts.strike()
    await house.settle()


async def climbs(house: House, case_id: int) -> list[str]:
    rows = await house.rows(
        "SELECT event FROM case_event WHERE case_id = :case AND role = 'clock' ORDER BY seq", case=case_id
    )
    return [row.event for row in rows]


async def open_alarms(house: House) -> list[tuple[str, str]]:
    rows = await house.rows("SELECT ref, reason FROM alarm WHERE kind = 'clock-jumped' AND cleared_at IS NULL")
    return [(row.ref, row.reason) for row in rows]


async def lift_and_lamp(house: House) -> Phone:
    """Case 1 is a person shut in a lift, case 2 a lamp; nobody at any desk does anything."""
    for desk in ("WY-01", "SQ-PW", "JD"):
        await house.staff(desk)
    caught, neighbour = await house.resident(), await house.resident(name="李叔")
    await caught.says("3栋电梯有人被困")
    await files(neighbour, "3栋楼道灯不亮")
    sla = [row.sla for row in await house.rows('SELECT sla FROM "case" ORDER BY id')]
    assert sla == ["P0", "P2"]
    return neighbour


@both_engines
async def test_s35_ten_hours_ahead_hold_what_time_sets_off_but_no_emergency_and_no_word(
    town: House, wall: Wall
) -> None:
    neighbour = await lift_and_lamp(town)
    wall.set_by = timedelta(days=10)
    await beats(town)
    assert await open_alarms(town) == [("clock ahead", "by 864000 s")]
    assert await climbs(town, 1), "somebody is still in that lift"
    assert not await climbs(town, 2)
    assert not await town.rows("SELECT id FROM job_run WHERE job = 'housekeeping' AND due_at > :now", now=later(town))
    await files(neighbour, "楼下垃圾桶满了没人收")
    assert "收到了，编号0003" in neighbour.last.text
    await beats(town)
    assert not await climbs(town, 2), "held until somebody says so"
    assert await open_alarms(town) == [("clock ahead", "by 864000 s")], "said once"


def later(house: House) -> datetime:
    """Long after the house was opened, and long before what its clock says now."""
    return house.now - timedelta(days=5)


@both_engines
async def test_s35_a_person_releases_it_and_every_clock_rings(town: House, wall: Wall) -> None:
    await lift_and_lamp(town)
    wall.set_by = timedelta(days=10)
    await beats(town)
    assert await let_go(settings(town)) is not None
    await beats(town)
    assert await climbs(town, 2)
    assert not await open_alarms(town)
    assert await let_go(settings(town)) is None, "and nothing is held any more"


def settings(house: House) -> Settings:
    return house.parts.house.settings.model_copy(update={"control_fd": None, "town": SAMPLE})


async def test_s35_it_is_held_after_a_restart_too(town: House, wall: Wall) -> None:
    await lift_and_lamp(town)
    wall.set_by = timedelta(days=10)
    await beats(town)
    await town.restart()
    await beats(town)
    assert not await climbs(town, 2)
    await let_go(settings(town))
    await beats(town)
    assert await climbs(town, 2)


async def test_s35_a_clock_that_comes_back_by_itself_needs_no_person(town: House, wall: Wall) -> None:
    await lift_and_lamp(town)
    wall.set_by = timedelta(days=10)
    await beats(town)
    wall.set_by = timedelta(minutes=2)
    await beats(town)
    moved = "moved while the clock was 863880 s ahead: what was promised then still has the wrong hour"
    assert await open_alarms(town) == [("case 1", moved)], "the lift's ladder ran by the wrong hour: somebody looks"
    assert not await climbs(town, 2), "nothing of what was not due has rung"
    await town.turn(timedelta(days=3))
    assert await climbs(town, 2), "what comes due rings again"


async def test_s35_less_than_an_hour_is_no_leap_and_what_became_due_rings_with_the_next_beat(
    town: House, wall: Wall
) -> None:
    await lift_and_lamp(town)
    (clock,) = await town.rows("SELECT min(due_at) AS due_at FROM clock WHERE case_id = 2")
    await town.turn(clock.due_at - timedelta(minutes=30) - town.now)
    assert not await climbs(town, 2)
    wall.set_by = timedelta(minutes=59)
    await beats(town)
    assert await climbs(town, 2)
    assert not await open_alarms(town)
    assert timedelta(seconds=60) >= LONGEST


async def test_s35_turning_the_office_clock_is_no_leap(town: House) -> None:
    await lift_and_lamp(town)
    await town.turn(timedelta(days=10))
    assert not await open_alarms(town)
    assert await climbs(town, 2)


@both_engines
async def test_s35_what_waits_for_a_moment_does_not_wait_twice_when_the_clock_is_set_back(
    town: House, wall: Wall
) -> None:
    desk, resident = await town.staff("WY-01"), await town.resident()
    await town.turn(timedelta(days=1))  # whoever sits there has sat there before
    town.line.stage.fail_next("sendMessage", 502, chat_id=desk.person.id)
    heard = len(desk.messages)
    await files(resident, "3栋楼道灯不亮")
    assert len(desk.messages) == heard, "its card waits for the next try"
    wall.set_by = -timedelta(hours=10)
    await beats(town)
    assert await open_alarms(town) == [("clock back", "by 36000 s")]
    async with asyncio.timeout(30):
        while len(desk.messages) == heard:
            await town.settle()
            await asyncio.sleep(0.05)
    await files(resident, "楼下垃圾桶满了没人收")
    assert "收到了，编号0002" in resident.last.text, "and the house goes on"


class Passing:
    """A machine whose wall clock and whose count of seconds go as they are told."""

    def __init__(self) -> None:
        self.wall, self.seconds = StandingClock(RunningClock().now()), 0.0  # the house tidies up by the real one

    def passes(self, seconds: float, *, leaps: float = 0.0) -> None:
        self.seconds += seconds
        self.wall.turn(seconds + leaps)


def watching(house: House, machine: Passing, host: str = "here") -> Leaps:
    home = house.parts.house
    return Leaps(
        home.store,
        town=home.town,
        keys=home.keys,
        office=home.office,
        machine=machine.wall,
        steady=lambda: machine.seconds,
        host=host,
    )


async def test_s35_another_process_whose_clock_is_right_holds_back_as_well(town: House) -> None:
    wrong, right = Passing(), Passing()
    one, other = watching(town, wrong), watching(town, right, "there")
    wrong.passes(30, leaps=36_000)
    right.passes(30)
    for leaps in (one, other, other, one):
        await leaps.beat(town.now)
        assert leaps.distrusted()
    assert len(await open_alarms(town)) == 1
    await let_go(settings(town))
    for leaps in (one, other):
        await leaps.beat(town.now)
        assert not leaps.distrusted()


@pytest.mark.parametrize(
    ("steps", "held"),
    [
        pytest.param([3_000.0] * 9, False, id="many small corrections add up to no leap"),
        pytest.param([-36_000.0, 36_000.0], False, id="a clock set back and right again has not leapt"),
        pytest.param([36_000.0, -18_000.0], True, id="half the way back is not back"),
        pytest.param([36_000.0, -36_100.0], False, id="all the way back is"),
        pytest.param([7_200.0, -7_200.0, 7_200.0], True, id="and it may leap again"),
    ],
)
async def test_s35_what_counts_as_a_leap(town: House, steps: list[float], held: bool) -> None:
    machine = Passing()
    leaps = watching(town, machine)
    for step in steps:
        machine.passes(30, leaps=step)
        await leaps.beat(town.now)
    assert leaps.distrusted() == held
    assert bool([ref for ref, _ in await open_alarms(town) if ref == "clock ahead"]) == held


@pytest.mark.parametrize(
    ("down", "back", "held"),
    [
        pytest.param(60.0, 0.0, True, id="as it was"),
        pytest.param(60.0, -36_000.0, False, id="set right while nobody looked"),
        pytest.param(18_000.0, -36_000.0, True, id="perhaps set right, nobody can know"),
    ],
)
async def test_s35_whoever_starts_while_it_is_held_knows_of_it(
    town: House, down: float, back: float, held: bool
) -> None:
    machine = Passing()
    leaps = watching(town, machine)
    machine.passes(30, leaps=36_000)
    await leaps.beat(town.now)
    shown = machine.wall.now()
    await hold(town, shown + timedelta(seconds=30))
    machine.passes(down, leaps=back)
    leaps = watching(town, machine)
    await leaps.beat(town.now)
    assert leaps.distrusted() == held
    if back:
        assert await silent_for(town, machine) <= 60, "and nobody waits for the moment the wrong clock had named"


async def test_s35_after_a_restart_too_the_clock_comes_back_by_itself(town: House) -> None:
    machine = Passing()
    leaps = watching(town, machine)
    await hold(town, machine.wall.now() + timedelta(minutes=5))
    machine.passes(30, leaps=36_000)
    await leaps.beat(town.now)
    machine.passes(5)
    leaps, elsewhere = watching(town, machine), watching(town, Passing(), "there")
    for one in (leaps, elsewhere):
        await one.beat(town.now)
        assert one.distrusted()
    machine.passes(30, leaps=-36_000)
    for one in (leaps, elsewhere):
        await one.beat(town.now)
        assert not one.distrusted()
    assert not await open_alarms(town)
    assert 0 < await silent_for(town, machine) < 300, "a halt of before the leap is the messenger's word still"
    machine.passes(30, leaps=-36_000)
    await leaps.beat(town.now)
    assert await open_alarms(town) == [("clock back", "by 36000 s")]


async def hold(house: House, until: datetime) -> None:
    await house.parts.house.store.run(outbox.hold, bot_id=house.bot.id, chat_id=0, until=until)


async def silent_for(house: House, machine: Passing) -> float:
    """Seconds nothing leaves."""
    (halt,) = await house.rows("SELECT halted_until FROM halt WHERE chat_id = 0")
    return float((halt.halted_until - machine.wall.now()).total_seconds())
