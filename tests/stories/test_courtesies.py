"""What of all that is said makes no case? Each gets its own kind answer, and a draft on the table stays there."""

import pytest

from tests.house import House, buttons
from tests.stories.living import files, says_done


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        pytest.param("谢谢你们", "不客气！有事直接发一句话就行。", id="thanks ask for nothing"),
        pytest.param("你好", "您好！小区里有什么事，直接发一句话或拍张照就行", id="a greeting is greeted"),
        pytest.param("转人工", "找人工可以打浦望社区服务台：0595-00000103。", id="a person has a number to tap"),
        pytest.param("我的事怎么样了", "您还没有在办的事。", id="nothing is under way yet"),
        pytest.param("撤回", "已经提交的事要撤回，请打浦望社区服务台：0595-00000103。", id="a person takes it back"),
        pytest.param("😀😀", "没看到文字，请用一句话说说。", id="no words at all"),
    ],
)
async def test_a_courtesy_is_answered_and_files_nothing(house: House, said: str, answer: str) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    _ = desk.news
    await resident.says(said)
    assert resident.last.text.startswith(answer)
    assert buttons(resident.last) == []
    await resident.says("3栋楼道灯不亮")
    assert resident.last.text.startswith("您说的是这件事吗？\n3栋楼道灯不亮"), "nothing of it joined the draft"
    assert await house.number_of("case") == 0
    assert desk.news == []


async def test_thanks_beside_a_draft_leave_it_as_it_is(house: House) -> None:
    resident = await house.resident()
    await resident.says("3栋楼道灯不亮")
    await resident.says("谢谢你们")
    assert await resident.taps("对，提交") == "收到了"
    assert await house.number_of("case") == 1


async def test_a_typed_wish_for_a_person_is_the_button(house: House) -> None:
    await house.staff("SQ-PW")
    resident = await house.resident()
    await resident.says("3栋楼道灯不亮")
    await resident.says("找人工")
    assert "交给：浦望社区服务台" in resident.last.text
    assert buttons(resident.last) == ["对，提交", "改一下"]


async def test_a_draft_taken_back_is_gone(house: House) -> None:
    resident = await house.resident()
    await resident.says("3栋楼道灯不亮")
    card = resident.last
    await resident.says("撤回")
    assert resident.last.text == "好的，这件不提交了。"
    await resident.presses(card, "对，提交")
    assert await house.number_of("case") == 0


async def test_who_asks_after_their_case_hears_where_it_stands_and_nobody_else_does(house: House) -> None:
    await house.staff("WY-01")
    mine, other = await house.resident(), await house.resident(name="李叔")
    await files(mine, "3栋楼道灯不亮")
    await mine.says("0001号怎么还没好")
    assert mine.last.text.startswith("0001号 3栋楼道灯不亮\n在等丰穗花园物业服务台接手，")
    await other.says("0001号怎么还没好")
    assert other.last.text == "您还没有在办的事。有什么事，直接发一句话就行。"


@pytest.mark.parametrize("said", ["电梯的事没人管", "电梯的事怎么没人管"])
async def test_who_complains_that_nobody_cares_about_what_was_never_said_here_has_said_it(
    house: House, said: str
) -> None:
    await house.staff("WY-01")
    resident = await house.resident()
    await files(resident, said)
    assert resident.last.text.startswith("收到了，编号0001"), "an open question would have lost it"


async def test_two_matters_at_once_are_owned_up_to(house: House) -> None:
    resident = await house.resident()
    await resident.says("电梯坏了，还有楼下垃圾堆了三天没人收")
    assert "\n3栋电梯" in resident.last.text
    assert "您还说了" in resident.last.text
    assert "垃圾" in resident.last.text


async def test_thanks_after_it_is_solved_open_nothing(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await says_done(desk, "换了灯")
    await resident.taps("解决了")
    await resident.says("谢谢师傅，灯亮了")
    assert await house.number_of("case") == 1
    assert resident.last.text == "不客气！谢谢替您带到了，不说是谁。"


@pytest.mark.parametrize(
    ("typed", "answer", "state"),
    [
        ("修好了！", "谢谢您！这件事办结。", "closed_ok"),
        ("还没好", "知道了，已退回重办，并告诉了上一级。", "reopened"),
        ("好了一部分", "还差什么？一句话就行，办事的人会看到。不说也行，他们会来问。", "reopened"),
    ],
)
async def test_an_answer_can_be_typed(house: House, typed: str, answer: str, state: str) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await says_done(desk, "换了灯")
    await resident.says(typed)
    assert answer in resident.texts[-2:], "a No is followed by what is missing"
    (case,) = await house.rows('SELECT state FROM "case"')
    assert case.state == state


async def test_a_typed_answer_to_no_question_or_to_two_answers_none(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    for words in ("3栋楼道灯不亮", "3栋电梯停了"):
        await files(resident, words)
    for number in ("0001号", "0002号"):
        card = desk.that_says(number)
        await desk.presses(card, "办好了")
        await desk.says("修了")
        await desk.taps("发给居民")
    await resident.says("没有")
    assert {row.state for row in await house.rows('SELECT state FROM "case"')} == {"claimed"}


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        pytest.param("没修好啊", "reopened", id="with a sigh"),
        pytest.param("没有,还是那样", "reopened", id="with a reason"),
        pytest.param("好", "claimed", id="a mere yes to nothing in particular closes nothing"),
        pytest.param("没有水了", "claimed", id="another matter"),
    ],
)
async def test_a_typed_no_may_have_a_tail_and_a_doubtful_word_closes_nothing(
    house: House, typed: str, state: str
) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await says_done(desk, "换了灯")
    await resident.says(typed)
    (case,) = await house.rows('SELECT state FROM "case"')
    assert case.state == state


@pytest.mark.parametrize(
    ("said", "first"),
    [
        pytest.param("我不想活了", "12356", id="despair"),
        pytest.param("家里煤气味很重", "119", id="gas"),
    ],
)
async def test_danger_is_answered_before_consent_is_asked_for(house: House, said: str, first: str) -> None:
    stranger, resident = house.stranger(), await house.resident(agreed=False)
    _ = stranger.news, resident.news
    await stranger.says(said)
    (told,) = stranger.news
    assert first in told
    assert "编号0001" in told, "nor for a place"
    await resident.says(said)
    (receipt,) = resident.news
    assert first in receipt
    assert "编号0002" in receipt, "no consent is waited for to protect a life"


async def test_a_second_emergency_in_an_open_draft_is_not_swallowed(house: House) -> None:
    resident = await house.resident()
    await resident.says("3栋楼道灯不亮")
    _ = resident.news
    await resident.says("我不想活了")
    assert any("12356" in text for text in resident.news)


async def test_a_correction_alone_joins_what_was_said(house: House) -> None:
    resident = await house.resident()
    await resident.says("3栋电梯又停了")
    await resident.taps("改一下")
    await resident.says("是2单元的")
    assert "电梯" in resident.last.text
    assert "2单元" in resident.last.text


async def test_a_desk_that_types_not_yet_sends_nothing(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await desk.taps("办好了")
    await desk.says("还没好")
    assert desk.last.text == "好的，什么也没发。"


async def test_an_answer_refused_for_a_moment_comes_all_the_same(house: House) -> None:
    resident = await house.resident()
    house.line.stage.fail_next("sendMessage", 500, 2)
    await resident.says("3栋楼道灯不亮")
    assert resident.last.text.startswith("您说的是这件事吗？")
