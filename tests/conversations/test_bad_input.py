"""What if somebody sends what nobody expects? A clear answer or an alarm; nothing lost or leaked, the next served."""

from dataclasses import dataclass

import pytest

from tests.conversations.acts import (
    BIG,
    FILE,
    PNG,
    POLL,
    Does,
    a_clerk_says,
    a_lone_surrogate,
    a_message_without_its_chat,
    a_message_without_its_sender,
    a_place_that_moves,
    adds,
    an_update,
    bytes_come,
    channel_post,
    comes_again,
    edits_after_handing_in,
    edits_before_handing_in,
    edits_what_was_handed_in_while_a_new_draft_is_open,
    forges,
    guesses_six_codes,
    hands_in_a_file,
    in_the_group,
    opens_the_list_at_home,
    presses_a_button_in_a_group,
    presses_a_desks_button,
    presses_a_list_that_was_turned,
    presses_a_neighbours_button,
    presses_an_old_menu,
    presses_an_older_card,
    presses_danger_twice,
    presses_twice,
    receives,
    replies_to_a_card_of_nothing,
    replies_to_the_receipt,
    says,
    sends,
    sends_a_picture_then_words,
    sends_a_place_beside_a_draft,
    sends_an_album,
    sends_pictures_one_by_one,
    taps_like_mad,
    the_very_tap_comes_again,
    uses_a_cut_link,
    uses_a_used_link,
    with_my_mac,
)
from tests.conversations.answers import (
    ADDED,
    BAD_LINK,
    CARD,
    DAYS_UNCLEAR,
    ENTRY_ASKED,
    ENTRY_CARD,
    HOSTILE_HTML,
    KEPT,
    NO_COMMAND,
    NO_CONTACT,
    NO_PHONE,
    NO_PLACE,
    NO_WORDS,
    NOT_YOURS,
    OLDER_CARD,
    ONE_NUMBER,
    OWN_CONTACT,
    PICTURE,
    RECEIPT,
    SILENCE,
    TOO_BIG,
    TOO_LATE_TO_EDIT,
    UNKNOWN,
    USED_CARD,
    VOICE,
    WRONG_CODE,
)
from tests.conversations.conftest import Street
from tests.stories.camera import bomb, snapshot


@dataclass(frozen=True)
class Row:
    """One odd thing. `answer`: how what comes back begins, None for silence; `cases` and `parked` grow by so many."""

    name: str
    does: Does
    answer: str | None
    why: str
    cases: int = 0
    parked: int = 0


ROWS = [
    Row("nothing at all", receives(), UNKNOWN, "a service message, or a kind this library does not know yet"),
    Row("an empty text", receives(text=""), UNKNOWN, "no phone sends it, a forged one may"),
    Row("only blanks", receives(text=" \n\t "), NO_WORDS, "the same, in ink that cannot be seen"),
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
        OWN_CONTACT,
        "kept for when messages do not arrive, and told how to delete it",
    ),
    Row("a place", sends(lambda s: s.me.person.send_location(s.house.bot, 24.9, 118.6)), NO_PLACE, "200 m are no 3栋"),
    Row("a place that is none", receives(location={"latitude": 999.0, "longitude": -999.0}), NO_PLACE, "forged"),
    Row("a place that moves", a_place_that_moves, SILENCE, "a live location comes again and again"),
    Row("a place beside a draft", sends_a_place_beside_a_draft, CARD, "the draft keeps its place and is shown again"),
    Row("a video", sends(lambda s: s.me.person.send_video(s.house.bot, b"mp4")), KEPT, "what it shows has to be said"),
    Row("a round video", receives(video_note={**FILE, "length": 240, "duration": 3}), KEPT, "how some only talk"),
    Row(
        "a moving picture",
        receives(animation={**FILE, "width": 9, "height": 9, "duration": 1}, document=FILE),
        KEPT,
        "comes with a document beside it",
    ),
    Row("music", receives(audio={**FILE, "duration": 200}), KEPT, "a recording of the noise next door"),
    Row(
        "a document",
        sends(lambda s: s.me.person.send_document(s.house.bot, b"MZ", "../照片.jpg.exe", caption="3栋电梯停了")),
        CARD,
        "whatever it is called: nobody opens it here",
    ),
    Row("a film of 30 MB", receives(video=BIG), TOO_BIG, "no bot is handed more than 20"),
    Row("a film of 30 MB and words", receives(video=BIG, caption="3栋电梯停了"), CARD, "the words count all the same"),
    Row("five pictures one by one", sends_pictures_one_by_one, PICTURE, "one answer for them all"),
    Row("a poll", receives(poll=POLL), UNKNOWN, "a vote among neighbours is no word to a desk"),
    Row("a story", receives(story={"chat": {"id": 5, "type": "private"}, "id": 1}), UNKNOWN, "nothing of it is kept"),
    Row("a game", receives(game={"title": "跳", "description": "一跳", "photo": []}), UNKNOWN, "the thumb slipped"),
    Row("an old list of places", presses_a_list_that_was_turned, OLDER_CARD, "an impatient thumb"),
    Row(
        "the list of places, for who has a home", opens_the_list_at_home, USED_CARD, "drawn before the code was scanned"
    ),
    Row("an old menu", presses_an_old_menu, OLDER_CARD, "the draft has grown since"),
    Row(
        "a voice",
        sends(lambda s: s.me.person.send_voice(s.house.bot, b"OggS")),
        VOICE,
        "accepted and understood by nobody would be a lie",
    ),
    Row("a code of nobody", says("0001 AAAAAA"), WRONG_CODE, "guessed, or misread"),
    Row("a code of nobody in full width", says("０００１　ａ２ａ２ａ２"), WRONG_CODE, "as Chinese keyboards type"),
    Row("six guesses", guesses_six_codes, WRONG_CODE, "the sixth is not even looked at, and reads the same"),
    Row("a number too short to be mine", says("我的电话12345"), CARD, "a word among others, for a person to read"),
    Row("a number too long to be mine", says("我的电话" + "1" * 40), CARD, "no telephone has it"),
    Row("deletes a number never left", says("删掉电话"), NO_PHONE, "the same answer: nobody learns what is kept"),
    Row("a reply to a card of nothing", replies_to_a_card_of_nothing, CARD, "the welcome is no case's card"),
    Row("a reply of emoji", replies_to_the_receipt("😡😡"), NO_WORDS, "nothing a desk could act on", cases=1),
    Row("a reply in HTML", replies_to_the_receipt(HOSTILE_HTML), ADDED, "shown as it was typed (S17)", cases=1),
    Row("a reply of 4,096 letters", replies_to_the_receipt("a" * 4_096), ADDED, "the longest there is", cases=1),
    Row(
        "a voice where words are awaited, then words",
        adds(
            lambda s: s.me.person.send_voice(s.house.bot, b"OggS"), lambda s: s.me.person.say(s.house.bot, "二楼那块")
        ),
        ADDED,
        "nobody at that desk may hear who speaks; the words are still awaited",
        cases=1,
    ),
    Row(
        "a sticker, then words, after 补充一句",
        adds(lambda s: s.me.person.send_sticker(s.house.bot), lambda s: s.me.person.say(s.house.bot, "二楼那块")),
        ADDED,
        "the thumb slipped; the words are still awaited",
        cases=1,
    ),
    Row("danger after all, on a voice handed in", presses_danger_twice, USED_CARD, "its case is under way", cases=1),
    Row(
        "a photo without words",
        sends(lambda s: s.me.person.send_photo(s.house.bot, PNG)),
        PICTURE,
        "a picture alone has no place and no wish",
    ),
    Row("a photo, then words", sends_a_picture_then_words, CARD, "how people really send"),
    Row(
        "a broken picture",
        hands_in_a_file(snapshot()[:900], "IMG_0001.jpg", "image/jpeg"),
        RECEIPT,
        "half of it was lost on the way: the words count",
        cases=1,
    ),
    Row(
        "a picture of 50 megapixels in a few kilobytes",
        hands_in_a_file(bomb(), "plan.png", "image/png"),
        RECEIPT,
        "it would fill the memory: it is not opened",
        cases=1,
    ),
    Row(
        "a picture with another's extension",
        hands_in_a_file(snapshot(), "scan.png", "image/png"),
        RECEIPT,
        "what it is says its content",
        cases=1,
    ),
    Row(
        "a program that calls itself a picture",
        hands_in_a_file(b"MZ\x90\x00", "photo.jpg", "image/jpeg"),
        RECEIPT,
        "nobody is sent it",
        cases=1,
    ),
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
    Row("an older card of the draft", presses_an_older_card, OLDER_CARD, "it no longer shows what would be handed in"),
    Row("a card tapped before", presses_twice, OLDER_CARD, "the commonest refusal of all"),
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
    Row("登记 without words", a_clerk_says("登记"), ENTRY_ASKED, "somebody still has to say what"),
    Row("登记 with nothing but a number", a_clerk_says("登记 13800000000"), ENTRY_ASKED, "whose, and about what?"),
    Row("登记 with 4,096 characters", a_clerk_says("登记 A座楼道的灯坏了，" + "说" * 4_083), ENTRY_CARD, "the longest"),
    Row(
        "登记 with two numbers",
        a_clerk_says("登记 A座楼道的灯坏了 13800000001 13900000002", line=-1),
        ONE_NUMBER,
        "one of them is called, and it is said which",
    ),
    Row("休假 on days that are over", a_clerk_says("休假 11月1日到3日"), DAYS_UNCLEAR, "nobody was away then"),
    Row("休假 on a day there is not", a_clerk_says("休假 2月30日"), DAYS_UNCLEAR, "no calendar has it"),
    Row("an update of a new kind", lambda s: an_update(s, new_thing={"a": 1}), SILENCE, "tomorrow's Bot API", parked=1),
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
        assert answer.startswith(row.answer) if row.answer in (CARD, RECEIPT, ADDED) else answer == row.answer, row.why
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
