"""S39: a messenger that refuses a third and breaks a fifth for ten minutes, and a house that dies in the middle.

No promise is lost, nothing is tried before the moment that is on disk, and another bot's people notice nothing.
"""

import asyncio
from collections import Counter
from itertools import pairwise
from pathlib import Path

from models.outbox import VANISHED_AT_MOST
from models.ports import Priority
from models.rules.policy import Town
from models.store import Statement
from tests.edges.strict_post import NOTICES, Post, strict_post
from tests.edges.virtual import lived

BAD_S = 600
RETRY_AFTER = 30
COPY = "（重发）"
READERS, OTHERS = 60, 40
HALTS = Statement("SELECT chat_id, halted_until FROM halt WHERE bot_id = :bot_id")


def test_s39_ten_bad_minutes_and_a_death_lose_nothing_and_hurry_nothing(licheng: Town, tmp_path: Path) -> None:
    async def life() -> None:
        async with strict_post(tmp_path, licheng, bots=2) as post:
            hurt, well = post.bots
            post.stage.victim = hurt.id
            post.stage.fail_rate({429: 0.3, 500: 0.2}, seed=39, retry_after=RETRY_AFTER)
            chats = [(await post.reader(hurt)).id for _ in range(READERS)]
            for chat_id in chats:
                await post.promise(chat_id, 2, bot=hurt)
            await post.open()
            await asyncio.sleep(BAD_S / 2)
            halted = {
                row.chat_id: row.halted_until.timestamp() for row in await post.store.read(HALTS.all, bot_id=hurt.id)
            }
            await post.die()
            died = post.clock.seconds()
            others = [(await post.reader(well)).id for _ in range(OTHERS)]
            for chat_id in others:
                await post.promise(chat_id, bot=well, priority=Priority.LIST)
            await post.open()
            await asyncio.sleep(10)
            assert [call.status for call in post.calls(well)] == [200] * OTHERS, "another bot has waited with it"
            await asyncio.sleep(BAD_S / 2 - 10)
            post.stage.clear()
            await post.drained()
            await post.end()
            rows = await post.store.read(NOTICES.all)
            assert [row.state for row in rows] == ["sent"] * (2 * READERS + OTHERS)
            _nothing_is_hurried(post, halted, died)
            _copies_are_few_and_marked(post, {row.key: row.unsure for row in rows})

    lived(life())


def _nothing_is_hurried(post: Post, halted: dict[int, float], died: float) -> None:
    """After a 429 its chat is left alone as long as was asked; after two chats' the whole bot; also by an heir."""
    calls = post.calls(post.bots[0])
    assert Counter(call.status for call in calls)[429] > 10, "the messenger was not hard enough"
    last: dict[object, float] = {}
    for call in calls:
        chat_id = call.params["chat_id"]
        assert call.at >= last.get(chat_id, 0.0), f"chat {chat_id} was tried before its time"
        if call.status == 429:
            last[chat_id] = call.at + RETRY_AFTER
    for call in calls:
        if call.at > died:
            assert call.at >= halted.get(0, 0.0), "the heir did not know that the bot was halted"
            assert call.at >= halted.get(int(str(call.params["chat_id"])), 0.0)
    refused = [call.at for call in calls if call.status == 429]
    quiet = max(later - earlier for earlier, later in pairwise(sorted({call.at for call in calls})))
    assert quiet >= RETRY_AFTER - 1, "two chats refused at once are the bot"
    assert refused


def _copies_are_few_and_marked(post: Post, unsure: dict[str, int]) -> None:
    """One letter each, but for those whose answer was lost; every one that may be a copy says so."""
    taken = [str(call.params["text"]) for call in post.calls(post.bots[0]) if call.status == 200]
    said = Counter(text.removeprefix(COPY) for text in taken)
    assert set(said) >= {key for key in unsure if int(key) < 2 * READERS}
    for key, count in said.items():
        assert count <= 1 + min(unsure[key], VANISHED_AT_MOST)
        assert taken.count(key) <= 1, f"{key} came twice without a mark"


def test_s39_a_messenger_that_only_breaks_is_asked_ever_more_rarely(licheng: Town, tmp_path: Path) -> None:
    async def life() -> None:
        async with strict_post(tmp_path, licheng) as post:
            post.stage.victim = post.bots[0].id
            post.stage.fail_rate({500: 1.0})
            await post.promise((await post.reader()).id)
            await post.open()
            await asyncio.sleep(BAD_S / 3)
            tried = [call.at for call in post.calls()]
            gaps = [later - earlier for earlier, later in pairwise(tried)]
            assert gaps == sorted(gaps)
            assert len(tried) <= 12
            post.stage.clear()
            await post.drained()
            await post.end()
            (row,) = await post.store.read(NOTICES.all)
            assert row.state == "sent"

    lived(life())
