"""Does a human hear of it at once when words say danger or self-harm, and does nobody else?"""

from datetime import timedelta

import pytest

from bot.messenger.messages import Message
from models.rules.policy import Role
from tests.house import House, buttons
from tests.stories.living import first_lines


async def test_a_fire_is_filed_before_anything_is_asked(house: House) -> None:
    desk, community, head = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.head()
    resident = await house.resident(agreed=False)
    _ = resident.news, desk.news, community.news, head.news
    await resident.says("3栋楼道着火了，好大烟")
    (receipt,) = resident.news
    assert receipt == (
        "人先出来，到外面打119；有煤气味先关阀开窗，别碰开关。\n"
        "已经报给丰穗花园物业服务台（0595-00000110）。编号0001。\n"
        "今天9:30前没人到场，自动惊动街道。\n说错了点「报错了」。"
    )
    assert buttons(resident.last) == ["补充一句", "报错了"]
    (card,) = desk.news
    assert card.startswith("🔴 新件，紧急\n0001号")
    assert "今天9:10前签收\n今天9:30前到场" in card
    (copy,) = community.news
    assert copy.startswith("🔴 紧急，已报丰穗花园物业服务台：请打电话核实，没人到场就派人去\n")
    # the same cry a moment later is no second case
    await resident.says("快来人啊着火了")
    assert await house.number_of("case") == 1
    assert len(desk.news) == 1
    assert resident.last.text.startswith("人先出来")
    # nobody moves: it climbs by itself
    await house.turn(timedelta(minutes=31))
    assert (await house.rows('SELECT desk FROM "case"'))[0].desk == "JD" or community.news
    assert "已经惊动街道，不用您催。" in resident.that_says("编号0001").text


async def test_what_was_said_by_mistake_is_taken_back_with_one_tap(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await resident.says("3栋楼道着火了")
    await desk.taps("签收")
    assert "接手了，正赶过来" in resident.last.text
    _ = desk.news, community.news
    assert await resident.taps("报错了") == "好的，撤回了，已告诉他们不用来。"
    assert first_lines(desk.news) == first_lines(community.news) == ["↩️ 居民说报错了，不用去了"]
    assert buttons(resident.that_says("0001号")) == []
    assert await house.rows("SELECT id FROM clock WHERE due_at IS NOT NULL") == []


async def test_it_cannot_be_taken_for_a_mistake_once_somebody_has_spoken_with_her(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await resident.says("3栋楼道着火了")
    old = resident.with_button("报错了")
    await desk.taps("签收")
    await desk.taps("已到场")
    assert "报错了" not in buttons(resident.that_says("0001号"))
    assert await resident.presses(old, "报错了", forged=_data(old, "报错了")) == (
        "0001号已经有新进展，请看最新的那张卡片。"
    )


def _data(message: Message, label: str) -> str | None:
    return next(one.callback_data for row in message.buttons for one in row if one.text == label)


async def test_without_a_home_it_is_filed_all_the_same_and_goes_to_its_desk_with_the_place(house: House) -> None:
    desk, street = await house.staff("WY-01"), await house.staff("JD")
    stranger = house.stranger()
    _ = desk.news, street.news
    await stranger.says("楼道着火了")
    assert stranger.messages[0].text.startswith("人先出来，到外面打119")
    assert len(street.news) == 1
    await stranger.starts(await house.link(Role.RESIDENT, "LC01-3"))
    assert await house.number_of("case") == 1
    assert "编号0001" in stranger.that_says("人先出来").text
    assert len(desk.news) == 1


async def test_a_fire_leaves_the_open_draft_as_it_was(house: House) -> None:
    await house.staff("WY-01")
    resident = await house.resident()
    await resident.says("垃圾三天没人清了")
    await resident.says("着火了！救命")
    assert [row.category for row in await house.rows('SELECT category FROM "case"')] == ["C01-4"]
    await resident.taps("对，提交")
    assert [row.category for row in await house.rows('SELECT category FROM "case" ORDER BY id')] == ["C01-4", "C07-1"]


async def test_somebody_who_may_not_want_to_live_hears_a_voice_and_the_community_alone_knows(house: House) -> None:
    desk, head, street = await house.staff("WY-01"), await house.head(), await house.staff("JD")
    community, resident = await house.staff("SQ-PW"), await house.resident(agreed=False)
    _ = resident.news, community.news, desk.news, head.news, street.news
    await resident.says("我不想活了")
    (receipt,) = resident.news
    assert receipt == (
        "您的话我们看到了，您不是一个人。\n有危险、吃了药或受了伤，马上打120、110；想找人说说，请打12356，24小时有人接。\n"
        "已经请浦望社区服务台（0595-00000103）的人马上联系您，编号0001。只有他们知道，不给别人看。"
    )
    # a lock screen shows nothing
    assert community.news == ["有一件要紧的事，请点开看"]
    assert buttons(community.last) == ["点开看"]
    assert desk.news == head.news == street.news == []
    await community.taps("点开看")
    assert community.last.text.startswith("🔴 新件，紧急\n0001号")
    assert community.news == [], "it is shown in place, without a sound"
    # they write to her, and she answers
    await community.taps("签收")
    await community.taps("带话给居民")
    await community.says("我是社区的小林，想听您说说，好吗")
    await community.taps("发给居民")
    assert resident.news == ["有人给您回话了，请点开看"]
    await resident.taps("点开看")
    assert "我是社区的小林" in resident.last.text
    _ = community.news
    await resident.says("谢谢你，我在家", reply_to=resident.last)
    assert "谢谢你，我在家" not in str(desk.texts + street.texts)
    assert community.news == ["有一件要紧的事，请点开看"]
    await community.taps("点开看")
    assert "谢谢你，我在家" in community.last.text


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("电梯老坏，万一困人怎么办", id="feared"),
        pytest.param("去年楼道着过火，灭火器一直没换", id="long ago"),
        pytest.param("怕着火，请清理楼道", id="afraid of"),
    ],
)
async def test_a_fear_is_an_ordinary_draft(house: House, said: str) -> None:
    resident = await house.resident()
    await resident.says(said)
    assert await house.number_of("case") == 0
    assert "您说的是这件事吗？" in resident.last.text
