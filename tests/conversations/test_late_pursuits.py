"""What do the buttons of whoever pursues a case, or telephones about it, do when their moment has passed?"""

import pytest

from tests.conversations.answers import NOT_YOURS
from tests.house import House, Phone
from tests.stories.living import files, says_done

MOVED_ON = "0001号已经有新进展，请看最新的那张卡片。"
CLOSED = "0001号已经办结了，这个按钮不用再点。"

LATE = [
    ("催一下", CLOSED, "nobody owes anything any more"),
    ("申请上报", CLOSED, "there is nothing to raise; 没好，重办 is the button"),
    ("不办了，留着", CLOSED, "what is solved cannot be taken back"),
    ("不办了，删掉", CLOSED, "nor can its words: the desk did the work, they go after 180 days"),
    ("找人工", CLOSED, "the receipt has the number to call"),
]


def data_of(phone: Phone, label: str) -> str:
    data = phone.with_button(label).button(label).callback_data
    assert data is not None
    return data


async def lived(house: House) -> tuple[Phone, Phone, dict[str, str]]:
    """A case solved at last; the buttons as they were drawn on the way."""
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    old = {label: data_of(resident, label) for label in ("催一下", "申请上报")}
    await resident.taps("更多")
    old["找人工"] = data_of(resident, "找人工")
    await resident.taps("不用办了")
    old |= {label: data_of(resident, label) for label in ("不办了，留着", "不办了，删掉")}
    await says_done(desk, "换了灯")
    await resident.taps("解决了")
    return desk, resident, old


async def test_a_button_of_an_open_case_is_answered_kindly_once_it_is_closed(house: House) -> None:
    _desk, resident, old = await lived(house)
    events = await house.number_of("case_event")
    for label, toast, why in LATE:
        assert await resident.presses(resident.messages[0], forged=old[label]) == toast, why
    assert await house.number_of("case_event") == events


async def test_a_second_tap_reopens_nothing_a_second_time(house: House) -> None:
    _desk, resident, _old = await lived(house)
    again, thank, mark = (data_of(resident, label) for label in ("没好，重办", "说声谢谢", "5"))
    first = resident.messages[0]
    assert await resident.presses(first, forged=thank) == "替您带到，不说是谁。"
    assert await resident.presses(first, forged=thank) == "0001号的谢谢已经带到了。"
    await resident.presses(first, forged=again)
    assert await resident.presses(first, forged=again) == MOVED_ON
    assert await resident.presses(first, forged=mark) == MOVED_ON, "nothing to rate while it is done again"
    (case,) = await house.rows('SELECT returned, rating FROM "case"')
    assert (case.returned, case.rating) == (1, None)


@pytest.mark.parametrize("label", ["不办了，留着", "不办了，删掉"])
async def test_a_case_is_taken_back_once(house: House, label: str) -> None:
    await house.staff("WY-01")
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await resident.taps("更多")
    await resident.taps("不用办了")
    data = data_of(resident, label)
    await resident.taps(label)
    assert await resident.presses(resident.messages[0], forged=data) == MOVED_ON
    assert len(await house.rows("SELECT id FROM case_event WHERE event = 'withdraw'")) == 1


async def test_a_caller_is_overtaken_by_the_resident_s_own_word(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await resident.says("找人工")
    spoke = data_of(community, "说上话了")
    await says_done(desk, "换了灯")
    solved, nobody = data_of(community, "说解决了"), data_of(community, "没人接")
    await resident.taps("没有")
    for data, why in ((solved, "she said no herself"), (spoke, "it was asked before")):
        assert await community.presses(community.messages[0], forged=data) in (MOVED_ON, NOT_YOURS), why
    assert "再提醒您打" in await community.presses(community.messages[0], forged=nobody), (
        "she asked for a person besides"
    )
    (case,) = await house.rows('SELECT state, calls, caller FROM "case"')
    assert (case.state, case.calls, case.caller) == ("reopened", 1, "SQ-PW"), "that call is still owed"


async def test_two_impatient_thumbs_raise_one_level_each(house: House) -> None:
    for desk in ("WY-01", "SQ-PW", "JD"):
        await house.staff(desk)
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    card = resident.with_button("申请上报")
    queries = [resident.person.tap(card, "申请上报") for _ in range(5)]
    await house.settle()
    toasts = [house.line.messenger.callback(query).note for query in queries]
    assert toasts[0].startswith("0001号已上报，现在由浦望社区服务台")
    (case,) = await house.rows('SELECT level FROM "case"')
    assert case.level == 3, "one card, one level: she meant what she saw"
