"""Is a call that was promised ever forgotten? Whatever happens to the case meanwhile, somebody telephones (找人工)."""

from datetime import timedelta

from models.actions.relaying import Remark, add
from models.queries.people import speaker
from tests.house import House, Phone
from tests.stories.living import files, in_charge, says_done
from tests.stories.test_voice import listens, speaks

HOUR = timedelta(hours=1)


async def called_by(house: House) -> tuple[str, bool]:
    """Which desk is to telephone, and whether a clock still waits for its call."""
    (case,) = await house.rows('SELECT caller FROM "case"')
    runs = await house.rows("SELECT id FROM clock WHERE rung = 'person-asked' AND due_at IS NOT NULL")
    return str(case.caller), bool(runs)


async def state_of(house: House) -> str:
    (case,) = await house.rows('SELECT state FROM "case"')
    return str(case.state)


async def people(house: House) -> tuple[Phone, Phone, Phone, Phone]:
    """The firm, the community, the street, and a resident."""
    firm, community, street = [await house.staff(desk) for desk in ("WY-01", "SQ-PW", "JD")]
    return firm, community, street, await house.resident()


async def adds(house: House, resident: Phone, words: str) -> None:
    """What she says joins the case, whatever else it may be taken for."""
    by = await house.ask(speaker, bot_id=house.bot.id, chat_id=resident.person.id)
    await house.do(add, case_id=1, by=by, bot_id=house.bot.id, remark=Remark(words))
    await house.settle()


async def test_silence_closes_nothing_while_somebody_is_to_call(house: House) -> None:
    firm, _community, _street, resident = await people(house)
    await house.turn(72 * HOUR)  # Friday
    await files(resident, "3栋楼道灯不亮")
    await says_done(firm, "换了灯")
    await house.turn(54 * HOUR)  # Sunday afternoon
    await resident.says("找人工")
    assert await called_by(house) == ("SQ-PW", True)
    await house.turn(19 * HOUR)
    assert await state_of(house) == "claimed"
    assert await called_by(house) == ("SQ-PW", True)


async def test_who_was_to_call_and_did_the_work_themselves_leaves_the_call_to_the_street(house: House) -> None:
    _firm, community, street, resident = await people(house)
    await files(resident, "物业态度很差，打电话不理人")
    assert await in_charge(house) == "SQ-PW"
    await resident.says("找人工")
    await says_done(community, "跟物业经理谈过了")
    assert await called_by(house) == ("JD", True)
    assert street.with_button("没人接").text.startswith("📞 居民想找人说话，请在")
    assert "也请问一声好了没有" in street.with_button("没人接").text


async def test_a_voice_that_is_understood_is_still_called_back(house: House) -> None:
    _firm, community, _street, resident = await people(house)
    await speaks(house, resident)
    await resident.taps("不急")
    await resident.says("找人工")
    await house.turn(HOUR)
    await listens(community, "3栋电梯停了，老人下不了楼")
    await resident.taps("对")
    assert await in_charge(house) == "WY-01"
    assert await called_by(house) == ("SQ-PW", True)


async def test_words_of_danger_end_no_call_and_no_other_office_s_day(house: House) -> None:
    firm, _community, _street, resident = await people(house)
    await files(resident, "3栋楼道灯不亮")
    await firm.taps("更多")
    await firm.taps("外部编号")
    await firm.says("12345 20261124001 12月30日")
    await resident.says("找人工")
    await adds(house, resident, "电线冒火花着火了")
    (case,) = await house.rows('SELECT sla FROM "case"')
    assert case.sla == "P0"
    assert await called_by(house) == ("SQ-PW", True)
    assert await house.rows("SELECT id FROM clock WHERE rung = 'external' AND due_at IS NOT NULL")


async def test_her_no_in_the_chat_ends_no_call_and_one_by_telephone_does(house: House) -> None:
    firm, community, _street, resident = await people(house)
    await files(resident, "3栋楼道灯不亮")
    await resident.says("找人工")
    await says_done(firm, "换了灯")
    await resident.taps("没有")
    assert await state_of(house) == "reopened"
    assert await called_by(house) == ("SQ-PW", True)
    await says_done(firm, "又换了灯")
    await community.taps("说没解决")
    assert await state_of(house) == "reopened"
    assert await called_by(house) == ("", False)


async def test_a_call_nobody_answered_is_tried_again_after_her_no(house: House) -> None:
    firm, community, _street, resident = await people(house)
    await files(resident, "3栋楼道灯不亮")
    await resident.says("找人工")
    await community.taps("没人接")
    await says_done(firm, "换了灯")
    await resident.taps("没有")
    assert await called_by(house) == ("SQ-PW", False)
    assert await house.rows("SELECT id FROM clock WHERE rung = 'call-again' AND due_at IS NOT NULL")


async def test_words_of_danger_about_work_that_is_said_to_be_done_are_her_no(house: House) -> None:
    firm, community, _street, resident = await people(house)
    await files(resident, "3栋楼道灯不亮")
    await says_done(firm, "换了灯")
    _ = firm.news, community.news
    await adds(house, resident, "换过的灯冒烟，电线着火了")
    (case,) = await house.rows('SELECT state, sla, claimed_at FROM "case"')
    assert tuple(case) == ("reopened", "P0", None)
    assert len(firm.news) == 1
    assert community.news
    running = {row.rung for row in await house.rows("SELECT rung FROM clock WHERE due_at IS NOT NULL")}
    assert {"P0-10m", "P0-30m", "review-7d"} <= running
    assert not any(rung.startswith("claimed") for rung in running)
    await house.turn(HOUR)
    assert await in_charge(house) == "JD", "and silence climbs as it does in any emergency"
