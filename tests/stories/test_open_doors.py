"""Does a door stay open, and a promise stand, when the lead of a case goes down again, or its class changes twice?"""

from datetime import timedelta

from models.actions import handling, hearing, pursuing, requesting, sorting
from models.queries.people import Speaker, speaker
from tests.house import House, Phone
from tests.stories.living import files, in_charge
from tests.stories.test_voice import speaks

HOUR = timedelta(hours=1)


async def who(house: House, phone: Phone) -> Speaker:
    found = await house.ask(speaker, bot_id=house.bot.id, chat_id=phone.person.id)
    assert found is not None
    return found


async def goes_higher(house: House, resident: Phone) -> str:
    """申请上报; the desk that leads afterwards."""
    (case,) = await house.rows('SELECT version FROM "case"')
    by = await who(house, resident)
    raised = await house.do(pursuing.raise_up, case_id=1, by=by, version=case.version)
    await house.settle()
    return str(raised.desk.code)


async def test_what_was_handed_down_again_may_be_raised_again(house: House) -> None:
    desk, community, _street = [await house.staff(code) for code in ("WY-01", "SQ-PW", "JD")]
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    assert await goes_higher(house, resident) == "SQ-PW"
    by = await who(house, community)
    await house.do(requesting.offer, case_id=1, by=by, sentence="归物业", about="WY-01")
    await house.do(requesting.take, case_id=1, by=await who(house, desk))
    assert await in_charge(house) == "WY-01"
    assert await goes_higher(house, resident) == "SQ-PW"
    assert await goes_higher(house, resident) == "JD"


async def test_a_later_day_asked_for_before_a_voice_was_understood_is_nobody_s_to_grant(house: House) -> None:
    await house.staff("WY-01")
    community, street, resident = await house.staff("SQ-PW"), await house.staff("JD"), await house.resident()
    await speaks(house, resident)
    await resident.taps("不急")
    by = await who(house, community)
    later = [day for day in await house.ask(requesting.days, case_id=1, by=by) if day.later]
    await house.do(hearing.hear, case_id=1, by=by, sentence="3栋楼道灯不亮")
    await house.do(requesting.extend, case_id=1, by=by, sentence="人手不够", about=later[-1].on.isoformat())
    await house.settle()
    await resident.taps("对")
    assert await in_charge(house) == "WY-01"
    (asked,) = await house.rows("SELECT outcome FROM request")
    assert asked.outcome == "lapsed"
    assert "同意延期" not in str(street.texts)


async def test_each_slower_class_is_told(house: House) -> None:
    await house.staff("WY-01")
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await files(resident, "楼下那个事情麻烦管一管吧")
    by, told = await who(house, community), []
    for code in ("C10-2", "C10-1"):
        _ = resident.news
        await house.do(sorting.sort, case_id=1, by=by, about=code, sentence="看过了，是这类")
        await house.settle()
        told.append(len(resident.news))
    assert told == [1, 1]


async def test_whoever_leads_from_now_on_is_reminded_to_sign_like_anybody(house: House) -> None:
    desk, _community, _street = [await house.staff(code) for code in ("WY-01", "SQ-PW", "JD")]
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    by = await who(house, desk)
    await house.do(handling.sign, case_id=1, by=by)
    await house.do(handling.contact, case_id=1, by=by)
    assert await goes_higher(house, resident) == "SQ-PW"
    (case,) = await house.rows('SELECT acknowledge_by FROM "case"')
    (clock,) = await house.rows("SELECT due_at FROM clock WHERE until = 'signed' AND due_at IS NOT NULL")
    assert clock.due_at >= case.acknowledge_by
    await house.turn(clock.due_at - house.now)
    parts = await house.rows("SELECT desk, part FROM case_desk WHERE desk = 'JD'")
    assert [row.part for row in parts] == ["above"], "silence is told a level up"
