"""Is the page fit for a small screen, another language, a broken network, a killed process?"""

import pytest
from playwright.async_api import expect

from tests.web.conftest import Opens
from tests.web.thumbs import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def test_what_is_said_while_the_process_is_dead_is_answered_when_it_is_back(open_page: Opens) -> None:
    thumbs = await open_page("wide")
    await thumbs.break_something("fault-kill")
    await expect(thumbs.page.locator("#child")).to_have_attribute("data-status", "down", timeout=PATIENCE)
    await thumbs.say("neighbour", "楼道灯不亮")
    mine = thumbs.phone("neighbour").locator(".message.mine").last
    await expect(mine.locator(".icon-tick")).to_be_visible()
    answers = await thumbs.messages("neighbour").count()
    await expect(thumbs.page.locator("#child")).to_have_attribute("data-status", "up", timeout=60_000)
    await expect(mine.locator(".icon-ticks")).to_be_visible(timeout=PATIENCE)
    await expect(thumbs.messages("neighbour")).to_have_count(answers + 1, timeout=PATIENCE)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("fault-429", id="told to wait, it waits"),
        pytest.param("fault-5xx", id="a broken server is asked again"),
        pytest.param("fault-lost", id="an answer lost on the way is not an answer"),
    ],
)
async def test_a_receipt_arrives_through_a_fault(open_page: Opens, fault: str) -> None:
    thumbs = await open_page("wide")
    await thumbs.try_chip("resident", "楼道灯不亮")
    consent, submit = thumbs.key("resident", "知道了，接着办"), thumbs.key("resident", "对，提交")
    await expect(consent.or_(submit)).to_be_visible(timeout=PATIENCE)
    if await consent.is_visible():
        await consent.click()
    await expect(submit).to_be_visible(timeout=PATIENCE)
    receipts = thumbs.messages("resident").filter(has_text="收到了，编号")
    before = await receipts.count()
    await thumbs.break_something(fault)
    await submit.click()
    await expect(receipts.nth(before)).to_be_visible(timeout=60_000)


async def test_a_head_who_blocks_the_bot_does_not_hold_up_the_case(open_page: Opens) -> None:
    thumbs = await open_page("wide")
    await thumbs.let_phones_rest()
    await thumbs.break_something("fault-block")
    await expect(thumbs.phone("head").locator(".chat-status")).to_have_text("已拉黑机器人")
    number = await thumbs.file_lift()
    await thumbs.sees("property", number, "新件")
    await thumbs.break_something("fault-unblock")
    await expect(thumbs.phone("head").locator(".chat-status")).to_have_text("机器人")


async def test_a_cry_for_help_and_a_voice_are_there_to_try(open_page: Opens) -> None:
    thumbs = await open_page("wide")
    await thumbs.try_chip("resident", "里有人被困")
    await thumbs.sees("resident", "别扒门", "119")
    await thumbs.sees("property", "电梯困人")
    await thumbs.sees("community", "电梯困人")
    await thumbs.tap("resident", "报错了")  # or what she says next would be for those who come
    await thumbs.sees("property", "报错了")
    answers = await thumbs.messages("neighbour").count()
    await thumbs.try_chip("neighbour", "一段语音")
    await expect(thumbs.phone("neighbour").locator(".message.mine .voice").last).to_be_visible(timeout=PATIENCE)
    await expect(thumbs.messages("neighbour")).to_have_count(answers + 1, timeout=PATIENCE)


@pytest.mark.parametrize("window", ["wide", "narrow"])
async def test_the_page_speaks_english_when_asked(open_page: Opens, window: str) -> None:
    thumbs = await open_page(window)
    await thumbs.open_tools()
    await thumbs.page.locator("#tongue").click()
    await expect(thumbs.page.locator("#child-words")).to_have_text("running")
    assert await thumbs.page.title() == "Huiyin · Every complaint gets an answer"
    left = await thumbs.page.locator("[data-word]").all_text_contents()
    assert [words for words in left if any("\u4e00" <= letter <= "\u9fff" for letter in words)] == []
    await thumbs.file_lift()
    heads = await thumbs.page.locator(".who, .tab, .ribbon").all_inner_texts()
    assert [words for words in heads if any("\u4e00" <= letter <= "\u9fff" for letter in words)] == []
    assert any("No.3" in words for words in heads)
    assert await thumbs.sticking_out() == []
    await thumbs.picture("6-english")
    await thumbs.open_tools()
    await thumbs.page.locator("#behind-open").click()
    card = thumbs.page.locator(".case-card").first
    await expect(card).to_be_visible(timeout=PATIENCE)
    assert not [letter for letter in await card.inner_text() if "\u4e00" <= letter <= "\u9fff"]


async def test_where_five_phones_do_not_fit_a_pill_leads_to_the_fifth(open_page: Opens) -> None:
    thumbs = await open_page("middle")
    pill = thumbs.page.locator("#further")
    await expect(pill).to_have_text("社区")
    await pill.click()
    await expect(thumbs.phone("community")).to_be_in_viewport(ratio=0.99)
    await expect(pill).to_have_text("居民")
    await pill.click()
    await expect(thumbs.phone("resident")).to_be_in_viewport(ratio=0.99)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        pytest.param("心里难受请打12356，我们听着", ["12356"], id="the line for those in distress"),
        pytest.param("打119，打110、120；路上122", ["119", "110", "120", "122"], id="emergencies"),
        pytest.param("物业服务台（0595-00000110）", ["059500000110"], id="a desk, with its area code"),
        pytest.param("手机13800000000", ["13800000000"], id="a mobile"),
        pytest.param("12345热线", ["12345"], id="the government's line"),
        pytest.param("0110号 #0119 编号0120 110号楼 120元 3栋1201 2026-11-24 18:51", [], id="but no other number"),
    ],
)
async def test_numbers_one_can_telephone_are_there_to_tap(open_page: Opens, text: str, numbers: list[str]) -> None:
    thumbs = await open_page("wide")
    found = await thumbs.page.evaluate(
        """async (text) => {
            const { bubble } = await import("/demo/static/bubble.js");
            const said = { id: 1, text, entities: [], buttons: [], at: new Date().toISOString() };
            return [...bubble(said, null, {}).querySelectorAll("a.tel")].map((one) => one.getAttribute("href"));
        }""",
        text,
    )
    assert found == [f"tel:{number}" for number in numbers]


@pytest.mark.parametrize("window", ["wide", "narrow"])
async def test_everything_that_can_be_tapped_has_a_name_and_nothing_sticks_out(open_page: Opens, window: str) -> None:
    thumbs = await open_page(window)
    nameless = await thumbs.page.evaluate(
        "[...document.querySelectorAll('button, textarea, a')]"
        ".filter((one) => !(one.textContent.trim() || one.getAttribute('aria-label')))"
        ".map((one) => one.outerHTML)"
    )
    assert nameless == []
    assert await thumbs.sticking_out() == []


async def test_the_understanding_card_fits_one_screen_in_large_type(open_page: Opens) -> None:
    thumbs = await open_page("narrow")
    await thumbs.try_chip("resident", "电梯又停了")
    consent, submit = thumbs.key("resident", "知道了，接着办"), thumbs.key("resident", "对，提交")
    await expect(consent.or_(submit)).to_be_visible(timeout=PATIENCE)
    if await consent.is_visible():
        await consent.click()
    await expect(submit).to_be_visible(timeout=PATIENCE)
    card = thumbs.messages("resident").filter(has_text="您说的是这件事吗").last
    await expect(card).to_be_in_viewport(ratio=0.99)
    assert await card.locator(".text").evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)") >= 20


async def test_a_swipe_shows_the_next_phone_and_its_dot_goes_out(open_page: Opens) -> None:
    thumbs = await open_page("narrow")
    await thumbs.let_phones_rest()
    number = await thumbs.file_lift()
    await expect(thumbs.page.locator("#tab-property .dot")).to_be_visible(timeout=PATIENCE)
    await thumbs.page.locator("#phones").evaluate("(row) => row.scrollTo({ left: row.clientWidth * 3 })")
    await expect(thumbs.page.locator("#tab-property")).to_have_attribute("aria-selected", "true")
    await expect(thumbs.page.locator("#tab-property .dot")).to_be_hidden()
    await thumbs.sees("property", number, "新件")


async def test_at_night_the_page_says_why_no_phone_rings(open_page: Opens) -> None:
    thumbs = await open_page("wide")
    hour = thumbs.page.locator("#office-time")
    await expect(thumbs.page.locator("#held")).not_to_contain_text("后不打扰")  # by day at most a list is waited for
    while (await hour.inner_text()) < "22:00":
        await thumbs.turn("3600")
    await thumbs.file_lift()
    await thumbs.try_chip("resident", "楼道灯不亮")
    await thumbs.tap("resident", "对，提交")
    await expect(thumbs.page.locator("#held")).to_contain_text("后不打扰", timeout=PATIENCE)
    await expect(thumbs.page.locator("#held")).to_contain_text("08:00送达")
    await thumbs.picture("7-night")
