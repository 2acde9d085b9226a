"""Every promise ends sent or dead with an alarm; a lost answer makes one marked copy; no chat waits for another."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.messenger.people import Person as Reader
from bot.telegram.notices import PtbGateway
from bot.telegram.pace import STRICT, Pace
from models.ports import Priority
from models.rules import failpoints
from models.rules.lifecycle import Telling
from models.store import Statement
from tests.edges.clocks import StandingClock
from tests.edges.conftest import Desk, both_engines, until
from tests.edges.room import Room, case_of, delivering

pytestmark = both_engines

BLOCKED = Statement("SELECT chat_id FROM reach WHERE blocked_at IS NOT NULL")
HALTS = Statement("SELECT bot_id, chat_id FROM halt")


@pytest.fixture
async def room(desk: Desk) -> AsyncIterator[Room]:
    gateway = PtbGateway({desk.bot.id: desk.account}, desk.pace, answer_within_s=0.5)
    office = StandingClock()
    room = Room(desk, gateway, None, office)  # type: ignore[arg-type]
    room.delivery = delivering(room, gateway)
    await desk.run(room.delivery.run())
    yield room
    await gateway.close()


async def test_a_promise_is_told_once_and_settled_with_its_message(room: Room) -> None:
    reader = await room.reader()
    await room.promise(reader, "0412 已收到")
    await room.deliver()
    (message,) = [one for one in reader.inbox(room.desk.bot) if one.from_bot]
    (row,) = await room.notices()
    assert (row.state, row.message_id, row.waits_from) == ("sent", message.id, None)


async def test_the_commit_that_promises_nudges(room: Room) -> None:
    reader = await room.reader()
    await room.deliver()
    begun = asyncio.get_running_loop().time()
    await room.promise(reader, "0412 已收到")
    await until(lambda: told(room, reader, 1))
    assert asyncio.get_running_loop().time() - begun < 5


async def told(room: Room, reader: Reader, count: int) -> bool:
    return len(room.heard_by(reader)) >= count


async def test_a_chat_is_told_in_order_the_urgent_first(room: Room) -> None:
    reader = await room.reader()
    ring = room.office.now() + timedelta(hours=1)
    await room.promise(reader, "周报", priority=Priority.LIST, ring_at=ring)
    for n in range(5):
        await room.promise(reader, f"回执{n}", ring_at=ring)
    await room.promise(reader, "燃气泄漏", priority=Priority.EMERGENCY, ring_at=ring)
    room.office.turn(3600)
    await room.deliver()
    assert room.heard_by(reader) == ["燃气泄漏", *[f"回执{n}" for n in range(5)], "周报"]


async def test_nothing_rings_before_its_office_moment(room: Room) -> None:
    reader = await room.reader()
    await room.promise(reader, "早上好", ring_at=room.office.now() + timedelta(hours=8))
    await room.deliver()
    assert room.heard_by(reader) == []
    room.office.turn(8 * 3600)
    await room.delivery.beat(room.office.now())
    await until(lambda: told(room, reader, 1))


async def test_without_a_token_every_promise_is_kept_for_who_has_it(desk: Desk) -> None:
    tokenless = PtbGateway({}, desk.pace)
    room = Room(desk, tokenless, None, StandingClock())  # type: ignore[arg-type]
    room.delivery = delivering(room, tokenless)
    await desk.run(room.delivery.run())
    reader = await room.reader()
    await room.promise(reader, "0412 已收到")
    await room.deliver()
    assert await room.states() == ["waiting"]
    gateway = PtbGateway({desk.bot.id: desk.account}, desk.pace)
    await desk.run(delivering(room, gateway).run())
    await until(lambda: sent(room))
    assert room.heard_by(reader) == ["0412 已收到"]
    await gateway.close()


async def test_what_is_no_longer_true_is_not_told(room: Room) -> None:
    reader = await room.reader()
    await room.promise(reader, "旧消息", facts={"stale": True})
    await room.promise(reader, "新消息")
    await room.deliver()
    assert room.heard_by(reader) == ["新消息"]
    assert await room.states() == ["skipped", "sent"]


async def test_s40_an_answer_that_is_lost_makes_exactly_one_marked_copy(room: Room) -> None:
    reader = await room.reader()
    room.desk.stage.drop_answer("sendMessage")
    await room.promise(reader, "0412 已收到")
    await room.deliver()
    await room.again()
    await room.again()
    assert room.heard_by(reader) == ["0412 已收到", "（重发）0412 已收到"]
    (row,) = await room.notices()
    assert (row.state, row.unsure) == ("sent", 1)


@pytest.mark.parametrize(
    "code", [pytest.param(500, id="the messenger broke"), pytest.param(502, id="a gateway in between broke")]
)
async def test_s40_a_server_error_is_tried_again_as_a_copy(room: Room, code: int) -> None:
    reader = await room.reader()
    room.desk.stage.fail_next("sendMessage", code)
    await room.promise(reader, "0412 已收到")
    await room.deliver()
    assert await room.states() == ["waiting"]
    await room.again()
    assert room.heard_by(reader) == ["（重发）0412 已收到"]


async def test_a_429_waits_as_long_as_it_says_and_makes_no_copy(room: Room) -> None:
    reader = await room.reader()
    room.desk.stage.fail_next("sendMessage", 429, retry_after=1)
    await room.promise(reader, "0412 已收到")
    begun = asyncio.get_running_loop().time()
    await until(lambda: told(room, reader, 1))
    assert asyncio.get_running_loop().time() - begun >= 0.95
    assert room.heard_by(reader) == ["0412 已收到"]
    assert (await room.notices())[0].unsure == 0


async def test_429s_of_two_chats_halt_the_bot_in_the_database(room: Room) -> None:
    readers = [await room.reader(f"居民{n}") for n in range(2)]
    room.desk.stage.fail_next("sendMessage", 429, 2, retry_after=60)
    for reader in readers:
        await room.promise(reader, "回执")
    await room.deliver()
    assert [tuple(row) for row in await room.desk.store.read(HALTS.all)] == [(room.desk.bot.id, 0)]
    assert await room.states() == ["waiting", "waiting"]


async def test_s41_whoever_blocked_the_bot_is_marked_and_another_way_is_sought(room: Room) -> None:
    reader, neighbour = await room.reader(), await room.reader("邻居")
    reader.block(room.desk.bot)
    await room.promise(reader, "回执")
    await room.promise(neighbour, "回执")
    await room.deliver()
    assert await room.states() == ["dead", "sent"]
    assert await room.alarms() == ["blocked"]
    assert [row.chat_id for row in await room.desk.store.read(BLOCKED.all)] == [reader.id]
    assert room.unreached == [1]


HALF_DONE = Statement("SELECT ref, reason FROM alarm WHERE kind = 'notice-half-done'")


async def half_done(room: Room) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await room.desk.store.read(HALF_DONE.all)]


async def test_another_way_that_fails_is_an_alarm_and_nobody_is_told_again(room: Room) -> None:
    reader, neighbour = await room.reader(), await room.reader("邻居")
    reader.block(room.desk.bot)
    room.unreached = None  # type: ignore[assignment]  # so that the hook raises
    await room.promise(reader, "回执")
    await room.promise(neighbour, "回执")
    await room.deliver()
    await room.leases_end()
    assert await room.states() == ["dead", "sent"]
    assert len(room.desk.stage.calls_of("sendMessage")) == 2
    assert await half_done(room) == [("notice:1", "AttributeError")]


async def test_a_card_that_cannot_be_kept_is_an_alarm_and_nobody_is_told_again(room: Room) -> None:
    reader = await room.reader()
    case_id = await case_of(room, reader)
    await room.promise(reader, "0412", case_id=case_id)
    await room.desk.store.run(Statement("ALTER TABLE card RENAME TO torn_card").run)
    await room.deliver()
    await room.leases_end()
    assert room.heard_by(reader) == ["0412"]
    assert await room.states() == ["sent"]
    assert await half_done(room) != []


async def test_a_group_whose_move_cannot_be_followed_is_dead_with_an_alarm(room: Room) -> None:
    reader = await room.reader()
    group = room.desk.messenger.add_group("楼栋群", [reader], room.desk.bot)
    new = room.desk.messenger.upgrade(group, by=reader.id)
    for chat_id in (group.id, new.id):  # both known: the old cannot take the new one's place
        await room.desk.store.run(room._meet, chat_id)
    await room.promise(reader, "停水通知", chat_id=group.id)
    await until(lambda: dead(room))
    assert len(await room.alarms()) == 1


async def dead(room: Room) -> bool:
    return set(await room.states()) == {"dead"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<b></b>", id="entities around nothing"),
        pytest.param("长" * 5000, id="5,000 characters"),
        pytest.param("", id="nothing to say"),
    ],
)
async def test_s42_a_poison_letter_is_dead_with_an_alarm_and_the_next_is_told(room: Room, text: str) -> None:
    reader = await room.reader()
    await room.promise(reader, text)
    await room.promise(reader, "下一条")
    await room.deliver()
    assert room.heard_by(reader) == ["下一条"]
    assert await room.states() == ["dead", "sent"]
    assert len(await room.alarms()) == 1


async def test_s42_a_letter_that_cannot_be_drawn_is_dead_after_three_tries(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    reader = await room.reader()
    await room.promise(reader, "坏", facts={"poison": True})
    await room.promise(reader, "下一条")
    await until(lambda: told(room, reader, 1))
    assert room.drawn["坏"] == 3
    assert await room.alarms() == ["KeyError"]
    assert "住户的话" not in caplog.text


async def test_a_slow_chat_does_not_hold_up_the_others(room: Room) -> None:
    slow, quick = await room.reader(), await room.reader("邻居")
    room.desk.stage.delay("sendMessage", 0.4, 5, chat_id=slow.id)
    for n in range(3):
        await room.promise(slow, f"慢{n}")
    for n in range(10):
        await room.promise(quick, f"快{n}")
    await until(lambda: told(room, quick, 10))
    assert len(room.heard_by(slow)) < 3
    await until(lambda: told(room, slow, 3))
    assert room.heard_by(slow) == ["慢0", "慢1", "慢2"]


async def test_a_message_that_shows_a_case_becomes_its_card(room: Room) -> None:
    reader = await room.reader()
    case_id = await case_of(room, reader, version=3)
    await room.promise(reader, "0412", case_id=case_id, telling=Telling.ASSIGNMENT, part="desk")
    await room.promise(reader, "与诉求无关")
    await room.deliver()
    message_id = next(one.id for one in reader.inbox(room.desk.bot) if one.text == "0412")
    assert await room.cards() == [(reader.id, message_id, "assignment", "desk", 3)]


async def test_a_card_is_changed_in_place_and_keeps_its_part(room: Room) -> None:
    reader = await room.reader()
    case_id = await case_of(room, reader, version=3)
    await room.promise(reader, "0412", case_id=case_id, telling=Telling.ASSIGNMENT, part="desk")
    await room.deliver()
    ((_, message_id, *_),) = await room.cards()
    await room.desk.store.run(Statement('UPDATE "case" SET version = 4').run)
    await room.promise(reader, "0412 已签收", case_id=case_id, telling=Telling.REFRESH, edits=message_id)
    await room.deliver()
    assert room.heard_by(reader) == ["0412 已签收"]
    assert await room.cards() == [(reader.id, message_id, "assignment", "desk", 4)]


async def test_a_case_that_moves_while_its_card_is_on_the_way_is_shown_as_it_is(room: Room) -> None:
    reader = await room.reader()
    case_id = await case_of(room, reader, version=3)
    room.desk.stage.delay("sendMessage", 0.3)
    await room.promise(reader, "0412", case_id=case_id, telling=Telling.ASSIGNMENT, part="desk")
    await until(lambda: drawn(room, "0412"))
    await room.desk.store.run(Statement('UPDATE "case" SET version = 4').run)
    await until(lambda: drawn(room, "如今的样子"))
    await room.deliver()
    assert room.heard_by(reader) == ["如今的样子"]
    ((_, _, telling, part, version),) = await room.cards()
    assert (telling, part, version) == ("assignment", "desk", 4)


async def test_a_refresh_of_a_deleted_card_is_dropped_without_alarm(room: Room) -> None:
    reader = await room.reader()
    await room.promise(reader, "0412", telling=Telling.REFRESH, edits=4242)
    await room.deliver()
    assert await room.states() == ["skipped"]
    assert await room.alarms() == []


async def test_a_promise_whose_message_was_deleted_is_said_anew(room: Room) -> None:
    reader = await room.reader()
    await room.promise(reader, "0412 已收到", edits=4242)
    await room.deliver()
    await until(lambda: told(room, reader, 1))
    assert room.heard_by(reader) == ["0412 已收到"]


async def test_s41_a_group_that_moved_is_told_at_its_new_place(room: Room) -> None:
    reader = await room.reader()
    group = room.desk.messenger.add_group("楼栋群", [reader], room.desk.bot)
    new = room.desk.messenger.upgrade(group, by=reader.id)
    await room.promise(reader, "停水通知", chat_id=group.id)
    await until(lambda: sent(room))
    assert "停水通知" in [message.text for message in reader.inbox(new)]
    assert (await room.notices())[0].chat_id == new.id


async def sent(room: Room) -> bool:
    return set(await room.states()) == {"sent"}


@pytest.mark.parametrize(
    ("point", "heard"),
    [
        pytest.param("delivery.before_claim:1:raise", ["回执"], id="nothing had begun"),
        pytest.param("delivery.after_claim:1:raise", ["（重发）回执"], id="nobody can tell that nothing was sent"),
        pytest.param(
            "delivery.after_send:1:raise", ["回执", "（重发）回执"], id="sent and not settled: one marked copy"
        ),
        pytest.param("delivery.after_settle:1:raise", ["回执"], id="settled: it is over"),
    ],
)
async def test_s40_a_sender_that_dies_makes_at_most_one_marked_copy(room: Room, point: str, heard: list[str]) -> None:
    reader = await room.reader()
    await room.deliver()
    failpoints.arm(point)
    await room.promise(reader, "回执")
    await room.deliver()
    await room.leases_end()
    await room.again()
    assert room.heard_by(reader) == heard
    assert await room.states() == ["sent"]


async def test_two_deliveries_tell_everything_once(room: Room) -> None:
    readers = [await room.reader(f"居民{n}") for n in range(6)]
    second = delivering(room, room.gateway)
    await room.desk.run(second.run())
    for n in range(4):
        for reader in readers:
            await room.promise(reader, f"第{n}条")
    await until(lambda: sent(room))
    assert [room.heard_by(reader) for reader in readers] == [[f"第{n}条" for n in range(4)]] * 6


async def test_stopping_settles_what_is_held(room: Room) -> None:
    reader = await room.reader()
    room.desk.stage.delay("sendMessage", 0.3)
    delivery = room.delivery
    await room.promise(reader, "回执")
    await until(lambda: drawn(room, "回执"))
    delivery.stop()
    await until(lambda: sent(room))
    assert room.heard_by(reader) == ["回执"]


async def drawn(room: Room, text: str) -> bool:
    return bool(room.drawn[text])


async def test_a_strict_pace_delays_and_neither_loses_nor_copies(desk: Desk) -> None:
    strict = replace(desk, pace=Pace(STRICT, desk.clock))
    gateway = PtbGateway({desk.bot.id: desk.account}, strict.pace)
    room = Room(strict, gateway, None, StandingClock())  # type: ignore[arg-type]
    room.delivery = delivering(room, gateway)
    readers = [await room.reader(f"居民{n}") for n in range(3)]
    for n in range(2):
        for reader in readers:
            await room.promise(reader, f"第{n}条")
    await desk.run(room.delivery.run())
    await until(lambda: sent(room))
    assert [room.heard_by(reader) for reader in readers] == [["第0条", "第1条"]] * 3
    assert {row.unsure for row in await room.notices()} == {0}
    for reader in readers:
        first, second = [
            call.at for call in desk.stage.calls_of("sendMessage") if str(call.params["chat_id"]) == str(reader.id)
        ]
        assert second - first > 1.0
    await gateway.close()


async def test_everything_is_told_through_a_storm_of_faults(room: Room) -> None:
    readers = [await room.reader(f"居民{n}") for n in range(10)]
    room.desk.stage.fail_rate({429: 0.3, 500: 0.2}, seed=4, retry_after=1)
    for n in range(3):
        for reader in readers:
            await room.promise(reader, f"第{n}条")
    await room.deliver()
    room.desk.stage.clear()
    await room.desk.store.run(Statement("DELETE FROM halt").run)
    room.desk.pace._tokens.clear()
    await room.again()
    await until(lambda: sent(room))
    for reader in readers:
        assert [text.removeprefix("（重发）") for text in room.heard_by(reader)] == [f"第{n}条" for n in range(3)]
