"""Who sits at a desk's telephone, and what does the next shift have to know?"""

import json
from datetime import timedelta

from models.queries.desks import on_shift
from tests.house import House, Phone, buttons
from tests.stories.living import files, first_lines, says_done

HOUR = timedelta(hours=1)
WHO = "现在谁值班？点一下名字，手上的件马上列给您。"


async def shifts_of(house: House) -> list[tuple[str | None, bool]]:
    """The names on record, in order, and whether each is over."""
    rows = await house.rows("SELECT id, ended_at FROM shift ORDER BY id")
    return [(await house.ask(on_shift, shift=row.id), row.ended_at is not None) for row in rows]


async def signed_in(house: House) -> list[int | None]:
    """In which shift each thing a desk did was done."""
    rows = await house.rows("SELECT facts FROM case_event WHERE role = 'property' ORDER BY id")
    return [json.loads(row.facts).get("shift") for row in rows]


async def test_the_first_act_of_a_day_is_done_first_and_then_it_is_asked_who_sits_there(house: House) -> None:
    desk, resident = await house.staff("WY-01", sits=False), await house.resident()
    await files(resident, "3栋楼道的灯坏了三天了")
    assert await desk.taps("签收") == "已签收"
    assert desk.last.text == WHO
    one, two = (post.name for post in house.town.incumbents if post.place == "WY-01")
    assert buttons(desk.last) == [one, two, "别人"]
    assert await desk.taps(one) == "记下了"
    assert desk.last.text.startswith(
        f"{one}，辛苦了。交班时说一声「交班」。\n丰穗花园物业服务台手上1件，急的在前：\n0001 3栋"
    )
    assert "0001" in buttons(desk.last)
    _ = desk.news
    await desk.taps("已联系或上门")
    assert desk.news == [], "asked once a day"
    assert await signed_in(house) == [1, 1], "the tap that was done first is theirs too"
    assert await shifts_of(house) == [(one, False)]
    await house.turn(24 * HOUR)
    await says_done(desk, "换了灯泡")
    assert WHO in desk.texts[-4:], "another day, another shift"


async def test_at_the_end_of_a_shift_the_next_one_reads_what_waits_and_what_was_said(house: House) -> None:
    desk, one, two = await house.staff("WY-01"), await house.resident(), await house.resident(name="李叔")
    await files(one, "3栋楼道的灯坏了三天了")
    await files(two, "3栋电梯停了")
    await desk.taps("签收")
    await desk.taps("带话给居民")
    await desk.says("师傅下午3点到，电话13800000000")
    await desk.taps("发给居民")
    _ = desk.news
    await desk.says("交班")
    listed, asked = desk.news
    assert asked == WHO
    lines = listed.split("\n")
    assert lines[0] == "丰穗花园物业服务台手上2件，急的在前："
    assert [line[:4] for line in lines if line[:4].isdigit()] == ["0002", "0001"] or "0001" in listed
    assert "　　说过：「师傅下午3点到，电话***」" in lines
    assert len(listed) <= 4096
    assert [name for name in buttons(desk.that_says("手上2件")) if name.isdigit()]
    await desk.taps("别人")
    await desk.says("小陈")
    assert desk.last.text.startswith("小陈，辛苦了。")
    assert [over for _, over in await shifts_of(house)] == [True, False]
    assert (await shifts_of(house))[-1] == ("小陈", False)


async def test_the_name_is_sealed(house: House) -> None:
    desk = await house.staff("WY-01", sits=False)
    await desk.says("值班")
    await desk.taps("别人")
    await desk.says("洪小花")
    for table in ("shift", "case_event", "talk", '"update"'):
        rows = await house.rows(f"SELECT * FROM {table}")
        assert "洪小花" not in str(rows), table


async def test_clerks_with_telephones_of_their_own_are_never_asked(house: House) -> None:
    one, two, resident = (
        await house.staff("WY-01", sits=False),
        await house.staff("WY-01", sits=False),
        await house.resident(),
    )
    await files(resident, "3栋楼道的灯坏了三天了")
    await one.taps("签收")
    await two.says("交班")
    assert WHO not in [*one.texts, *two.texts]
    assert await house.number_of("shift") == 0


async def test_what_is_refused_asks_nobody_and_the_next_act_does(house: House) -> None:
    desk, resident = await house.staff("WY-01", sits=False), await house.resident()
    await files(resident, "3栋楼道的灯坏了三天了")
    older: Phone = desk
    card = older.with_button("签收")
    assert await desk.presses(card, forged="si.1.2.AAAAAAAAAAAA") == "这个按钮现在用不了。"
    assert await house.number_of("shift") == 0
    await desk.taps("签收")
    assert desk.last.text == WHO
    assert first_lines([card.text]) != []


async def test_a_look_at_the_list_ends_nothing(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道的灯坏了三天了")
    before = await shifts_of(house)
    await desk.says("待办")
    assert desk.last.text.startswith("丰穗花园物业服务台手上1件")
    assert await shifts_of(house) == before
    assert before[-1][1] is False


async def test_what_came_in_at_night_rings_in_the_morning_and_is_not_listed_half_an_hour_later(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await house.turn(18 * HOUR)  # three at night
    _ = desk.news
    await files(resident, "3栋楼道的灯坏了三天了")
    await house.turn(6 * HOUR)
    assert [line.split("\n")[0] for line in desk.news] == ["🆕 新件"]
