"""Who comes after a process that died goes on at once, on both engines; nobody takes anything from the living."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models import inbox, lives, outbox
from models.inbox import Arrived, Unreadable, Waiting
from models.lives import Life, TakenIn
from models.outbox import Promised
from models.ports import Priority
from models.rules import failpoints
from models.store import Keys, Statement, Store
from tests.databases import postgres_url, sqlite_url

NOW = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
BOT = 7
_PERSON = Statement("INSERT INTO person (id, lang, met_at) VALUES (1, 'zh', :now)")
_LIVES = Statement("SELECT name, parts, takes_in, ended_from FROM life ORDER BY id")
_CUT = Statement(
    "SELECT count(pg_terminate_backend(pid)) AS cut FROM pg_stat_activity"
    " WHERE application_name = 'huiyin locks' AND datname = current_database()"
)


class Noon:
    def now(self) -> datetime:
        return NOW


class Home:
    """A database with one update and one notice, and the processes that work on it."""

    def __init__(self, store: Store) -> None:
        self.store, self.keys = store, Keys.fresh()
        self.born: list[Life] = []

    async def live(self, *, look_every_s: float = 0.05) -> Life:
        """A process of this machine; `perish` is its SIGKILL."""
        life = Life(self.store, Noon(), parts="all", host="here", pid=len(self.born) + 1, look_every_s=look_every_s)
        await life.begin()
        self.born.append(life)
        return life

    async def perish(self, life: Life) -> None:
        """As the kernel and the server see it: the lock is gone, and nothing was written down."""
        await life._locks.close()
        self.born.remove(life)

    async def updates(self, life: Life) -> list[Waiting | Unreadable]:
        assert life.name is not None
        return await self.store.run(inbox.claim, self.keys, lease=life.name, limit=9, now=NOW)

    async def notices(self, life: Life) -> list[Promised]:
        assert life.name is not None
        return await self.store.run(
            outbox.claim, bots=(BOT,), lease=life.name, limit=9, office_now=NOW, machine_now=NOW
        )


@pytest.fixture(params=["sqlite", "postgresql"])
async def home(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Home]:
    home = Home(await Store.open(sqlite_url(tmp_path) if request.param == "sqlite" else postgres_url()))
    await home.store.run(_PERSON.run, now=NOW)
    await home.store.run(inbox.take_in, home.keys, BOT, [Arrived(1, 5, b'{"update_id": 1}')], NOW)
    await home.store.run(
        lambda session: outbox.promise(
            session,
            key="receipt:1",
            person_id=1,
            bot_id=BOT,
            chat_id=5,
            case_id=None,
            telling="receipt",
            reader="raiser",
            priority=Priority.RECEIPT,
            facts={},
            ring_at=NOW,
            now=NOW,
        )
    )
    yield home
    for life in home.born:
        await life.end()
    await home.store.close()


on_postgresql = pytest.mark.parametrize("home", ["postgresql"], indirect=True)


async def test_who_starts_after_the_dead_goes_on_at_once(home: Home) -> None:
    dead = await home.live()
    assert len(await home.updates(dead)) == len(await home.notices(dead)) == 1
    await home.perish(dead)
    heir = await home.live()
    (update,) = await home.updates(heir)
    (notice,) = await home.notices(heir)
    assert update.tries == 2
    assert notice.unsure == 1, "it may have arrived: a copy says so"


async def test_who_starts_beside_the_living_takes_nothing(home: Home) -> None:
    living = await home.live()
    await home.updates(living)
    await home.notices(living)
    second = await home.live()
    assert not await home.updates(second)
    assert not await home.notices(second)


async def test_those_who_live_notice_a_death_within_seconds(home: Home) -> None:
    dead, living = await home.live(), await home.live()
    await home.updates(dead)
    watching = asyncio.create_task(living.run())
    await home.perish(dead)
    async with asyncio.timeout(20):
        while not (taken := await home.updates(living)):
            await asyncio.sleep(0.01)
    assert [one.tries for one in taken] == [2]
    watching.cancel()


async def test_a_claim_of_the_dead_that_lands_after_their_burial_is_found(home: Home) -> None:
    dead, living = await home.live(), await home.live()
    name = dead.name
    await home.perish(dead)
    assert await living.bury_the_dead() == 1
    assert name is not None
    await home.store.run(inbox.claim, home.keys, lease=name, limit=9, now=NOW)  # the server had it in hand
    await living.bury_the_dead()
    assert await home.updates(living)


async def test_who_ends_in_order_holds_nothing_and_leaves_no_lock(home: Home) -> None:
    first = await home.live()
    await home.updates(first)
    await first.end()
    home.born.remove(first)
    second = await home.live()
    assert await home.updates(second)
    assert [row.ended_from is None for row in await home.store.read(_LIVES.all)] == [False, True]


async def test_two_who_look_at_once_bury_each_dead_once(home: Home) -> None:
    dead = [await home.live() for _ in range(4)]
    one, other = await home.live(), await home.live()
    for life in dead:
        await home.perish(life)
    buried = await asyncio.gather(one.bury_the_dead(), other.bury_the_dead())
    again = await asyncio.gather(one.bury_the_dead(), other.bury_the_dead())
    assert sum(buried) + sum(again) >= 4
    assert [row.ended_from is None for row in await home.store.read(_LIVES.all)] == [False] * 4 + [True] * 2
    assert await one.bury_the_dead() == 0


async def test_a_second_poller_is_told_who_has_the_bot_and_since_when(home: Home) -> None:
    first, second = await home.live(), await home.live()
    await first.take_in(BOT, beside_others=False)
    with pytest.raises(TakenIn, match=r"bot 7: .* process 1 on here, since 2026-12-02 02:00:00 UTC"):
        await second.take_in(BOT, beside_others=False, within_s=0.1)
    await second.take_in(BOT + 1, beside_others=False, within_s=0.1)
    with pytest.raises(TakenIn, match=r"bot 8: .* process 2"):
        await first.take_in(BOT + 1, beside_others=True, within_s=0.1)
    await home.perish(first)
    await second.take_in(BOT, beside_others=False)
    assert (await home.store.read(_LIVES.all))[1].takes_in == "8 7"


async def test_several_webhooks_may_listen_and_no_poller_beside_them(home: Home) -> None:
    webhooks, poller = [await home.live() for _ in range(3)], await home.live()
    for one in webhooks:
        await one.take_in(BOT, beside_others=True)
    for _ in range(3):
        with pytest.raises(TakenIn):
            await poller.take_in(BOT, beside_others=False, within_s=0.0)
        await home.perish(webhooks.pop())
    await poller.take_in(BOT, beside_others=False)


@on_postgresql
async def test_what_one_tells_the_others_hear_and_itself_does_not(home: Home) -> None:
    teller, hearer = await home.live(), await home.live()
    heard, echo = asyncio.Event(), asyncio.Event()
    teller.listen(echo.set)
    hearer.listen(heard.set)
    for _ in range(3):
        heard.clear()
        for _ in range(50):
            teller.tell()
        async with asyncio.timeout(20):
            await heard.wait()
    assert not echo.is_set()
    hearer.tell()
    async with asyncio.timeout(20):
        await echo.wait()


@on_postgresql
async def test_a_connection_that_broke_is_taken_up_under_the_same_name_while_nobody_buried_it(home: Home) -> None:
    life = await home.live()
    await life.take_in(BOT, beside_others=False)
    former = life.name
    (update,) = await home.updates(life)
    watching = asyncio.create_task(life.run())
    locks = life._locks
    await home.store.run(_CUT.all)
    async with asyncio.timeout(20):
        while life._locks is locks or life.name is None:
            await asyncio.sleep(0.01)
    assert life.name == former
    await home.store.run(inbox.settle, update.id, update.lease, NOW)  # its work counts
    watching.cancel()


@on_postgresql
async def test_who_was_buried_alive_works_on_under_a_new_name_and_settles_nothing_of_before(home: Home) -> None:
    life, gravedigger = await home.live(), await home.live()
    former = life.name
    (update,) = await home.updates(life)
    life._locks.lost.set()
    await life._locks.close()
    assert await gravedigger.bury_the_dead() == 1
    (again,) = await home.updates(gravedigger)
    with pytest.raises(inbox.AlreadyDone):
        await home.store.run(inbox.settle, update.id, update.lease, NOW)
    watching = asyncio.create_task(life.run())
    async with asyncio.timeout(20):
        while life.name in (None, former):
            await asyncio.sleep(0.01)
    await home.store.run(inbox.settle, again.id, again.lease, NOW)
    watching.cancel()


@on_postgresql
async def test_who_lost_a_bot_to_another_process_stops_and_says_so(home: Home) -> None:
    life, other = await home.live(), await home.live()
    await life.take_in(BOT, beside_others=False)
    await life._locks.close()
    await other.take_in(BOT, beside_others=False)
    with pytest.raises(TakenIn, match="process 2"):
        await life.run()


async def test_lives_long_over_are_forgotten(home: Home) -> None:
    (await home.live(), await home.live())
    await home.born.pop().end()
    assert await home.store.run(lives.forget, NOW - lives.KEPT) == 0
    assert await home.store.run(lives.forget, NOW + timedelta(seconds=1)) == 1


async def test_a_start_whose_first_commit_fails_is_tried_again_and_leaves_no_second_life(home: Home) -> None:
    for order in ("store.before_commit:1:raise", "store.after_commit:1:raise"):
        failpoints.arm(order)
        try:
            life = await home.live()
        finally:
            failpoints.disarm()
        assert life.name is not None
        lives = await home.store.read(Statement("SELECT name FROM life WHERE ended_from IS NULL").all)
        assert [row.name for row in lives] == [life.name]
        failpoints.arm("store.before_commit:1:raise")
        try:
            await life.take_in(BOT, beside_others=False)
        finally:
            failpoints.disarm()
        await life.end()
        home.born.remove(life)


async def test_a_start_that_is_never_on_record_says_why_and_holds_nothing(home: Home) -> None:
    failpoints.arm("store.before_commit:1:raise:1000")
    life = Life(home.store, Noon(), parts="all", host="here", pid=99)
    try:
        with pytest.raises(failpoints.Tripped):
            await life.begin(within_s=0)
    finally:
        failpoints.disarm()
    assert life.name is None
    assert await home.store.read(Statement("SELECT name FROM life WHERE ended_from IS NULL").all) == []
