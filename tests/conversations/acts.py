"""How does one do something odd? Each act returns what came back: the newest answer, a toast, or None for silence."""

from collections.abc import Awaitable, Callable

from models.rules.policy import Role
from tests.conversations.answers import PICTURE, USED_CARD
from tests.conversations.conftest import Street, as_json
from tests.house import Phone

Does = Callable[[Street], Awaitable[str | None]]

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)

FILE = {"file_id": "nobody-keeps-this", "file_unique_id": "n", "file_size": 9}
BIG = {**FILE, "file_size": 30 * 2**20, "width": 9, "height": 9, "duration": 60}
POLL = {
    "id": "1",
    "question": "换物业吗",
    "options": [],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}


def says(text: str, **how: object) -> Does:
    """I send these words."""

    async def does(street: Street) -> str | None:
        await street.me.says(text, **how)
        return heard(street.me)

    return does


def a_clerk_says(*texts: str, line: int = 0) -> Does:
    """A clerk of another desk says these; a line of the last answer."""

    async def does(street: Street) -> str | None:
        clerk = await street.house.staff("WY-09")
        for text in texts:
            await clerk.says(text)
        return clerk.last.text.split("\n")[line]

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
    mine = street.me.person.say(street.house.bot, "3栋的墙裂开了")
    await street.house.settle()
    await street.me.taps("对，提交")
    street.me.person.edit(street.house.bot, mine.id, "3栋的墙裂了好几处")
    await street.house.settle()
    return heard(street.me)


async def edits_what_was_handed_in_while_a_new_draft_is_open(street: Street) -> str | None:
    mine = street.me.person.say(street.house.bot, "3栋的墙裂开了")
    await street.house.settle()
    await street.me.taps("对，提交")
    await street.me.says("3栋电梯又停了")
    street.me.person.edit(street.house.bot, mine.id, "3栋的墙裂了好几处")
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
    await street.me.says("3栋的墙裂开了")
    return heard(street.me)


def hands_in_a_file(content: bytes, name: str, kind: str) -> Does:
    """I send this file with a word about a lamp, and hand it in."""

    async def does(street: Street) -> str | None:
        street.me.person.send_document(street.house.bot, content, name, mime_type=kind, caption="楼道的灯坏了")
        await street.house.settle()
        _ = street.me.news
        await street.me.taps("对，提交")
        return heard(street.me)

    return does


async def sends_an_album(street: Street) -> str | None:
    street.me.person.send_album(street.house.bot, [PNG, PNG, PNG], "3栋的墙裂开了")
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


async def an_update(street: Street, **update: object) -> str | None:
    await street.raw(**update)
    return heard(street.me)


async def sends_pictures_one_by_one(street: Street) -> str | None:
    for _ in range(5):
        street.me.person.send_photo(street.house.bot, PNG)
        await street.house.settle()
    (answer,) = street.me.news
    return answer


async def a_place_that_moves(street: Street) -> str | None:
    moved = street.message(location={"latitude": 24.9, "longitude": 118.6}, edit_date=1_795_500_001)
    await street.raw(edited_message=moved)
    return heard(street.me)


async def sends_a_place_beside_a_draft(street: Street) -> str | None:
    await street.me.says("3栋电梯又停了")
    street.me.person.send_location(street.house.bot, 24.9, 118.6)
    await street.house.settle()
    return heard(street.me)


async def presses_a_list_that_was_turned(street: Street) -> str | None:
    """An impatient thumb on a list: the second tap meant what stands there no more."""
    stranger = street.house.stranger()
    await stranger.starts()
    await stranger.taps("找不到二维码")
    first = stranger.last
    await stranger.taps("浦望社区")
    return await stranger.presses(first, "浦望社区")


async def opens_the_list_at_home(street: Street) -> str | None:
    stranger = street.house.stranger()
    await stranger.starts()
    card = stranger.last
    await stranger.says("我住丰穗花园3栋")
    return await stranger.presses(card, "找不到二维码")


async def presses_an_old_menu(street: Street) -> str | None:
    await street.me.says("3栋电梯又停了")
    await street.me.taps("改一下")
    menu = street.me.last
    await street.me.says("老人下不了楼")
    return await street.me.presses(menu, "换地方")


# ── saying more of what was handed in ────────────────────────────────────────────────────────────────────────────────


async def _handed_in(street: Street) -> None:
    await street.me.says("3栋的墙裂开了")
    await street.me.taps("对，提交")
    _ = street.me.news


def adds(*said: Callable[[Street], object]) -> Does:
    """I hand something in, tap 补充一句, and then do this."""

    async def does(street: Street) -> str | None:
        await _handed_in(street)
        await street.me.taps("补充一句")
        _ = street.me.news
        for act in said:
            act(street)
            await street.house.settle()
        return heard(street.me)

    return does


def replies_to_the_receipt(text: str) -> Does:
    """I hand something in, and answer the receipt with this."""

    async def does(street: Street) -> str | None:
        await _handed_in(street)
        await street.me.says(text, reply_to=street.me.that_says("收到了，编号"))
        return heard(street.me)

    return does


async def replies_to_a_card_of_nothing(street: Street) -> str | None:
    await street.me.says("3栋电梯又停了", reply_to=street.me.messages[0])
    return heard(street.me)


async def presses_danger_twice(street: Street) -> str | None:
    street.me.person.send_voice(street.house.bot, b"OggS")
    await street.house.settle()
    card = street.me.last
    await street.me.presses(card, "不急")
    return await street.me.presses(card, forged=card.button("有危险").callback_data)


async def guesses_six_codes(street: Street) -> str | None:
    for guess in ("AAAAAA", "BBBBBB", "CCCCCC", "DDDDDD", "EEEEEE", "FFFFFF"):
        await street.me.says(f"0001 {guess}")
    return heard(street.me)
