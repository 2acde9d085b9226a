"""What does an official read behind the phones? What rang, what presses, who leads, what is sealed, what went wrong."""

from datetime import UTC, datetime, timedelta

from models.queries.behind import CaseBehind, alarms_behind, cases_behind, counts, next_of_case
from tests.house import TUESDAY_MORNING, House
from tests.stories.living import files

MORNING, EVENING = timedelta(hours=23), timedelta(hours=13)


async def newest(house: House) -> CaseBehind:
    return (await house.ask(cases_behind))[0]


async def test_what_rang_is_counted_apart_from_what_only_changed(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋电梯又停了")
    before = await house.ask(counts)
    assert before.rang == before.sent >= 2, "a receipt and an assignment"
    await desk.taps("签收")
    after = await house.ask(counts)
    assert after.rang == before.rang, "签收 rings in nobody's pocket"
    assert after.silent > before.silent
    assert after.sent == after.rang + after.silent


async def test_the_clock_can_be_turned_to_what_is_due_in_one_case_only(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋电梯又停了")
    first = (await newest(house)).number
    await desk.taps("签收")
    await house.turn(timedelta(minutes=10))
    await files(resident, "3栋电梯又停了，别的一部")
    second = (await newest(house)).number
    due, other = await house.ask(next_of_case, number=first), await house.ask(next_of_case, number=second)
    assert due is not None
    assert other is not None
    assert due > other, "the newer one is due first"
    answer = await house._control(do="turn_next", number=first)
    assert abs(datetime.fromisoformat(answer["now"]) - due) < timedelta(seconds=5)
    events = {one.number: [event.event for event in one.events] for one in await house.ask(cases_behind)}
    assert "climb" in events[second], "what was due on the way has rung"


async def test_only_what_is_due_within_a_working_hour_presses(house: House) -> None:
    resident = await house.resident()
    await files(resident, "3栋电梯又停了")
    one = await newest(house)
    assert one.pressing, "it is to be signed for within half an hour"
    later = [clock for clock in one.clocks if clock.due_at - house.now > timedelta(hours=2)]
    assert later
    assert not any(clock.pressing for clock in later)


async def test_at_night_a_held_notice_is_counted_and_nothing_presses(house: House) -> None:
    await house.staff("WY-01")
    resident = await house.resident()
    await house.turn(EVENING)
    await files(resident, "楼道灯不亮")
    figures = await house.ask(counts)
    assert figures.held == figures.waiting == 1
    assert figures.held_until == datetime(2026, 11, 25, 0, 0, tzinfo=UTC), "08:00 in Licheng"
    assert not (await newest(house)).pressing
    await house.turn(MORNING - EVENING)
    assert (await house.ask(counts)).held == 0


async def test_a_case_shows_where_it_began_and_who_leads_now(house: House) -> None:
    await house.staff("WY-01")
    await house.staff("SQ-PW")
    resident = await house.resident()
    await files(resident, "3栋电梯又停了")
    began = await newest(house)
    assert began.began == began.leads
    await house.turn(timedelta(hours=4, minutes=10))
    now = await newest(house)
    assert now.began == began.began
    assert now.leads.desk == "浦望社区服务台"
    assert now.leads.desk_en == "Puwang Community Desk"
    assert now.leads.level > now.began.level


async def test_a_sealed_matter_does_not_stand_there_by_its_title(house: House) -> None:
    resident = await house.resident()
    await resident.says("我老公天天打我，我不敢报警")
    one = await newest(house)
    assert one.sealed
    assert (one.title, one.title_en, one.category) == ("", "", "")


async def test_a_title_can_be_read_in_either_language(house: House) -> None:
    resident, guest = await house.resident(), await house.resident(name="Ann", speaks="en")
    await files(resident, "3栋电梯又停了")
    assert (await newest(house)).title_en.startswith("No.3: ")
    await files(guest, "The lift in building 3 is stuck again")
    assert (await newest(house)).title.startswith("3栋电梯")


async def test_an_open_alarm_names_its_case(house: House) -> None:
    resident = await house.resident()
    await files(resident, "3栋电梯又停了")
    one = await newest(house)
    alarms = await house.ask(alarms_behind)
    assert {(alarm.kind, alarm.number) for alarm in alarms} == {("desk-unreachable", one.number)}
    assert (await house.ask(counts)).alarms == len(alarms)
    assert alarms[0].raised_at >= TUESDAY_MORNING
