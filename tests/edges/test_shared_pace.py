"""Several processes on one PostgreSQL send no more than one would, and reckon exactly as one does."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.telegram.pace import LENIENT, STRICT, Pace
from bot.telegram.shared_pace import SharedPace
from models import outbox
from models.ports import Priority
from models.store import Statement, Store
from tests.databases import postgres_url
from tests.edges.clocks import StandingClock
from tests.edges.test_pace import most_in

BOT, CHAT, GROUP = 1, 7, -7
ROWS = Statement("SELECT count(*) AS many FROM spent")

PUT = Statement("""
    INSERT INTO spent (bot_id, chat_id, limit_name, free_from) VALUES (:bot_id, :chat_id, :limit_name, :free_from)
""")


class Two:
    """Two processes with a connection pool each, one database, and one clock."""

    def __init__(self, stores: list[Store]) -> None:
        self.stores, self.clock = stores, StandingClock()
        self.one, self.other = (SharedPace(STRICT, store, clock=self.clock) for store in stores)

    @property
    def at(self) -> float:
        return self.clock.now().timestamp()


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    url = postgres_url()
    stores = [await Store.open(url), await Store.open(url)]
    yield Two(stores)
    for store in stores:
        await store.close()


async def test_two_processes_decide_as_one_would(two: Two) -> None:
    dice, alone = random.Random(1), Pace(STRICT, two.clock)
    chats = [CHAT, CHAT + 1, GROUP, *range(100, 120)]
    for _ in range(500):
        two.clock.turn(dice.choice((0, 0, 0.01, 0.03, 0.3)))
        asked = BOT, dice.choice(chats), dice.choice(list(Priority)), dice.choice((1, 1, 1, 4))
        shared = await dice.choice((two.one, two.other)).admit(*asked)
        assert shared == pytest.approx(await alone.admit(*asked), abs=1e-4), asked


async def test_together_they_keep_thirty_a_second_one_a_chat_and_twenty_a_minute_a_group(two: Two) -> None:
    dice = random.Random(2)
    sent: list[tuple[float, int]] = []
    while two.at < StandingClock().now().timestamp() + 63:
        chats = [GROUP, dice.randrange(100, 104), *dice.sample(range(200, 300), 2)]
        waits = await asyncio.gather(
            *(pace.admit(BOT, chat, Priority.ANSWER) for chat in chats for pace in (two.one, two.other))
        )
        gone = [chat for chat in chats for _ in range(2)]
        sent += [(two.at, chat) for chat, wait in zip(gone, waits, strict=True) if wait == 0.0]
        two.clock.turn(dice.choice((0.02, 0.05, 0.4)))
    assert len(sent) > 300
    assert most_in([at for at, _ in sent], 1.0) < 30
    assert most_in([at for at, chat in sent if chat == GROUP], 60.0) <= 20
    for chat in {chat for _, chat in sent}:
        assert all(later - earlier > 1.0 for earlier, later in pairwise([at for at, one in sent if one == chat]))


async def test_many_at_once_pass_no_more_than_the_burst(two: Two) -> None:
    asked = [pace.admit(BOT, chat, Priority.ANSWER) for chat in range(100, 120) for pace in (two.one, two.other)]
    assert (await asyncio.gather(*asked)).count(0.0) == STRICT.bot.burst


async def test_an_emergency_passes_those_who_wait_in_another_process(two: Two) -> None:
    for chat in range(100, 100 + STRICT.bot.burst):
        assert await two.one.admit(BOT, chat, Priority.BROADCAST) == 0.0
    wait = await two.one.admit(BOT, 800, Priority.BROADCAST)
    assert wait > 0.0
    assert await two.other.admit(BOT, 900, Priority.EMERGENCY) > 0.0
    two.clock.turn(wait + 1e-5)
    assert await two.one.admit(BOT, 800, Priority.BROADCAST) > 0.0, "it was told to come back, and is passed"
    assert await two.other.admit(BOT, 900, Priority.EMERGENCY) == 0.0


async def test_a_halt_told_to_one_holds_for_all_and_for_the_next_start(two: Two) -> None:
    assert await two.one.halted(BOT, CHAT, 30) is False
    assert await two.other.admit(BOT, CHAT, Priority.EMERGENCY) == pytest.approx(30)
    assert await two.other.admit(BOT, CHAT + 1, Priority.BROADCAST) == 0.0
    assert await two.other.halted(BOT, CHAT, 5) is False, "the same chat is still one chat"
    assert await two.one.admit(BOT, CHAT, Priority.EMERGENCY) == pytest.approx(30)
    assert await two.other.halted(BOT, CHAT + 1, 20) is True, "a second chat meanwhile is the bot"
    again = SharedPace(LENIENT, two.stores[0], clock=two.clock)
    assert await again.admit(BOT, 999, Priority.EMERGENCY) == pytest.approx(20)
    assert await again.admit(BOT + 1, 999, Priority.EMERGENCY) == 0.0


async def test_by_the_servers_clock_the_next_one_waits(two: Two) -> None:
    one, other = (SharedPace(STRICT, store) for store in two.stores)
    assert await one.admit(BOT, CHAT, Priority.ANSWER) == 0.0
    assert 0.0 < await other.admit(BOT, CHAT, Priority.ANSWER) <= STRICT.chat.every


async def test_a_reservation_is_no_news(two: Two) -> None:
    heard: list[str] = []
    two.stores[0].after_commit(lambda: heard.append("news"))
    assert await two.one.admit(BOT, CHAT, Priority.ANSWER) == 0.0
    await asyncio.sleep(0)
    assert heard == []


async def test_who_cannot_ask_sends_nothing(two: Two) -> None:
    await two.stores[0].close()
    assert await two.one.admit(BOT, CHAT, Priority.EMERGENCY) > 0.0


async def test_a_limit_of_another_place_holds_nobody_up(two: Two) -> None:
    later = two.clock.now() + timedelta(hours=1)
    assert await two.one.admit(BOT, CHAT, Priority.ANSWER) == 0.0
    rows = [(0, "chat"), (0, "group"), (CHAT + 1, "bot"), (CHAT + 1, "wanted:0")]
    await two.stores[0].run(
        PUT.many, [{"bot_id": BOT, "chat_id": chat, "limit_name": name, "free_from": later} for chat, name in rows]
    )
    for chat in (CHAT + 1, CHAT + 2, GROUP):
        two.clock.turn(2)
        assert await two.other.admit(BOT, chat, Priority.ANSWER) == 0.0


async def test_silent_chats_leave_no_trace(two: Two) -> None:
    for chat in range(100, 110):
        two.clock.turn(0.1)
        await two.one.admit(BOT, chat, Priority.ANSWER)
    two.clock.turn(3600)
    await two.stores[0].run(outbox.forget_spent, two.clock.now())
    row = await two.stores[0].read(ROWS.one)
    assert row is not None
    assert row.many == 1, "the bot's own"
    assert await two.one.admit(BOT, CHAT, Priority.ANSWER) == 0.0
