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
    await thumbs.break_something("fault-block")
    await expect(thumbs.phone("head").locator(".chat-status")).to_have_text("已拉黑机器人")
    number = await thumbs.file_lift()
    await thumbs.sees("property", number, "新件")
    await thumbs.break_something("fault-unblock")
    await expect(thumbs.phone("head").locator(".chat-status")).to_have_text("机器人")


@pytest.mark.parametrize("window", ["wide", "narrow"])
async def test_the_page_speaks_english_when_asked(open_page: Opens, window: str) -> None:
    thumbs = await open_page(window)
    await thumbs.open_tools()
    await thumbs.page.locator("#tongue").click()
    await expect(thumbs.page.locator("#child-words")).to_have_text("running")
    assert await thumbs.page.title() == "Huiyin · Every complaint gets an answer"
    left = await thumbs.page.locator("[data-word]").all_text_contents()
    assert [words for words in left if any("\u4e00" <= letter <= "\u9fff" for letter in words)] == []
    assert await thumbs.sticking_out() == []
    await thumbs.picture("6-english")


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
    number = await thumbs.file_lift()
    await expect(thumbs.page.locator("#tab-property .dot")).to_be_visible(timeout=PATIENCE)
    await thumbs.page.locator("#phones").evaluate("(row) => row.scrollTo({ left: row.clientWidth * 3 })")
    await expect(thumbs.page.locator("#tab-property")).to_have_attribute("aria-selected", "true")
    await expect(thumbs.page.locator("#tab-property .dot")).to_be_hidden()
    await thumbs.sees("property", number, "新件")
