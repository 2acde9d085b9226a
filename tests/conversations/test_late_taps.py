"""What does an old button do? It gets a kind answer for ever, and nothing happens twice."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.messenger.messages import Message
from models.rules.policy import Role
from models.store import Statement
from tests.conversations.answers import BAD_LINK, HOSTILE_HTML, NOT_YOURS
from tests.house import House, Phone, buttons
from tests.stories.living import files, says_done

MOVED_ON = "0001号已经有新进展，请看最新的那张卡片。"
CLOSED = "0001号已经办结了，这个按钮不用再点。"

_LEFT = Statement("UPDATE office SET ended_at = :now WHERE place = 'WY-01'")


@dataclass
class Lived:
    """A case that went once around and was closed; `old`: buttons as they were drawn on the way."""

    house: House
    desk: Phone
    resident: Phone
    old: dict[str, tuple[Phone, str]]

    def keep(self, name: str, phone: Phone, label: str) -> None:
        data = phone.with_button(label).button(label).callback_data
        assert data is not None
        self.old[name] = (phone, data)


async def lived(house: House, *, close: bool) -> Lived:
    desk, head, resident = await house.staff("WY-01"), await house.head(), await house.resident()
    life = Lived(house, desk, resident, {})
    await files(resident, "3栋电梯又停了")
    life.keep("sign", desk, "签收")
    life.keep("done", desk, "办好了")
    life.keep("look", head, "我来看看")
    await desk.taps("签收")
    await says_done(desk, "复位了")
    life.keep("no", resident, "没有")
    life.keep("yes", resident, "解决了")
    await resident.taps("没有")
    await desk.taps("签收")
    await says_done(desk, "换了门锁")
    if close:
        await resident.taps("解决了")
    return life


@pytest.mark.parametrize(
    ("button", "close", "toast", "why"),
    [
        ("sign", False, MOVED_ON, "signed for already, and claimed since"),
        ("sign", True, CLOSED, "the case is over"),
        ("done", False, MOVED_ON, "said to be done already"),
        ("done", True, CLOSED, "the case is over"),
        ("look", True, CLOSED, "a head who comes late to it is thanked, not asked"),
        ("no", False, MOVED_ON, "an answer to the first question must not answer the second"),
        ("yes", False, MOVED_ON, "nor may a yes"),
        ("no", True, CLOSED, "closed by the newer answer"),
        ("yes", True, CLOSED, "closed already"),
    ],
)
async def test_s10_an_old_button_is_answered_kindly_and_moves_nothing(
    house: House, button: str, close: bool, toast: str, why: str
) -> None:
    life = await lived(house, close=close)
    events = await house.number_of("case_event")
    phone, data = life.old[button]
    assert await phone.presses(phone.messages[0], forged=data) == toast, why
    assert await house.number_of("case_event") == events, why


async def worked(house: House, *, close: bool) -> Lived:
    """A desk had every button of its second page before it, and what they led to, when it said that it is done."""
    desk, resident = await house.staff("WY-01"), await house.resident()
    await house.staff("SQ-PW")
    life = Lived(house, desk, resident, {})
    await files(resident, "3栋外墙渗水")
    await desk.taps("更多")
    for name, label in (("dispatch", "派工"), ("plan", "定日子"), ("offer", "转办"), ("external", "外部编号")):
        life.keep(name, desk, label)
    life.keep("safe", desk, "已围挡")
    await desk.taps("定日子")
    life.keep("day", desk, "明天")
    life.keep("later", desk, next(label for label in buttons(desk.last) if label.startswith("延到")))
    await desk.taps("转办")
    life.keep("to desk", desk, "浦望社区服务台")
    await desk.taps("收起")
    await says_done(desk, "补好了")
    if close:
        await resident.taps("解决了")
    return life


@pytest.mark.parametrize("close", [False, True])
async def test_s10_what_a_desk_had_before_it_does_nothing_once_it_is_done(house: House, close: bool) -> None:
    life = await worked(house, close=close)
    events = await house.number_of("case_event")
    for name, (phone, data) in life.old.items():
        toast = await phone.presses(phone.messages[0], forged=data)
        assert toast == (CLOSED if close else MOVED_ON), name
    assert await house.number_of("case_event") == events
    assert await house.rows("SELECT id FROM request") == []


async def test_s10_one_tap_counts_however_often_it_is_tapped(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋电梯又停了")
    card = desk.with_button("签收")
    queries = [desk.person.tap(card, "签收") for _ in range(100)]
    await house.settle()
    toasts = [house.line.messenger.callback(query).note for query in queries]
    assert toasts == ["已签收"] + [MOVED_ON] * 99
    signed = await house.rows("SELECT count(*) AS many FROM case_event WHERE event = 'sign'")
    assert signed[0].many == 1


async def test_a_button_of_an_office_ends_with_the_office(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋电梯又停了")
    await house.parts.house.store.run(_LEFT.run, now=house.now)
    assert await desk.taps("签收") == NOT_YOURS
    assert [row.state for row in await house.rows('SELECT state FROM "case"')] == ["accepted"]


async def test_s15_a_link_is_good_for_thirty_days_and_says_no_more_than_a_wrong_one(house: House) -> None:
    token = await house.link(Role.COMMUNITY, "SQ-PW")
    await house.turn(timedelta(days=31))
    late = house.stranger()
    await late.starts(token)
    assert late.last.text == BAD_LINK
    assert await house.number_of("office") == 0


@pytest.mark.parametrize(
    "words", [HOSTILE_HTML, "3栋电梯停了 <b>", "电梯停了&#0;&lt;", "电梯<script>alert(1)</script>停了"]
)
async def test_s17_what_was_typed_is_read_as_it_was_typed_and_never_obeyed(house: House, words: str) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, words)
    card = desk.with_button("签收")
    assert f"「{words}」" in card.text
    assert marked(card) == {"bold"}, "the number, and nothing the resident wrote"
    await says_done(desk, words)
    question = resident.with_button("解决了")
    assert words in question.text
    assert marked(question) == {"bold"}
    assert buttons(question) == ["解决了", "没有", "好了一部分"]
    await resident.taps("没有")
    assert await house.rows("SELECT id FROM notice WHERE state = 'dead'") == []


def marked(message: Message) -> set[str]:
    """What the bot marked; a # is marked by every phone itself."""
    return {entity.kind for entity in message.entities} - {"hashtag"}
