"""What does a desk do with a case on the way? A worker, a day, another office's number, a name for what is unclear."""

from datetime import timedelta

from tests.house import House, Phone, buttons
from tests.stories.living import files, in_charge, rung_for_the_raiser, says_done, somebody_has_it_and_a_date

HOUR = timedelta(hours=1)
UNCLEAR = "那个东西坏了好久没人管，就是那个老问题"


async def more(desk: Phone, label: str) -> str:
    """A button of the second page."""
    await desk.taps("更多")
    return await desk.taps(label)


async def test_a_worker_is_sent_with_a_text_to_copy_and_the_desk_keeps_the_case(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮，我是502的，电话13800001111")
    _ = resident.news
    assert await more(desk, "派工") == "已派工"
    order = desk.last
    assert order.text.split("\n")[1] == "0001号 丰穗花园3栋"
    assert order.text.split("\n")[3:] == ["11月25日16:00前办好", "有事打0595-00000110"]
    assert "13800001111" not in order.text
    assert "502" not in order.text
    assert {entity.kind for entity in order.entities} >= {"pre"}, "one tap copies it"
    card = desk.that_says("👷 已派工")
    assert "带话给居民" in buttons(card), "sending a worker signs for the case"
    assert await in_charge(house) == "WY-01"
    assert resident.news == [], "nothing that rings"
    await more(desk, "派工")
    sent = await house.rows("SELECT count(*) AS many FROM case_event WHERE event = 'dispatch'")
    assert sent[0].many == 1, "an impatient thumb sends nobody twice"


async def test_a_day_within_the_promise_is_one_tap_and_the_resident_reads_it(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋屋顶漏水")
    (before,) = await house.rows('SELECT resolve_by FROM "case"')
    await more(desk, "定日子")
    assert buttons(desk.last) == [
        *("今天", "明天", "后天", "周五 27日", "周日 29日"),
        *("延到11月30日", "延到12月1日"),
    ], "what is later than promised says so"
    await desk.taps("后天")
    assert resident.last.text == "0001号，丰穗花园物业服务台说：最晚11月26日办好。"
    assert "正在办，说最晚11月26日办好" in resident.that_says("正在办").text
    assert "📅 说好最晚11月26日办好" in desk.with_button("更多").text
    (after,) = await house.rows('SELECT resolve_by, state FROM "case"')
    assert (after.resolve_by, after.state) == (before.resolve_by, "working"), "nothing promised has moved"
    await says_done(desk, "补了屋顶")
    await resident.taps("没有")
    assert "📅" not in desk.last.text, "a day that was named before the No is over"


async def test_more_words_may_follow_the_first(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await desk.taps("签收")
    for words in ("师傅下午来", "师傅明天上午来"):
        await desk.taps("带话给居民")
        await desk.says(words)
        await desk.taps("发给居民")
        assert resident.last.text.endswith(f"带话：{words}")
    events = [row.event for row in await house.rows("SELECT event FROM case_event ORDER BY seq")]
    assert events[-2:] == ["contact", "word"]


async def test_another_offices_number_finds_the_card_and_its_day_is_remembered(house: House) -> None:
    desk, other, resident = await house.staff("WY-01"), await house.staff("WY-02"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await more(desk, "外部编号")
    await desk.says("没有编号呀")
    assert desk.last.text.startswith("没看到编号")
    await desk.says("12345 13805951234 11月26日")
    assert desk.last.text.startswith("这像是电话")
    await desk.says("12345 2026112400123 11月26日")
    assert "🔢 外部编号2026112400123，11月26日22:00前" in desk.with_button("签收").text
    (case,) = await house.rows('SELECT state, resolve_by FROM "case"')
    assert case.state == "accepted"
    await desk.says("12345 2026112400123")
    assert "🔢 外部编号2026112400123" in desk.last.text
    await desk.says("0001号")
    assert desk.last.text.split("\n")[1].startswith("0001号")
    _ = other.news
    await other.says("2026112400123")
    assert other.last.text.startswith("要办的件请在卡片上点按钮"), "a number is no key to somebody else's case"
    reminders = "SELECT due_at FROM clock WHERE rung = 'external' AND due_at IS NOT NULL"
    (clock,) = await house.rows(reminders)
    assert clock.due_at.isoformat().startswith("2026-11-25T00:00"), "the desk opens at eight, a working day before"
    await more(desk, "外部编号")
    await desk.says("2026112400124")
    assert await house.rows(reminders) == [], "a new number without a day wants no reminder"
    await more(desk, "外部编号")
    await desk.says("2026112400124 11月26日")
    await desk.taps("签收")
    await more(desk, "派工")
    await house.turn(24 * HOUR)
    rang = await house.rows("SELECT facts FROM case_event WHERE event = 'climb' AND facts LIKE '%external%'")
    assert len(rang) == 1


async def test_done_at_once_is_done(house: House) -> None:
    """当场办结: from the new card, without a signature; every link of the chain is there (M02)."""
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await says_done(desk, "换了灯泡")
    assert await house.rows("SELECT id FROM clock WHERE until IN ('signed', 'contacted') AND due_at IS NOT NULL") == []
    await resident.taps("解决了")
    (case,) = await house.rows('SELECT state FROM "case"')
    assert case.state == "closed_ok"


async def test_what_was_not_understood_is_named_by_a_person_and_goes_to_the_right_desk(house: House) -> None:
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await resident.says(UNCLEAR)
    await resident.taps("对，提交")
    assert await in_charge(house) == "SQ-PW"
    (before,) = await house.rows('SELECT contact_by, resolve_by FROM "case"')
    await community.says("1")
    await more(community, "改类别")
    assert buttons(community.last) == ["其他类别"], "its words name nothing"
    await community.taps("其他类别")
    seen = set(buttons(community.last))
    while "灯、门或监控坏了" not in seen:
        await community.taps("下一页")
        seen |= set(buttons(community.last))
    await community.taps("灯、门或监控坏了")
    assert await in_charge(house) == "WY-01"
    assert desk.last.text.split("\n")[2] == "丰穗花园3栋 · 灯、门或监控坏了"
    (after,) = await house.rows('SELECT contact_by, resolve_by FROM "case"')
    assert after.contact_by <= before.contact_by
    assert after.resolve_by <= before.resolve_by
    assert "已转丰穗花园物业服务台" in resident.last.text, "the receipt says so without a sound"
    assert await rung_for_the_raiser(house) == ["receipt"]
    assert community.that_says("抄送您知悉")
    await somebody_has_it_and_a_date(house)


async def test_a_slower_kind_moves_the_day_only_with_a_reason(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await house.staff("WY-01")
    await resident.says(UNCLEAR)
    await resident.taps("对，提交")
    (before,) = await house.rows('SELECT resolve_by FROM "case"')
    await community.says("1")
    await more(community, "改类别")
    await community.taps("其他类别")
    await community.taps("房屋渗漏")
    await community.says("屋面要先请人检测")
    await community.taps("发给居民")
    (after,) = await house.rows('SELECT resolve_by, sla FROM "case"')
    assert after.sla == "P3"
    assert after.resolve_by > before.resolve_by
    assert "「屋面要先请人检测」" in resident.last.text
    assert "前办好" in resident.last.text
    assert await rung_for_the_raiser(house) == ["receipt", "changed"]
    await somebody_has_it_and_a_date(house)
