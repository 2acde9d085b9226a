"""What if one desk asks another? It keeps the case until the other has said yes, and every promise stands."""

from datetime import timedelta

import pytest

from tests.house import House, Phone, buttons
from tests.stories.living import files, in_charge, rung_for_the_raiser, says_done, somebody_has_it_and_a_date

HOUR = timedelta(hours=1)
DECIDED = "0001号已经定下来了，不用再点。"


async def offers(desk: Phone, to: str, why: str) -> None:
    """转办 to a desk, with a reason."""
    await desk.taps("更多")
    await desk.taps("转办")
    await desk.taps(to)
    await desk.says(why)
    await desk.taps("问过去")


async def asks_for_time(desk: Phone, why: str) -> None:
    """延期 to the first later day, with a reason."""
    await desk.taps("更多")
    await desk.taps("定日子")
    await desk.taps(*(label for label in buttons(desk.last) if label.startswith("延到")))
    await desk.says(why)
    await desk.taps("报上去")


async def promise(house: House) -> tuple[object, ...]:
    (case,) = await house.rows('SELECT contact_by, resolve_by, transfers FROM "case"')
    return tuple(case)


async def test_a_case_changes_hands_when_the_other_says_yes_and_the_third_time_the_street_rules(house: House) -> None:
    firm, committee, community = [await house.staff(desk) for desk in ("WY-01", "YW-01", "SQ-PW")]
    street, resident = await house.staff("JD"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    promised = await promise(house)

    # the first: asked, and the one who was first keeps it until the other takes it
    await firm.taps("更多")
    await firm.taps("转办")
    assert buttons(firm.last) == ["丰穗花园业委会", "浦望社区服务台"], "only desks where somebody is"
    await firm.taps("丰穗花园业委会")
    await firm.says("灯是业委会请人装的")
    await firm.taps("问过去")
    assert "⏳ 已问丰穗花园业委会接不接" in firm.with_button("更多").text
    assert await in_charge(house) == "WY-01"
    await committee.says("1")
    assert committee.last.text.startswith("🙋 丰穗花园物业服务台问您这里能不能接：「灯是业委会请人装的」")
    await committee.taps("我们来接")
    assert await in_charge(house) == "YW-01"
    assert "签收" in buttons(committee.last)
    assert "已转给别处牵头" in firm.with_button("办好了").text, "and goes on helping (首接负责)"
    assert "丰穗花园业委会" in resident.last.text

    # the second
    await committee.taps("签收")
    await offers(committee, "浦望社区服务台", "要社区协调")
    await community.says("1")
    await community.taps("我们来接")
    assert await in_charge(house) == "SQ-PW"

    # the third: the street rules, whoever is wanted
    await offers(community, "丰穗花园物业服务台", "线路归物业")
    await firm.says("1")
    assert "我们来接" not in buttons(firm.last)
    await street.says("1")
    assert street.last.text.startswith("⚖️ 第三次转办，请裁定：浦望社区服务台想转给丰穗花园物业服务台：「线路归物业」")
    assert buttons(street.last) == ["同意转", "不接"]
    await street.taps("同意转")
    assert await in_charge(house) == "WY-01"
    assert "签收" in buttons(firm.last)
    contact_by, resolve_by, transfers = await promise(house)
    assert (contact_by, resolve_by) == promised[:2], "what the resident was promised never moved"
    assert transfers == 3
    assert await rung_for_the_raiser(house) == ["receipt", "changed"], "said once a case"
    await somebody_has_it_and_a_date(house)


async def test_no_is_one_tap_and_all_stays_as_it_was(house: House) -> None:
    firm, one, two = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.staff("SQ-PW")
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await offers(firm, "浦望社区服务台", "我们不会修")
    await firm.taps("更多")
    assert "转办" not in buttons(firm.with_button("收起")), "one question at a time"
    for clerk in (one, two):
        await clerk.says("1")
    late = two.with_button("我们来接").button("我们来接").callback_data
    assert await one.taps("不接") == "好的，已回复对方，一切照旧。"
    assert await two.presses(two.messages[0], forged=late) == DECIDED, "another clerk of the desk was first"
    assert await in_charge(house) == "WY-01"
    assert "↩️ 浦望社区服务台不接，还请您这里接着办" in firm.with_button("更多", "收起").text
    assert await rung_for_the_raiser(house) == ["receipt"]
    await offers(firm, "浦望社区服务台", "真的不会修")
    await one.says("1")
    await two.says("1")
    both = [clerk.person.tap(clerk.with_button("我们来接"), "我们来接") for clerk in (one, two)]
    await house.settle()
    toasts = [house.line.messenger.callback(query).note for query in both]
    assert sorted(toasts) == sorted(["好的，由新的一方接着办。", DECIDED])
    assert await in_charge(house) == "SQ-PW"


async def test_what_is_done_or_taken_over_needs_no_answer_any_more(house: House) -> None:
    firm, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await offers(firm, "浦望社区服务台", "我们不会修")
    await community.says("1")
    old = community.with_button("我们来接").button("我们来接").callback_data
    await says_done(firm, "还是修好了")
    assert await community.presses(community.messages[0], forged=old) == DECIDED
    (request,) = await house.rows("SELECT outcome FROM request")
    assert request.outcome == "lapsed"
    assert await in_charge(house) == "WY-01"


async def test_nobody_is_asked_where_nobody_is(house: House) -> None:
    firm, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await firm.taps("更多")
    assert await firm.taps("转办") == "0001号：别处现在没人能答复，先按原来的办。"


async def test_a_later_day_is_granted_one_level_up_and_the_resident_hears_why(house: House) -> None:
    firm, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await firm.taps("签收")
    await asks_for_time(firm, "配件要等三天")
    (before,) = await house.rows('SELECT resolve_by FROM "case"')
    assert "⏳ 申请延到11月26日，等浦望社区服务台答复" in firm.with_button("更多").text
    await community.says("1")
    assert community.last.text.startswith("📅 丰穗花园物业服务台想延到11月26日：「配件要等三天」")
    ladder = "SELECT rung, due_at FROM clock WHERE until = 'claimed' AND due_at IS NOT NULL ORDER BY rung"
    earlier = {row.rung: row.due_at for row in await house.rows(ladder)}
    await community.taps("同意延期")
    (after,) = await house.rows('SELECT resolve_by FROM "case"')
    assert after.resolve_by - before.resolve_by == 24 * HOUR, "fourteen working hours of a desk open from 8 to 22"
    later = {row.rung: row.due_at for row in await house.rows(ladder)}
    assert all(later[rung] > earlier[rung] for rung in earlier)
    assert later["P2-21wh"] == after.resolve_by
    assert resident.last.text == (
        "0001号改了日子：11月26日16:00前办好。丰穗花园物业服务台说「配件要等三天」，浦望社区服务台同意了。不用您催。"
    )
    assert "✅ 浦望社区服务台同意延期了" in firm.with_button("更多").text
    assert await rung_for_the_raiser(house) == ["receipt", "changed"]
    await firm.taps("更多")
    await firm.taps("定日子")
    assert not [label for label in buttons(firm.last) if label.startswith("延到")], "once a case"
    await somebody_has_it_and_a_date(house)


async def test_a_refused_extension_leaves_the_day_and_there_is_no_second(house: House) -> None:
    firm, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await firm.taps("签收")
    promised = await promise(house)
    await firm.taps("更多")
    await firm.taps("定日子")
    days = firm.last
    (later,) = (label for label in buttons(days) if label.startswith("延到"))
    again = days.button(later).callback_data
    await firm.presses(days, later)
    await firm.says("人手不够")
    await firm.taps("报上去")
    await community.says("1")
    assert await community.taps("不同意") == "好的，已回复对方，一切照旧。"
    assert await promise(house) == promised
    assert "↩️ 浦望社区服务台没同意延期，日子不变" in firm.with_button("更多").text
    assert await rung_for_the_raiser(house) == ["receipt"]
    assert await firm.presses(firm.messages[0], forged=again) != "", "an old button of a later day is refused kindly"
    assert await promise(house) == promised


async def test_an_extension_nobody_decided_lapses_with_the_day(house: House) -> None:
    firm, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await firm.taps("签收")
    await firm.taps("已联系或上门")
    await asks_for_time(firm, "配件要等三天")
    await community.says("1")
    old = community.with_button("同意延期").button("同意延期").callback_data
    await house.turn(32 * HOUR)
    assert await in_charge(house) == "SQ-PW", "the ladder does what it does"
    (request,) = await house.rows("SELECT outcome FROM request")
    assert request.outcome == "lapsed"
    assert await community.presses(community.messages[0], forged=old) == DECIDED
    await community.taps("更多")
    assert (await community.taps("定日子")).startswith("0001号原定的日子已经过了，不能再改")
    await somebody_has_it_and_a_date(house)


async def test_a_desk_that_does_not_answer_within_its_working_day_is_asked_no_longer(house: House) -> None:
    firm, committee, community = [await house.staff(desk) for desk in ("WY-01", "YW-01", "SQ-PW")]
    resident = await house.resident()
    await files(resident, "3栋屋顶漏水")
    await firm.taps("签收")
    await firm.taps("已联系或上门")
    await offers(firm, "丰穗花园业委会", "要业委会定")
    await committee.says("1")
    late = committee.with_button("我们来接").button("我们来接").callback_data
    await firm.taps("更多")
    assert "转办" not in buttons(firm.last)
    await house.turn(25 * HOUR)
    await firm.says("1")
    await firm.taps("更多")
    await firm.taps("转办")
    await firm.taps("浦望社区服务台")
    await firm.says("业委会没回音")
    await firm.taps("问过去")
    assert await committee.presses(committee.messages[0], forged=late) == DECIDED
    await community.says("1")
    await community.taps("我们来接")
    assert await in_charge(house) == "SQ-PW"
    outcomes = [row.outcome for row in await house.rows("SELECT outcome FROM request ORDER BY id")]
    assert outcomes == ["lapsed", "granted"]


@pytest.mark.parametrize(
    ("said", "answer", "why"),
    [
        ("😡😡", "没看到文字，请用一句话说说。", "anger is no reason"),
        ("没有", "好的，什么也没发。", "thought better of it"),
        ("<b>线路</b> & 归物业", "对方会看到：「<b>线路</b> & 归物业」", "read as it was typed"),
        ("长" * 4096, f"对方会看到：「{'长' * 300}」", "one sentence is what fits a phone"),
    ],
)
async def test_a_reason_is_a_sentence(house: House, said: str, answer: str, why: str) -> None:
    firm, resident = await house.staff("WY-01"), await house.resident()
    await house.staff("SQ-PW")
    await files(resident, "3栋楼道灯不亮")
    await firm.taps("更多")
    await firm.taps("转办")
    await firm.taps("浦望社区服务台")
    await firm.says(said)
    assert firm.last.text == answer, why
    assert await house.rows("SELECT id FROM request") == []


async def test_who_is_asked_to_take_it_is_rung_and_who_asked_hears_that_nobody_answered(house: House) -> None:
    firm, committee = await house.staff("WY-01"), await house.staff("YW-01")
    await house.staff("SQ-PW")
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    _ = committee.news
    await offers(firm, "丰穗花园业委会", "灯是业委会请人装的")
    assert committee.news[0].startswith("🙋 丰穗花园物业服务台问您这里能不能接")
    await house.turn(9 * HOUR)
    assert await in_charge(house) == "SQ-PW"
    assert "⌛ 问别处的没等到答复" in firm.with_button("办好了").text
    assert "我们来接" not in buttons(committee.last)


async def test_more_time_may_be_granted_by_who_leads_by_now(house: House) -> None:
    firm, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await asks_for_time(firm, "要等配件")
    await house.turn(9 * HOUR)
    assert await in_charge(house) == "SQ-PW"
    await community.says("1")
    assert "丰穗花园物业服务台想延到" in community.last.text
    assert buttons(community.last)[:2] == ["同意延期", "不同意"]
    before = (await promise(house))[1]
    await community.taps("同意延期")
    after = (await promise(house))[1]
    assert after > before  # type: ignore[operator]
    assert "想延到" not in community.last.text
    assert await house.rows("SELECT id FROM notice WHERE telling = 'decided' AND reader = 'helping'")
