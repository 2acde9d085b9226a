"""What can a resident do besides answering? Hurry, go higher, ask for a person, take it back, give thanks."""

from datetime import timedelta

from tests.house import House, buttons
from tests.stories.living import files, in_charge, says_done

HOUR = timedelta(hours=1)


async def test_a_case_is_hurried_once_a_stage_and_the_answer_says_what_comes_next(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    _ = resident.news
    first = await resident.taps("催一下")
    assert first.startswith("替您催了丰穗花园物业服务台。今天")
    assert first.endswith("前上门或给您回话。")
    assert "⏱ 居民催了一下" in desk.last.text
    assert "等不及就点「申请上报」" in await resident.taps("催一下")
    assert resident.news == [], "an answer to a tap is no push"
    assert len(await house.rows("SELECT id FROM case_event WHERE event = 'urge'")) == 1
    await desk.taps("签收")
    assert "⏱ 居民催了一下" not in desk.last.text, "a new stage, from the beginning"
    assert (await resident.taps("催一下")).startswith("替您催了")


async def test_typed_words_hurry_as_the_button_does_and_say_where_it_stands(house: House) -> None:
    await house.staff("WY-01")
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await resident.says("怎么还没人来")
    assert resident.last.text.startswith("0001号 3栋楼道灯不亮\n在等丰穗花园物业服务台接手")
    assert "替您催了丰穗花园物业服务台" in resident.last.text
    assert buttons(resident.last) == ["申请上报"]
    await resident.says("催一下")
    assert "已经替您催过了" in resident.last.text
    assert len(await house.rows("SELECT id FROM case_event WHERE event = 'urge'")) == 1
    await resident.says("我的事怎么样了")
    assert "催" not in resident.last.text, "asking how it stands is not hurrying"


async def test_nobody_s_leave_is_needed_to_go_higher_level_by_level_to_the_top(house: House) -> None:
    desk, _, _ = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.staff("JD")
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    _ = resident.news
    assert (await resident.taps("申请上报")).startswith("0001号已上报，现在由浦望社区服务台（0595-")
    assert await in_charge(house) == "SQ-PW"
    assert (await resident.taps("申请上报")).startswith("0001号已上报，现在由")
    assert await in_charge(house) == house.town.street_desk
    if house.town.district_desk is not None:
        assert "他们会盯着办" in await resident.taps("申请上报")
        assert await in_charge(house) == house.town.street_desk, "the district supervises, it does not mend lamps"
    top = await resident.taps("申请上报")
    assert "12345" in top
    assert "信访" in top
    assert resident.news == [], "who leads now is the answer to the tap"
    assert buttons(desk.last), "the first desk goes on helping"


async def test_who_finds_it_undone_may_go_higher_instead_of_saying_no(house: House) -> None:
    desk, _community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await says_done(desk, "换了灯")
    await resident.taps("申请上报")
    assert await in_charge(house) == "SQ-PW"
    (case,) = await house.rows('SELECT state, returned FROM "case"')
    assert (case.state, case.returned) == ("reopened", 1)


async def test_a_case_taken_back_is_asked_about_once_and_may_be_kept(house: House) -> None:
    desk, head, resident = await house.staff("WY-01"), await house.head(), await house.resident()
    await files(resident, "3栋电梯又停了")
    await resident.taps("更多")
    await resident.taps("不用办了")
    assert buttons(resident.last) == ["不办了，留着", "不办了，删掉", "接着办"]
    assert await resident.taps("接着办") == "好的，接着办。"
    await resident.says("不用了")
    await resident.taps("不办了，留着")
    assert desk.last.text.startswith("↩️ 居民说不用办了")
    assert buttons(desk.last) == []
    assert head.last.text == "0001号邻居说不用办了。谢谢您！"
    assert await house.rows("SELECT id FROM clock WHERE due_at IS NOT NULL") == []
    assert [row.field for row in await house.rows("SELECT field FROM secret WHERE owner = 'case' ORDER BY field")] == [
        "seen",
        "title",
        "words",
    ]


async def test_who_wants_their_words_gone_has_them_gone_and_the_number_stays(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await resident.taps("更多")
    await resident.taps("不用办了")
    assert await resident.taps("不办了，删掉") == "0001号撤回了，您的话已经删掉。"
    assert await house.rows("SELECT field FROM secret WHERE owner = 'case'") == []
    assert "灯不亮" not in desk.last.text
    assert "0001号" in desk.last.text
    assert await house.number_of("case_event") >= 3


async def test_a_person_is_named_with_a_number_and_a_time_and_says_with_one_tap_that_they_spoke(house: House) -> None:
    _desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await resident.taps("更多")
    await resident.taps("找人工")
    said = resident.last.text
    assert said.startswith("0001号：浦望社区服务台的人会在今天13:00前联系您。您也可以现在就打0595-")
    card = community.with_button("说上话了")
    assert card.text.startswith("📞 居民想找人说话，请在今天13:00前打个电话\n没留电话，请上门问一声")
    _ = community.news
    await resident.says("找人工")
    assert resident.last.text == said, "asked twice, the same answer"
    assert community.news == []
    assert await community.taps("说上话了") == "记下了，谢谢！"
    assert "📞" not in community.that_says("0001号").text
    (case,) = await house.rows('SELECT caller FROM "case"')
    assert case.caller == ""


async def test_who_is_not_called_in_time_is_handed_to_the_desk_above(house: House) -> None:
    await house.staff("WY-01")
    community, street, resident = await house.staff("SQ-PW"), await house.staff("JD"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await resident.says("找人工")
    _ = street.news
    await house.turn(5 * HOUR)
    (case,) = await house.rows('SELECT caller FROM "case"')
    assert case.caller == house.town.street_desk
    assert "说上话了" in buttons(street.with_button("说上话了"))
    assert not any("说上话了" in buttons(message) for message in community.messages)


async def test_thanks_reach_whoever_did_it_and_say_nobody_s_name(house: House) -> None:
    await house.staff("WY-01")
    head, resident = await house.head(), await house.resident()
    await files(resident, "3栋电梯又停了")
    await says_done(head, "师傅来复位了")
    await resident.taps("解决了")
    _ = head.news
    await resident.says("谢谢")
    assert resident.last.text == "不客气！谢谢替您带到了，不说是谁。"
    await house.turn(24 * HOUR)
    assert head.news == ["💐 0001号：3栋那户说谢谢您！"], "one card a day, also of thanks"
    await resident.says("谢谢")
    assert resident.last.text == "不客气！有事直接发一句话就行。"
    assert head.news == []


async def test_a_rating_is_optional_may_change_for_a_day_and_no_handler_sees_it(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await says_done(desk, "换了灯")
    await resident.taps("解决了")
    before = [(message.text, buttons(message)) for message in desk.messages]
    card = resident.with_button("5")
    assert "打个分" in card.text
    assert await resident.taps("2") == "记下了，谢谢您！"
    assert "您打了2分" in resident.with_button("4").text
    await resident.taps("4")
    await house.turn(25 * HOUR)
    assert await resident.presses(card, "1") == "0001号的分已经记下了，谢谢您！"
    (case,) = await house.rows('SELECT rating FROM "case"')
    assert case.rating == 4
    assert [(message.text, buttons(message)) for message in desk.messages] == before


async def test_who_asks_for_a_person_before_saying_anything_is_heard_by_one(house: House) -> None:
    await house.staff("WY-01")
    await house.staff("SQ-PW")
    resident = await house.resident()
    await resident.says("找人工")
    assert resident.last.text.startswith("找人工可以打浦望社区服务台：0595-")
    await resident.says("3栋楼道灯不亮")
    assert "交给：浦望社区服务台" in resident.last.text
    await resident.taps("对，提交")
    assert await in_charge(house) == "SQ-PW"
    await resident.says("门禁坏了")
    assert "交给：丰穗花园物业服务台" in resident.last.text, "only what was said to the person"


async def test_a_person_asked_for_and_forgotten_gets_nothing_of_what_comes_later(house: House) -> None:
    await house.staff("WY-01")
    resident = await house.resident()
    await resident.says("找人工")
    await house.turn(HOUR)
    await resident.says("3栋楼道灯不亮")
    assert "交给：丰穗花园物业服务台" in resident.last.text


async def test_who_asks_in_the_evening_is_promised_a_call_when_somebody_is_there(house: House) -> None:
    await house.staff("WY-01")
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await house.turn(11 * HOUR)
    _ = community.news
    await resident.says("找人工")
    assert "浦望社区服务台的人会在明天" in resident.last.text, "not at midnight"
    await house.turn(13 * HOUR)
    await community.taps("0001")
    assert "📞 居民想找人说话" in community.with_button("说上话了").text, "and the desk has heard of it by then"
