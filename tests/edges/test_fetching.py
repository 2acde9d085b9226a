"""A file is fetched once, tried for a day with longer and longer pauses, and then given up aloud."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from models.actions.attaching import LONGEST_PAUSE, TRIES_AT_LEAST, pause
from models.ports import FileLost
from models.records import Attachment, Case, Person
from models.rules.policy import Town
from models.store import Keys, Statement, Store
from scheduler.fetching import AT_MOST, Fetching
from tests.edges.clocks import NOON, StandingClock
from tests.edges.conftest import both_engines

pytestmark = both_engines

FILES = Statement("SELECT file_id, digest, tries, lost FROM attachment ORDER BY id")
ALARMS = Statement("SELECT ref, reason FROM alarm WHERE kind = 'file-lost' ORDER BY id")


@dataclass
class Shelf:
    """A messenger's files and our own keeping."""

    bots: tuple[int, ...] = (1,)
    refuses: dict[str, Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def fetch(self, bot_id: int, file_id: str) -> bytes:
        self.asked.append(file_id)
        if error := self.refuses.get(file_id):
            raise error
        return file_id.encode()

    def put(self, content: bytes) -> str:
        return f"digest of {content.decode()}"

    def drop(self, digest: str) -> None:
        raise AssertionError("nothing is dropped while it is fetched")

    def get(self, digest: str) -> bytes:
        return digest.encode()


@dataclass
class Room:
    store: Store
    shelf: Shelf
    clock: StandingClock  # the office and the machine go together
    fetching: Fetching

    async def send(self, *file_ids: str, bot_id: int = 1) -> None:
        def keep(session: Session) -> None:
            if session.get(Person, 1) is None:
                session.add(Person(id=1, met_at=NOON))
                session.flush()
                session.add(
                    Case(
                        id=1, bot_id=1, update_id=1, raiser_id=1, building="LC01-3", category="P01", sla="P2",
                        state="accepted", level=1, desk="D", filed_at=NOON, acknowledge_by=NOON,
                    )
                )  # fmt: skip
                session.flush()
            for file_id in file_ids:
                session.add(Attachment(case_id=1, bot_id=bot_id, file_id=file_id, kind="voice", sent_at=NOON))

        await self.store.run(keep)

    async def beat(self) -> Any:
        return await self.fetching.beat(self.clock.now())

    async def files(self) -> list[Any]:
        return await self.store.read(FILES.all)


@pytest.fixture
def room(store: Store, town: Town) -> Room:
    shelf, clock = Shelf(), StandingClock()
    fetching = Fetching(store, shelf, shelf, town=town, keys=Keys.fresh(), office=clock, machine=clock)
    return Room(store, shelf, clock, fetching)


async def test_a_file_comes_into_our_keeping_once(room: Room) -> None:
    await room.send("a")
    await room.beat()
    await room.beat()
    assert room.shelf.asked == ["a"]
    assert [(row.digest, row.lost) for row in await room.files()] == [("digest of a", None)]


async def test_a_messenger_that_is_away_for_hours_loses_no_file(room: Room) -> None:
    room.shelf.refuses["a"] = ConnectionError()
    await room.send("a")
    while room.clock.now() < NOON + timedelta(hours=23):
        await room.beat()
        room.clock.turn(30)
    tried = len(room.shelf.asked)
    assert tried < 40, "it is not pestered either"
    room.shelf.refuses.clear()
    room.clock.turn(LONGEST_PAUSE.total_seconds())
    await room.beat()
    assert [(row.digest, row.tries, row.lost) for row in await room.files()] == [("digest of a", tried, None)]
    assert await room.store.read(ALARMS.all) == []


async def test_a_file_a_day_old_is_given_up_with_one_alarm(room: Room) -> None:
    room.shelf.refuses["a"] = ConnectionError()
    await room.send("a")
    for _ in range(40):
        await room.beat()
        room.clock.turn(LONGEST_PAUSE.total_seconds())
    (row,) = await room.files()
    assert row.lost == "ConnectionError"
    assert 24 <= len(room.shelf.asked) <= 26
    assert [tuple(row) for row in await room.store.read(ALARMS.all)] == [("attachment 1", "ConnectionError")]


async def test_a_house_that_was_away_for_a_day_still_tries_for_a_while(room: Room) -> None:
    room.shelf.refuses["a"] = ConnectionError()
    await room.send("a")
    room.clock.turn(48 * 3600)
    for tries in range(TRIES_AT_LEAST):
        assert [row.lost for row in await room.files()] == [None]
        await room.beat()
        room.clock.turn(pause(tries).total_seconds())
    assert [row.lost for row in await room.files()] == ["ConnectionError"]


async def test_a_file_the_messenger_no_longer_has_is_given_up_at_once(room: Room) -> None:
    room.shelf.refuses["a"] = FileLost("gone")
    await room.send("a", "b")
    await room.beat()
    assert [(row.digest, row.lost) for row in await room.files()] == [(None, "FileLost"), ("digest of b", None)]


async def test_a_file_of_a_bot_without_an_account_waits_for_who_has_it(room: Room) -> None:
    await room.send("theirs", bot_id=2)
    await room.beat()
    assert room.shelf.asked == []
    assert [(row.tries, row.lost) for row in await room.files()] == [(0, None)]


async def test_more_files_than_one_beat_takes_are_taken_by_the_next_one_at_once(room: Room) -> None:
    await room.send(*(f"{n}" for n in range(AT_MOST + 1)))
    assert await room.beat() == NOON
    assert await room.beat() is None
    assert len(room.shelf.asked) == AT_MOST + 1
