"""What if nobody answers: not the head, not the desk, not for a week; and what if no message reaches them at all?"""

from datetime import timedelta

from tests.house import House, buttons
from tests.stories.living import files, in_charge, rung_for_the_raiser, says_done, somebody_has_it_and_a_date

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def test_a_week_of_silence_climbs_to_the_street_and_rings_the_resident_once(house: House) -> None:
    desk, head = await house.staff("WY-01"), await house.head()
    community, street = await house.staff("SQ-PW"), await house.staff("JD")
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    leads = []
    for _ in range(7):
        await house.turn(DAY)
        leads.append(await in_charge(house))
        await somebody_has_it_and_a_date(house)
    assert leads[-1] == house.town.street_desk
    assert leads == sorted(leads, key=["WY-01", "SQ-PW", house.town.street_desk].index), "only upwards"
    assert await rung_for_the_raiser(house) == ["receipt", "changed"], "two pushes in a week of nothing"
    assert len(head.news) <= 2, "a volunteer is not chased"
    receipt = resident.that_says("在等鲤江街道小区诉求专班接手")
    assert {"催一下", "申请上报"} <= set(buttons(receipt))
    assert desk.texts
    assert community.texts
    assert any("0001" in label for message in street.messages for label in buttons(message)) or any(
        "0001号" in text for text in street.texts
    )
    assert (await resident.taps("催一下")).startswith("替您催了鲤江街道小区诉求专班")


async def test_the_head_blocked_the_bot_then_the_desk_too_and_somebody_has_it_within_a_beat(house: House) -> None:
    desk, head = await house.staff("WY-01"), await house.head()
    community, street = await house.staff("SQ-PW"), await house.staff("JD")
    resident = await house.resident()
    head.person.block(house.bot)
    await files(resident, "3栋电梯又停了")
    assert await in_charge(house) == "WY-01", "the head is asked, never accountable"
    assert desk.that_says("3栋电梯")
    desk.person.block(house.bot)
    house.bot.updates.keep_last(0)  # the messenger's word about it was lost: only the next notice finds out
    while await in_charge(house) == "WY-01":
        await house.turn_next()
    assert await in_charge(house) == "SQ-PW"
    community.person.block(house.bot)
    await house.settle()
    await house.turn(2 * DAY)
    assert await in_charge(house) == house.town.street_desk
    assert "签收" in [label for message in street.messages for label in buttons(message)]
    await somebody_has_it_and_a_date(house)


async def test_a_resident_nobody_can_reach_is_asked_by_telephone_and_loses_nothing(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await says_done(desk, "换了灯")
    resident.person.block(house.bot)  # after the question, before the reminder
    await house.turn(80 * HOUR)
    (case,) = await house.rows('SELECT state, caller FROM "case"')
    assert (case.state, case.caller) == ("claimed", "SQ-PW"), "an undelivered reminder closes nothing"
    assert community.texts
    resident.person.unblock(house.bot)
    await house.settle()
    assert await resident.taps("没有") == "知道了，已退回重办，并告诉了上一级。"
    (case,) = await house.rows('SELECT state, caller FROM "case"')
    assert (case.state, case.caller) == ("reopened", "")
