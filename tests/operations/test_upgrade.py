"""A database of yesterday goes on under today's program: what waited is said, old buttons answer, talks go on."""

from datetime import timedelta

import pytest

from models import migrations
from tests.conftest import Opens
from tests.house import House, buttons
from tests.store.test_migrations import within
from tests.stories.living import files, in_charge

EVENING = timedelta(hours=10, minutes=30)
NIGHT = timedelta(hours=3)
MORNING = timedelta(hours=11)


async def upgraded(house: House) -> None:
    """The house stood at the first revision, and the program of today was started on it."""
    await house.close()
    await within(house.url, lambda connection: migrations.downgrade(connection, "0001"))
    assert await within(house.url, migrations.differences) != []
    await house.open(at=None)
    assert await within(house.url, migrations.differences) == []


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_queued_notices_old_buttons_and_open_talks_outlive_an_upgrade(open_house: Opens, engine: str) -> None:
    house = await open_house(engine=engine)
    desk, resident, neighbour = await house.staff("WY-01"), await house.resident(), await house.resident(name="李叔")
    await house.turn(EVENING)
    await files(resident, "3栋楼道灯不亮")
    (card,) = [one for one in desk.messages if "签收" in buttons(one)]
    await house.turn(NIGHT)
    await neighbour.says("3栋单元门坏了，关不上")  # a talk is open: 对，提交 is still to be tapped
    await files(resident, "3栋楼下垃圾桶满了")  # filed in the quiet hours: its card waits for the morning
    held = await house.rows("SELECT id FROM notice WHERE state = 'waiting' AND edits IS NULL")
    assert held
    events = await house.rows("SELECT id, hash FROM case_event ORDER BY id")
    _ = desk.news, neighbour.news

    await upgraded(house)
    assert await house.rows("SELECT id, hash FROM case_event ORDER BY id") == events
    await house.settle()
    await desk.presses(card, "签收")
    (case,) = await house.rows('SELECT state FROM "case" WHERE id = 1')
    assert case.state == "signed", "a button drawn by the program of yesterday"
    await neighbour.taps("对，提交")
    assert await house.number_of("case") == 3
    await house.turn(MORNING)
    states = await house.rows("SELECT state FROM notice")
    assert {row.state for row in states} <= {"sent", "skipped"}, "what waited has been said, nothing died"
    assert [one for one in desk.messages if "垃圾桶" in one.text], "and the desk has it"


async def test_a_sender_that_was_killed_in_yesterdays_program_is_inherited(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    house.line.stage.fail_next("sendMessage", 500, n=50, chat_id=desk.person.id)
    await files(resident, "3栋楼道灯不亮")
    house.line.stage.clear()
    assert not [one for one in desk.messages if "签收" in buttons(one)]
    await upgraded(house)
    await house.do(lambda work: _due_now(work))
    await house.settle()
    assert [one for one in desk.messages if "签收" in buttons(one)]
    assert await in_charge(house) == "WY-01"


def _due_now(work: object) -> None:
    from models.store import Statement

    Statement("UPDATE notice SET waits_from = :now WHERE waits_from IS NOT NULL").run(work.session, now=work.now)  # type: ignore[attr-defined]
