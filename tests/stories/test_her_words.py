"""Is what she says of a case heard as such, and never begun anew or lost?"""

from datetime import timedelta

import pytest

from tests.conftest import Opens
from tests.house import House, buttons
from tests.stories.living import files, first_lines, says_done

LIGHT = "3栋楼道的灯坏了"


@pytest.fixture
async def house(open_house: Opens) -> House:
    return await open_house()


async def test_what_answers_a_desks_word_joins_that_case(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await desk.taps("签收")
    await desk.taps("带话给居民")
    await desk.says("您下午在家吗")
    await desk.taps("发给居民")
    await resident.says("在家，三点以后")
    assert await house.number_of("case") == 1
    assert "记在0001号里了" in resident.last.text
    assert "居民又说：「在家，三点以后」" in desk.last.text
    await resident.says("电梯又停了")
    assert resident.last.text == "您说的是0001号那件，还是另一件事？"
    await house.turn(timedelta(days=1, hours=1))
    await resident.says("在家，三点以后")
    assert "您说的是这件事吗？" in resident.last.text, "a day later it may be about anything"


async def test_after_a_no_she_is_asked_what_is_missing_and_her_next_words_join(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await says_done(desk, "换了灯")
    await resident.taps("没有")
    assert resident.last.text == "哪里没好？一句话就行，办事的人会看到。不说也行。"
    await resident.says("三楼的还黑着")
    assert "居民又说：「三楼的还黑着」" in desk.last.text
    await resident.says("昨晚还在闪")
    assert "居民又说：「昨晚还在闪」" in desk.last.text
    await resident.says("电梯又停了")
    assert resident.last.text == "您说的是0001号那件，还是另一件事？"
    assert await house.number_of("case") == 1


async def test_who_says_nobody_need_come_is_asked_as_the_button_asks(house: House) -> None:
    resident = await house.resident()
    await files(resident, LIGHT)
    await resident.says("不用办了，已经好了")
    assert resident.last.text.startswith("0001号真的不用办了吗？")
    assert await house.number_of("case") == 1


async def test_done_and_thanks_is_solved_and_thanks_alone_are_asked_once(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await says_done(desk, "换了灯")
    await resident.says("谢谢")
    assert resident.last.text == "那0001号算解决了吗？照实说就好。"
    await resident.says("不用来了")
    assert resident.last.text == "那0001号算解决了吗？照实说就好。"
    await resident.says("好了，谢谢")
    assert resident.last.text == "谢谢您！这件事办结。"
    (case,) = await house.rows('SELECT state FROM "case"')
    assert case.state == "closed_ok"


async def test_who_is_asked_for_by_the_resident_is_rung_alone_at_once(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await house.staff("WY-01")
    await files(resident, LIGHT)
    _ = community.news
    await resident.taps("申请上报")
    assert len(community.news) == 1, "the day that the resident reads counts from now"


async def test_a_head_is_not_asked_again_by_an_edit(house: House) -> None:
    head, desk, resident = await house.head(), await house.staff("WY-01"), await house.resident()
    await files(resident, "楼上天天半夜拖桌椅，吵得孩子没法写作业")
    await head.taps("我来看看")
    await says_done(desk, "上门劝了")
    await resident.taps("没有")
    assert head.last.text == "0001号还有人接着办，不用您管了。谢谢您！"
    assert buttons(head.last) == []
    await desk.taps("签收")
    assert head.last.text == "0001号还有人接着办，不用您管了。谢谢您！"


async def test_a_head_sleeps_through_what_wakes_a_desk(house: House) -> None:
    await house.turn(timedelta(hours=14))
    head, desk, resident = await house.head(), await house.staff("WY-01"), await house.resident()
    _ = head.news, desk.news
    await files(resident, "3栋停水了")
    assert first_lines(desk.news) == ["🔴 新件，紧急"]
    assert head.news == []
    await house.turn(timedelta(hours=9, minutes=45))
    assert len(head.news) == 1


async def test_by_night_a_word_is_promised_and_no_visit(house: House) -> None:
    await house.turn(timedelta(hours=14))
    resident = await house.resident()
    await resident.says("3栋停水了")
    assert "明天3:00前给您回话；" in resident.last.text
    await resident.taps("对，提交")
    await resident.says("怎么还没人来")
    assert "上门" not in resident.last.text


async def test_what_is_rewritten_is_read_in_the_desks_language(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident(speaks="en")
    await resident.says("Water is leaking from the flat upstairs into my bathroom")
    assert "A resident of No.3 reports" in resident.last.text
    await resident.taps("Yes, send it")
    assert "「3栋有居民反映：" in desk.last.text
    assert "reports" not in desk.last.text
    await resident.says("the neighbours upstairs are noisy at night too", reply_to=resident.that_says("0001"))
    assert "A resident of No.3 reports" in resident.last.text
    assert "居民又说：「3栋有居民反映：" in desk.last.text


async def test_at_the_top_there_is_a_next_date_and_a_way_out(house: House) -> None:
    street, resident = await house.staff("JD"), await house.resident()
    await files(resident, LIGHT)
    await resident.taps("申请上报")
    await resident.taps("催一下")
    assert "12345" in await resident.taps("催一下")
    await house.turn(timedelta(days=6))
    await resident.says("怎么没人管")
    answer = resident.last.text
    assert "已经超时，" in answer
    assert "再催办；您也可以打12345" in answer
    assert "不用您催" not in answer
    assert street.news


async def test_what_is_edited_on_a_later_day_names_its_days(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await desk.taps("签收")
    await desk.taps("已联系或上门")
    assert "明天16:00前办好" in desk.last.text
    await house.turn(timedelta(hours=23))
    await resident.says("还是黑的", reply_to=resident.that_says("0001号"))
    assert "11月25日16:00前办好" in desk.that_says("还是黑的").text
    assert any("11月25日16:00前办好" in text for text in resident.texts), "her receipt too"
