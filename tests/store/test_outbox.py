"""Does every promise leave in its turn, at least once, and end sent or dead?"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from models import outbox
from models.outbox import Promised
from models.ports import Priority
from models.records import Alarm, Notice, Person
from models.store import Statement, Store

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
OFFICE = datetime(2026, 12, 24, 6, 0, tzinfo=UTC)  # the office clock stands a month ahead


def promise(
    session: Session,
    key: str,
    *,
    chat: int = 7,
    bot: int = 1,
    priority: Priority = Priority.RECEIPT,
    ring_at: datetime = OFFICE,
) -> bool:
    if session.get(Person, 1) is None:
        session.add(Person(id=1, met_at=OFFICE))
    return outbox.promise(
        session, key=key, person_id=1, bot_id=bot, chat_id=chat, case_id=None, telling="receipt", reader="raiser",
        priority=priority, facts={"对象": "电梯", "n": 1}, ring_at=ring_at, now=OFFICE,
    )  # fmt: skip


async def promised(store: Store, key: str, **how: Any) -> None:
    assert await store.run(promise, key, **how)


async def claimed(
    store: Store,
    lease: str = "a",
    *,
    bots: Sequence[int] = (1, 2),
    machine: datetime = NOW,
    office: datetime = OFFICE,
    limit: int = 50,
) -> list[Promised]:
    return await store.run(outbox.claim, bots=bots, lease=lease, limit=limit, office_now=office, machine_now=machine)


def keys_of(rows: list[Promised]) -> list[str]:
    return [row.key for row in rows]


async def the(store: Store, key: str) -> Notice:
    return await store.read(lambda session: session.exec(select(Notice).where(Notice.key == key)).one())


async def test_the_same_promise_is_given_once(store: Store) -> None:
    assert await store.run(promise, "k")
    assert not await store.run(promise, "k", chat=8)
    (row,) = await claimed(store)
    assert (row.chat_id, row.facts, row.priority) == (7, {"对象": "电梯", "n": 1}, Priority.RECEIPT)
    assert (row.promised_at, row.ring_at) == (OFFICE, OFFICE)


async def test_a_promise_is_gone_with_the_change_it_tells_of(store: Store) -> None:
    def undone(session: Session) -> None:
        promise(session, "k")
        raise LookupError

    with pytest.raises(LookupError):
        await store.run(undone)
    assert await claimed(store) == []


async def test_the_most_urgent_leaves_first_and_each_chat_one_at_a_time(store: Store) -> None:
    for key, chat, priority in [
        ("list", 7, Priority.LIST),
        ("receipt", 7, Priority.RECEIPT),
        ("second", 7, Priority.RECEIPT),
        ("other", 8, Priority.LIST),
        ("fire", 9, Priority.EMERGENCY),
    ]:
        await promised(store, key, chat=chat, priority=priority)
    first = await claimed(store)
    assert keys_of(first) == ["fire", "receipt", "other"]
    assert await claimed(store, "b") == []
    await store.run(outbox.settle_sent, first[1].id, "a", 100, OFFICE)
    assert keys_of(await claimed(store, "c")) == ["second"]


async def test_an_emergency_overtakes_what_waits_for_its_next_try(store: Store) -> None:
    await promised(store, "slow")
    await promised(store, "behind")
    (slow,) = await claimed(store)
    await store.run(outbox.settle_unsure, slow.id, "a", NOW + timedelta(minutes=5), reason="TimedOut")
    assert await claimed(store) == []  # what is behind keeps its place
    await promised(store, "fire", priority=Priority.EMERGENCY)
    assert keys_of(await claimed(store)) == ["fire"]


A_WHILE = Statement("SELECT 1 AS slept", postgresql="SELECT pg_sleep(0.4) AS slept")


async def test_two_senders_never_hold_two_notices_of_one_chat(store: Store) -> None:
    await promised(store, "list", priority=Priority.LIST)

    def slowly(session: Session) -> list[Promised]:
        held = outbox.claim(session, bots=(1,), lease="a", limit=9, office_now=OFFICE, machine_now=NOW)
        A_WHILE.all(session)
        return held

    claiming = asyncio.create_task(store.run(slowly))
    await asyncio.sleep(0.1)
    await promised(store, "fire", priority=Priority.EMERGENCY)
    await promised(store, "elsewhere", chat=8, priority=Priority.LIST)
    second = await claimed(store, "b", limit=1)
    first = await claiming
    assert (keys_of(first), keys_of(second)) == (["list"], ["elsewhere"])
    assert await claimed(store, "c") == []


async def test_two_bots_in_one_chat_do_not_wait_for_each_other(store: Store) -> None:
    await promised(store, "one", bot=1)
    await promised(store, "two", bot=2)
    assert keys_of(await claimed(store)) == ["one", "two"]


@pytest.mark.parametrize(
    ("bots", "keys"),
    [
        pytest.param((), [], id="a process without a token speaks for nobody, and everything waits"),
        pytest.param((2,), ["two"], id="each process takes what its own bot promised"),
        pytest.param((3, 1), ["one"], id="a bot that promised nothing takes nothing"),
    ],
)
async def test_only_the_bots_one_speaks_for_are_claimed(store: Store, bots: Sequence[int], keys: list[str]) -> None:
    await promised(store, "one", bot=1)
    await promised(store, "two", bot=2)
    assert keys_of(await claimed(store, bots=bots)) == keys


async def test_nothing_rings_before_its_moment_nor_holds_up_what_may(store: Store) -> None:
    await promised(store, "night", ring_at=OFFICE + timedelta(hours=8))
    await promised(store, "now", priority=Priority.LIST)
    assert keys_of(await claimed(store)) == ["now"]
    assert await store.read(outbox.next_ring, OFFICE) == OFFICE + timedelta(hours=8)
    (row,) = await claimed(store, "b", machine=NOW + outbox.LEASE)
    await store.run(outbox.settle_sent, row.id, "b", 1, OFFICE)
    assert keys_of(await claimed(store, office=OFFICE + timedelta(hours=8))) == ["night"]


async def test_what_was_sent_has_its_name_there_and_is_done(store: Store) -> None:
    await promised(store, "k")
    (row,) = await claimed(store)
    assert await store.run(outbox.settle_sent, row.id, "a", 4711, OFFICE)
    kept = await the(store, "k")
    assert (kept.state, kept.message_id, kept.sent_at, kept.waits_from) == ("sent", 4711, OFFICE, None)
    assert await claimed(store, machine=NOW + timedelta(days=9)) == []


async def test_a_sender_that_vanished_leaves_a_marked_copy_to_its_successor(store: Store) -> None:
    await promised(store, "k")
    (lost,) = await claimed(store, "a")
    assert lost.unsure == 0
    assert await claimed(store, "b", machine=NOW + outbox.LEASE - timedelta(seconds=1)) == []
    (again,) = await claimed(store, "b", machine=NOW + outbox.LEASE)
    assert again.unsure == 1
    assert not await store.run(outbox.settle_sent, lost.id, "a", 1, OFFICE)
    assert not await store.run(outbox.settle_later, lost.id, "a", NOW, halt="bot")
    assert not await store.run(outbox.settle_unsure, lost.id, "a", NOW, reason="TimedOut")
    assert not await store.run(outbox.settle_dead, lost.id, "a", reason="BadRequest", now=OFFICE)
    assert not await store.run(outbox.settle_skipped, lost.id, "a", OFFICE)
    assert await store.run(outbox.settle_sent, again.id, "b", 2, OFFICE)
    assert await store.read(lambda session: session.exec(select(Alarm)).all()) == []


async def test_a_notice_all_of_whose_senders_vanish_is_dead_at_last_and_the_next_one_leaves(store: Store) -> None:
    await promised(store, "kills")
    await promised(store, "next")
    for count in range(outbox.VANISHED_AT_MOST + 1):
        assert keys_of(await claimed(store, machine=NOW + count * outbox.LEASE)) == ["kills"]
    moment = NOW + (outbox.VANISHED_AT_MOST + 1) * outbox.LEASE
    assert await claimed(store, machine=moment) == []
    kept = await the(store, "kills")
    assert (kept.state, kept.reason) == ("dead", "vanished")
    (alarm,) = await store.read(lambda session: session.exec(select(Alarm)).all())
    assert alarm.ref == f"notice:{kept.id}"
    assert keys_of(await claimed(store, machine=moment)) == ["next"]


@pytest.mark.parametrize(
    ("halt", "free"),
    [
        pytest.param(None, ["same bot", "other bot"], id="only this chat's head waits"),
        pytest.param("chat", ["same bot", "other bot"], id="the chat waits"),
        pytest.param("bot", ["other bot"], id="the bot waits, another does not"),
    ],
)
async def test_a_halt_holds_what_it_names_until_it_ends(store: Store, halt: Any, free: list[str]) -> None:
    await promised(store, "told to wait")
    (row,) = await claimed(store)
    until = NOW + timedelta(seconds=30)
    assert await store.run(outbox.settle_later, row.id, "a", until, halt=halt)
    kept = await the(store, "told to wait")
    assert (kept.tries, kept.unsure) == (0, 0)
    await promised(store, "same bot", chat=8)
    await promised(store, "other bot", bot=2)
    assert keys_of(await claimed(store, "b", machine=until - timedelta(seconds=1))) == free
    assert "told to wait" in keys_of(await claimed(store, "c", machine=until))


async def test_a_chat_halt_also_holds_its_emergencies(store: Store) -> None:
    await promised(store, "k")
    (row,) = await claimed(store)
    await store.run(outbox.settle_later, row.id, "a", NOW + timedelta(seconds=30), halt="chat")
    await promised(store, "fire", priority=Priority.EMERGENCY)
    assert await claimed(store, "b") == []


async def test_a_shorter_halt_does_not_end_a_longer_one(store: Store) -> None:
    for key, chat in (("one", 7), ("two", 8)):
        await promised(store, key, chat=chat)
    first, second = await claimed(store)
    await store.run(outbox.settle_later, first.id, "a", NOW + timedelta(seconds=60), halt="bot")
    await store.run(outbox.settle_later, second.id, "a", NOW + timedelta(seconds=5), halt="bot")
    assert await claimed(store, "b", machine=NOW + timedelta(seconds=59)) == []
    assert len(await claimed(store, "b", machine=NOW + timedelta(seconds=60))) == 2
    assert await store.run(outbox.forget_halts, NOW + timedelta(seconds=61)) == 1


async def test_an_unsure_notice_is_tried_many_times_and_then_dies_loudly(store: Store) -> None:
    await promised(store, "k")
    moment = NOW
    for count in range(outbox.UNSURE_TRIES):
        (row,) = await claimed(store, machine=moment)
        assert (row.tries, row.unsure) == (count, count)
        moment += timedelta(seconds=1)
        assert await store.run(outbox.settle_unsure, row.id, "a", moment, reason="TimedOut")
    kept = await the(store, "k")
    assert (kept.state, kept.reason, kept.sent_at) == ("dead", "TimedOut", None)
    (alarm,) = await store.read(lambda session: session.exec(select(Alarm)).all())
    assert (alarm.kind, alarm.ref) == ("notice_dead", f"notice:{kept.id}")
    assert (await store.read(outbox.backlog)).dead == 1


async def test_a_dead_notice_raises_an_alarm_and_lets_the_next_one_through(store: Store) -> None:
    await promised(store, "poison")
    await promised(store, "next")
    (row,) = await claimed(store)
    assert await store.run(outbox.settle_dead, row.id, "a", reason="BadRequest", now=OFFICE)
    (alarm,) = await store.read(lambda session: session.exec(select(Alarm)).all())
    assert (alarm.reason, alarm.raised_at) == ("BadRequest", OFFICE)
    assert keys_of(await claimed(store, "b")) == ["next"]


async def test_a_skipped_notice_was_not_sent_and_alarms_nobody(store: Store) -> None:
    await promised(store, "refresh")
    (row,) = await claimed(store)
    assert await store.run(outbox.settle_skipped, row.id, "a", OFFICE)
    kept = await the(store, "refresh")
    assert (kept.state, kept.sent_at, kept.message_id) == ("skipped", None, None)
    assert await store.read(lambda session: session.exec(select(Alarm)).all()) == []


async def test_a_group_that_moved_is_followed(store: Store) -> None:
    await promised(store, "k", chat=-5)
    await store.run(lambda session: outbox.move_chat(session, bot_id=1, old=-5, new=-1005))
    (row,) = await claimed(store)
    assert row.chat_id == -1005


async def test_four_senders_send_everything_once_and_each_chat_in_order(store: Store) -> None:
    def fill(session: Session) -> None:
        for number in range(120):
            promise(session, f"{number:03d}", chat=number % 11)

    await store.run(fill)
    sent: list[tuple[int, str]] = []

    async def sender(name: str) -> None:
        idle = 0
        while idle < 20:
            rows = await claimed(store, name, limit=3)
            idle = 0 if rows else idle + 1
            for row in rows:
                sent.append((row.chat_id, row.key))
                await asyncio.sleep(0)
                assert await store.run(outbox.settle_sent, row.id, name, 1, OFFICE)

    await asyncio.gather(*(sender(name) for name in "abcd"))
    assert sorted(key for _, key in sent) == [f"{number:03d}" for number in range(120)]
    for chat in range(11):
        order = [key for at, key in sent if at == chat]
        assert order == sorted(order)
