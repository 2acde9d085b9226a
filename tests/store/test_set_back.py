"""S35: when a machine's clock is set back, does everybody who waits wait their own time, and nobody else's?"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from models import inbox, outbox
from models.actions.draining import begin_drain
from models.actions.keeping import FENCED_UNTIL, is_fenced, lift
from models.actions.leaping import TOGETHER, Wrong, set_back
from models.queries.standing import standing
from models.records import Attachment, Case
from models.rules.policy import Town
from models.store import Keys, Statement, Store
from models.town import load_town, sample_town_folder
from models.turn import Work
from scheduler.steps import Steps
from tests.store.test_inbox import said
from tests.store.test_outbox import promise

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
HOURS = timedelta(hours=10)
MINUTE = timedelta(minutes=1)

PUT_OFF = Statement("UPDATE notice SET waits_from = :until WHERE key = :key")
HELD = Statement("UPDATE notice SET lease = :lease, leased_until = :until WHERE key = :key")
RING = Statement("UPDATE notice SET ring_at = :until WHERE key = :key")
TAKEN = Statement('UPDATE "update" SET lease = :lease, leased_until = :until WHERE update_id = :key')
SPEND = Statement("INSERT INTO spent (bot_id, chat_id, limit_name, free_from) VALUES (1, 0, 'bot', :until)")
BORN = Statement(
    "INSERT INTO life (name, parts, host, pid, takes_in, began_from) VALUES (:name, '', :host, 1, '', :now)"
)

NOTICES = Statement("SELECT key, waits_from, leased_until, ring_at FROM notice")
UPDATES = Statement('SELECT update_id, leased_until FROM "update"')
HALTS = Statement("SELECT chat_id, halted_until FROM halt")
FILES = Statement("SELECT file_id, fetch_from FROM attachment")
SPENT = Statement("SELECT free_from FROM spent")
DRAINS = Statement("SELECT capped_until FROM drain ORDER BY id")


@pytest.fixture(scope="module")
def town() -> Town:
    return load_town(sample_town_folder())


class Machine:
    """One machine's processes on the database: what they find when their clock is set back."""

    def __init__(self, store: Store, town: Town, host: str = "here") -> None:
        self.store, self._town, self._keys, self._host = store, town, Keys.fresh(), host

    async def set_back(
        self, *wrongs: Wrong, at: datetime = NOW, known: Collection[datetime] = ()
    ) -> tuple[datetime, bool]:
        """What it is on record by, and whether it was made good now."""

        def made(session: Session) -> datetime:
            work = Work(session, self._town, self._keys, at)
            return set_back(work, wrongs=wrongs, machine_now=at, tell=False, host=self._host, known=known)

        met = await self.store.run(made)
        return met, met == at


@pytest.fixture
def machine(store: Store, town: Town) -> Machine:
    return Machine(store, town)


def back(by: timedelta = HOURS, since: datetime | None = None) -> Wrong:
    return Wrong(by.total_seconds(), since)


async def moments(store: Store, rows: Statement) -> dict[Any, Any]:
    return {row[0]: row[1] for row in await store.read(rows.all)}


async def waiting(store: Store, **until: datetime) -> None:
    for key, moment in until.items():
        await store.run(promise, key, ring_at=NOW)
        await store.run(PUT_OFF.run, key=key, until=moment)


async def test_whoever_waits_waits_their_own_time(store: Store, machine: Machine) -> None:
    wrong = NOW + HOURS
    await waiting(store, a=wrong + MINUTE)
    await store.run(HELD.run, key="a", lease="x", until=wrong + MINUTE)
    await store.run(inbox.take_in, Keys.fresh(), 1, [said(5)], NOW)
    await store.run(TAKEN.run, key=5, lease="x", until=wrong + MINUTE)
    await store.run(outbox.hold, bot_id=1, chat_id=7, until=wrong + MINUTE)
    await store.run(picture, fetch_from=wrong + MINUTE)
    await store.run(begin_drain, now=wrong, span=MINUTE)
    await machine.set_back(back())
    (notice,) = await store.read(NOTICES.all)
    assert (notice.waits_from, notice.leased_until) == (NOW + MINUTE, NOW + MINUTE)
    for rows in (UPDATES, HALTS, FILES):
        assert list((await moments(store, rows)).values()) == [NOW + MINUTE], rows.sql
    assert [row.capped_until for row in await store.read(DRAINS.all)] == [NOW + MINUTE], "the door opens in its time"


def picture(session: Session, fetch_from: datetime) -> None:
    session.add(
        Case(
            id=1, bot_id=1, update_id=1, raiser_id=1, building="LC01-3", category="P01", sla="P2",
            state="accepted", level=1, desk="D", filed_at=NOW, acknowledge_by=NOW,
        )
    )  # fmt: skip
    session.flush()
    session.add(Attachment(case_id=1, bot_id=1, file_id="f", kind="photo", sent_at=NOW, fetch_from=fetch_from))


async def test_what_the_server_counts_is_left_to_the_server(store: Store, machine: Machine) -> None:
    await store.run(SPEND.run, until=NOW + MINUTE)
    await machine.set_back(back())
    assert [row.free_from for row in await store.read(SPENT.all)] == [NOW + MINUTE]


async def test_what_was_right_before_the_clock_leapt_is_right_again(store: Store, machine: Machine) -> None:
    before, while_ahead = NOW + 5 * MINUTE, NOW + HOURS + MINUTE
    await waiting(store, before=before, ahead=while_ahead)
    await store.run(outbox.hold, bot_id=1, chat_id=7, until=before)
    await store.run(RING.run, key="before", until=NOW + timedelta(hours=8))  # in the morning
    await store.run(RING.run, key="ahead", until=NOW + HOURS)
    await machine.set_back(back(since=NOW + HOURS - MINUTE))
    assert await moments(store, NOTICES) == {"before": before, "ahead": NOW + MINUTE}
    assert await moments(store, HALTS) == {7: before}
    rings = {row.key: row.ring_at for row in await store.read(NOTICES.all)}
    assert rings == {"before": NOW + timedelta(hours=8), "ahead": NOW}, "nobody is woken, and nobody waits"


async def test_a_clock_set_back_further_than_it_had_leapt_is_made_good_in_both(store: Store, machine: Machine) -> None:
    hour = timedelta(hours=1)
    await waiting(store, before=NOW + 9 * hour + MINUTE, ahead=NOW + 10 * hour + MINUTE)
    await machine.set_back(back(hour, NOW + 10 * hour), back(9 * hour))
    assert await moments(store, NOTICES) == {"before": NOW + MINUTE, "ahead": NOW + MINUTE}


async def test_another_machines_process_keeps_what_it_holds(store: Store, machine: Machine) -> None:
    await waiting(store, here=NOW, there=NOW)
    for host in ("here", "there"):
        await store.run(BORN.run, name=f"life-{host}", host=host, now=NOW)
        await store.run(HELD.run, key=host, lease=f"life-{host}", until=NOW + MINUTE)
    await machine.set_back(back(2 * MINUTE))
    held = {row.key: row.leased_until for row in await store.read(NOTICES.all)}
    assert held == {"here": NOW - MINUTE, "there": NOW + MINUTE}


async def test_one_step_is_made_good_once_whichever_process_comes_first(store: Store, machine: Machine) -> None:
    at = datetime(2026, 11, 24, 12, 9, 59, 900_000, tzinfo=UTC)
    await waiting(store, a=at + HOURS + MINUTE, b=at + 2 * HOURS)
    met, here = await machine.set_back(back(), at=at)
    assert here
    for later in (timedelta(seconds=0.2), TOGETHER - MINUTE):
        assert await machine.set_back(back(HOURS + timedelta(seconds=1)), at=at + later) == (met, False)
    assert await moments(store, NOTICES) == {"a": at + MINUTE, "b": at + HOURS}


async def test_two_steps_are_two_however_alike_and_however_soon(store: Store, machine: Machine) -> None:
    soon = NOW + MINUTE
    first, here = await machine.set_back(back(2 * MINUTE))
    assert here
    assert (await machine.set_back(back(4 * MINUTE), at=soon))[1], "another step"
    again = soon + MINUTE
    second, here = await machine.set_back(back(2 * MINUTE), at=again, known={first})
    assert here, "the same process knows that the clock was set back once more"
    others = {first}
    assert await machine.set_back(back(2 * MINUTE), at=again + MINUTE, known=others) == (second, False)


async def test_each_machine_has_a_clock_of_its_own(store: Store, machine: Machine, town: Town) -> None:
    assert (await machine.set_back(back()))[1]
    assert (await Machine(store, town, "there").set_back(back(), at=NOW + MINUTE))[1]


async def test_a_fence_is_no_halt_and_stands_whatever_the_clock_does(store: Store, machine: Machine) -> None:
    await waiting(store, a=NOW, b=FENCED_UNTIL)
    await store.run(outbox.hold, bot_id=1, chat_id=0, until=FENCED_UNTIL)
    await machine.set_back(back())
    assert await moments(store, HALTS) == {0: FENCED_UNTIL}
    assert await store.read(outbox.halts, NOW) == [], "no pace remembers it: whoever lifts it lifts it for all"
    await store.run(outbox.hold, bot_id=2, chat_id=0, until=FENCED_UNTIL - HOURS)
    assert (await store.run(lift)).bots == 2
    assert await moments(store, HALTS) == {}
    assert not await store.read(is_fenced)
    assert not (await store.read(standing, office_now=NOW)).fenced
    assert max((await moments(store, NOTICES)).values()) <= NOW, "what was put off for ever leaves too"


def test_a_clock_that_stepped_ahead_twice_comes_back_the_way_it_went() -> None:
    steps, hour = Steps(MINUTE), timedelta(hours=1)
    steps.ahead(2 * hour, shows=NOW + 2 * hour)
    steps.ahead(10 * hour, shows=NOW + 12 * hour)
    assert steps.since == NOW + 2 * hour
    assert steps.back(4 * hour) == [back(4 * hour, NOW + 12 * hour)]
    assert steps.back(7 * hour) == [back(6 * hour, NOW + 8 * hour), back(hour, NOW + 2 * hour)]
    assert steps.back(hour + MINUTE / 2) == [back(hour, NOW + hour)], "what is left nobody would notice"
    assert steps.back(hour) == [back(hour)], "it never stood right before"
