"""Does everything a resident may do work wherever a case stands: waiting, signed for, worked on, sent back, claimed?"""

import pytest

from tests.house import House, Phone
from tests.stories.living import files, says_done


async def brought_to(state: str, desk: Phone, resident: Phone) -> None:
    """The newest case stands there."""
    if state == "accepted":
        return
    if state in ("reopened", "claimed"):
        await says_done(desk, "换了灯")
        if state == "reopened":
            await resident.taps("没有")
        return
    await desk.taps("签收")
    if state == "working":
        await desk.taps("已联系或上门")


async def events_from(house: House, state: str) -> set[str]:
    rows = await house.rows("SELECT event FROM case_event WHERE from_state = :state", state=state)
    return {str(row.event) for row in rows}


@pytest.mark.parametrize("state", ["accepted", "signed", "working", "reopened"])
async def test_a_case_in_hand_is_hurried_talked_about_and_raised(house: House, state: str) -> None:
    desk, community = await house.staff("WY-01"), await house.staff("SQ-PW")
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await brought_to(state, desk, resident)
    await resident.taps("催一下")
    await resident.says("找人工")
    assert await community.taps("没人接") == "记下了，下个工作日再提醒您打。"
    assert await community.taps("说上话了") == "记下了，谢谢！"
    await resident.taps("申请上报")
    assert {"urge", "person", "no_answer", "spoke", "raise"} <= await events_from(house, state)


@pytest.mark.parametrize("state", ["accepted", "signed", "working", "reopened"])
async def test_a_case_in_hand_is_taken_back(house: House, state: str) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await brought_to(state, desk, resident)
    await resident.says("不用了")
    await resident.taps("不办了，删掉")
    assert "withdraw" in await events_from(house, state)
    assert await house.rows("SELECT field FROM secret WHERE owner = 'case'") == []


async def test_what_is_said_to_be_done_can_still_be_taken_back_or_talked_about(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await brought_to("claimed", desk, resident)
    await resident.says("找人工")
    assert community.with_button("说解决了").text.startswith("📞 居民想找人说话")
    await resident.taps("更多")
    await resident.taps("不用办了")
    await resident.taps("不办了，留着")
    assert {"person", "withdraw"} <= await events_from(house, "claimed")
    assert await house.rows("SELECT id FROM clock WHERE due_at IS NOT NULL") == []
