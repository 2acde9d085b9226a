"""Is every update kept, known again, served in its chat's order, and parked when nothing helps?"""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from models import inbox
from models.inbox import AlreadyDone, Arrived, TalkState, Unreadable, Waiting
from models.records import Alarm, Update
from models.store import Keys, Statement, Store

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
LATER = NOW + inbox.LEASE


def said(update_id: int, chat_id: int = 7, person: int = 9) -> Arrived:
    body = {"update_id": update_id, "message": {"chat": {"id": chat_id}, "from": {"id": person}, "text": "电梯坏了"}}
    return Arrived(update_id, chat_id, json.dumps(body).encode())


async def claimed(store: Store, keys: Keys, lease: str = "a", *, now: datetime = NOW, limit: int = 64) -> list[Any]:
    return list(await store.run(inbox.claim, keys, lease=lease, limit=limit, now=now))


def numbers(rows: list[Any]) -> list[int]:
    return [row.update_id for row in rows]


def rows_of(session: Session) -> list[Update]:
    return list(session.exec(select(Update).order_by(Update.id)).all())  # type: ignore[arg-type]


async def test_an_update_that_comes_again_is_known_and_kept_once(store: Store, keys: Keys) -> None:
    assert await store.run(inbox.take_in, keys, 1, [said(5), said(6)], NOW) == 2
    assert await store.run(inbox.take_in, keys, 1, [said(6), said(6), said(7)], NOW) == 1
    assert await store.run(inbox.take_in, keys, 2, [said(6)], NOW) == 1  # another bot counts for itself
    assert (await store.read(inbox.backlog)).waiting == 4


async def test_a_lower_number_is_as_new_as_a_higher_one(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(900_000_000)], NOW)
    assert await store.run(inbox.take_in, keys, 1, [said(3)], NOW) == 1


async def test_a_replay_is_known_after_it_was_done(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(1)], NOW)
    (row,) = await claimed(store, keys)
    await store.run(inbox.settle, row.id, row.lease, NOW)
    assert await store.run(inbox.take_in, keys, 1, [said(1)], NOW) == 0
    assert await claimed(store, keys, "b", now=LATER) == []


async def test_a_chat_is_served_in_order_and_the_others_beside_it(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(1, 7), said(2, 7), said(3, 8), said(4, 7), said(5, 9)], NOW)
    first = await claimed(store, keys, "a", limit=2)
    assert numbers(first) == [1, 3]
    assert numbers(await claimed(store, keys, "b")) == [5]
    await store.run(inbox.settle, first[0].id, "a", NOW)
    assert numbers(await claimed(store, keys, "c")) == [2]
    assert await claimed(store, keys, "d") == []


async def test_what_a_dead_worker_held_is_handed_on_when_its_lease_ends(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(1)], NOW)
    (lost,) = await claimed(store, keys, "a")
    assert await claimed(store, keys, "b", now=LATER - timedelta(seconds=1)) == []
    (again,) = await claimed(store, keys, "b", now=LATER)
    assert again.tries == 2
    with pytest.raises(AlreadyDone):
        await store.run(inbox.settle, lost.id, "a", LATER)
    assert not await store.run(inbox.failed, lost.id, "a", reason="ValueError", now=LATER, at_once=True)
    await store.run(inbox.settle, again.id, "b", LATER)
    with pytest.raises(AlreadyDone):
        await store.run(inbox.settle, again.id, "b", LATER)


async def test_a_lease_that_ran_out_still_settles_if_nobody_took_it(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(1)], NOW)
    (row,) = await claimed(store, keys)
    await store.run(inbox.settle, row.id, "a", LATER + timedelta(hours=1))


async def test_the_third_failure_parks_with_an_alarm_and_the_next_one_is_served(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(1), said(2)], NOW)
    parked = []
    for lease in "abc":
        (row,) = await claimed(store, keys, lease)
        assert row.update_id == 1
        parked.append(await store.run(inbox.failed, row.id, lease, reason="KeyError", now=NOW))
    assert parked == [False, False, True]
    assert numbers(await claimed(store, keys, "d")) == [2]
    alarms = await store.read(lambda session: session.exec(select(Alarm)).all())
    assert [(alarm.kind, alarm.ref, alarm.reason) for alarm in alarms] == [
        ("update_parked", f"update:{row.id}", "KeyError")
    ]
    assert (await store.read(inbox.backlog)).parked == 1


A_WHILE = Statement("SELECT 1 AS slept", postgresql="SELECT pg_sleep(0.4) AS slept")


async def test_an_update_done_while_its_last_failure_is_noted_is_not_parked(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(1)], NOW)
    for _ in range(2):
        (row,) = await claimed(store, keys)
        await store.run(inbox.failed, row.id, "a", reason="KeyError", now=NOW)
    await claimed(store, keys)

    def slowly(session: Session) -> None:
        inbox.settle(session, row.id, "a", NOW)
        A_WHILE.all(session)

    settling = asyncio.create_task(store.run(slowly))
    await asyncio.sleep(0.1)
    assert not await store.run(inbox.failed, row.id, "a", reason="TimeoutError", now=NOW)
    await settling
    assert await store.read(lambda session: session.exec(select(Alarm)).all()) == []


async def test_a_parked_update_keeps_its_words(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(1)], NOW)
    (row,) = await claimed(store, keys)
    await store.run(inbox.failed, row.id, "a", reason="KeyError", now=NOW, at_once=True)
    await store.run(inbox.forget, NOW + timedelta(days=365))
    (kept,) = await store.read(rows_of)
    assert "电梯坏了" in json.loads(keys.open(kept.body, at="update:1:1:body"))["message"]["text"]


async def test_a_failure_may_rest_before_it_is_tried_again(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(1)], NOW)
    (row,) = await claimed(store, keys)
    await store.run(inbox.failed, row.id, "a", reason="OSError", now=NOW, rest=timedelta(seconds=5))
    assert await claimed(store, keys, "b", now=NOW + timedelta(seconds=4)) == []
    assert numbers(await claimed(store, keys, "b", now=NOW + timedelta(seconds=5))) == [1]


async def test_words_of_people_never_become_a_reason(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(1)], NOW)
    (row,) = await claimed(store, keys)
    await store.run(inbox.failed, row.id, "a", reason="invalid literal: '张三 138…'", now=NOW, at_once=True)
    (kept,) = await store.read(rows_of)
    assert kept.reason == "Unnamed"


async def test_an_update_that_kills_whoever_handles_it_is_not_handled_for_ever(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(1)], NOW)
    moment = NOW
    for _ in range(inbox.BEGINNINGS):
        (row,) = await claimed(store, keys, now=moment)
        assert isinstance(row, Waiting)
        moment += inbox.LEASE
    (row,) = await claimed(store, keys, now=moment)
    assert isinstance(row, Unreadable)
    assert row.reason == "NeverEnded"
    assert await store.run(inbox.failed, row.id, "a", reason=row.reason, now=moment, at_once=True)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(b"{", "JSONDecodeError", id="cut off"),
        pytest.param(b"\x80 no", "UnicodeDecodeError", id="not text"),
        pytest.param(b"[1]", "NotAnObject", id="not an update"),
        pytest.param(b"[" * 100_000, "RecursionError", id="a JSON bomb"),
    ],
)
async def test_what_cannot_be_read_is_said_to_be_so_and_stops_nobody(
    store: Store, keys: Keys, raw: bytes, reason: str
) -> None:
    await store.run(inbox.take_in, keys, 1, [Arrived(1, 7, raw), said(2, 8)], NOW)
    bad, good = await claimed(store, keys)
    assert isinstance(bad, Unreadable)
    assert bad.reason == reason
    assert isinstance(good, Waiting)


async def test_the_words_lie_sealed_and_are_gone_when_done(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(1)], NOW)
    (kept,) = await store.read(rows_of)
    assert b"text" not in kept.body
    (row,) = await claimed(store, keys)
    await store.run(inbox.settle, row.id, row.lease, NOW)
    (kept,) = await store.read(rows_of)
    assert kept.body == b""
    assert kept.done_at == NOW


async def test_a_body_moved_to_another_update_does_not_open(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(1, 7), said(2, 8)], NOW)
    await store.run(Statement('UPDATE "update" SET body = (SELECT body FROM "update" WHERE update_id = 1)').run)
    first, second = await claimed(store, keys)
    assert isinstance(first, Waiting)
    assert (type(second), second.reason) == (Unreadable, "DoesNotOpen")


async def test_done_updates_are_forgotten_after_their_time(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(1), said(2, 8)], NOW)
    (row, _) = await claimed(store, keys)
    await store.run(inbox.settle, row.id, "a", NOW)
    assert await store.run(inbox.forget, NOW) == 0
    assert await store.run(inbox.forget, NOW + timedelta(seconds=1)) == 1
    assert (await store.read(inbox.backlog)).oldest_at == NOW


async def test_after_an_idle_week_no_row_has_the_number_of_an_older_one(store: Store, keys: Keys) -> None:
    """A draft's buttons are named by the row they came with: an old one must not be a new one's (sim, seed 50)."""
    await store.run(inbox.take_in, keys, 1, [said(1), said(2, 8)], NOW)
    before = await claimed(store, keys)
    for row in before:
        await store.run(inbox.settle, row.id, "a", NOW)
    await store.run(inbox.forget, NOW + timedelta(days=8))
    await store.run(inbox.take_in, keys, 1, [said(3)], NOW)
    (after,) = await claimed(store, keys)
    assert after.id > max(row.id for row in before)


async def test_a_claimed_update_brings_its_conversation(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(1)], NOW)
    (row,) = await claimed(store, keys)
    assert row.talk == TalkState("1:7:9")


@pytest.mark.parametrize(
    ("update", "chat", "key"),
    [
        pytest.param({"message": {"chat": {"id": -5}, "from": {"id": 9}}}, -5, "1:-5:9", id="a word in a group"),
        pytest.param(
            {"callback_query": {"from": {"id": 9}, "message": {"chat": {"id": 7}}}}, 7, "1:7:9", id="a button"
        ),
        pytest.param({"callback_query": {"from": {"id": 9}, "data": "x"}}, 9, "1:9:9", id="a button of long ago"),
        pytest.param({"inline_query": {"from": {"id": 9}}}, 9, "1:9:9", id="no chat at all"),
        pytest.param({"poll": {"id": "5"}}, 0, None, id="nobody speaks"),
        pytest.param({"channel_post": {"chat": {"id": -100}}}, -100, None, id="a channel speaks"),
        pytest.param({"my_chat_member": {"chat": {"id": 7}, "from": {"id": 9}}}, 7, "1:7:9", id="blocked us"),
        pytest.param({"message": {"chat": {"id": 1 << 63}, "from": {"id": True}}}, 0, None, id="no number of ours"),
        pytest.param({"message": {"chat": [], "from": "x"}}, 0, None, id="nonsense"),
        pytest.param({"message": "x"}, 0, None, id="more nonsense"),
        pytest.param([], 0, None, id="not even an object"),
    ],
)
def test_the_order_key_is_the_chat_or_the_person_or_nothing(update: Any, chat: int, key: str | None) -> None:
    assert inbox.chat_of(update) == chat
    assert inbox.talk_key(1, update) == key


async def test_a_chat_that_has_said_a_thousand_things_hides_nobody_behind_it(store: Store, keys: Keys) -> None:
    many = [said(number, 7) for number in range(600)] + [said(600 + number, 8 + number) for number in range(20)]
    await store.run(inbox.take_in, keys, 1, many, NOW)
    assert numbers(await claimed(store, keys, "a", limit=16)) == [0, *range(600, 615)]
    assert numbers(await claimed(store, keys, "b", limit=16)) == [*range(615, 620)]
    assert await claimed(store, keys, "c") == []


async def test_the_heads_of_a_long_backlog_come_oldest_first(store: Store, keys: Keys) -> None:
    await store.run(inbox.take_in, keys, 1, [said(number, number % 400) for number in range(1_200)], NOW)
    first = await claimed(store, keys, "a", limit=64)
    assert numbers(first) == [*range(64)]
    await store.run(inbox.settle, first[0].id, "a", NOW)
    assert numbers(await claimed(store, keys, "b", limit=2)) == [64, 65]
