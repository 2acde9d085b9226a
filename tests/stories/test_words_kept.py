"""Is every word she says read by somebody who can act on it, and is nothing she says taken for something else?"""

import pytest

from models.queries.people import speaker
from models.queries.whole import whole_letter
from models.rules.refusals import Refused
from tests.house import House, buttons
from tests.stories.living import files, says_done

LIGHT = "3栋楼道的灯坏了"


async def test_a_typed_no_keeps_its_reason(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await says_done(desk, "换了灯")
    _ = resident.news
    _ = desk.news
    await resident.says("没有,三楼那盏还是黑的")
    first, second = resident.news
    assert first == "知道了，已退回重办，并告诉了上一级。"
    assert second == "记在0001号里了。丰穗花园物业服务台看到的是：「没有,三楼那盏还是黑的」"
    (card,) = desk.news
    assert "居民又说：「没有,三楼那盏还是黑的」" in card, "rung once, and it says where to look"


async def test_a_bare_no_is_asked_what_is_missing(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await says_done(desk, "换了灯")
    await resident.says("没有，谢谢")
    assert resident.last.text == "哪里没好？一句话就行，办事的人会看到。不说也行。"


async def test_danger_in_a_typed_no_goes_first(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await says_done(desk, "换了灯")
    _ = resident.news
    await resident.says("没有,又着火了")
    assert "119" in resident.news[0]
    (case,) = await house.rows('SELECT sla, state FROM "case"')
    assert (case.sla, case.state) == ("P0", "reopened")
    assert buttons(desk.last), "the desk can act"


LONG = (
    LIGHT
    + "，"
    + "我母亲八十三岁，每天晚上要下楼倒垃圾，摸黑走楼梯很怕摔跤，上个月已经跟保安说过两次，" * 5
    + "坏的是2单元五楼和六楼之间那盏，我叫林阿珠，住502，电话13859990001，门要按右边才开。"
)


async def test_what_a_card_has_no_room_for_is_read_with_one_tap(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await resident.says(LONG)
    assert "话长，卡片上只放得下这些；他们点「看全文」能看完，号码、门牌照样遮住" in resident.last.text
    await resident.taps("对，提交")
    assert "按右边" not in desk.last.text
    assert buttons(desk.last)[-1] == "看全文"
    await desk.taps("看全文")
    assert desk.last.text.startswith("0001号，居民说的全文（号码、门牌、姓名遮住了）：\n3栋楼道的灯坏了")
    assert desk.last.text.endswith("坏的是2单元五楼和六楼之间那盏，我叫***，住***，电话***，门要按右边才开。")


async def test_a_long_addition_is_read_whole_too(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    assert "看全文" not in buttons(desk.last)
    await resident.taps("补充一句")
    await resident.says(LONG)
    assert resident.last.text.endswith("他们点「看全文」能看完，号码、门牌照样遮住")
    await desk.taps("看全文")
    assert "门要按右边才开。」" in desk.last.text
    assert "13859990001" not in desk.last.text


async def test_the_longest_letter_comes_in_parts(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT + "，" + "🕯很黑" * 1000)
    _ = desk.news
    await desk.taps("看全文")
    assert "".join(desk.news).count("很黑") == 1000


async def test_where_a_card_reads_a_rewrite_nobody_reads_the_words(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "楼上天天半夜拖桌椅，吵得孩子没法写作业，" + "我上去说过他们还骂人，" * 30)
    assert "看全文" not in buttons(desk.last)


async def test_who_may_not_read_the_card_reads_no_letter(house: House) -> None:
    await house.staff("WY-01")
    head, resident = await house.head(), await house.resident()
    await files(resident, LONG)
    for phone in (head, resident):
        who = await house.ask(speaker, bot_id=house.bot.id, chat_id=phone.person.id)
        assert who is not None
        with pytest.raises(Refused):
            await house.ask(whole_letter, case_id=1, by=who)


async def test_who_asks_for_a_person_where_one_more_word_is_awaited_is_called(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await files(resident, "3栋的垃圾没人收")
    await resident.taps("补充一句")
    await resident.says("找人工")
    assert "找人工" not in " ".join(desk.texts)
    assert await house.rows("SELECT id FROM \"case\" WHERE caller <> '' AND id = 2")
    await resident.says("找人工", reply_to=resident.that_says("收到了，编号0001"))
    assert await house.rows("SELECT id FROM \"case\" WHERE caller <> '' AND id = 1"), "of the card it replies to"
    await resident.says("其实是三楼")
    assert "居民又说：「其实是三楼」" in " ".join(desk.texts), "the word is awaited still"


async def test_who_asks_how_it_stands_hears_that_nothing_was_sent(house: House) -> None:
    resident = await house.resident(agreed=False)
    await resident.says(LIGHT)
    _ = resident.news
    await resident.says("办得怎么样了")
    first, card = resident.news
    assert first == "您说的还没交出去，就差您这一步："
    assert card.startswith("先说一声：")
    await resident.says("找人工")
    assert resident.last.text == (
        "好的，点了「知道了，接着办」我就转给人来办。也可以直接打浦望社区服务台：0595-00000103。"
    )
    await resident.taps("知道了，接着办")
    await resident.says("怎么样了")
    assert resident.news[-2:][0] == "您说的还没交出去，就差您这一步："
    assert resident.last.text.startswith("您说的是这件事吗？")
    assert "有人给您打电话" in resident.last.text


@pytest.mark.parametrize("said", ["已经好了", "好了谢谢", "It is fixed"])
async def test_who_says_it_is_mended_is_asked_and_the_desk_reads_it(house: House, said: str) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await desk.taps("签收")
    _ = resident.news
    await resident.says(said)
    assert await house.number_of("case") == 1
    told = resident.news
    assert len(told) == 2, told
    joined, asked = told
    assert joined == f"记在0001号里了。丰穗花园物业服务台看到的是：「{said}」"
    assert asked == "那0001号不用再办了吗？您说过的话，可以留着，也可以现在就删掉。"
    assert f"居民又说：「{said}」" in desk.last.text
    await resident.taps("不办了，留着")
    (case,) = await house.rows('SELECT state FROM "case"')
    assert case.state == "withdrawn"


@pytest.mark.parametrize("said", ["解决了", "点错了", "点错了，其实好了"])
async def test_a_mistaken_no_can_be_taken_back(house: House, said: str) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await says_done(desk, "换了灯")
    await resident.taps("没有")
    await resident.says(said)
    assert resident.last.text.startswith("那0001号不用再办了吗？")
    await resident.taps("接着办")
    (case,) = await house.rows('SELECT state FROM "case"')
    assert case.state == "reopened"


async def test_a_yes_to_a_desks_question_is_an_answer(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await desk.taps("签收")
    await desk.taps("更多")
    await desk.taps("提问")
    await desk.says("是三楼那盏吗？现在亮了吗")
    await desk.taps("发给居民")
    await resident.says("好了")
    assert resident.last.text == "告诉丰穗花园物业服务台了：「好了」。谢谢您！"


async def test_thanks_for_what_was_closed_just_now_are_thanks(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await says_done(desk, "换了灯")
    await resident.taps("解决了")
    await files(resident, "3栋的垃圾没人收")
    await resident.says("好了谢谢")
    assert resident.last.text == "不客气！谢谢替您带到了，不说是谁。"


async def test_a_desk_turns_the_pages_of_all_that_waits(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    for at in range(21):
        await files(resident, f"3栋{at + 1}楼的垃圾没人收")
    await desk.says("待办")
    assert desk.last.text.endswith("还有1件，点「下一页」看。")
    first = [one for one in buttons(desk.last) if one.isdigit()]
    await desk.taps("下一页")
    second = [one for one in buttons(desk.last) if one.isdigit()]
    assert len(set(first) | set(second)) == 21
    assert buttons(desk.last)[-3:] == ["上一页", "登记", "休假"]
    assert "垃圾没清" in desk.last.text, "in words"
    await desk.taps("上一页")
    assert [one for one in buttons(desk.last) if one.isdigit()] == first


async def test_who_takes_one_of_two_back_says_which(house: House) -> None:
    resident = await house.resident()
    await files(resident, LIGHT)
    await files(resident, "3栋的垃圾没人收")
    await resident.says("算了不用了")
    assert resident.last.text == "哪一件不用办了？"
    assert buttons(resident.last) == ["0002号 3栋垃圾没清", "0001号 3栋灯、门或监控坏了"]
    await resident.taps("0001号 3栋灯、门或监控坏了")
    assert resident.last.text.startswith("0001号真的不用办了吗？")
    await resident.says("0002号不用办了")
    assert resident.last.text.startswith("0002号真的不用办了吗？")


async def test_a_head_who_says_what_was_done_is_shown_the_one_button(house: House) -> None:
    await house.staff("WY-01")
    head, resident = await house.head(), await house.resident()
    await files(resident, "楼上晚上拖桌椅响，吵得睡不着")
    await head.taps("我来看看")
    await head.says("我跟楼上说过了，他们答应铺垫子")
    assert head.last.text.startswith("谢谢您！这句话还没告诉别人：办好了，点卡片上的「已经好了」再说一句")
    assert "登记" not in head.last.text
    assert "已经好了" in [label for one in head.messages for label in buttons(one)]
