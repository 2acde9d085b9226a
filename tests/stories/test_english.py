"""What about who speaks English? On any telephone, also with words no keyword knows, and in either language later."""

import pytest

from models.queries.cases import view
from tests.house import House, buttons
from tests.stories.living import files, says_done


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= one <= "\u9fff" for one in text)


async def test_english_from_a_chinese_telephone_gets_an_english_receipt(house: House) -> None:
    """The consent is read in the language of the draft, and that language stays."""
    desk = await house.staff("WY-01")
    tom = await house.resident(name="Tom", speaks="zh-hans", agreed=False)
    await tom.says("The light on the stairs is broken")
    await tom.taps("All right, go on")
    await tom.taps("Yes, send it")
    assert tom.last.text.startswith("Got it: number 0001"), "the receipt"
    await says_done(desk, "换了灯管")
    assert tom.last.text.startswith("Case 0001: Fengsui Garden Property Desk says")
    assert not any(has_chinese(text) for text in tom.texts[1:-1]), "but for the greeting to a Chinese telephone"


async def test_anybody_can_switch_at_any_time(house: House) -> None:
    mei = await house.resident()
    await mei.says("English")
    assert not has_chinese(mei.last.text)
    await mei.says("楼道的灯坏了")
    assert mei.last.text.startswith("Is this what you mean?"), "who agreed is answered in the language they chose"
    await mei.says("中文。")
    assert mei.last.text.startswith("您说的是这件事吗？"), "the draft's card, once more"
    await mei.taps("对，提交")
    assert mei.last.text.startswith("收到了，编号0001")
    await mei.says("english please")
    await mei.says("any news?")
    assert not has_chinese(mei.last.text.replace("楼道", ""))


async def test_what_no_keyword_knows_goes_to_a_person(house: House) -> None:
    await house.staff("SQ-PW")
    tom = await house.resident(name="Tom", speaks="en")
    await tom.says("Somebody keeps leaving strange drawings near my mailbox")
    assert "I did not understand all of it: somebody at Puwang Community Desk will read it" in tom.last.text
    assert not has_chinese(tom.last.text)
    await tom.taps("Yes, send it")
    (case,) = await house.rows('SELECT category, desk FROM "case"')
    assert (case.category, case.desk) == ("K99", "SQ-PW")
    seen = await house.ask(view, case_id=1)
    assert seen is not None
    assert seen.seen == "Somebody keeps leaving strange drawings near my mailbox"


@pytest.mark.parametrize(
    "said",
    ["is anyone coming?", "any news?", "Hello, is anybody coming?", "I'm still waiting", "when will it be fixed?"],
)
async def test_small_talk_asks_how_it_stands(house: House, said: str) -> None:
    tom = await house.resident(name="Tom", speaks="en")
    await files(tom, "The light on the stairs is broken")
    await tom.says(said)
    assert tom.last.text.startswith("Case 0001 · No.3")
    assert await house.number_of("case") == 1


async def test_a_place_in_english_by_its_name_and_by_buttons(house: House) -> None:
    tom = house.stranger("Tom", speaks="en")
    await tom.starts()
    await tom.says("The light on the stairs is broken")
    assert not has_chinese(tom.last.text)
    await tom.taps("I can't find a code")
    await tom.taps("Puwang Community")
    await tom.taps("Fengsui Garden")
    assert buttons(tom.last)[:2] == ["No.1", "No.2"]
    await tom.taps("No.3")
    assert tom.texts[-2] == "All set: you are at Fengsui Garden, No.3."
    await tom.taps("All right, go on")
    await tom.taps("Change it")
    await tom.taps("For somebody else")
    await tom.says("Tanghu Park building 8")
    assert "Place: Tanghu Park, No.8" in tom.last.text
    assert not any(has_chinese(text) for text in tom.texts)
