"""Who learns who said it? A canary sings in every field a resident can fill, and is heard nowhere it must not be."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import SQLModel

from models.rules import failpoints
from models.rules.policy import Town
from tests.conftest import opened
from tests.conversations.conftest import as_json
from tests.house import House, Line, Phone
from tests.stories.living import files, says_done

NAME, PHONE, ROOM, SECRET = "林阿珠", "13859990001", "1702", "青花瓷瓶暗号"
FIRST, LAST, USERNAME = "阿珠妹妹", "林氏本人", "lin_azhu_1702"
CALLED = "13700001111"
"""A number the first desk writes into its sentence for the raiser: the raiser may read it, no other desk."""
IDENTITY = (NAME, PHONE, "138 5999 0001", ROOM, FIRST, LAST, USERNAME, "+8613859990001")
WORDS = f"我叫{NAME}，电话{PHONE}，住{ROOM}室。3栋电梯又停了。"
PLAIN = f"楼上天天半夜拖桌椅，吵得孩子没法写作业，{SECRET}，我叫{NAME}，电话138 5999 0001，我家{ROOM}室"


@dataclass
class Sung:
    """A life in which the canary was sung everywhere; `lines`: everything that was logged."""

    house: House
    raiser: Phone
    others: list[Phone]
    lines: list[str]


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(scope="module")
async def sung(line: Line, licheng: Town, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sung]:
    heard, root = _Lines(), logging.getLogger()
    before = root.level
    root.addHandler(heard)
    root.setLevel(logging.INFO)
    async with opened(line, licheng, tmp_path_factory.mktemp("canary")) as house:
        raiser, others = await sing(house)
        root.removeHandler(heard)
        root.setLevel(before)
        yield Sung(house, raiser, others, heard.lines)


async def sing(house: House) -> tuple[Phone, list[Phone]]:
    """Every field a resident or a desk can fill is filled, and much goes wrong."""
    desk, community, street = [await house.staff(code) for code in ("WY-01", "SQ-PW", "JD")]
    head = await house.head()
    raiser = await house.resident(name=FIRST, agreed=False)
    raiser.person.last_name, raiser.person.username = LAST, USERNAME
    bot, person = house.bot, raiser.person

    await raiser.says(WORDS)
    await raiser.taps("知道了，接着办")
    await raiser.taps("对，提交")
    await files(raiser, PLAIN)
    person.send_contact(bot, f"+86{PHONE}", person.id)
    person.send_document(bot, b"paper", f"{NAME}{PHONE}.docx", caption=f"{SECRET}，我是{NAME}")
    await house.settle()
    await says_done(desk, f"打过{CALLED}，说好了，换了门锁")
    await raiser.taps("没有")
    await house.turn(timedelta(days=2))

    # and when things go wrong
    number = 850_000_001
    sender = {"id": person.id, "is_bot": False, "first_name": FIRST}
    bot.updates.put_raw(as_json({"update_id": number, "message": {"from": sender, "text": WORDS}}))
    bot.updates.put_raw(as_json({"update_id": number + 1, "message": WORDS})[:-2])
    await house.settle()
    failpoints.arm("worker.before_handle:1:raise")
    await raiser.says(WORDS)
    failpoints.disarm()
    person.block(bot)
    await house.settle()
    await house.turn(timedelta(days=5))
    return raiser, [desk, community, street, head]


async def test_nobody_but_the_raiser_reads_who_it_is(sung: Sung) -> None:
    for phone in sung.others:
        assert len(phone.texts) > 1, "everybody has cards to leak something from"
        for text in phone.texts:
            for canary in (*IDENTITY, CALLED) if phone is not sung.others[0] else IDENTITY:
                assert canary not in text


async def test_where_the_matter_points_at_a_flat_not_even_the_words_are_read(sung: Sung) -> None:
    texts = [text for phone in sung.others for text in phone.texts]
    assert any("楼上" in text for text in texts), "the matter itself is told"
    for text in texts:
        assert SECRET not in text
        assert "吵得睡不着" not in text, "what is read is made of place and kind, not of the raiser's wording"


async def test_nothing_that_leaves_for_other_chats_holds_it_buttons_included(sung: Sung) -> None:
    calls = [call for call in sung.house.line.stage.calls if call.bot_id == sung.house.bot.id]
    mine = str(sung.raiser.person.id)
    to_others = [str(dict(call.params)) for call in calls if str(call.params.get("chat_id", "")) != mine]
    assert len(to_others) > 20
    for said in to_others:
        for canary in (*IDENTITY, SECRET):
            assert canary not in said
    data = [
        button.callback_data
        for phone in (*sung.others, sung.raiser)
        for message in phone.messages
        for row in message.buttons
        for button in row
        if button.callback_data
    ]
    assert all(one.isascii() and len(one) <= 64 for one in data)


async def test_no_log_line_holds_it_nor_the_token(sung: Sung) -> None:
    assert any("parked" in line for line in sung.lines), "what went wrong was logged"
    for line in sung.lines:
        for canary in (*IDENTITY, SECRET, "电梯", sung.house.bot.token, sung.house.bot.token.partition(":")[2]):
            assert canary not in line


async def test_no_table_holds_it_but_sealed(sung: Sung) -> None:
    alarms = await sung.house.rows("SELECT kind FROM alarm")
    assert {"update_parked"} <= {row.kind for row in alarms}
    for table in SQLModel.metadata.tables:
        for row in await sung.house.rows(f'SELECT * FROM "{table}"'):
            written = repr(tuple(row))
            for canary in (*set(IDENTITY) - {ROOM}, SECRET, "电梯又停", "写作业"):  # hashes hold any four digits
                assert canary not in written, f"{table} holds {canary}"
                assert canary.encode().hex() not in written


async def test_the_file_itself_does_not_hold_it(sung: Sung) -> None:
    folder = sung.house.parts.house.settings.data_dir.parent  # SQLite's own files lie there too
    assert any(folder.glob("*.db-wal"))
    read = 0
    for file in folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            read += len(content)
            for canary in (*set(IDENTITY) - {ROOM}, SECRET, "电梯又停"):
                assert canary.encode() not in content, f"{file.name} holds {canary}"
                assert as_json(canary)[1:-1] not in content
                assert canary.encode("utf-16-le") not in content
    assert read > 0
