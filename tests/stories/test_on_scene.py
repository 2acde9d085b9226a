"""What ends the first half hour of an emergency? Who stands there, and no word sent from a desk (domain C0)."""

from datetime import timedelta

import pytest

from models.actions import handling, working
from models.rules.refusals import Refused, Stale
from models.rules.ringing import next_list
from tests.house import House, Phone, buttons
from tests.stories.living import in_charge, somebody_has_it_and_a_date
from tests.stories.test_every_state import STATES, at_work, state_of

MINUTE = timedelta(minutes=1)
FIRST = "别扒门"


async def answers_with_a_word(desk: Phone) -> None:
    await desk.taps("签收")
    await desk.taps("带话给居民")
    await desk.says("收到")
    await desk.taps("发给居民")


async def test_a_word_is_no_arrival_and_the_street_leads_after_half_an_hour(house: House) -> None:
    desk, street, district = [await house.staff(code) for code in ("WY-01", "JD", "QU")]
    resident = await house.resident()
    await resident.says("3栋电梯困人了，快来")
    await answers_with_a_word(desk)
    card = desk.with_button("已到场")
    assert "前到场" in card.text, "what was promised stands until somebody is there"
    assert "已联系或上门" not in buttons(card)
    receipt = resident.that_says(FIRST)
    assert "正赶过来" in receipt.text, "what to do first stays"
    assert "报错了" not in buttons(receipt), "somebody has spoken with her"
    assert "催一下" in buttons(receipt)

    await house.turn(31 * MINUTE)
    assert await in_charge(house) == "JD"
    assert "应在今天9:30前到场，已超时" in street.with_button("签收").text
    assert FIRST in resident.that_says("已经惊动街道").text
    await house.turn(90 * MINUTE)
    assert "没人到场就派人去" in district.last.text, "and the district hears of it after two hours"

    # the firm, which helps now, is there before the street has signed
    await desk.taps("已到场")
    assert "已有人到场" in district.last.text
    assert "到场" not in street.that_says("办理中").text
    assert "已到场" not in buttons(desk.last)
    assert FIRST not in resident.that_says("电话：").text
    await somebody_has_it_and_a_date(house)


async def test_who_is_there_stops_the_first_half_hour(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await house.staff("JD")
    await resident.says("3栋电梯困人了，快来")
    await desk.taps("签收")
    await desk.taps("已到场")
    await house.turn(150 * MINUTE)
    assert await in_charge(house) == "WY-01"
    assert await house.rows("SELECT id FROM clock WHERE until = 'on_scene' AND due_at IS NOT NULL") == []
    by = await at_work(house, desk)
    await house.do(handling.arrive, case_id=1, by=by)
    rows = await house.rows("SELECT id FROM case_event WHERE event = 'arrive'")
    assert len(rows) == 1, "an impatient thumb arrives once"


@pytest.mark.parametrize("state", STATES)
async def test_who_is_there_may_say_so_in_every_state(house: House, state: str) -> None:
    """Also the desk that helps while the one above has yet to sign; and nobody where nothing is an emergency."""
    desk, resident = await house.staff("WY-01"), await house.resident()
    by = await at_work(house, desk)
    await resident.says("3栋电梯困人了，快来")
    of = {"case_id": 1, "by": by}
    if state in ("signed", "working"):
        await house.do(handling.sign, **of)
    if state == "working":
        await house.do(handling.let_know, **of, sentence="收到")
    if state == "reopened":
        await house.do(handling.claim, **of, sentence="人出来了")
        await house.settle()
        await resident.taps("没有")
    await house.do(handling.arrive, **of)
    assert await state_of(house, 1) == "working"
    await house.do(working.make_safe, **of, sentence="电梯停用了")
    with pytest.raises(Refused) as refused:
        await house.do(handling.arrive, **of)
    assert isinstance(refused.value.refusal, Stale), "made safe, it is an ordinary repair"
    await house.settle()


async def test_an_emergency_below_is_in_the_list_of_the_street_every_morning(house: House) -> None:
    desk, street = await house.staff("WY-01"), await house.staff("JD")
    await house.staff("SQ-PW")
    resident = await house.resident()
    await resident.says("3栋电梯困人了，快来")
    await desk.taps("签收")
    await desk.taps("已到场")
    assert (await list_of(house, desk, "WY-01"))[0].endswith("3栋电梯困人 · 今天9:00前解除危险")
    await house.turn(timedelta(days=8))
    _ = street.news
    assert await in_charge(house) == "WY-01"
    (line,) = await list_of(house, street, "JD")
    assert line.endswith("3栋电梯困人 · ⚠️ 下面还没办好，早已超时，请过问")
    await street.taps("0001")
    assert "已有人到场，还没办好" in street.last.text


async def list_of(house: House, phone: Phone, code: str) -> list[str]:
    """The lines of the desk's next list, without its head."""
    desk = house.town.desks[code]
    await house.turn(next_list(house.now, house.town, desk) - house.now)
    return phone.that_says("这次要看的").text.split("\n")[1:]


async def test_who_sees_nobody_contradicts_it_and_the_half_hour_begins_anew(house: House) -> None:
    desk, community, street = [await house.staff(code) for code in ("WY-01", "SQ-PW", "JD")]
    resident = await house.resident()
    await resident.says("3栋电梯困人了，快来")
    await desk.taps("签收")
    await desk.taps("已到场")
    receipt = resident.that_says("电话：")
    assert "说有人到场了，正在处理" in receipt.text
    assert "没看到人来，点「没看到人」" in receipt.text
    await house.turn(10 * MINUTE)
    _ = desk.news, community.news, resident.news
    await resident.taps("没看到人")
    await resident.presses(receipt, "没看到人")
    (answer,) = resident.news
    assert answer.startswith("有危险请先打电话：火警119")
    assert "和社区：没看到人。半小时内还没人到场，再往上报。" in answer
    assert FIRST in resident.that_says("正赶过来").text, "what to do first is back"
    for told in (desk, community):
        (card,) = told.news
        assert card.startswith("🚨 居民说没看到人到场：请打电话核实，没人就马上派人去")
    assert "已到场" in buttons(desk.with_button("办好了"))
    await house.turn(29 * MINUTE)
    assert await in_charge(house) == "WY-01"
    await house.turn(2 * MINUTE)
    assert await in_charge(house) == "JD"
    assert "应在今天9:30前到场，已超时" in street.with_button("签收").text


@pytest.mark.parametrize("said", ["没人来啊", "根本没看到人", "nobody came"])
async def test_it_may_be_typed_hours_later(house: House, said: str) -> None:
    desk, community = await house.staff("WY-01"), await house.staff("SQ-PW")
    await house.staff("JD")
    resident = await house.resident()
    await resident.says("3栋电梯困人了，快来")
    await desk.taps("签收")
    await desk.taps("已到场")
    await house.turn(timedelta(hours=7))
    _ = community.news
    await resident.says(said)
    assert "没看到人" in resident.last.text
    assert community.news[-1].startswith("🚨 居民说没看到人到场")
    await house.turn(31 * MINUTE)
    assert await in_charge(house) == "JD"


async def test_a_desk_takes_back_what_it_tapped_by_mistake(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await house.staff("JD")
    await resident.says("3栋电梯困人了，快来")
    await desk.taps("签收")
    await desk.taps("已到场")
    await house.turn(20 * MINUTE)
    await desk.taps("更多")
    assert await desk.taps("点错了，没到场") == "记下了"
    assert FIRST in resident.that_says("正赶过来").text
    assert "已到场" in buttons(desk.with_button("办好了"))
    await house.turn(9 * MINUTE)
    assert await in_charge(house) == "WY-01", "the half hour is that of the cry"
    await house.turn(2 * MINUTE)
    assert await in_charge(house) == "JD"
    await desk.taps("已到场")
    assert "说有人到场了" in resident.that_says("电话：").text or "鲤江街道" in resident.last.text
