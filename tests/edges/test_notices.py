"""Every answer of a messenger becomes the outcome the outbox can act on; a lost answer is never taken for a failure."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.flood import LENIENT as FREELY
from bot.messenger.people import Person
from bot.messenger.server import serve
from bot.messenger.stage import Stage
from bot.telegram.account import Account
from bot.telegram.notices import PtbGateway
from bot.telegram.pace import LENIENT, STRICT, Pace
from models.actions.attaching import LONGEST_PAUSE, pause
from models.files import DiskFiles
from models.ports import Button, Later, Letter, Moved, Outcome, Priority, Sent, Unreachable, Unsendable, Unsure
from models.store import Keys
from scheduler.delivery import backoff
from tests.edges.clocks import RunningClock


@dataclass
class Post:
    """A messenger with a resident who has started the bot, and the gateway that writes to them."""

    messenger: Messenger
    stage: Stage
    bot: BotAccount
    resident: Person
    account: Account
    gateway: PtbGateway
    pace: Pace
    keeping: DiskFiles

    @property
    def letter(self) -> Letter:
        return Letter(self.bot.id, self.resident.id, "诉求 <b>0412</b> 已收到")

    async def send(self, letter: Letter | None = None) -> Outcome:
        return await self.gateway.send(letter or self.letter, priority=Priority.RECEIPT)

    @property
    def said(self) -> list[str]:
        return [message.text for message in self.resident.inbox(self.bot) if message.from_bot]


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    messenger = Messenger(flood=FREELY)
    stage = Stage(messenger)
    bot, resident = messenger.add_bot("huiyin_edge_bot"), messenger.add_person(first_name="居民")
    resident.start(bot)
    pace, keeping = Pace(LENIENT, RunningClock()), DiskFiles(tmp_path, Keys.fresh())
    async with serve(messenger, stage) as address:
        account = Account(bot.id, bot.token, address.base)
        gateway = PtbGateway({bot.id: account}, pace, files=keeping, answer_within_s=0.3)
        yield Post(messenger, stage, bot, resident, account, gateway, pace, keeping)
        await gateway.close()


async def test_a_letter_arrives_with_its_words_and_buttons(post: Post) -> None:
    outcome = await post.send(
        replace(post.letter, buttons=((Button("签收", "s:1"), Button("详情", url="https://huiyin.example/c")),))
    )
    (message,) = [one for one in post.resident.inbox(post.bot) if one.from_bot]
    assert outcome == Sent(message.id)
    assert message.text == "诉求 0412 已收到"
    assert [button.text for button in message.buttons[0]] == ["签收", "详情"]


async def test_nothing_is_asked_of_the_messenger_but_the_letter_itself(post: Post) -> None:
    await post.send()
    assert [call.method for call in post.stage.calls] == ["sendMessage"]


async def test_links_are_not_previewed(post: Post) -> None:
    await post.send(post.letter)
    (call,) = post.stage.calls
    assert "is_disabled" in str(call.params["link_preview_options"])


async def test_a_card_is_changed_in_place(post: Post) -> None:
    sent = await post.send()
    assert isinstance(sent, Sent)
    assert await post.send(replace(post.letter, text="诉求 0412 已签收", edits=sent.message_id)) == sent
    assert post.said == ["诉求 0412 已签收"]


async def test_changing_a_card_to_what_it_already_says_is_done(post: Post) -> None:
    sent = await post.send()
    assert isinstance(sent, Sent)
    assert await post.send(replace(post.letter, edits=sent.message_id)) == sent


async def test_a_card_the_reader_deleted_is_gone(post: Post) -> None:
    assert await post.send(replace(post.letter, edits=4242)) == Unsendable("gone")


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        pytest.param("长" * 4097, Unsendable("message is too long"), id="too long would be refused for ever"),
    ],
)
async def test_what_the_messenger_will_never_take_is_unsendable(post: Post, text: str, outcome: Outcome) -> None:
    assert await post.send(replace(post.letter, text=text)) == outcome


@pytest.mark.parametrize("edits", [False, True])
async def test_s17_what_the_messenger_cannot_read_as_html_leaves_as_plain_text(post: Post, edits: bool) -> None:
    letter = replace(post.letter, text="<b>没有关上 &lt;3 &amp; <i>倾斜")
    if edits:
        sent = await post.send(post.letter)
        assert isinstance(sent, Sent)
        letter = replace(letter, edits=sent.message_id)
    assert isinstance(await post.send(letter), Sent)
    assert post.resident.last(post.bot).text == "没有关上 <3 & 倾斜"
    assert post.resident.last(post.bot).entities == ()


async def test_s42_a_button_too_long_for_telegram_is_unsendable(post: Post) -> None:
    outcome = await post.send(replace(post.letter, buttons=((Button("签收", "x" * 70),),)))
    assert isinstance(outcome, Unsendable)


async def test_s41_whoever_blocked_the_bot_is_unreachable(post: Post) -> None:
    post.resident.block(post.bot)
    assert await post.send() == Unreachable("blocked")


async def test_s41_whoever_deleted_the_account_is_unreachable(post: Post) -> None:
    post.resident.deactivate()
    assert await post.send() == Unreachable("deactivated")


async def test_s41_whoever_never_started_the_bot_is_unreachable(post: Post) -> None:
    stranger = post.messenger.add_person(first_name="新来的")
    assert isinstance(await post.send(replace(post.letter, chat_id=stranger.id)), Unreachable)


async def test_s41_a_chat_that_does_not_exist_is_unreachable(post: Post) -> None:
    assert isinstance(await post.send(replace(post.letter, chat_id=999_999_999)), Unreachable)


async def test_s41_a_group_that_became_a_supergroup_has_moved(post: Post) -> None:
    group = post.messenger.add_group("楼栋群", [post.resident], post.bot)
    new = post.messenger.upgrade(group, by=post.resident.id)
    assert await post.send(replace(post.letter, chat_id=group.id)) == Moved(new.id)


async def test_a_429_is_no_failure_and_silences_that_chat(post: Post) -> None:
    post.stage.fail_next("sendMessage", 429, retry_after=7)
    assert await post.send() == Later(7.0, halts=False)
    assert isinstance(await post.send(), Later)
    assert len(post.stage.calls_of("sendMessage")) == 1, "a halted chat is not even asked"


async def test_429s_of_two_chats_silence_the_bot(post: Post) -> None:
    other = post.messenger.add_person(first_name="邻居")
    other.start(post.bot)
    post.stage.fail_next("sendMessage", 429, 2, retry_after=7)
    assert await post.send() == Later(7.0, halts=False)
    assert await post.send(replace(post.letter, chat_id=other.id)) == Later(7.0, halts=True)


async def test_a_429_of_a_group_leaves_the_residents_alone(post: Post) -> None:
    group = post.messenger.add_group("楼栋群", [post.resident], post.bot)
    post.stage.fail_next("sendMessage", 429, retry_after=60)
    assert await post.send(replace(post.letter, chat_id=group.id)) == Later(60.0, halts=False)
    assert isinstance(await post.send(), Sent)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(500, id="the messenger broke, maybe after it had sent"),
        pytest.param(502, id="a gateway in between lost the answer"),
        pytest.param(504, id="a gateway in between lost patience"),
    ],
)
async def test_a_server_error_is_unsure(post: Post, code: int) -> None:
    post.stage.fail_next("sendMessage", code)
    assert isinstance(await post.send(), Unsure)


async def test_a_broken_connection_after_sending_is_unsure(post: Post) -> None:
    post.stage.drop_answer("sendMessage")
    assert isinstance(await post.send(), Unsure)
    assert len(post.said) == 1


async def test_an_answer_that_does_not_come_in_time_is_unsure(post: Post) -> None:
    post.stage.delay("sendMessage", 0.8)
    assert isinstance(await post.send(), Unsure)


async def test_a_letter_without_a_place_in_flight_waits_and_is_no_copy(post: Post) -> None:
    post.stage.delay("sendMessage", 0.8, 8)
    outcomes = await asyncio.gather(*(post.send() for _ in range(9)))
    assert [type(one) for one in outcomes] == [Unsure] * 8 + [Later]


async def test_a_messenger_that_cannot_be_reached_makes_no_copy(post: Post) -> None:
    gone = PtbGateway({post.bot.id: replace(post.account, base="http://127.0.0.1:9")}, post.pace)
    waits = [await gone.send(post.letter, priority=Priority.RECEIPT) for _ in range(3)]
    assert waits == [Later(1.0), Later(2.0), Later(4.0)]
    await gone.close()


async def test_a_refused_token_makes_everything_wait_and_is_said_aloud(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = PtbGateway({post.bot.id: replace(post.account, token="1:wrong")}, post.pace)
    outcome = await wrong.send(post.letter, priority=Priority.RECEIPT)
    assert outcome == Later(60.0, halts=True)
    assert [record.levelno for record in caplog.records] == [logging.CRITICAL]
    await wrong.close()


async def test_a_short_wait_for_the_pace_is_waited_and_a_long_one_is_given_back(post: Post) -> None:
    strict = PtbGateway({post.bot.id: post.account}, Pace(STRICT, RunningClock()))
    neighbours = [post.messenger.add_person(first_name=f"邻居{n}") for n in range(4)]
    for one in neighbours:
        one.start(post.bot)
        outcome = await strict.send(replace(post.letter, chat_id=one.id), priority=Priority.RECEIPT)
        assert isinstance(outcome, Sent), "a thirtieth of a second is not worth a round through the outbox"
    outcome = await strict.send(replace(post.letter, chat_id=one.id), priority=Priority.RECEIPT)
    assert isinstance(outcome, Later)
    assert 0.2 < outcome.seconds <= STRICT.chat.every
    await strict.close()


@pytest.mark.parametrize(
    ("kinds", "method"),
    [
        pytest.param(("photo",), "sendPhoto", id="one picture"),
        pytest.param(("photo",) * 10, "sendMediaGroup", id="an album"),
        pytest.param(("voice",), "sendVoice", id="a voice"),
    ],
)
async def test_files_leave_as_bytes_of_our_own_keeping(post: Post, kinds: tuple[str, ...], method: str) -> None:
    files = tuple((kind, post.keeping.put(_PIXEL + bytes([n]))) for n, kind in enumerate(kinds))
    outcome = await post.send(replace(post.letter, text="0412号的照片", files=files))
    (call,) = post.stage.calls
    assert call.method == method
    sent = [one for one in post.resident.inbox(post.bot) if one.media]
    assert [one.media.file.content for one in sent if one.media] == [_PIXEL + bytes([n]) for n in range(len(kinds))]
    assert sent[0].text == "0412号的照片"
    assert outcome == Sent(sent[0].id)


@pytest.mark.parametrize(("there", "answers"), [(True, True), (False, None)])
async def test_files_stand_below_their_card_if_the_reader_kept_it(
    post: Post, there: bool, answers: bool | None
) -> None:
    card = await post.send()
    assert isinstance(card, Sent)
    files = (("photo", post.keeping.put(_PIXEL)),)
    outcome = await post.send(replace(post.letter, files=files, answers=card.message_id if there else 4242))
    assert isinstance(outcome, Sent)
    (sent,) = [one for one in post.resident.inbox(post.bot) if one.media]
    assert sent.reply_to == (card.message_id if answers else None)


async def test_a_file_that_was_erased_meanwhile_is_unsendable(post: Post) -> None:
    assert await post.send(replace(post.letter, files=(("photo", "0" * 64),))) == Unsendable("file gone")


async def test_an_album_is_counted_as_many_messages_by_the_pace(post: Post) -> None:
    strict = PtbGateway({post.bot.id: post.account}, Pace(STRICT, RunningClock()), files=post.keeping)
    files = tuple(("photo", post.keeping.put(_PIXEL + bytes([n]))) for n in range(5))
    assert isinstance(await strict.send(replace(post.letter, files=files), priority=Priority.RECEIPT), Sent)
    outcome = await strict.send(post.letter, priority=Priority.RECEIPT)
    assert isinstance(outcome, Later)
    assert outcome.seconds > 1
    await strict.close()


async def test_neither_log_nor_repr_shows_the_token(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    post.stage.fail_next("sendMessage", 500)
    await post.send()
    await post.send()
    assert post.bot.token not in caplog.text
    assert post.bot.token not in repr(post.account)


def test_a_silent_messenger_is_left_alone_for_longer_and_longer() -> None:
    waits = [backoff(tries).total_seconds() for tries in range(12)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert backoff(10_000) == timedelta(seconds=300)


def test_a_file_rests_twice_as_long_each_time_up_to_an_hour() -> None:
    pauses = [pause(tries).total_seconds() for tries in range(9)]
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert pause(10_000) == LONGEST_PAUSE


def test_a_delivery_process_never_imports_aiogram() -> None:
    probe = "import sys, bot.telegram.notices, scheduler.delivery; sys.exit('aiogram' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


_PIXEL = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc0000b080001000101011100ffc40014000100000000000000000000"
    "000000000009ffc40014100100000000000000000000000000000000ffda0008010100003f0054dfffd9"
)
