"""Somebody who cannot be reached in one place is reached in another; where nobody can, another desk has it."""

import re
from datetime import timedelta

from tests.house import House, Phone
from tests.stories.living import files, in_charge, says_done, somebody_has_it_and_a_date


def token_in(text: str) -> str:
    found = re.search(r"start=([\w-]+)", text)
    assert found is not None, text
    return found[1]


async def another_phone(house: House, phone: Phone) -> Phone:
    """换个地方找我, and the link taken on a second telephone."""
    await phone.says("换个地方找我")
    second = house.stranger("王阿姨的新手机")
    await second.starts(token_in(phone.last.text))
    return second


async def test_a_second_telephone_is_the_same_person_and_hears_first_who_spoke_last(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    second = await another_phone(house, resident)
    assert second.last.text == "好了，以后也能在这里找到您。您最近在哪边说话，消息就先发到哪边。"
    await second.says("怎么样了")
    assert "0001" in second.last.text, "the case is theirs here too"
    _ = resident.news
    await says_done(desk, "换了灯管")
    assert "解决了吗" in second.last.text
    assert resident.news == [], "nobody is told twice"
    await second.taps("没有")
    await resident.says("你好")
    await says_done(desk, "又换了一次")
    assert "又换了一次" in resident.last.text, "spoke here last"


async def test_what_does_not_arrive_goes_to_the_next_way_at_once(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    second = await another_phone(house, resident)
    await second.says("你好")
    house.line.stage.fail_next("sendMessage", 403, chat_id=second.last.chat_id)
    await says_done(desk, "换了灯管")
    assert "解决了吗" in resident.last.text
    assert await house.rows("SELECT id FROM notice WHERE telling = 'call'") == [], "nobody has to telephone"
    await resident.taps("解决了")


async def test_a_link_to_a_second_way_works_once_and_never_makes_two_neighbours_one(house: House) -> None:
    await house.staff("WY-01")
    resident, neighbour = await house.resident(), await house.resident(name="李叔")
    await files(neighbour, "3栋楼道灯不亮")
    await resident.says("换个地方找我")
    token = token_in(resident.last.text)
    await neighbour.starts(token)
    assert neighbour.last.text.startswith("这个聊天里已经是另一位邻居了")
    second = house.stranger("王阿姨的新手机")
    await second.starts(token)
    assert second.last.text.startswith("好了，以后也能在这里找到您")
    third = house.stranger("捡到链接的人")
    await third.starts(token)
    assert third.last.text.startswith("这个链接用不了")
    await resident.says("换个地方找我")
    late = token_in(resident.last.text)
    await house.turn(timedelta(hours=1))
    await third.starts(late)
    assert third.last.text.startswith("这个链接用不了")


async def test_a_desk_whose_last_clerk_leaves_hands_everything_up_at_once(house: House) -> None:
    desk, community = await house.staff("WY-01"), await house.staff("SQ-PW")
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await desk.taps("签收")
    desk.person.block(house.bot)
    await house.settle()
    assert await in_charge(house) == "SQ-PW", "within one beat"
    await house.turn(timedelta(hours=7, minutes=30))
    assert "0001 " in community.last.text, "it is in the list of the afternoon"
    await somebody_has_it_and_a_date(house)


async def test_a_head_who_is_gone_is_stood_in_for_and_the_desk_has_it_anyway(house: House) -> None:
    await house.staff("WY-01")
    head, assistant = await house.head(), await house.head(name="陈助理")
    resident = await house.resident()
    head.person.block(house.bot)
    await house.settle()
    await files(resident, "楼上漏水，天花板都湿了")
    assert "邻居反映" in assistant.last.text
    assert await in_charge(house) == "WY-01"


async def test_a_silent_head_s_assistant_is_asked_after_two_working_hours_and_the_head_hears_nothing(
    house: House,
) -> None:
    await house.staff("WY-01")
    head, assistant = await house.head(), await house.head(name="陈助理")
    resident = await house.resident()
    await files(resident, "楼上漏水，天花板都湿了")
    assert "邻居反映" in head.last.text
    asked, told = len(assistant.messages), len(head.messages)
    await house.turn(timedelta(hours=1, minutes=50))
    assert len(assistant.messages) == asked
    await house.turn(timedelta(minutes=15))
    assert "邻居反映" in assistant.last.text
    assert len(head.messages) == told
    (event,) = await house.rows("SELECT facts FROM case_event WHERE event = 'climb'")
    assert '"effect":"assist"' in event.facts
    await assistant.taps("我来看看")


async def test_an_assistant_who_has_no_time_takes_nothing_from_the_head(house: House) -> None:
    await house.staff("WY-01")
    head, assistant = await house.head(), await house.head(name="陈助理")
    resident = await house.resident()
    await files(resident, "3栋电梯停了")
    assert head.last.text.startswith("林楼长，")
    assert assistant.last.text.startswith("楼长，"), "whose name nobody knows"
    await head.taps("我来看看")
    await assistant.taps("没空")
    assert "楼栋长说去看看" in resident.last.text
