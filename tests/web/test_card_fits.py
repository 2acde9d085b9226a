"""Does the understanding card fit one screen of a large-font phone? Measured at 390×700 with text of 20 px."""

import pytest
from playwright.async_api import expect

from tests.web.conftest import WINDOWS, Opens
from tests.web.thumbs import PATIENCE, Thumbs

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

LARGE = ".bubble, .key { font-size: 20px !important } .theirs { max-width: 100% !important }"
AROUND = 108
"""What stands above and below the messages on a telephone: the chat's name, and the box to type in."""

LONG = (
    "3栋电梯又停了，从前天晚上到现在一直没有人来修，八十多岁的老人下不了楼，每天买菜都是儿子帮忙带上来，"
    "打电话不是占线就是说马上安排，昨天说今天早上来，今天又说配件没到。上个月电梯也停过两次，每次都拖好几天，"
    "请尽快安排人来看一下电梯，至少给个准话。另外一楼大厅的灯也不亮，晚上黑得很，老人怕摔，请一起修好，谢谢了"
)


@pytest.fixture
async def phone(open_page: Opens, monkeypatch: pytest.MonkeyPatch) -> Thumbs:
    monkeypatch.setitem(WINDOWS, "narrow", (390, 700))
    thumbs = await open_page("narrow")
    await thumbs.page.evaluate(
        "css => { const large = new CSSStyleSheet(); large.replaceSync(css);"
        " document.adoptedStyleSheets = [...document.adoptedStyleSheets, large]; }",
        LARGE,
    )
    return thumbs


@pytest.mark.parametrize(
    ("said", "shows"),
    [
        pytest.param(LONG, "都看不到您是谁", id="long words, two matters, the head's preview"),
        pytest.param("我们小区去年起火，" + LONG, "119", id="a danger told at length"),
        pytest.param("楼上天天半夜拖桌椅，吵得孩子没法写作业", "告诉楼长我是谁", id="a neighbour, with both choices"),
    ],
)
async def test_the_card_fits_one_screen(phone: Thumbs, said: str, shows: str, request: pytest.FixtureRequest) -> None:
    await phone.say("resident", said)
    consent = phone.key("resident", "知道了，接着办")
    hand_in = phone.key("resident", "对，提交")
    await expect(consent.or_(hand_in).last).to_be_visible(timeout=PATIENCE)
    if await consent.is_visible():
        await consent.click()
    card = phone.messages("resident").filter(has_text="您说的是这件事吗").last
    await expect(card).to_contain_text(shows, timeout=PATIENCE)
    await phone.picture(f"card-{request.node.callspec.id.split(',')[0].replace(' ', '-')}")
    box = await card.bounding_box()
    assert box is not None
    assert box["height"] <= 700 - AROUND
    assert box["width"] <= 390
    await phone.tap("resident", "对，提交")
    await expect(phone.messages("resident").last).to_contain_text("编号", timeout=PATIENCE)
