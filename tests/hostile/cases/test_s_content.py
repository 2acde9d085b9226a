"""S17, S19: what people type is kept as it came, and read as it was typed (reliability §6 C)."""

import json
import random
import unicodedata
from typing import Any

import pytest

from models.vault import reveal
from tests.hostile.cases.door import Door, says
from tests.house import House
from tests.stories.living import files, says_done

UNITS = 4096


def calls_since(house: House, before: int) -> list[Any]:
    return [one for one in list(house.line.stage.calls)[before:] if one.bot_id == house.bot.id]


def nothing_was_refused(house: House, before: int) -> None:
    """Not one message of the bot was malformed, too long, or held what a screen obeys."""
    for call in calls_since(house, before):
        assert call.status == 200 or "is not modified" in call.description, (call.method, call.description)
        text = str(call.params.get("text", ""))
        assert len(text.encode("utf-16-le")) // 2 <= UNITS
        for char in text:
            assert char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs"), f"{char!r} is obeyed, not read"
        for row in json.loads(str(call.params.get("reply_markup") or "{}")).get("inline_keyboard", ()):
            for one in row:
                assert len(one.get("callback_data", "").encode()) <= 64


MARKUP = (
    '</b><a href="tg://user?id=1">点我</a>',
    "<",
    "_*[`~>#+-=|{}.!",
    "&#0;&#x202e;&lt;&nbsp;",
    '<tg-spoiler>秘密</tg-spoiler><img src=x onerror="alert(1)">',
    "[看](tg://user?id=1)",
    "%(number)s {0} ${x} {{7*7}}",
    "<pre><code class='language-python'>",
    "<!-- -->]]>",
)


@pytest.mark.parametrize("typed", MARKUP)
async def test_s17_markup_is_read_as_it_was_typed_wherever_it_is_shown(house: House, typed: str) -> None:
    desk, me = await house.staff("WY-01"), await house.resident()
    before = len(house.line.stage.calls)
    await files(me, f"3栋楼道灯不亮 {typed}")
    shown = " ".join(typed.split())
    assert shown in desk.with_button("签收").text
    await me.taps("补充一句")
    await me.says(f"又坏了 {typed}")
    await says_done(desk, f"换了 {typed} 灯管")
    assert shown in me.with_button("解决了").text
    await me.taps("没有")
    nothing_was_refused(house, before)
    for phone in (me, desk):
        for message in phone.messages:
            kinds = {one.kind for one in message.entities} - {"hashtag", "url", "bot_command", "mention", "cashtag"}
            assert kinds <= {"bold", "expandable_blockquote"}, "only what we mark is marked"
    assert await house.rows("SELECT id FROM notice WHERE state = 'dead'") == []


async def test_s17_no_heap_of_markup_makes_a_message_the_messenger_refuses(door: Door) -> None:
    house, dice = door.house, random.Random(17)
    me = await house.resident("LC05-1")
    pieces = [*"<>&;`\"'\\ \n0栋", "</b>", "<b>", "&#", "&amp", "<a href="]
    before = len(house.line.stage.calls)
    for _ in range(40):
        heap = "".join(dice.choices(pieces, k=dice.randrange(1, 60)))
        await door.post(says(me, f"楼道灯不亮{heap}"))
    await house.settle()
    nothing_was_refused(house, before)
    assert await house.rows('SELECT id FROM "update" WHERE parked_at IS NOT NULL') == []


ZALGO = "3栋楼道灯坏了，电" + "\u0300\u0301\u0302\u0488" * 300 + "梯停了"
ODD = {
    "4,096 units of emoji": "灯坏了" + "😡" * 2046 + "。",
    "zalgo": ZALGO,
    "right-to-left override": "3栋\u202e了停梯电\u202c 楼道\u2067灯\u2069坏",
    "isolates and marks": "\u2066\u2068\u200f\u200e\u061c灯坏了\u2069",
    "NUL and bells": "灯\x00坏\x07了\x1b[31m\x7f\x85",
    "lone surrogates": "灯\ud83d坏\udc00了",
    "families and flags": "👩‍👩‍👧‍👦🏳️‍🌈🇨🇳灯坏了",
    "private use and noncharacters": "灯\ue000坏\ufffe了\U000f0000",
    "lines and tabs": "灯\r\n坏\u2028了\u2029\t\v\f",
    "full width": "３栋灯坏了　！＜ｂ＞",
    "no-break and zero width": "灯\u00a0坏\u200b了\ufeff\u2060",
}


@pytest.mark.parametrize("name", ODD)
async def test_s19_it_is_kept_as_it_came_and_shown_so_that_nothing_in_it_can_hurt(house: House, name: str) -> None:
    typed = ODD[name]
    desk, me = await house.staff("WY-01"), await house.resident()
    entities = [{"type": "bold", "offset": at, "length": 1} for at in range(100)]
    before = len(house.line.stage.calls)
    house.bot.updates.put_raw(json.dumps(says(me, typed, entities=entities)).encode())
    await house.settle()
    await me.taps("对，提交")
    assert await evidence(house) == typed.strip(), "byte for byte"
    nothing_was_refused(house, before)
    card = desk.with_button("签收").text
    assert all(stacked(card, at) <= 2 for at in range(len(card))), "two marks on a letter are a language, ten are none"
    await says_done(desk, "换了")
    nothing_was_refused(house, before)
    assert await house.rows("SELECT id FROM notice WHERE state = 'dead'") == []


def stacked(text: str, at: int) -> int:
    """How many combining marks stand on the letter before this place."""
    many = 0
    while at + many < len(text) and unicodedata.category(text[at + many]) in ("Mn", "Me"):
        many += 1
    return many


async def evidence(house: House) -> str | None:
    """The words of the newest case as they lie in the vault."""

    def read(work: Any) -> str | None:
        case = work.session.connection().exec_driver_sql('SELECT max(id) FROM "case"').scalar()
        return reveal(work.session, work.keys, owner="case", owner_id=case, field="words")

    return await house.ask(read)


def heap(n: int) -> str:
    """Characters of every corner of the plane, other ones for each n."""
    return "".join(chr(0x4E00 + (n * 997 + k) % 20_000) for k in range(1300))


async def test_s19_fifty_kilobytes_forwarded_in_parts_are_one_case_with_every_word(house: House) -> None:
    desk, me = await house.staff("WY-01"), await house.resident()
    parts = [f"第{n}段：3栋楼道灯不亮。{heap(n)}" for n in range(13)]
    assert len("".join(parts).encode()) > 50_000
    before = len(house.line.stage.calls)
    for part in parts:
        me.person.say(house.bot, part, forwarded_from="邻居")
    await house.settle()
    await me.taps("对，提交")
    assert await evidence(house) == "\n".join(parts)
    nothing_was_refused(house, before)
    assert desk.with_button("签收")
    assert await house.number_of("case") == 1


async def test_s19_a_caption_and_a_desk_s_sentence_are_read_no_differently(house: House) -> None:
    desk, me = await house.staff("WY-01"), await house.resident()
    before = len(house.line.stage.calls)
    await files(me, "3栋楼道灯不亮")
    for odd in (ODD["right-to-left override"], ODD["NUL and bells"], ZALGO):
        await me.says(f"补充一下，{odd}")
    await says_done(desk, f"换了灯管\u202e管灯了换 {ZALGO}")
    assert "换了灯管" in me.with_button("解决了").text
    nothing_was_refused(house, before)
