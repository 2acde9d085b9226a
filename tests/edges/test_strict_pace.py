"""Does everything leave as fast as Telegram allows, with nothing refused? In virtual time; real minutes in `make load`.

The messenger counts as telegram.md §4 measured others against: 30 a second, 1 a second a chat with a burst of 3, 20 a
minute a group.
"""

import asyncio
from pathlib import Path

from aiogram.methods import SendMessage

from models.ports import Priority
from models.rules.policy import Town
from tests.edges.strict_post import NOTICES, Post, strict_post, talking
from tests.edges.virtual import VirtualClock, lived
from tests.edges.waiting_room import fill, waiting_room

WAITING = 24_000
FASTEST = 30.0
"""Letters a second no messenger would take more of."""


def test_three_hundred_chats_are_told_in_eleven_seconds_and_none_is_refused(licheng: Town, tmp_path: Path) -> None:
    async def life() -> None:
        async with strict_post(tmp_path, licheng) as post:
            for _ in range(300):
                await post.promise((await post.reader()).id)
            assert await _told_within(post) == [200] * 300
            assert _span(post) <= 11.5

    lived(life())


def test_ten_to_one_chat_leave_one_a_second(licheng: Town, tmp_path: Path) -> None:
    async def life() -> None:
        async with strict_post(tmp_path, licheng) as post:
            await post.promise((await post.reader()).id, 10)
            assert await _told_within(post) == [200] * 10
            assert 9 <= _span(post) <= 10.5

    lived(life())


def test_twenty_five_to_one_group_keep_under_twenty_a_minute(licheng: Town, tmp_path: Path) -> None:
    async def life() -> None:
        async with strict_post(tmp_path, licheng) as post:
            await post.promise((await post.group()).id, 25)
            assert await _told_within(post) == [200] * 25
            assert _span(post) <= 85

    lived(life())


def test_notices_and_replies_share_one_budget(licheng: Town, tmp_path: Path) -> None:
    async def life() -> None:
        async with strict_post(tmp_path, licheng) as post, talking(post) as bot:
            readers = [await post.reader() for _ in range(100)]
            for reader in readers:
                await post.promise(reader.id)
            await post.promise(readers[0].id, 5)
            await post.promise((await post.group()).id, 6)
            await post.open()
            for reader in readers:
                post.replies.send(bot, reader.id, SendMessage(chat_id=reader.id, text="是这件事吗？"))
            await post.replies.idle()
            answered = post.clock.now()
            await post.drained()
            await post.end()
            assert [call.status for call in post.calls()] == [200] * 211
            assert (answered - post.clock.now()).total_seconds() < 0, "whoever just spoke is answered first"
            assert {row.state for row in await post.store.read(NOTICES.all)} == {"sent"}
            assert _span(post) <= 26

    lived(life())


def test_an_emergency_behind_24000_notices_leaves_within_two_seconds(licheng: Town, tmp_path: Path) -> None:
    async def life() -> None:
        lists = [(1_000 + number % 2_400, Priority.LIST) for number in range(WAITING)]
        async with waiting_room(tmp_path, licheng, lists) as room:
            await asyncio.sleep(30)
            before = asyncio.get_running_loop().time()
            await room.store.run(fill, [(999, Priority.EMERGENCY)], now=VirtualClock().now(), first=WAITING)
            await asyncio.sleep(2)
            urgent = [one for one in room.gateway.told if one.priority is Priority.EMERGENCY]
            assert [one.at - before < 2 for one in urgent] == [True]
            await asyncio.sleep(18)
            told = room.gateway.told
            assert not any(one.refused for one in told)
            assert 27 <= len(told) / asyncio.get_running_loop().time() <= FASTEST
            waiting = (await room.states())["waiting"]
            assert WAITING - len(told) <= waiting <= WAITING + 1 - len(told) + 16, "what is on its way is not told yet"

    lived(life(), sockets=False)


def test_the_last_of_many_notices_leave_as_fast_as_the_first(licheng: Town, tmp_path: Path) -> None:
    async def life() -> None:
        mixed = [(1_000 + number % 350, Priority(2 + number % 4)) for number in range(1_400)]
        async with waiting_room(tmp_path, licheng, mixed) as room:
            ended = await room.drained()
            assert await room.states() == {"sent": len(mixed)}
            assert not any(one.refused for one in room.gateway.told)
            assert len(mixed) / ended >= 27
            order = [one.priority for one in room.gateway.told]
            assert order[:280] == [Priority.RECEIPT] * 280, "receipts before lists"

    lived(life(), sockets=False)


async def _told_within(post: Post) -> list[int]:
    """How each letter was answered until nothing waited."""
    await post.open()
    await post.drained()
    await post.end()
    return [call.status for call in post.calls()]


def _span(post: Post) -> float:
    """Virtual seconds from the first letter to the last."""
    return post.calls()[-1].at - post.calls()[0].at
