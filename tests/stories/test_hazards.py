"""What if something may fall on somebody? It is made safe first, and stays open until the resident says it is done."""

from datetime import timedelta

from tests.house import House, buttons
from tests.stories.living import files, in_charge, rung_for_the_raiser, says_done, somebody_has_it_and_a_date

HOUR = timedelta(hours=1)


async def test_made_safe_is_not_mended(house: House) -> None:
    desk, community, district = [await house.staff(code) for code in ("WY-01", "SQ-PW", "QU")]
    await house.staff("JD")
    resident = await house.resident()
    await resident.says("3栋外墙瓷砖掉下来了")
    await desk.taps("签收")
    await desk.taps("更多")
    await desk.taps("已围挡")
    await desk.says("拉了警戒线，请大家绕行")
    _ = community.news
    await desk.taps("发给居民")
    assert resident.last.text == (
        "0001号已围挡，没有危险了：「拉了警戒线，请大家绕行」。"
        "修好要到11月29日9:00前，丰穗花园物业服务台（0595-00000110）接着办。"
    )
    assert "已围挡，没有危险了，丰穗花园物业服务台接着修" in resident.that_says("电话：").text
    assert community.news == [], "who was told of the emergency reads the rest on the same card"
    assert "🚧 已围挡：拉了警戒线，请大家绕行" in community.last.text
    (case,) = await house.rows('SELECT state, sla, safe_at FROM "case"')
    assert (case.state, case.sla) == ("working", "P3")
    await desk.taps("更多")
    assert "已围挡" not in buttons(desk.with_button("收起")), "said once"
    await desk.taps("收起")
    _ = district.news

    # nobody is in danger: no emergency rung rings any more, the repair has a ladder of its own
    await house.turn(26 * HOUR)
    assert district.news == []
    assert await in_charge(house) == "WY-01"
    await somebody_has_it_and_a_date(house)
    await says_done(desk, "重新贴好了瓷砖")
    assert "重新贴好了瓷砖" in resident.last.text
    await resident.taps("解决了")
    (case,) = await house.rows('SELECT state FROM "case"')
    assert case.state == "closed_ok"
    assert (await rung_for_the_raiser(house))[:2] == ["receipt", "changed"]


async def test_what_is_not_safe_after_a_day_is_known_to_the_district(house: House) -> None:
    desk, district = await house.staff("WY-01"), await house.staff("QU")
    await house.staff("SQ-PW")
    await house.staff("JD")
    resident = await house.resident()
    await resident.says("3栋外墙瓷砖掉下来了")
    await desk.taps("签收")
    await desk.taps("已到场")
    await house.turn(25 * HOUR)
    climbed = await house.rows("SELECT facts FROM case_event WHERE event = 'climb' AND facts LIKE '%P0-24h%'")
    assert len(climbed) == 1
    await district.says("1")
    assert "高处有东西要掉" in district.last.text


async def test_only_a_hazard_is_made_safe(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await desk.taps("更多")
    assert "已围挡" not in buttons(desk.last)


async def test_what_was_not_fenced_off_is_an_emergency_again(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await resident.says("3栋外墙瓷砖掉下来了")
    await desk.taps("签收")
    await desk.taps("更多")
    await desk.taps("已围挡")
    await desk.says("拉了警戒线，请大家绕行")
    await desk.taps("发给居民")
    await house.turn(7 * HOUR)
    _ = desk.news, community.news
    await resident.says("根本没有围")
    assert await house.number_of("case") == 1
    assert "已经按有危险报给" in "".join(resident.texts)
    assert [told.news[-1].split("\n")[0] for told in (desk, community)] == ["🚨 居民补充说有危险，请马上看"] * 2
    (case,) = await house.rows('SELECT sla, safe_at FROM "case"')
    assert (case.sla, case.safe_at) == ("P0", None)
    assert "没有危险了" not in resident.that_says("电话：").text
    await desk.taps("更多")
    assert "已围挡" in buttons(desk.with_button("收起"))


async def test_a_few_words_after_it_was_made_safe_belong_to_it(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await resident.says("3栋外墙瓷砖掉下来了")
    await desk.taps("签收")
    await desk.taps("更多")
    await desk.taps("已围挡")
    await desk.says("拉了警戒线，请大家绕行")
    await desk.taps("发给居民")
    await house.turn(2 * HOUR)
    await resident.says("后门那边也绕不过去")
    assert "居民又说：「后门那边也绕不过去」" in desk.last.text
