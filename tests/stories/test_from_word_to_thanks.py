"""Does one grievance go all the way through? The whole story over HTTP, both ways in, on both engines."""

from datetime import timedelta

import pytest

from tests.conftest import Opens
from tests.house import House, buttons
from tests.stories.living import (
    files,
    first_lines,
    in_charge,
    nothing_is_left_to_do,
    rung_for_the_raiser,
    says_done,
    somebody_has_it_and_a_date,
)

DAY = timedelta(days=1)


BOTH_WAYS = ("sqlite by polling", "postgresql by webhook")
"""Each engine and each way in once: neither knows of the other."""


@pytest.fixture(params=BOTH_WAYS)
async def house(request: pytest.FixtureRequest, open_house: Opens) -> House:
    engine, _, by = request.param.split()
    return await open_house(engine=engine, by=by)


async def test_a_word_becomes_a_case_and_only_the_resident_closes_it(house: House) -> None:
    desk, community, street = [await house.staff(code) for code in ("WY-01", "SQ-PW", "JD")]
    head, resident = await house.head(), await house.resident(agreed=False)
    everybody = (desk, community, street, head, resident)
    for phone in everybody:
        _ = phone.news

    # said once, in plain words; consent once; one tap
    await resident.says("3栋电梯又停了，八十多岁的老人下不了楼")
    assert resident.last.text.startswith("先说一声：您说的话只给办这件事的人看，他们看不到您是谁")
    await resident.taps("知道了，接着办")
    assert resident.last.text == (
        "您说的是这件事吗？\n3栋电梯故障\n交给：丰穗花园物业服务台，也请楼栋长帮着看看\n"
        "今天13:00前上门或给您回话；明天9:00前办好，或说清哪天办好\n"
        "服务台看到：「3栋电梯又停了，八十多岁的老人下不了楼」\n楼长看到：「3栋有邻居反映：电梯故障」\n都看不到您是谁"
    )
    assert await resident.taps("对，提交") == "收到了"
    assert resident.last.text == (
        "收到了，编号0001，已转丰穗花园物业服务台（0595-00000110）。"
        "今天13:00前没人给您回话，自动转浦望社区服务台，不用您催。有变化才打扰您。"
    )

    # the desk and the head hear of it, nobody else
    assert desk.news == [
        "🔴 新件，紧急\n0001号 3栋电梯故障\n丰穗花园3栋 · 电梯故障\n"
        "「3栋电梯又停了，八十多岁的老人下不了楼」\n今天9:30前签收\n今天13:00前上门或带话\n明天9:00前办好"
    ]
    assert head.news == [
        "林楼长，3栋有邻居反映：电梯故障。方便就帮着看看、说句话；不方便点「没空」，自有人来办。请别打听是谁说的。"
    ]
    assert community.news == street.news == []
    _ = resident.news

    # 签收 and 办理中 change cards without a sound
    assert await desk.taps("签收") == "已签收"
    assert await desk.taps("已联系或上门") == "记下了"
    assert desk.news == resident.news == head.news == []
    assert desk.last.text.startswith("🔧 办理中")
    assert "丰穗花园物业服务台正在办" in resident.last.text

    # one sentence, and the resident is asked
    await says_done(desk, "换了门锁，试运行正常")
    assert resident.news == [
        "0001号：丰穗花园物业服务台说今天9:00办好了：换了门锁，试运行正常。您看，解决了吗？照实说就好。"
    ]
    assert head.that_says("0001号").text == "0001号办好了，在等邻居回话。谢谢您！"

    # 没有: the same desk, the next level copied
    _ = desk.news
    assert await resident.taps("没有") == "知道了，已退回重办，并告诉了上一级。"
    assert first_lines(desk.news) == ["🔁 居民说没解决，退回重办（第1次）"]
    assert community.news == [], "a copy waits for the list of the day"
    assert await in_charge(house) == "WY-01"

    # again 没有: the next level leads, the first desk helps
    await says_done(desk, "又调了一次")
    assert await resident.taps("没有") == "知道了，这次改由上一级牵头重办。"
    assert await in_charge(house) == "SQ-PW"
    assert first_lines(community.news) == ["🔁 居民说没解决，退回重办（第2次）"], "urgent, and theirs now: at once"
    assert desk.that_says("别处牵头").text.endswith("现在由浦望社区服务台负责（0595-00000103）")

    # nobody acts: it climbs, a day at a time
    _ = resident.news
    for _ in range(7):
        await house.turn(DAY)
        await somebody_has_it_and_a_date(house)
    assert await in_charge(house) == "JD"
    assert len(resident.news) == 1, "another desk in the lead is said once"
    assert head.news == [], "a head is never chased"

    # done at last, and the resident says so
    await says_done(street, "请来厂家换了主板")
    assert await resident.taps("解决了") == "谢谢您！这件事办结。"
    assert "您说解决了，这件事办结。谢谢您！" in resident.that_says("0001号").text
    for phone in (desk, community, street):
        newest = phone.that_says("丰穗花园3栋")
        assert newest.text.startswith("✅ 居民说解决了，办结")
        assert buttons(newest) == []
    assert head.that_says("0001号").text == "0001号解决了。3栋的邻居谢谢您！"
    await nothing_is_left_to_do(house)
    assert not any("王阿姨" in text for phone in (desk, community, street, head) for text in phone.texts)


@pytest.mark.parametrize("house", BOTH_WAYS, indirect=True)
async def test_silence_climbs_to_the_street_and_comes_back_every_week(house: House) -> None:
    desk, community, street = [await house.staff(code) for code in ("WY-01", "SQ-PW", "JD")]
    resident = await house.resident()
    await files(resident, "3栋楼道的灯坏了三天了，晚上黑得很")
    for phone in (desk, community, street):
        _ = phone.news
    for _ in range(28):
        await house.turn_next()
        await somebody_has_it_and_a_date(house)
        if (await house.rows('SELECT level FROM "case"'))[0].level >= 4:
            break
    assert await in_charge(house) == "JD"
    before = house.now
    for _ in range(16):
        await house.turn_next()
    assert house.now - before > 2 * timedelta(days=7)
    reviews = await house.rows("SELECT facts FROM case_event WHERE event = 'climb' AND facts LIKE '%review%'")
    assert len(reviews) >= 2
    await somebody_has_it_and_a_date(house)
    assert await rung_for_the_raiser(house) == ["receipt", "changed"]
