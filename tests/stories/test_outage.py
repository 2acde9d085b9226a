"""A day without the house: afterwards each clock rings once, in order, without a storm, and nothing is lost (S34)."""

from datetime import timedelta

from models.actions.housing import turn_office
from tests.house import House
from tests.stories.living import files, somebody_has_it_and_a_date


async def wakes_after(house: House, span: timedelta) -> None:
    """The house was closed all that time: its office clock jumped, and stopped nowhere on the way."""
    ahead = house.parts.house.office.ahead + span
    await house.do(turn_office, ahead_seconds=ahead.total_seconds())
    await house.restart()
    await house.parts.strike()
    await house.settle()


async def test_after_a_day_away_each_clock_rings_once_and_in_order(house: House) -> None:
    desk, community, street = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.staff("JD")
    resident, neighbour = await house.resident(), await house.resident(name="李叔")
    await files(resident, "3栋电梯又停了，老人上不去")
    await files(neighbour, "3栋楼道灯不亮")
    await desk.presses(desk.that_says("0002号"), "签收")
    promised = await house.rows('SELECT id, resolve_by FROM "case" ORDER BY id')
    for phone in (desk, community, street, resident, neighbour):
        _ = phone.news
    closed_at = house.now
    await wakes_after(house, timedelta(hours=24, minutes=30))

    rang = await house.rows("SELECT case_id, rung, due_at, rang_at FROM clock WHERE rang_at IS NOT NULL ORDER BY id")
    assert all(row.due_at is None for row in rang)
    rungs = [(row.case_id, row.rung) for row in rang]
    assert len(rungs) == len(set(rungs)), "each once"
    assert {(1, "P1-30m"), (1, "P1-4h"), (1, "P1-24h")} <= set(rungs), "no rung is left out"
    climbs = await house.rows("""
        SELECT facts FROM case_event WHERE case_id = 1 AND event IN ('climb', 'take_over') ORDER BY seq
    """)
    order = [rung for row in climbs for rung in ("P1-30m", "P1-4h", "P1-18h", "P1-24h") if f'"{rung}"' in row.facts]
    assert order == ["P1-30m", "P1-4h", "P1-18h", "P1-24h"], "in the order in which they were due"
    (case,) = await house.rows('SELECT desk FROM "case" WHERE id = 1')
    assert case.desk == "JD", "no level is passed over, and the last one has it"
    assert await house.rows('SELECT id, resolve_by FROM "case" ORDER BY id') == promised, "no promise has moved"

    for phone in (resident, neighbour):
        assert len(phone.news) == 1, "another desk leads: said once"
    for phone in (desk, community, street):
        assert len(phone.news) <= 2, "no storm"
    await somebody_has_it_and_a_date(house)

    before = await house.rows("SELECT id FROM case_event")
    await house.parts.strike()
    await house.settle()
    assert await house.rows("SELECT id FROM case_event") == before, "and not a second time"
    assert house.now - closed_at >= timedelta(hours=24)


async def test_what_was_said_while_the_house_was_away_is_answered_when_it_is_back(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await house.do(turn_office, ahead_seconds=(house.parts.house.office.ahead + timedelta(hours=24)).total_seconds())
    await house.close()
    resident.person.say(house.bot, "3栋楼道灯不亮")
    await house.open(at=None)
    await house.settle()
    await resident.taps("对，提交")
    assert "收到了，编号0001" in resident.last.text
    assert "0001号" in desk.last.text
    await somebody_has_it_and_a_date(house)
