"""What if somebody sends what nobody expects? A clear answer or an alarm; nothing lost or leaked, the next served."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from models.rules.policy import Role
from tests.conversations.conftest import Street, as_json
from tests.house import Phone

NO_WORDS = "没看到文字，请用一句话说说。"
UNKNOWN = "这个我看不懂。有什么事，直接发一句话或拍张照就行。"
NO_COMMAND = "没有这个命令。有什么事，直接发一句话就行。"
NO_CONTACT = "不用发电话号码，我没有保存。有什么事，直接发一句话就行。"
NO_PLACE = "位置收到了，但认楼要扫楼道里的二维码。有什么事，直接发一句话就行。"
PICTURE = "图收到了。再说一句是什么事、在哪里，我就转给该管的人。"
VOICE = "语音收到了，我还听不懂话。请再打一句字：什么事、在哪里；紧急请直接打110、119、120。"
TOO_LATE_TO_EDIT = "已经提交的内容不会跟着改。要补充，请再发一句。"
BAD_LINK = "这个链接用不了：可能已经用过、过期或不完整。请再扫一次码，或找社区要新的。"
USED_CARD = "这张卡片已经用过了。要说新的事，直接发一句话就行。"
NOT_YOURS = "这个按钮现在用不了。"
CARD = "您说的是这件事吗？"
RECEIPT = "收到了，编号"
SILENCE = None

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
Does = Callable[[Street], Awaitable[str | None]]


@dataclass(frozen=True)
class Row:
    """One odd thing. `answer`: how what comes back begins, None for silence; `cases` and `parked` grow by so many."""

    name: str
    does: Does
    answer: str | None
    why: str
    cases: int = 0
    parked: int = 0


def says(text: str, **how: object) -> Does:
    """I send these words."""

    async def does(street: Street) -> str | None:
        await street.me.says(text, **how)
        return heard(street.me)

    return does


def sends(act: Callable[[Street], object]) -> Does:
    """I send something else."""

    async def does(street: Street) -> str | None:
        act(street)
        await street.house.settle()
        return heard(street.me)

    return does


def receives(**content: object) -> Does:
    """A message of mine with this content, which no phone here would make."""

    async def does(street: Street) -> str | None:
        await street.raw(message=street.message(**content))
        return heard(street.me)

    return does


def forges(data: str | Callable[[Street], Awaitable[str]]) -> Does:
    """I tap a button that carries this."""

    async def does(street: Street) -> str | None:
        card = street.me.messages[0]
        return await street.me.presses(card, forged=data if isinstance(data, str) else await data(street))

    return does


def heard(phone: Phone) -> str | None:
    """The newest answer since the last look, None for silence."""
    news = phone.news
    return news[-1] if news else None


# ── acts of several steps ────────────────────────────────────────────────────────────────────────────────────────────


async def edits_before_handing_in(street: Street) -> str | None:
    mine = street.me.person.say(street.house.bot, "3栋电梯又停了")
    await street.house.settle()
    await street.me.says("老人下不了楼")
    street.me.person.edit(street.house.bot, mine.id, "4栋电梯又停了")
    await street.house.settle()
    assert "「4栋电梯又停了 老人下不了楼」" in street.me.last.text
    return heard(street.me)


async def edits_after_handing_in(street: Street) -> str | None:
    mine = street.me.person.say(street.house.bot, "3栋的墙皮掉了")
    await street.house.settle()
    await street.me.taps("对，提交")
    street.me.person.edit(street.house.bot, mine.id, "3栋的墙皮掉了一地")
    await street.house.settle()
    return heard(street.me)


async def edits_what_was_handed_in_while_a_new_draft_is_open(street: Street) -> str | None:
    mine = street.me.person.say(street.house.bot, "3栋的墙皮掉了")
    await street.house.settle()
    await street.me.taps("对，提交")
    await street.me.says("3栋电梯又停了")
    street.me.person.edit(street.house.bot, mine.id, "3栋的墙皮掉了一地")
    await street.house.settle()
    assert "「3栋电梯又停了」" in street.me.with_button("对，提交").text
    return heard(street.me)


async def the_very_tap_comes_again(street: Street) -> str | None:
    """对，提交 with the same update number, twice more."""
    await street.me.says("3栋电梯又停了")
    card = street.me.last
    street.me.person.tap(card, "对，提交")
    body = next(iter(street.house.bot.updates.pending)).body
    await street.house.settle()
    for _ in range(2):
        await street.raw_bytes(body)
    return heard(street.me)


async def taps_like_mad(street: Street) -> str | None:
    """对，提交 twenty times before anybody could answer."""
    await street.me.says("3栋电梯又停了")
    card = street.me.last
    queries = [street.me.person.tap(card, "对，提交") for _ in range(20)]
    await street.house.settle()
    toasts = [street.house.line.messenger.callback(query).note for query in queries]
    assert toasts == ["收到了"] + [USED_CARD] * 19
    return heard(street.me)


async def presses_an_older_card(street: Street) -> str | None:
    await street.me.says("3栋电梯又停了")
    older = street.me.last
    await street.me.says("老人下不了楼")
    return await street.me.presses(older, "对，提交")


async def presses_twice(street: Street) -> str | None:
    await street.me.says("3栋电梯又停了")
    card = street.me.last
    await street.me.taps("改一下")
    await street.me.says("电梯又停了，改过的")
    return await street.me.presses(card, "改一下")


async def presses_a_neighbours_button(street: Street) -> str | None:
    theirs = street.neighbour.with_button("对，提交").button("对，提交").callback_data
    assert theirs is not None
    return await street.me.presses(street.me.messages[0], forged=theirs)


async def presses_a_desks_button(street: Street) -> str | None:
    theirs = street.desk.with_button("签收").button("签收").callback_data
    assert theirs is not None
    return await street.me.presses(street.me.messages[0], forged=theirs)


def with_my_mac(body: str) -> Callable[[Street], Awaitable[str]]:
    """My own button's signature under another meaning."""

    async def forge(street: Street) -> str:
        await street.me.says("3栋电梯又停了")
        mine = street.me.last.button("对，提交").callback_data
        assert mine is not None
        return f"{body}.{mine.rpartition('.')[2]}"

    return forge


async def presses_a_button_in_a_group(street: Street) -> str | None:
    await street.me.says("3栋电梯又停了")
    data = street.me.last.button("对，提交").callback_data
    street.me.person.say(street.group, f"/start@{street.house.bot.username}")
    await street.house.settle()
    shown = street.me.person.last(street.group)
    query = street.me.person.tap(shown, callback_data=data)
    await street.house.settle()
    return street.house.line.messenger.callback(query).note


async def comes_again(street: Street) -> str | None:
    """The very same update three times, as after a crash between keeping and confirming."""
    number = 880_000_000 + street.me.person.id % 1_000_000
    body = {"update_id": number, "message": street.message(text="3栋电梯又停了")}
    for _ in range(3):
        await street.raw(**body)
    news = street.me.news
    assert len(news) == 1, "answered once"
    return news[0]


async def says_in_the_group(street: Street, text: str, *, hears_all: bool = False) -> str | None:
    street.house.bot.reads_all_group_messages = hears_all
    before = len(street.me.person.inbox(street.group))
    try:
        street.me.person.say(street.group, text)
        await street.house.settle()
    finally:
        street.house.bot.reads_all_group_messages = False
    answers = [one for one in street.me.person.inbox(street.group)[before:] if one.from_bot]
    for one in answers:
        assert [button.url for row in one.buttons for button in row] == [f"https://t.me/{street.house.bot.username}"], (
            "only a door to the private chat"
        )
    return answers[0].text if answers else None


def in_the_group(text: str, *, hears_all: bool = False) -> Does:
    async def does(street: Street) -> str | None:
        return await says_in_the_group(street, text.format(bot=street.house.bot.username), hears_all=hears_all)

    return does


async def uses_a_used_link(street: Street) -> str | None:
    token = await street.house.link(Role.HEAD, "LC01-4")
    await street.house.stranger("先到的").starts(token)
    await street.me.starts(token)
    return heard(street.me)


async def uses_a_cut_link(street: Street) -> str | None:
    token = await street.house.link(Role.STREET, "JD")
    await street.me.starts(token[:-1])
    return heard(street.me)


async def sends_a_picture_then_words(street: Street) -> str | None:
    street.me.person.send_photo(street.house.bot, PNG)
    await street.house.settle()
    assert heard(street.me) == PICTURE
    await street.me.says("3栋的墙皮掉下来了")
    return heard(street.me)


async def sends_an_album(street: Street) -> str | None:
    street.me.person.send_album(street.house.bot, [PNG, PNG, PNG], "3栋的墙皮掉下来了")
    await street.house.settle()
    return heard(street.me)


async def broken(street: Street, body: bytes) -> str | None:
    await street.raw_bytes(body)
    return heard(street.me)


def bytes_come(body: bytes) -> Does:
    async def does(street: Street) -> str | None:
        return await broken(street, body)

    return does


async def a_message_without_its_sender(street: Street) -> str | None:
    message = street.message(text="谁发的")
    del message["from"]
    await street.raw(message=message)
    return heard(street.me)


async def a_message_without_its_chat(street: Street) -> str | None:
    message = street.message(text="在哪里")
    del message["chat"]
    await street.raw(message=message)
    return heard(street.me)


async def a_lone_surrogate(street: Street) -> str | None:
    await street.raw_bytes(as_json({"update_id": 870_000_001, "message": street.message(text="3栋电梯\ud83d又停了")}))
    return heard(street.me)


async def channel_post(street: Street) -> str | None:
    await street.raw(
        channel_post={
            "message_id": 5,
            "date": 1_795_500_000,
            "chat": {"id": -1_001_234_567_890, "type": "channel", "title": "频道"},
            "text": "3栋电梯又停了",
        }
    )
    return heard(street.me)


HOSTILE_HTML = '</b><a href="tg://user?id=1">电梯</a> 停了 < &#0; _*[`'

ROWS = [
    Row("nothing at all", receives(), UNKNOWN, "a service message, or a kind this library does not know yet"),
    Row("an empty text", receives(text=""), UNKNOWN, "no phone sends it, a forged one may"),
    Row("only blanks", receives(text=" \n\t "), UNKNOWN, "the same, in ink that cannot be seen"),
    Row("zero-width characters", says("\u200b\u200d\ufeff"), NO_WORDS, "not blank to a computer, blank to a person"),
    Row("emoji only", says("😡😡😡"), NO_WORDS, "anger is heard, but a desk cannot act on it"),
    Row("punctuation only", says("？？？"), NO_WORDS, "impatience is no complaint"),
    Row("a sticker", sends(lambda s: s.me.person.send_sticker(s.house.bot)), UNKNOWN, "the thumb slipped"),
    Row("a dice", receives(dice={"emoji": "🎲", "value": 3}), UNKNOWN, "a kind of message nobody thought of"),
    Row(
        "a venue",
        receives(venue={"location": {"latitude": 1.0, "longitude": 2.0}, "title": "三栋", "address": "路"}),
        NO_PLACE,
        "a pin somebody else named",
    ),
    Row(
        "somebody else's contact",
        sends(lambda s: s.me.person.send_contact(s.house.bot, "+8613800000001", s.neighbour.person.id)),
        NO_CONTACT,
        "nobody may bind another (S12)",
    ),
    Row(
        "a contact of nobody",
        sends(lambda s: s.me.person.send_contact(s.house.bot, "+8613800000002")),
        NO_CONTACT,
        "a number without an account proves nothing",
    ),
    Row(
        "one's own contact",
        sends(lambda s: s.me.person.send_contact(s.house.bot, "+8613800000003", s.me.person.id)),
        NO_CONTACT,
        "what is not needed is not kept",
    ),
    Row("a place", sends(lambda s: s.me.person.send_location(s.house.bot, 24.9, 118.6)), NO_PLACE, "200 m are no 3栋"),
    Row(
        "a voice",
        sends(lambda s: s.me.person.send_voice(s.house.bot, b"OggS")),
        VOICE,
        "accepted and understood by nobody would be a lie",
    ),
    Row(
        "a photo without words",
        sends(lambda s: s.me.person.send_photo(s.house.bot, PNG)),
        PICTURE,
        "a picture alone has no place and no wish",
    ),
    Row("a photo, then words", sends_a_picture_then_words, CARD, "how people really send"),
    Row("an album", sends_an_album, CARD, "three updates, one matter"),
    Row(
        "a caption of 1,024 characters",
        sends(lambda s: s.me.person.send_photo(s.house.bot, PNG, "电梯" * 512)),
        CARD,
        "the longest a caption may be",
    ),
    Row("4,096 characters", says("3栋电梯又停了。" + "说" * 4_088), CARD, "the longest a message may be"),
    Row("4,096 letters without a blank", says("a" * 4_096), CARD, "nothing to break a line at"),
    Row("HTML in the text", says(HOSTILE_HTML), CARD, "shown as it was typed, never obeyed (S17)"),
    Row("a lone <", says("<"), NO_WORDS, "the shortest way to break a parser"),
    Row("an entity of nothing", says("电梯停了&#0;&#x0;&amp;"), CARD, "shown as it was typed"),
    Row("a placeholder", says("电梯停了 %(number)s %s {0} {desk}"), CARD, "words are values, never patterns"),
    Row("right-to-left override", says("电梯\u202e停了\u202c坏"), CARD, "may not turn a desk's card around"),
    Row("a lone half of an emoji", a_lone_surrogate, CARD, "not every phone speaks clean UTF-16 (S19)"),
    Row(
        "forwarded from a neighbour",
        lambda s: says("3栋电梯又停了", forwarded_from=s.neighbour.person)(s),
        CARD,
        "counts as the words of who sends it",
    ),
    Row(
        "forwarded from a hidden account",
        says("3栋电梯又停了", forwarded_from="匿名者甲"),
        CARD,
        "whose name is not ours to keep",
    ),
    Row("edited before it was handed in", edits_before_handing_in, CARD, "the edited words count, the others stay"),
    Row("edited afterwards", edits_after_handing_in, TOO_LATE_TO_EDIT, "others have read it already", cases=1),
    Row(
        "edited long afterwards",
        edits_what_was_handed_in_while_a_new_draft_is_open,
        TOO_LATE_TO_EDIT,
        "and it does not spoil the draft that is open",
        cases=1,
    ),
    Row("an unknown command", says("/mycases"), NO_COMMAND, "no list of commands to learn"),
    Row("a command with an injection", says("/start ' OR 1=1 --"), BAD_LINK, "a token is a value, never SQL (S21)"),
    Row("a link that is nobody's", says("/start AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), BAD_LINK, "guessed (S15)"),
    Row("a link of one letter", says("/start a"), BAD_LINK, "cut off by a chat"),
    Row("a link without its last letter", uses_a_cut_link, BAD_LINK, "cut off by a printer"),
    Row("a used link", uses_a_used_link, BAD_LINK, "the same answer as for a wrong one: nobody learns which exist"),
    Row("an older card of the draft", presses_an_older_card, USED_CARD, "it no longer shows what would be handed in"),
    Row("a card tapped before", presses_twice, USED_CARD, "the commonest refusal of all"),
    Row("a neighbour's button", presses_a_neighbours_button, NOT_YOURS, "signed, but for another chat"),
    Row("a desk's button", presses_a_desks_button, NOT_YOURS, "signed, but for another chat"),
    Row("another case, my signature", forges(with_my_mac("ok.1.5")), NOT_YOURS, "S9: other case id"),
    Row("another deed, my signature", forges(with_my_mac("si.1.2")), NOT_YOURS, "S9: other action"),
    Row("a button of bytes", forges("".join(chr(33 + i % 90) for i in range(64))), NOT_YOURS, "S9: random bytes"),
    Row("a button in Chinese", forges("提交提交提交提交"), NOT_YOURS, "S9: not ASCII"),
    Row("a button with no data but dots", forges("..."), NOT_YOURS, "the parts are there, the signature is not"),
    Row("my button, tapped in a group", presses_a_button_in_a_group, NOT_YOURS, "S11: cases live in private chats"),
    Row("one update three times", comes_again, CARD, "S4: answered once, done once"),
    Row("one tap three times", the_very_tap_comes_again, RECEIPT, "S4: one case, one receipt", cases=1),
    Row("twenty taps at once", taps_like_mad, RECEIPT, "S10: one case, one receipt, nineteen kind answers", cases=1),
    Row("a command in a group", in_the_group("/start@{bot}"), "小区的事请私下跟我说，别人看不到。", "S14"),
    Row("a mention in a group", in_the_group("@{bot} 3栋电梯停了"), "小区的事请私下跟我说，别人看不到。", "S14"),
    Row("plain talk in a group", in_the_group("3栋电梯又停了"), SILENCE, "neighbours talk to each other"),
    Row(
        "plain talk where the bot hears all",
        in_the_group("3栋电梯又停了", hears_all=True),
        SILENCE,
        "an administrator may have let it; it still keeps out",
    ),
    Row("a channel post", channel_post, SILENCE, "S8: never asked for, must not stop anything"),
    Row("an update of a new kind", lambda s: _raw(s, new_thing={"a": 1}), SILENCE, "tomorrow's Bot API", parked=1),
    Row("a message without its sender", a_message_without_its_sender, SILENCE, "S8: nobody to answer", parked=1),
    Row(
        "a message without its chat", a_message_without_its_chat, SILENCE, "undecodable: parked with an alarm", parked=1
    ),
    Row("half a JSON", bytes_come(b'{"update_id": 860000001, "message": {"te'), SILENCE, "cut in transit", parked=1),
    Row("not JSON at all", bytes_come(b'\xff\xfe"update_id": 860000002'), SILENCE, "another protocol", parked=1),
    Row(
        "JSON ten thousand deep",
        bytes_come(b'{"update_id": 860000003, "message": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
        SILENCE,
        "S8: must not take the stack along",
        parked=1,
    ),
]


async def _raw(street: Street, **update: object) -> str | None:
    await street.raw(**update)
    return heard(street.me)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_a_clear_answer_and_nothing_lost_and_nothing_leaked(street: Street, row: Row) -> None:
    house, me = street.house, street.me
    _ = me.news
    cases, parked, others = await house.number_of("case"), await number_parked(street), street.others()
    answer = await row.does(street)
    if row.answer is None:
        assert answer is None, row.why
    else:
        assert answer is not None, row.why
        assert answer.startswith(row.answer) if row.answer in (CARD, RECEIPT) else answer == row.answer, row.why
    assert await house.number_of("case") == cases + row.cases, row.why
    assert await number_parked(street) == parked + row.parked, row.why
    assert street.others() == others, f"other people heard of it: {row.why}"
    await the_next_message_is_served(street)


async def number_parked(street: Street) -> int:
    """Parked updates, each with its alarm."""
    (row,) = await street.house.rows("""
        SELECT (SELECT count(*) FROM "update" WHERE parked_at IS NOT NULL) AS parked,
               (SELECT count(*) FROM alarm WHERE kind = 'update_parked') AS alarms,
               (SELECT count(*) FROM "update" WHERE done_at IS NULL) AS waiting
    """)
    assert row.waiting == 0
    assert row.parked == row.alarms
    return int(row.parked)


async def the_next_message_is_served(street: Street) -> None:
    """Whatever came before, plain words get their card."""
    _ = street.me.news
    await street.me.says("3栋楼道的灯坏了")
    (answer,) = street.me.news
    assert answer.startswith(CARD)
