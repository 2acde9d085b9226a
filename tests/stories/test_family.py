"""Does the daughter see how her mother's case goes, and never whose it is? A number, a code, a card that changes."""

from datetime import timedelta

import pytest

from models.queries.following import ALPHABET, code_of
from tests.conftest import Opens
from tests.house import House, Phone, buttons
from tests.stories.living import files, says_done

WRONG = "编号和代码对不上。请让家人在收据上点「给家人看」，照着再发一次。"


@pytest.fixture
async def house(open_house: Opens) -> House:
    return await open_house()


async def invites(mother: Phone) -> str:
    """Taps 给家人看; the sentence the family is to send."""
    await mother.taps("更多")
    await mother.taps("给家人看")
    assert "看不到您说的原话" in mother.last.text
    return mother.last.text.split("\n")[1]


async def test_a_daughter_follows_her_mothers_case_without_a_sound(house: House) -> None:
    desk, mother, daughter = await house.staff("WY-01"), await house.resident(), house.stranger("女儿")
    await files(mother, "3栋楼道的灯坏了，我叫林阿珠，摸黑上楼")
    sentence = await invites(mother)
    assert sentence.startswith("0001 ")
    assert set(sentence.removeprefix("0001 ")) <= set(ALPHABET)

    await daughter.starts()
    _ = daughter.news
    await daughter.says(sentence.lower().replace(" ", "号 "))
    (card,) = daughter.news
    assert card.startswith("0001号 3栋灯、门或监控坏了\n在等丰穗花园物业服务台接手")
    assert card.endswith("您在跟着看，有变化这张会自己变，不打扰您。")
    assert "林阿珠" not in card
    assert "摸黑" not in card
    assert buttons(daughter.last) == ["不看了"]
    await daughter.says(sentence)
    assert daughter.news == [], "she has it already"

    await desk.taps("签收")
    assert "丰穗花园物业服务台接手了" in daughter.last.text
    await says_done(desk, "换了灯泡")
    assert "说办好了，在等回话" in daughter.last.text
    await mother.taps("解决了")
    assert "说是解决了，办结了。" in daughter.last.text
    assert daughter.news == [], "her telephone rang once"

    assert await daughter.taps("不看了") == "好的，不看0001号了。"
    assert daughter.last.text == "0001号已不在您这里。"
    assert await house.number_of("follower") == 0


async def test_after_five_wrong_codes_even_the_right_one_waits_an_hour(house: House) -> None:
    await house.staff("WY-01")
    mother, stranger = await house.resident(), house.stranger("路人")
    await files(mother, "3栋楼道的灯坏了")
    sentence = await invites(mother)
    for guess in ("0001 AAAAAA", "0001 BBBBBB", "0002 CCCCCC", "0001 A2A2A2", "9999999 AAAAAA"):
        await stranger.says(guess)
        assert stranger.last.text == WRONG, "the same for a wrong code and for no such case"
    await stranger.says("你好")
    await stranger.says(sentence)
    assert stranger.last.text == WRONG
    await house.turn(timedelta(hours=1))
    await stranger.says(sentence)
    assert "您在跟着看" in stranger.last.text


async def test_nobody_follows_a_sealed_case_nor_their_own(house: House) -> None:
    await house.staff("SQ-PW")
    her = await house.resident()
    await her.says("我不想活了")
    if await house.number_of("case") == 0:
        await her.taps("请人现在联系我")
    (case,) = await house.rows('SELECT id FROM "case"')
    code = code_of(house.parts.house.keys, case.id)
    friend = house.stranger("朋友")
    await friend.says(f"{case.id:04d} {code}")
    assert friend.last.text == WRONG

    other = await house.resident(name="陈先生")
    await files(other, "3栋楼道的灯坏了")
    await other.says(f"0002 {code_of(house.parts.house.keys, 2)}")
    assert other.last.text == WRONG, "it is his already"


async def test_who_follows_may_ask_how_it_stands_and_nothing_else(house: House) -> None:
    await house.staff("WY-01")
    mother, daughter = await house.resident(), house.stranger("女儿")
    await files(mother, "3栋楼道的灯坏了")
    await daughter.says(await invites(mother))
    await mother.taps("收起")
    theirs = mother.with_button("补充一句").button("补充一句").callback_data
    assert await daughter.presses(daughter.last, forged=theirs) == "这个按钮现在用不了。"
    await daughter.says("0001号怎么样了")
    assert daughter.last.text.startswith("0001号 3栋灯、门或监控坏了\n在等丰穗花园物业服务台接手")
    assert buttons(daughter.last) == [], "hurrying is her mother's"
    await daughter.says("0002号怎么样了")
    assert daughter.last.text == "您还没有在办的事。有什么事，直接发一句话就行。"
