"""What is said at the counter or by telephone: is it a case like any other?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from models.actions.erasing import erase
from models.queries.following import code_of
from models.queries.people import phone_of
from models.rules.closure import ERASED_AFTER
from models.store import Statement
from models.turn import Work
from tests.house import House, buttons
from tests.stories.living import first_lines, in_charge, says_done, somebody_has_it_and_a_date

LINE = "登记 3栋李阿姨说楼道灯不亮 13800000000"


async def test_a_line_at_the_counter_is_a_case_with_a_slip_to_take_home(house: House) -> None:
    desk = await house.staff("WY-01")
    _ = desk.news
    await desk.says(LINE)
    card = desk.last
    assert card.text.startswith("登记这件？\n3栋楼道灯")
    assert "138****0000" in card.text
    assert "李阿姨" not in card.text
    assert buttons(card) == ["对，登记", "改一下", "当场办结"]
    assert await desk.taps("对，登记") == "登记好了"
    code = code_of(house.parts.house.keys, 1)
    slip = desk.that_says("抄给居民").text
    assert f"0001 {code}" in slip
    assert house.town.desks["WY-01"].phone in slip
    (case,) = await house.rows('SELECT raiser_id, channel, desk, building FROM "case"')
    assert (case.channel, case.desk, case.building) == ("counter", "WY-01", "LC01-3")
    assert await house.ask(phone_of, person=case.raiser_id) == "13800000000"
    assert [row.event for row in await house.rows("SELECT event FROM case_event ORDER BY seq")] == ["enter", "accept"]
    assert await house.rows("SELECT kind FROM alarm") == []
    await somebody_has_it_and_a_date(house)
    assert desk.with_button("签收").text.startswith("🆕 新件")


async def test_done_on_the_spot_is_one_sentence_and_the_telephone_asks_whether_it_is_solved(house: House) -> None:
    desk, community = await house.staff("WY-01"), await house.staff("SQ-PW")
    _ = desk.news, community.news
    await desk.says(LINE)
    await desk.taps("当场办结")
    await desk.says("换了灯泡")
    assert desk.that_says("抄给居民").text.startswith("登记好了，也报了办好。会有人打电话问居民")
    (case,) = await house.rows('SELECT state, desk, caller FROM "case"')
    assert (case.state, case.desk, case.caller) == ("claimed", "WY-01", "SQ-PW"), "never by who did it"
    assert first_lines(desk.news) == [
        "登记这件？",
        "用一句话说说当场做了什么，打电话问居民时会念给他听。比如「换了灯泡」。",
        "登记好了，也报了办好。会有人打电话问居民，居民说了算。抄给居民，或者打出来：",
    ], "no card for what is done"
    await house.turn(timedelta(days=1))
    await community.taps("0001")
    assert "13800000000" in community.with_button("说解决了").text
    await community.taps("说解决了")
    (case,) = await house.rows('SELECT state FROM "case"')
    assert case.state == "closed_ok"


async def test_what_is_missing_is_asked_for_one_thing_at_a_time(house: House) -> None:
    desk, community = await house.staff("WY-01"), await house.staff("SQ-PW")
    await desk.says("登记")
    assert desk.last.text.startswith("请打一句：哪栋、什么事")
    await desk.says("楼道灯不亮")
    assert desk.last.text == "是哪一栋？"
    await desk.taps("4栋")
    assert "丰穗花园4栋" in desk.last.text
    assert "没留电话" in desk.last.text
    await desk.taps("改一下")
    await desk.says("5栋楼道灯不亮 13800000001 13900000002")
    assert "丰穗花园5栋" in desk.last.text
    assert "说了2个电话，只记第一个" in desk.last.text
    await community.says("登记 楼道灯不亮")
    assert community.last.text.startswith("是哪个小区哪一栋？")
    await community.says("丰穗花园3栋")
    assert "交给：丰穗花园物业服务台" in community.last.text
    assert "当场办结" not in buttons(community.last), "another desk leads it"
    await community.taps("对，登记")
    assert await in_charge(house) == "WY-01"


async def test_a_firm_does_not_write_down_what_is_said_about_itself(house: House) -> None:
    desk = await house.staff("WY-01")
    await desk.says("登记 3栋王先生投诉物业不作为，保安态度恶劣，乱收费")
    phone = house.town.desks["SQ-PW"].phone
    assert desk.last.text == f"这件说的是您这边，不能由您登记。请告诉居民打浦望社区服务台：{phone}。"
    assert await house.number_of("case") == 0


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("3栋有人要跳楼", "请马上打110、119"),
        ("3栋有人打老婆 13800000000", "先打110报警"),
        ("3栋老人走失了", "先打110报警"),
        ("3栋李阿姨说不想活了", "请马上打110、119"),
    ],
)
async def test_a_firm_that_writes_down_a_danger_brings_help_at_once_and_sees_no_more(
    house: House, said: str, first: str
) -> None:
    desk, community = await house.staff("WY-01"), await house.staff("SQ-PW")
    _ = desk.news, community.news
    await desk.says(f"登记 {said}")
    (answer,) = desk.news
    assert answer.startswith(first)
    assert f"浦望社区服务台（{house.town.desks['SQ-PW'].phone}）" in answer
    assert "编号 0001" in answer
    assert "0001 " not in answer.split("编号 0001")[1], "nobody follows a sealed matter"
    assert buttons(desk.last) == []
    assert await in_charge(house) == "SQ-PW"
    assert community.news == ["有一件要紧的事，请点开看"]
    await community.taps("点开看")
    assert "3栋" in community.last.text
    await house.turn(timedelta(minutes=40))
    assert desk.news == []
    await desk.says("待办")
    assert "0001" not in desk.last.text


async def test_a_head_reports_as_a_neighbour_does(house: House) -> None:
    head = await house.head()
    await head.says("登记 3栋楼道灯不亮")
    assert head.last.text.startswith("楼长跟邻居一样说就行")
    assert await house.number_of("case") == 0


async def test_an_old_card_of_the_counter_is_refused_kindly(house: House) -> None:
    desk = await house.staff("WY-01")
    await desk.says(LINE)
    older = desk.last
    await desk.says("4栋楼道灯不亮")
    assert await desk.presses(older, "对，登记") == "您后来又说了几句，请看最下面那张卡片。"
    await desk.taps("对，登记")
    assert await desk.presses(older, "当场办结") == "这张卡片已经用过了。要说新的事，直接发一句话就行。"
    assert await house.number_of("case") == 1


async def test_the_number_left_at_the_counter_and_the_clerks_name_are_forgotten_in_time(house: House) -> None:
    desk, community = await house.staff("WY-01"), await house.staff("SQ-PW")
    await desk.says(LINE)
    await desk.taps("当场办结")
    await desk.says("换了灯泡")
    await desk.says("交班")
    await house.turn(timedelta(days=1))
    await community.taps("0001")
    await community.taps("说解决了")

    def kept(work: Work) -> set[str]:
        now = work.now + ERASED_AFTER + timedelta(days=1)
        erase(replace(work, now=now))
        rows = Statement("SELECT owner, field FROM secret").all(work.session)
        return {f"{row.owner}.{row.field}" for row in rows} - {"keys.mark"}

    left = await house.do(kept)
    assert not {"person.phone", "person.name", "case.words"} & left
    assert {"case.seen", "case.title"} <= left


async def test_a_daughter_follows_by_the_slip(house: House) -> None:
    desk, daughter = await house.staff("WY-01"), await house.resident(name="小李")
    await desk.says(LINE)
    await desk.taps("对，登记")
    await daughter.says(f"0001 {code_of(house.parts.house.keys, 1)}")
    assert "0001" in daughter.last.text
    assert "13800000000" not in daughter.last.text
    await says_done(desk, "换了灯泡")
    assert "13800000000" not in daughter.last.text


async def test_what_a_clerk_types_without_a_card_gets_a_useful_answer_and_files_nothing(house: House) -> None:
    desk, head = await house.staff("WY-01"), await house.head()
    await desk.says("谢谢")
    assert desk.last.text == "您辛苦了！该办的件会发到这里；看手上的件，打「待办」。"
    await head.says("谢谢")
    assert head.last.text == "您辛苦了！邻居有事会请您帮着看看，不方便就点「没空」。"
    await desk.says("你好")
    assert desk.last.text == "丰穗花园物业服务台手上没有等着办的件。"
    await desk.says("老李下午轮休")
    assert desk.last.text.startswith("要办的件请在卡片上点按钮")
    await desk.says("4栋楼道灯坏了")
    assert desk.last.text.startswith("这句话没有发给任何人。")
    assert await house.number_of("case") == 0
    await desk.taps("登记这句")
    assert desk.last.text.startswith("登记这件？\n4栋")
    await desk.taps("对，登记")
    assert await house.number_of("case") == 1
