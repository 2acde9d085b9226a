"""Can one say more of what was handed in? It joins that case; the desk reads what it may, and rings where it waits."""

from datetime import timedelta

import pytest

from tests.conftest import Opens
from tests.conversations.acts import PNG
from tests.house import House, Phone, buttons
from tests.stories.living import files, first_lines, says_done

LIGHT = "3栋楼道的灯坏了"
DESK = "丰穗花园物业服务台"


@pytest.fixture
async def house(open_house: Opens) -> House:
    return await open_house()


async def replies(house: House, phone: Phone, card: str, text: str) -> None:
    """Answers the newest message that says `card`."""
    await phone.says(text, reply_to=phone.that_says(card))


async def test_what_is_added_joins_the_case_without_a_sound(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    _ = desk.news
    await resident.taps("补充一句")
    assert resident.last.text == "0001号：请发一句话或一张照片，我加到这件里。"
    resident.person.send_voice(house.bot, b"OggS")
    await house.settle()
    assert resident.last.text == "语音加不进去，请打一句字或拍张照。要紧的请打0595-00000110。"
    await resident.says("是七楼那盏，我叫林阿珠，电话13859990001")
    assert resident.last.text == f"记在0001号里了。{DESK}看到的是：「是七楼那盏，我叫***，电话***」"
    assert desk.news == []
    assert "居民又说：「是七楼那盏，我叫***，电话***」" in desk.last.text

    await replies(house, resident, "收到了，编号0001", "八楼也不亮")
    assert "居民又说：「八楼也不亮」" in desk.last.text
    assert "七楼" not in desk.last.text, "the newest addition"

    await resident.says("4栋电梯停了")
    assert resident.last.text.startswith("您说的是这件事吗？"), "nothing is awaited: another matter"
    assert await house.number_of("case") == 1


async def test_an_open_draft_stays_while_something_is_added(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await resident.says("4栋的垃圾没人收")
    await resident.taps("补充一句")
    await resident.says("是七楼那盏")
    assert "是七楼那盏" in desk.last.text
    await resident.taps("对，提交")
    (_, second) = await house.rows('SELECT building FROM "case" ORDER BY id')
    assert second.building.endswith("-4")


async def test_pictures_join_and_an_album_is_answered_once(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await resident.taps("补充一句")
    _ = resident.news
    resident.person.send_album(house.bot, [PNG, PNG, PNG])
    await house.settle()
    assert resident.news == [f"加到0001号里了，{DESK}看得到。"]
    assert await house.number_of("attachment") == 3
    assert "3栋灯、门或监控坏了" in desk.that_says("居民又发了照片或文件").text
    assert await house.number_of("case") == 1


async def test_where_it_points_at_a_flat_the_desk_reads_a_rewrite_or_nothing(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "楼上天天半夜拖桌椅，吵得孩子没法写作业")
    await resident.taps("补充一句")
    await resident.says("刚才又来敲我门骂我，就是因为我上次说了")
    assert resident.last.text == f"记在0001号里了。怕人猜出是您，{DESK}只看到「居民又说了几句」。"
    texts = " ".join(desk.texts)
    assert "居民又说了几句，已记下" in texts
    assert "敲我门" not in texts


async def test_a_neighbour_named_beside_a_lamp_is_not_passed_on_in_ones_own_words(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await resident.taps("补充一句")
    await resident.says("楼上那家天天半夜拖桌椅，吵得我睡不着")
    texts = " ".join(desk.texts)
    assert "睡不着" not in texts
    assert "居民又说：「3栋有居民反映：" in texts


async def test_after_a_word_of_the_desk_the_answer_rings_there_once(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await desk.taps("签收")
    await desk.taps("带话给居民")
    await desk.says("师傅下午3点到")
    await desk.taps("发给居民")
    await house.turn(timedelta(minutes=30))
    _ = desk.news
    await replies(house, resident, "师傅下午3点到", "3点我不在，5点行吗？打13859990001")
    (card,) = desk.news
    assert first_lines([card]) == ["💬 居民回话了"]
    assert "「3点我不在，5点行吗？打***」" in card
    await replies(house, resident, "师傅下午3点到", "或者明天")
    assert desk.news == [], "the desk has not written since"


async def test_danger_in_an_addition_goes_first_and_rings_desk_and_community_at_once(house: House) -> None:
    desk, community = await house.staff("WY-01"), await house.staff("SQ-PW")
    resident = await house.resident()
    await house.turn(timedelta(hours=13, minutes=30))  # half past ten at night
    await files(resident, LIGHT)
    for phone in (desk, community, resident):
        _ = phone.news
    await replies(house, resident, "收到了，编号0001", "灯在冒烟，着火了")
    first, receipt = resident.news
    assert first.startswith("有危险请先打电话：火警119，报警110，急救120") or "119" in first.split("\n")[0]
    assert f"已经按有危险报给{DESK}和社区" in first
    assert "灯在冒烟" in receipt
    assert first_lines(desk.news) == ["🚨 居民补充说有危险，请马上看"]
    assert len(community.news) == 1, "the card of the lamp waits for the morning, this does not"
    (case,) = await house.rows('SELECT sla, contact_by, filed_at FROM "case"')
    assert case.sla == "P0"
    assert await house.rows("SELECT id FROM clock WHERE rung = 'P0-10m' AND due_at IS NOT NULL")
    assert await house.rows("SELECT id FROM clock WHERE rung LIKE 'P2%' AND due_at IS NOT NULL") == []


async def test_words_under_an_open_question_are_asked_about(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await says_done(desk, "换了灯泡")
    await resident.says("3栋的灯还是不亮，师傅没来")
    assert resident.last.text == "您说的是0001号那件，还是另一件事？"
    await resident.says("七楼八楼都黑着")
    await resident.taps("是0001号的事")
    assert "「3栋的灯还是不亮，师傅没来 七楼八楼都黑着」" in resident.that_says("记在0001号里了").text
    assert resident.last.text == "那0001号算解决了吗？照实说就好。"
    assert buttons(resident.last) == ["解决了", "没有", "好了一部分"]
    await resident.taps("没有")
    (case,) = await house.rows('SELECT state FROM "case"')
    assert case.state == "reopened"
    assert "七楼八楼都黑着" in desk.that_says("退回重办").text


async def test_a_no_under_one_of_two_questions_is_about_that_one(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    for matter in (LIGHT, "3栋楼道没人扫"):
        await files(resident, matter)
    for _ in range(2):
        await says_done(desk, "弄好了")
    question = next(one for one in resident.messages if one.text.startswith("0001号") and "解决了吗" in one.text)
    await resident.says("没有", reply_to=question)
    states = {row.id: row.state for row in await house.rows('SELECT id, state FROM "case"')}
    assert states == {1: "reopened", 2: "claimed"}


async def test_another_matter_under_an_open_question_becomes_a_draft(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    await says_done(desk, "换了灯泡")
    await resident.says("4栋的垃圾没人收")
    await resident.taps("另一件事")
    assert resident.last.text.startswith("您说的是这件事吗？\n4栋")
    await resident.taps("对，提交")
    assert await house.number_of("case") == 2


async def test_somebody_who_despairs_is_not_added_to_a_lamp(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await house.staff("SQ-PW")
    await files(resident, LIGHT)
    await replies(house, resident, "收到了，编号0001", "没人管我，我不想活了")
    assert "不想活" not in " ".join(desk.texts)
    assert "12356" in " ".join(resident.texts)


async def test_nobody_adds_without_end_nor_to_what_is_another_s(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, LIGHT)
    for at in range(20):
        await replies(house, resident, "收到了，编号0001", f"还有第{at}句")
    await replies(house, resident, "收到了，编号0001", "再说一句")
    assert resident.last.text.startswith("0001号您说了不少，都记下了。还有要紧的，请打0595-")
    assert "再说一句" not in desk.last.text


async def test_nobody_cares_is_answered_with_where_it_stands_and_what_to_tap(house: House) -> None:
    await house.staff("WY-01")
    resident = await house.resident()
    await files(resident, LIGHT)
    await resident.says("怎么没人管")
    assert resident.last.text.startswith("0001号 3栋灯、门或监控坏了\n")
    assert "申请上报" in buttons(resident.last), "and it was hurried at once"
    assert await house.number_of("case") == 1


async def test_a_telephone_number_is_left_and_deleted(house: House) -> None:
    resident = await house.resident()
    await resident.says("我的电话138 5999 0001")
    assert resident.last.text == (
        "尾号0001记下了，锁着放。只有消息发不到您这里、又有事要问您时，值班的人才打。不想留了，发「删掉电话」。"
    )
    assert len(await house.rows("SELECT id FROM secret WHERE owner = 'person' AND field = 'phone'")) == 1
    resident.person.send_contact(house.bot, "+8613859990002", resident.person.id)
    await house.settle()
    assert resident.last.text.startswith("尾号0002记下了")
    assert len(await house.rows("SELECT id FROM secret WHERE owner = 'person' AND field = 'phone'")) == 1
    await resident.says("删掉电话")
    assert resident.last.text == "好的，电话删掉了。"
    assert await house.rows("SELECT id FROM secret WHERE owner = 'person'") == []
