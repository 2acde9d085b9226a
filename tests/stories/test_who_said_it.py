"""Does every card name whoever really said a thing, and is a date the same wherever it is read?"""

from datetime import timedelta

import pytest

from tests.house import House, buttons
from tests.stories.living import files, in_charge, opens_from_list
from tests.stories.test_call_list import card_of
from tests.stories.test_requests import asks_for_time

HOUR = timedelta(hours=1)
FIRM, COMMUNITY, STREET = "丰穗花园物业服务台", "浦望社区服务台", "鲤江街道小区诉求专班"
TEACHER = "师傅下午3点到"


async def test_a_word_stays_the_word_of_the_desk_that_said_it(house: House) -> None:
    firm, resident = await house.staff("WY-01"), await house.resident()
    await house.staff("JD")
    await files(resident, "3栋电梯坏了")
    await firm.taps("签收")
    await firm.taps("带话给居民")
    await firm.says(TEACHER)
    await firm.taps("发给居民")
    word = resident.that_says(TEACHER)
    assert word.text == f"0001号，{FIRM}带话：{TEACHER}"
    await resident.taps("申请上报")
    assert await in_charge(house) == "JD"
    assert resident.that_says(TEACHER).text == f"0001号，{FIRM}带话：{TEACHER}", "the street has said nothing"


async def test_a_question_and_a_named_day_stay_those_of_the_desk_that_put_them(house: House) -> None:
    firm, resident = await house.staff("WY-01"), await house.resident()
    street = await house.staff("JD")
    await files(resident, "3栋楼道灯不亮")
    await firm.taps("签收")
    await firm.taps("更多")
    await firm.taps("提问")
    await firm.says("哪一层？")
    await firm.taps("发给居民")
    await resident.taps("申请上报")
    assert await in_charge(house) == "JD"
    assert f"0001号，{FIRM}想问您一句：「哪一层？」" in resident.that_says("哪一层？").text
    await firm.taps("更多")
    await firm.taps("定日子")
    await firm.taps("今天")
    assert f"0001号，{FIRM}说：最晚今天办好。" in resident.texts, "who helps names its own day"
    assert street.texts


async def test_whose_reason_and_whose_yes_a_later_day_was_is_not_rewritten(house: House) -> None:
    firm, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await house.staff("JD")
    await files(resident, "3栋楼道灯不亮")
    await firm.taps("签收")
    await asks_for_time(firm, "配件没到")
    await resident.taps("申请上报")
    assert await in_charge(house) == "SQ-PW"
    await community.says("1")
    await community.taps("同意延期")
    assert f"{FIRM}说「配件没到」，{COMMUNITY}同意了" in resident.that_says("改了日子").text


async def test_what_one_desk_tells_another_is_shown_to_it_as_the_other_reads_it(house: House) -> None:
    firm, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await firm.taps("更多")
    await firm.taps("转办")
    await firm.taps(COMMUNITY)
    await firm.says("灯是业委会请人装的，李阿姨住502")
    assert firm.last.text == "对方会看到：「灯是业委会请人装的，***住***」"
    await firm.taps("问过去")
    await community.says("1")
    assert "能不能接：「灯是业委会请人装的，***住***」" in community.last.text
    await community.taps("不接")
    await firm.taps("更多", "收起")
    await firm.taps("定日子")
    await firm.taps(*(label for label in buttons(firm.last) if label.startswith("延到")))
    await firm.says("等李阿姨13859990001回话")
    assert firm.last.text == "上一级和居民会看到：「等李阿姨***回话」"
    await firm.taps("报上去")
    await community.says("1")
    await community.taps("同意延期")
    assert "「等李阿姨***回话」" in resident.that_says("改了日子").text


async def test_whoever_wanted_to_talk_still_wants_to_after_a_call_nobody_answered(house: House) -> None:
    await house.staff("WY-01")
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await resident.says("找人工")
    await resident.says("13859990001")
    await community.taps("没人接")
    await card_of(community, house)
    card = community.with_button("没人接").text
    assert card.startswith("📞 居民想找人说话，没人接1次，请再打一次\n居民电话：13859990001")
    assert "收不到消息" not in "".join(community.texts), "every message arrived"


async def test_where_the_street_leads_receipt_and_push_name_the_same_next_moment(house: House) -> None:
    await house.staff("WY-01")
    await house.staff("SQ-PW")
    street, resident = await house.staff("JD"), await house.resident()
    await files(resident, "3栋电梯坏了")
    await house.turn(24 * HOUR)
    assert await in_charge(house) == "JD"
    push, receipt = resident.that_says("有变化"), resident.that_says("电话：")
    assert push.text.endswith("牵头，11月25日9:30前有人接手。不用您催。")
    assert f"在等{STREET}接手，最晚11月25日9:30。原定11月25日9:00前办好，已经超时，不用您催" in receipt.text
    await street.taps("签收")
    push, receipt = resident.that_says("有变化"), resident.that_says("电话：")
    assert push.text.endswith("牵头，11月27日9:00再催办；您也可以打12345。"), "the district hears of it then"
    assert "已经超时，11月27日9:00再催办；您也可以打12345" in receipt.text
    await house.turn(48 * HOUR)
    assert "12月1日9:00再催办" in resident.that_says("电话：").text, (
        "once nothing nearer runs, it is looked at each week"
    )


async def test_where_the_call_back_was_missed_the_next_moment_is_when_whoever_leads_now_signs(house: House) -> None:
    await house.staff("WY-01")
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋电梯坏了")
    await house.turn(4 * HOUR)
    assert await in_charge(house) == "SQ-PW"
    receipt = resident.that_says("电话：").text
    assert f"在等{COMMUNITY}接手，最晚今天13:30。原定今天13:00前给您回话，已经超时，不用您催" in receipt
    assert community.texts


@pytest.mark.parametrize("said", ["电话13812345678", "我的电话是138 1234 5678", "13812345678"])
async def test_who_leaves_nothing_but_a_number_reads_who_will_call_it_and_when(house: House, said: str) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await house.turn(12 * HOUR)
    await resident.says("找人工")
    await resident.says(said)
    assert resident.last.text.split("\n") == [
        "请人给您打电话，对吗？",
        f"交给：{COMMUNITY}（0595-00000103），明天12:30前打尾号5678找您",
        "只有给您打电话的人看到号码，谁都看不到您的名字",
    ]
    await resident.taps("对，提交")
    await opens_from_list(house, community, "SQ-PW")
    assert community.last.text.startswith("📞 居民想找人说话，请在今天12:30前打个电话\n居民电话：13812345678")


async def test_a_number_among_other_words_is_shown_to_be_read_by_whoever_calls(house: House) -> None:
    await house.staff("SQ-PW")
    resident = await house.resident()
    await resident.says("楼下那个事情麻烦管一管吧")
    assert "看不到您是谁" in resident.last.text
    await resident.taps("找人工")
    assert "有人给您打电话" in resident.last.text
    await resident.says("13812345678")
    card = resident.last.text
    assert "今天13:00前打尾号5678找您" in card
    assert card.endswith("他们看到：「楼下那个事情麻烦管一管吧 ***」\n只有给您打电话的人看到号码，谁都看不到您的名字")
    assert "看不到您是谁" not in card, "a number tells who it is"
