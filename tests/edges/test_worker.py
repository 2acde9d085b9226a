"""One update, one commit, one answer; in order per chat; what fails is parked and the next one is served."""

import asyncio
import json
import logging
from typing import Any

import pytest
from aiogram import Dispatcher
from aiogram.filters import CommandStart
from aiogram.methods import SendMessage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.messenger.people import Person
from bot.telegram.pace import LENIENT, STRICT, Pace
from bot.telegram.replies import Replies
from models import inbox
from models.inbox import Arrived
from models.ports import Priority
from models.rules import failpoints
from models.store import Statement
from models.turn import Turn
from tests.edges.conftest import Desk, both_engines, note, until

pytestmark = both_engines

BLOCKED = Statement("SELECT blocked_at FROM reach WHERE chat_id = :chat_id")
HALTS = Statement("SELECT bot_id, chat_id, halted_until FROM halt")
WORDS = "三单元电梯坏了"


def echoing() -> Dispatcher:
    """Says back what was said, after writing it down; knows a few words that go wrong."""
    dispatcher = Dispatcher()

    @dispatcher.message(CommandStart())
    async def greet(message: Message) -> SendMessage:
        keys = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="好", callback_data="ok")]])
        return message.answer("您好", reply_markup=keys)

    @dispatcher.callback_query()
    async def tapped(query: CallbackQuery, turn: Turn) -> list[Any]:
        await turn.do(note, text="tap")
        assert isinstance(query.message, Message)
        return [query.message.answer("收到"), query.answer("好")]

    @dispatcher.message()
    async def echo(message: Message, turn: Turn) -> Any:
        text = message.text or ""
        if text == "raise":
            raise RuntimeError(WORDS)
        if text == "hang":
            await asyncio.sleep(60)
        if text == "silent":
            return None
        await turn.do(note, text=text)
        if text == "late":
            raise RuntimeError(WORDS)
        if text == "slow":
            await asyncio.sleep(0.2)
        return message.answer(f"回音：{text}")

    return dispatcher


def said(desk: Desk, person: Person) -> list[str]:
    return [message.text for message in person.inbox(desk.bot) if message.from_bot]


async def test_what_is_said_is_written_down_and_then_answered(desk: Desk) -> None:
    resident = desk.person()
    worker = await desk.converse(echoing())
    resident.say(desk.bot, "电梯坏了")
    await until(lambda: answered(desk, resident, 1))
    await worker.idle()
    assert await desk.heard() == ["电梯坏了"]
    assert said(desk, resident) == ["回音：电梯坏了"]
    (row,) = await desk.kept()
    assert row.done_at is not None


async def answered(desk: Desk, person: Person, count: int) -> bool:
    return len(said(desk, person)) >= count


async def test_a_chat_is_served_in_the_order_it_spoke(desk: Desk) -> None:
    resident = desk.person()
    sentences = [f"第{n}句" for n in range(30)]
    for sentence in sentences:
        resident.say(desk.bot, sentence)
    await desk.converse(echoing())
    await until(lambda: answered(desk, resident, 30))
    assert await desk.heard() == sentences
    assert said(desk, resident) == [f"回音：{one}" for one in sentences]


async def test_a_slow_chat_does_not_hold_up_the_others(desk: Desk) -> None:
    slow, quick = desk.person(), desk.person("邻居")
    for _ in range(3):
        slow.say(desk.bot, "slow")
    quick.say(desk.bot, "快")
    await desk.converse(echoing())
    await until(lambda: answered(desk, quick, 1))
    assert len(said(desk, slow)) == 0
    await until(lambda: answered(desk, slow, 3))


async def test_forty_chats_are_served_side_by_side(desk: Desk) -> None:
    people = [desk.person(f"居民{n}") for n in range(40)]
    for person in people:
        person.say(desk.bot, "slow")
    begun = asyncio.get_running_loop().time()
    worker = await desk.converse(echoing())
    for person in people:
        await until(lambda person=person: answered(desk, person, 1))  # type: ignore[misc]
    assert asyncio.get_running_loop().time() - begun < 40 * 0.2 / 2
    await worker.idle()


async def test_a_step_that_keeps_nothing_is_done_as_well(desk: Desk) -> None:
    resident = desk.person()
    worker = await desk.converse(echoing())
    resident.start(desk.bot)
    resident.say(desk.bot, "silent")
    await until(lambda: answered(desk, resident, 1))
    await worker.idle()
    assert [row.done_at is None for row in await desk.kept()] == [False, False]
    assert await desk.parked() == []


async def test_a_tap_is_answered_before_the_words_that_follow(desk: Desk) -> None:
    resident = desk.person()
    worker = await desk.converse(echoing())
    resident.start(desk.bot)
    await until(lambda: answered(desk, resident, 1))
    resident.tap(resident.last(desk.bot), "好")
    await until(lambda: answered(desk, resident, 2))
    await worker.idle()
    methods = [call.method for call in desk.stage.calls if call.method != "getUpdates"]
    assert methods[1:] == ["answerCallbackQuery", "sendMessage"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        pytest.param("raise", "RuntimeError", id="a handler that raises"),
        pytest.param("hang", "TimeoutError", id="a handler that never ends"),
    ],
)
async def test_s7_what_fails_or_hangs_three_times_is_parked_and_the_next_is_served(
    desk: Desk, words: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    resident = desk.person()
    resident.say(desk.bot, words)
    resident.say(desk.bot, "下一句")
    await desk.converse(echoing(), within=0.1)
    await until(lambda: answered(desk, resident, 1))
    assert await desk.parked() == [reason]
    assert await desk.heard() == ["下一句"]
    assert (await desk.kept())[0].tries == 3
    assert WORDS not in caplog.text, "an exception may quote what somebody said"
    assert [record.levelno for record in caplog.records if "parked" in record.getMessage()] == [logging.CRITICAL]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b'{"update_id":7,"message":{"text":"', id="no JSON"),
        pytest.param(b'{"update_id":7,"x":' + b"[" * 20000 + b"]" * 20000 + b"}", id="too deep to read"),
    ],
)
async def test_what_cannot_be_read_is_parked_at_once(desk: Desk, raw: bytes) -> None:
    await desk.store.run(inbox.take_in, desk.keys, desk.bot.id, [Arrived(7, 5, raw)], desk.clock.now())
    worker = desk.worker(echoing())
    await desk.run(worker.run())
    await worker.idle()
    assert len(await desk.parked()) == 1
    assert (await desk.kept())[0].tries == 1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"telepathy": {"from": "nobody"}}, id="a kind nobody knows yet (S8)"),
        pytest.param({}, id="nothing but a number"),
        pytest.param({"message": {"message_id": 1}}, id="no date, no chat: no library can decode it"),
        pytest.param(
            {"message": {"message_id": "x", "date": 1, "chat": {"id": 5, "type": "private"}}}, id="a word for a number"
        ),
        pytest.param(
            {"message": {"message_id": 1, "date": 10**18, "chat": {"id": 5, "type": "private"}}},
            id="a date beyond all calendars",
        ),
    ],
)
async def test_what_cannot_be_decoded_is_parked_and_the_next_is_served(desk: Desk, content: dict[str, Any]) -> None:
    resident = desk.person()
    poison = json.dumps({"update_id": 7, **content}).encode()
    await desk.store.run(inbox.take_in, desk.keys, desk.bot.id, [Arrived(7, resident.id, poison)], desk.clock.now())
    resident.say(desk.bot, "下一句")
    await desk.converse(echoing())
    await until(lambda: answered(desk, resident, 1))
    assert len(await desk.parked()) == 1
    assert (await desk.kept())[0].tries == 1


async def test_s7_a_parked_update_waits_again_when_the_operator_says_so(desk: Desk) -> None:
    resident = desk.person()
    broken = Dispatcher()

    @broken.message()
    async def fail(message: Message) -> None:
        raise RuntimeError

    resident.say(desk.bot, "电梯坏了")
    first = await desk.converse(broken)
    await until(lambda: parked(desk, 1))
    first.stop()
    (aside,) = await desk.store.read(inbox.parked)
    assert await desk.store.run(inbox.replay, aside.id, desk.clock.now())
    assert not await desk.store.run(inbox.replay, aside.id, desk.clock.now()), "once"
    second = desk.worker(echoing())
    await desk.run(second.run())
    await second.idle()
    assert await desk.heard() == ["电梯坏了"]


async def parked(desk: Desk, count: int) -> bool:
    return len(await desk.parked()) >= count


async def test_a_bot_nobody_here_speaks_for_keeps_its_updates_for_whoever_does(desk: Desk) -> None:
    resident = desk.person()
    resident.say(desk.bot, "电梯坏了")
    strangers = await desk.converse(echoing(), bots={})
    await until(lambda: kept(desk, 1))
    await strangers.idle()
    assert await desk.heard() == []
    speaks_for_it = desk.worker(echoing())
    await desk.run(speaks_for_it.run())
    await speaks_for_it.idle()
    assert await desk.heard() == ["电梯坏了"]
    assert await desk.parked() == []


async def test_a_handler_that_fails_after_its_commit_is_not_run_again(desk: Desk) -> None:
    resident = desk.person()
    resident.say(desk.bot, "late")
    worker = await desk.converse(echoing())
    await until(lambda: heard(desk, 1))
    await worker.idle()
    assert await desk.heard() == ["late"]
    assert await desk.parked() == []


async def heard(desk: Desk, count: int) -> bool:
    return len(await desk.heard()) >= count


async def test_a_commit_that_fails_leaves_nothing_and_is_tried_again(desk: Desk) -> None:
    resident = desk.person()
    resident.say(desk.bot, "电梯坏了")
    failpoints.arm("worker.before_handle:1:raise")
    worker = await desk.converse(echoing())
    await until(lambda: answered(desk, resident, 1))
    await worker.idle()
    assert await desk.heard() == ["电梯坏了"]


async def test_an_answer_lost_after_the_commit_loses_only_the_answer(desk: Desk) -> None:
    resident = desk.person()
    failpoints.arm("worker.before_reply:1:raise")
    worker = await desk.converse(echoing())
    resident.say(desk.bot, "电梯坏了")
    await until(lambda: heard(desk, 1))
    await worker.idle()
    assert said(desk, resident) == []
    assert await desk.parked() == []


async def test_two_workers_do_everything_once(desk: Desk) -> None:
    people = [desk.person(f"居民{n}") for n in range(8)]
    for n in range(5):
        for person in people:
            person.say(desk.bot, f"{person.id}:{n}")
    workers = [desk.worker(echoing()), desk.worker(echoing())]
    for worker in workers:
        await desk.run(worker.run())
    await desk.run(desk.poller(kept=workers[0].nudge).run())
    await until(lambda: heard(desk, 40))
    for worker in workers:
        await worker.idle()
    lines = await desk.heard()
    assert sorted(lines) == sorted(set(lines))
    for person in people:
        assert [line for line in lines if line.startswith(f"{person.id}:")] == [f"{person.id}:{n}" for n in range(5)]


async def test_stopping_finishes_what_is_held(desk: Desk) -> None:
    resident = desk.person()
    resident.say(desk.bot, "slow")
    worker = desk.worker(echoing())
    running = await desk.run(worker.run())
    await desk.run(desk.poller(kept=worker.nudge).run())
    await until(lambda: heard(desk, 1))
    worker.stop()
    async with asyncio.timeout(5):
        await running
    await worker._replies.idle()
    assert said(desk, resident) == ["回音：slow"]


async def test_a_dead_workers_update_is_served_when_its_lease_is_over(desk: Desk) -> None:
    resident = desk.person()
    resident.say(desk.bot, "电梯坏了")
    poller = await desk.run(desk.poller().run())
    await until(lambda: kept(desk, 1))
    poller.cancel()
    past = desk.clock.now() - inbox.LEASE - inbox.LEASE
    await desk.store.run(inbox.claim, desk.keys, lease="of the dead", limit=1, now=past)
    worker = desk.worker(echoing())
    await desk.run(worker.run())
    await worker.idle()
    assert await desk.heard() == ["电梯坏了"]


async def kept(desk: Desk, count: int) -> bool:
    return len(await desk.kept()) >= count


async def test_a_429_waits_and_the_answer_comes_once(desk: Desk) -> None:
    resident = desk.person()
    desk.stage.fail_next("sendMessage", 429, retry_after=1)
    worker = await desk.converse(echoing())
    resident.say(desk.bot, "电梯坏了")
    await until(lambda: answered(desk, resident, 1))
    await worker.idle()
    assert said(desk, resident) == ["回音：电梯坏了"]
    (halt,) = await desk.store.read(HALTS.all)
    assert (halt.bot_id, halt.chat_id) == (desk.bot.id, resident.id)


async def test_a_waiting_reply_does_not_hold_up_the_chats_next_commit(desk: Desk) -> None:
    resident = desk.person()
    desk.stage.fail_next("sendMessage", 429, retry_after=30)
    await desk.converse(echoing())
    resident.say(desk.bot, "一")
    resident.say(desk.bot, "二")
    await until(lambda: heard(desk, 2))
    assert said(desk, resident) == []


async def test_whoever_blocked_the_bot_is_marked_unreachable(desk: Desk) -> None:
    resident = desk.person()
    await desk.store.run(
        Statement("INSERT INTO person (id, lang, met_at) VALUES (1, 'zh', :now)").run, now=desk.clock.now()
    )
    await desk.store.run(
        Statement("INSERT INTO reach (person_id, bot_id, chat_id, rank) VALUES (1, :bot_id, :chat_id, 0)").run,
        bot_id=desk.bot.id,
        chat_id=resident.id,
    )
    desk.stage.fail_next("sendMessage", 403)
    worker = await desk.converse(echoing())
    resident.say(desk.bot, "电梯坏了")
    await until(lambda: heard(desk, 1))
    await worker.idle()
    row = await desk.store.read(BLOCKED.one, chat_id=resident.id)
    assert row is not None
    assert row.blocked_at is not None


@pytest.mark.parametrize(
    ("code", "answers"),
    [
        pytest.param(400, ["回音：二"], id="what the messenger will never take is given up"),
        pytest.param(500, ["回音：一", "回音：二"], id="a broken messenger is asked again"),
        pytest.param(502, ["回音：一", "回音：二"], id="and so is one behind a broken door"),
    ],
)
async def test_a_refused_answer_breaks_nothing(desk: Desk, code: int, answers: list[str]) -> None:
    resident = desk.person()
    desk.stage.fail_next("sendMessage", code)
    worker = await desk.converse(echoing())
    resident.say(desk.bot, "一")
    await until(lambda: heard(desk, 1))
    resident.say(desk.bot, "二")
    await until(lambda: answered(desk, resident, len(answers)))
    await worker.idle()
    assert said(desk, resident) == answers


async def test_an_old_tap_is_answered_in_vain_without_noise(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    resident = desk.person()
    worker = await desk.converse(echoing())
    resident.start(desk.bot)
    await until(lambda: answered(desk, resident, 1))
    desk.stage.fail_next(
        "answerCallbackQuery",
        400,
        description="Bad Request: query is too old and response timeout expired or query ID is invalid",
    )
    resident.tap(resident.last(desk.bot), "好")
    await until(lambda: answered(desk, resident, 2))
    await worker.idle()
    assert caplog.text == ""


async def test_halts_outlive_the_process(desk: Desk) -> None:
    resident = desk.person()
    desk.stage.fail_next("sendMessage", 429, retry_after=30)
    worker = await desk.converse(echoing())
    resident.say(desk.bot, "一")
    await until(lambda: halted(desk))
    worker.stop()
    again = Replies(desk.store, pace := Pace(LENIENT, desk.clock), office=desk.clock, machine=desk.clock)
    await again.remember_halts()
    assert pace.reserve(desk.bot.id, resident.id, Priority.EMERGENCY) > 20


async def test_what_would_leave_too_late_is_dropped_at_the_end(desk: Desk) -> None:
    resident = desk.person()
    replies = Replies(desk.store, Pace(STRICT, desk.clock), office=desk.clock, machine=desk.clock)
    for text in ("一", "二", "三", "四"):
        replies.send(desk.aiogram, resident.id, SendMessage(chat_id=resident.id, text=text))
    await replies.end(0.2)
    told = heard_by(resident, desk)
    assert told in (["一"], [])  # one a second: the others would hold up the process
    async with asyncio.timeout(1):
        await replies.idle()
    assert heard_by(resident, desk) == told


def heard_by(person: Person, desk: Desk) -> list[str]:
    return [message.text for message in person.inbox(desk.bot) if message.from_bot]


async def halted(desk: Desk) -> bool:
    return bool(await desk.store.read(HALTS.all))
