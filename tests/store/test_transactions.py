"""Is a job all or nothing, alone or in company, whatever goes wrong around it?"""

import asyncio
import gc
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from models.records import Alarm, Halt, Reach
from models.rules import failpoints
from models.store import Statement, Store, StoreClosed
from tests.databases import postgres_url, sqlite_url

NOW = datetime(2026, 11, 24, 6, 0, 0, 123456, tzinfo=UTC)

RAISE = Statement("INSERT INTO alarm (kind, ref, reason, raised_at) VALUES ('test', :ref, 'x', :now)")
COUNT = Statement("SELECT count(*) AS many FROM alarm")
SLEEP = Statement("SELECT CAST(pg_sleep(0.3) AS TEXT) AS slept")
READ_HALT = Statement("SELECT chat_id FROM halt WHERE bot_id = 1 FOR UPDATE")
WRITE_HALT = Statement("UPDATE halt SET chat_id = :chat_id WHERE bot_id = 1")


def ring(session: Session, ref: str = "") -> None:
    RAISE.run(session, ref=ref, now=NOW)


def many(session: Session) -> int:
    row = COUNT.one(session)
    assert row is not None
    return int(row.many)


def begin_counting(session: Session) -> None:
    session.add(Halt(bot_id=1, chat_id=0, halted_until=NOW))


def count_on(session: Session) -> None:
    row = READ_HALT.one(session)
    assert row is not None
    WRITE_HALT.run(session, chat_id=row.chat_id + 1)


def count_on_by_orm(session: Session) -> None:
    halt = session.exec(select(Halt).with_for_update()).one()
    halt.chat_id += 1


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    failpoints.disarm()


class Held:
    """Holds the writer thread inside a job, so that what is queued meanwhile becomes one batch."""

    def __init__(self, store: Store) -> None:
        self._go = threading.Event()
        self._begun = threading.Event()
        self._job = asyncio.ensure_future(store.run(self._wait))

    def _wait(self, session: Session) -> None:
        self._begun.set()
        assert self._go.wait(30)

    async def begun(self) -> "Held":
        await asyncio.to_thread(self._begun.wait)
        return self

    async def release(self) -> None:
        self._go.set()
        await self._job


async def queued(store: Store, *jobs: Callable[[Session], object]) -> list[object]:
    """Runs the jobs as one batch on SQLite (side by side on PostgreSQL); their results or errors."""
    held = await Held(store).begun() if store.dialect == "sqlite" else None
    tasks = [asyncio.ensure_future(store.run(job)) for job in jobs]
    await asyncio.sleep(0)
    if held is not None:
        await held.release()
    return list(await asyncio.gather(*tasks, return_exceptions=True))


@pytest.mark.parametrize("way", [pytest.param(count_on, id="SQL"), pytest.param(count_on_by_orm, id="ORM")])
async def test_no_update_is_lost_when_eight_read_and_write_at_once(
    store: Store, way: Callable[[Session], None]
) -> None:
    await store.run(begin_counting)

    async def fifty() -> None:
        for _ in range(50):
            await store.run(way)

    await asyncio.gather(*(fifty() for _ in range(8)))
    row = await store.read(READ_COUNTER.one)
    assert row is not None
    assert row.chat_id == 400


READ_COUNTER = Statement("SELECT chat_id FROM halt WHERE bot_id = 1")


async def test_thirty_two_callers_share_the_writer_and_each_is_kept(store: Store) -> None:
    async def ten(caller: int) -> None:
        for call in range(10):
            await store.run(ring, f"{caller}.{call}")

    await asyncio.gather(*(ten(caller) for caller in range(32)))
    assert await store.read(many) == 320


async def test_a_job_that_raises_leaves_nothing_and_its_neighbours_everything(store: Store) -> None:
    def half(session: Session) -> None:
        ring(session, "half")
        session.add(Alarm(kind="test", ref="half", reason="x", raised_at=NOW))
        raise LookupError("on purpose")

    answers = await queued(store, ring, half, ring)
    assert [type(answer) for answer in answers] == [type(None), LookupError, type(None)]
    assert await store.read(many) == 2


async def test_a_flush_that_fails_takes_nothing_of_its_neighbours(store: Store) -> None:
    def twice(session: Session) -> None:
        ring(session, "never")
        for _ in range(2):
            session.add(Halt(bot_id=7, chat_id=7, halted_until=NOW))

    def by_orm(session: Session) -> None:
        session.add(Alarm(kind="test", ref="orm", reason="x", raised_at=NOW))

    answers = await queued(store, ring, by_orm, twice, by_orm, twice, ring)
    assert [isinstance(answer, IntegrityError) for answer in answers] == [False, False, True, False, True, False]
    assert await store.read(many) == 4


async def test_a_broken_session_is_used_again_without_memory_of_it(sqlite_store: Store) -> None:
    def swallow(session: Session) -> str:
        session.add(Reach(person_id=404, bot_id=1, chat_id=1))
        try:
            session.flush()
        except IntegrityError:
            return "swallowed"
        return "not refused"

    with pytest.raises(Exception, match="rolled back"):
        await sqlite_store.run(swallow)
    await sqlite_store.run(lambda session: session.add(Alarm(kind="test", ref="", reason="x", raised_at=NOW)))
    assert await sqlite_store.read(many) == 1


async def test_a_full_disk_is_told_to_whom_it_concerns_and_passes(sqlite_store: Store) -> None:
    def fill(session: Session, pages: int) -> None:
        cursor = session.info["hand"].cursor
        (used,) = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {used + pages}")

    def big(session: Session) -> None:
        RAISE.run(session, ref="x" * 1_000_000, now=NOW)

    def big_by_orm(session: Session) -> None:
        session.add(Alarm(kind="test", ref="x" * 1_000_000, reason="x", raised_at=NOW))

    await sqlite_store.run(fill, 20)
    answers = await queued(sqlite_store, ring, big, ring, big_by_orm, ring)
    assert ["full" in str(answer) for answer in answers] == [False, True, False, True, False]
    assert await sqlite_store.read(many) == 3

    def big_amid_garbage(session: Session) -> None:
        big(session)
        gc.collect()  # the session that broke is swept away now, and must not take this transaction along

    await sqlite_store.run(fill, 10_000)
    await sqlite_store.run(big_amid_garbage)
    assert await sqlite_store.read(many) == 4


async def test_when_the_commit_fails_every_caller_of_the_batch_hears_it_and_nothing_stays(sqlite_store: Store) -> None:
    def own(session: Session) -> None:
        raise LookupError

    held = await Held(sqlite_store).begun()
    tasks = [asyncio.ensure_future(sqlite_store.run(job)) for job in (ring, own, ring)]
    await asyncio.sleep(0)
    failpoints.arm("store.before_commit:2:raise")  # the first is that of the job that holds the thread
    await held.release()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(answer) for answer in answers] == [failpoints.Tripped, LookupError, failpoints.Tripped]
    assert await sqlite_store.read(many) == 0
    await sqlite_store.run(ring)
    assert await sqlite_store.read(many) == 1


async def test_an_error_behind_the_commit_is_told_although_the_change_stays(store: Store) -> None:
    failpoints.arm("store.after_commit:1:raise")
    with pytest.raises(failpoints.Tripped):
        await store.run(ring)
    assert await store.read(many) == 1


async def test_a_caller_who_leaves_before_the_turn_is_skipped(sqlite_store: Store) -> None:
    held = await Held(sqlite_store).begun()
    gone, stays = (asyncio.ensure_future(sqlite_store.run(ring, ref)) for ref in ("gone", "stays"))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    await held.release()
    await stays
    assert gone.cancelled()
    assert await sqlite_store.read(many) == 1


async def test_what_has_begun_is_finished_though_the_caller_left(url: str) -> None:
    store = await Store.open(url)
    begun, go = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        ring(session)
        begun.set()
        if store.dialect == "sqlite":
            go.wait(30)
        else:
            SLEEP.one(session)

    task = asyncio.ensure_future(store.run(slow))
    while not begun.is_set():
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go.set()
    await store.close()
    again = await Store.open(url)
    assert await again.read(many) == 1
    await again.close()


async def test_closing_finishes_what_was_accepted_and_takes_nothing_more(url: str) -> None:
    store = await Store.open(url)
    tasks = [asyncio.ensure_future(store.run(ring, str(number))) for number in range(200)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*tasks) == [None] * 200
    for refused in (store.run(ring), store.read(many)):
        with pytest.raises(StoreClosed):
            await refused
    await store.close()
    again = await Store.open(url)
    assert await again.read(many) == 200
    await again.close()


async def test_a_thread_that_dies_leaves_nobody_waiting(sqlite_store: Store) -> None:
    def pull_the_rug(session: Session) -> None:
        session.info["hand"].cursor.connection.close()

    answers = await asyncio.wait_for(queued(sqlite_store, ring, pull_the_rug, ring), 30)
    assert all(isinstance(answer, Exception) for answer in answers)
    with pytest.raises(StoreClosed):
        await sqlite_store.run(ring)


async def test_stop_iteration_from_a_job_does_not_hang_its_caller(store: Store) -> None:
    def empty(session: Session) -> object:
        return next(iter(()))

    with pytest.raises(RuntimeError):
        await asyncio.wait_for(store.run(empty), 30)


async def test_a_read_cannot_write(store: Store) -> None:
    with pytest.raises(Exception, match=r"readonly|read-only"):
        await store.read(ring)
    assert await store.run(many) == 0


async def test_a_read_waits_for_no_writer_and_sees_what_was_committed(sqlite_store: Store) -> None:
    await sqlite_store.run(ring)
    held = await Held(sqlite_store).begun()
    assert await sqlite_store.read(many) == 1
    await held.release()


async def test_listeners_hear_of_changes_and_not_of_looks(sqlite_store: Store) -> None:
    heard: list[threading.Thread] = []
    sqlite_store.after_commit(lambda: heard.append(threading.current_thread()))
    await sqlite_store.run(many)
    await asyncio.sleep(0)
    assert heard == []
    await sqlite_store.run(ring)
    await asyncio.sleep(0)
    assert heard == [threading.main_thread()]


async def test_what_a_caller_was_handed_is_not_written_by_a_later_job(store: Store) -> None:
    def make(session: Session) -> Alarm:
        alarm = Alarm(kind="test", ref="mine", reason="x", raised_at=NOW)
        session.add(alarm)
        session.flush()
        return alarm

    alarm = await store.run(make)
    assert alarm.id is not None
    alarm.ref = "changed outside"
    await store.run(lambda session: session.flush())
    kept = await store.read(lambda session: session.exec(select(Alarm)).one())
    assert kept.ref == "mine"


async def test_another_process_holding_the_lock_delays_a_job_but_loses_nothing(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    store = await Store.open(url)
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    job = asyncio.ensure_future(store.run(ring))
    await asyncio.sleep(0.1)
    assert not job.done()
    other.execute("COMMIT")
    other.close()
    await job
    assert await store.read(many) == 1
    await store.close()


async def test_the_victim_of_a_deadlock_is_run_again() -> None:
    store = await Store.open(postgres_url())
    lock = Statement("UPDATE halt SET halted_until = :now WHERE bot_id = :bot_id")

    def two(session: Session) -> None:
        for bot in (1, 2):
            session.add(Halt(bot_id=bot, chat_id=0, halted_until=NOW))

    def cross(session: Session, first: int, then: int) -> None:
        lock.run(session, bot_id=first, now=NOW + timedelta(seconds=first))
        SLEEP.one(session)
        lock.run(session, bot_id=then, now=NOW + timedelta(seconds=first))

    await store.run(two)
    await asyncio.gather(store.run(cross, 1, 2), store.run(cross, 2, 1))
    kept = await store.read(lambda session: session.exec(select(Halt)).all())
    assert len({halt.halted_until for halt in kept}) == 1
    await store.close()


async def test_after_the_server_hung_up_the_next_job_is_done() -> None:
    url = postgres_url()
    store, other = await Store.open(url), await Store.open(url)
    hang_up = Statement("""\
SELECT count(pg_terminate_backend(pid)) AS many FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()""")
    for count in range(1, 4):
        await store.run(ring)
        await other.run(hang_up.one)
        await store.run(ring)
        assert await store.read(many) == 2 * count
    await asyncio.gather(store.close(), other.close())


async def test_a_job_cut_off_by_the_server_is_told_so_and_leaves_nothing() -> None:
    store = await Store.open(postgres_url())
    suicide = Statement("SELECT CAST(pg_terminate_backend(pg_backend_pid()) AS TEXT) AS gone")

    def cut_off(session: Session) -> None:
        ring(session)
        suicide.one(session)

    with pytest.raises(Exception, match=r"terminat|closed"):
        await store.run(cut_off)
    assert await store.read(many) == 0
    await store.run(ring)
    assert await store.read(many) == 1
    await store.close()


@pytest.mark.parametrize("how", ["statement", "objects", "many"])
async def test_a_commit_that_changed_something_is_news(how: str, store: Store) -> None:
    heard: list[str] = []
    store.after_commit(lambda: heard.append("news"))
    changes: dict[str, Callable[[Session], None]] = {
        "statement": ring,
        "objects": begin_counting,
        "many": lambda session: RAISE.many(session, [{"ref": "1", "now": NOW}]),
    }
    await store.run(changes[how])
    await asyncio.sleep(0)
    assert heard == ["news"]


async def test_who_looked_for_something_to_do_and_found_nothing_wakes_nobody(store: Store) -> None:
    # a claim is a write; were it news, an idle house would claim for ever
    heard: list[str] = []
    store.after_commit(lambda: heard.append("news"))
    await store.run(WRITE_HALT.run, chat_id=7)
    await store.run(lambda session: (READ_HALT.all(session), many(session)))
    await asyncio.sleep(0)
    assert heard == []
