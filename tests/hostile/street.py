"""What is a world in which the machine dies? A messenger, a database, one child at a time, and people with phones."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from bot.house import house
from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.flood import LENIENT
from bot.messenger.server import serve
from bot.messenger.stage import Stage
from bot.messenger.updates import FIRST_ID
from bot.settings import Settings
from models.actions.enrolling import invite
from models.actions.housing import turn_office
from models.rules.policy import Role, Town
from models.store import Keys, Store
from models.turn import Work
from tests.databases import postgres_url, sqlite_url
from tests.hostile.children import KILLED, Life, Nursery
from tests.hostile.people import Phone, complain, decline, handle
from tests.hostile.verdict import kept_updates, unsettled

MORNING = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
"""A working Wednesday, ten o'clock in the town: nothing is held back for the night."""
NOON = MORNING + timedelta(hours=2)
"""What rings later than this (the lists of the day) nobody here waits for."""

WITHIN_S = 90
"""Seconds in which everybody must have been served: generous, because the machine may be busy with other things."""

COMPLAINTS = (
    ("LC01-3", "3栋电梯又停了，老人下不了楼", 0),
    ("LC02-1", "楼道的灯坏了好几天", 1),
    ("LC03-1", "垃圾桶满了没人收", 0),
)
"""Where each resident lives, what they say, and how often they then say that it is not solved.

Each has a property desk of their own: a third card within minutes would be read in a list ten office minutes later,
and here the office's clock runs as fast as the wall's.
"""
HEADED = "LC01-3"
"""The building that has a head."""


@dataclass
class Street:
    """One town's messenger and database.

    `kills`: how often its process was killed; `until`: what rings later is not waited for.
    """

    messenger: Messenger
    stage: Stage
    bot: BotAccount
    base: str
    url: str
    keys: Keys
    folder: Path
    nursery: Nursery
    store: Store
    dice: random.Random
    town: Town
    phones: dict[str, Phone] = field(default_factory=dict)
    kills: int = 0
    until: datetime = NOON
    told: dict[str, str] = field(default_factory=dict)
    """Settings beside those every child has."""

    @property
    def log(self) -> Path:
        return self.folder / "child.log"

    def environment(self, failpoint: str = "") -> dict[str, str]:
        return {
            "HUIYIN_BOT_API": self.base,
            "HUIYIN_BOT_TOKEN": self.bot.token,
            "HUIYIN_DATABASE_URL": self.url,
            "HUIYIN_KEYS_FILE": str(self.folder / "keys"),
            "HUIYIN_DATA_DIR": str(self.folder),
            "HUIYIN_PACE": "lenient",
            "HUIYIN_TOWN": "sample",
            "HUIYIN_FAILPOINT": failpoint,
            **self.told,
        }

    def words(self) -> str:
        """What the children said before they died, and what stands last on every phone."""
        shown = [
            f"{name}: {one.text!r} {[button.text for row in one.buttons for button in row]}"
            for name, phone in self.phones.items()
            for one in phone.heard[-3:]
        ]
        return "\n".join((self.log.read_text() if self.log.exists() else "", *shown))

    def work(self, session: Session, now: datetime) -> Work:
        """What an action needs, for the little that is done here by hand."""
        return Work(session, self.town, self.keys, now)

    async def succeed(self, life: Life, failpoint: str = "", only: Sequence[str] = ()) -> Life:
        """The next child after one that was killed."""
        assert life.end.result() == KILLED, self.words()
        self.kills += 1
        confirmed = self.confirmed()  # first: others may keep and confirm meanwhile
        lost = confirmed - await self.store.read(kept_updates, self.bot.id)
        assert not lost, f"acknowledged and not kept: {sorted(lost)}"
        return await self.start(failpoint, only)

    async def start(self, failpoint: str = "", only: Sequence[str] = ()) -> Life:
        """A child of this street, alive; with a failpoint it will die, raise or hang there. `only`: of these parts."""
        return await self.nursery.bear(self.environment(failpoint), self.log, only)

    def add(self, name: str, token: str) -> Phone:
        """Somebody opens the chat by their link, once: a single-use one must not need a second try."""
        phone = Phone(self.messenger.add_person(first_name=name), self.bot, self.dice)
        self.phones[name] = phone
        phone.person.start(self.bot, token)
        return phone

    @property
    def updates(self) -> range:
        """Every update the messenger ever made for the bot."""
        return range(FIRST_ID, self.bot.updates.next_id)

    def confirmed(self) -> set[int]:
        """The updates the messenger believes to be safe with us: it will not send them again."""
        return set(self.updates) - {one.update_id for one in self.bot.updates.pending}


@contextlib.asynccontextmanager
async def street(
    engine: str, folder: Path, nursery: Nursery, town: Town, *, seed: int = 0, at: str | None = None
) -> AsyncIterator[Street]:
    """A street where everybody has opened their link and nobody is alive yet to take it.

    `at`: the address of its database; None: a new one on that engine.
    """
    folder.mkdir(parents=True, exist_ok=True)
    url = at or (sqlite_url(folder) if engine == "sqlite" else postgres_url())
    messenger = Messenger(flood=LENIENT)
    stage = Stage(messenger)
    bot = messenger.add_bot("huiyin_hostile_bot")
    dice = random.Random(seed)
    async with serve(messenger, stage, webhook_first_retry=0.1) as address:
        keys = Keys.generate(folder / "keys")
        store = await Store.open(url)
        one = Street(messenger, stage, bot, address.base, url, keys, folder, nursery, store, dice, town)
        async with house(Settings.of(one.environment()), town=town) as home:
            ahead = (MORNING - datetime.now(UTC)).total_seconds()
            await store.run(lambda session: turn_office(home.work(session), ahead_seconds=ahead))

            async def link(role: Role, place: str) -> str:
                return await store.run(lambda session: invite(home.work(session), role=role, place=place))

            compounds = [town.compound_of(building) for building, _, _ in COMPLAINTS]
            desks = (
                *(compound.property_desk for compound in compounds),
                *(town.community_desks[compound.community] for compound in compounds),
                town.street_desk,
            )
            for desk in dict.fromkeys(desk for desk in desks if desk is not None):
                one.add(f"desk:{desk}", await link(Role(town.desks[desk].kind), desk))
            one.add("head", await link(Role.HEAD, HEADED))
            for number, (building, _, _) in enumerate(COMPLAINTS):
                one.add(f"resident:{number}", await link(Role.RESIDENT, building))
        try:
            yield one
        finally:
            await store.close()


def people(one: Street) -> tuple[list[asyncio.Task[None]], list[asyncio.Task[None]]]:
    """Everybody does what they do: the desks and the head until they are cancelled, the residents to their end."""
    staff = [
        asyncio.create_task(decline(phone) if name == "head" else handle(phone))
        for name, phone in one.phones.items()
        if not name.startswith("resident")
    ]
    residents = [
        asyncio.create_task(complain(one.phones[f"resident:{number}"], words, denials=denials))
        for number, (_, words, denials) in enumerate(COMPLAINTS)
    ]
    return staff, residents


async def live(
    one: Street, failpoint: str, next_failpoint: Callable[[], str] = lambda: "", *, only: Sequence[str] = ()
) -> None:
    """Everybody does what they do; the child dies at `failpoint`, another takes over, until all of it is finished.

    `next_failpoint`: where each next child dies; nothing for one that lives. `only`: its parts; others run the rest.
    """
    life = await one.start(failpoint, only)
    staff, residents = people(one)
    story = asyncio.create_task(_finished(one, residents))
    try:
        async with asyncio.timeout(WITHIN_S):
            while not story.done():
                await asyncio.wait((life.end, story), return_when=asyncio.FIRST_COMPLETED)
                if life.over:
                    life = await one.succeed(life, next_failpoint(), only)
            await story
    except TimeoutError:
        raise AssertionError(f"not finished in {WITHIN_S} s\n{one.words()}") from None
    finally:
        for task in (*staff, *residents, story):
            task.cancel()
        await asyncio.gather(*staff, *residents, story, return_exceptions=True)
        code = await life.stop()
    assert code in (0, KILLED), one.words()


async def _finished(one: Street, residents: list[asyncio.Task[None]]) -> None:
    """Every resident has what they wanted, and nothing waits any more: not at the messenger, the inbox, the outbox."""
    for resident in residents:
        await resident
    await settled(one)


async def settled(one: Street) -> None:
    """Nothing waits any more: not at the messenger, not in the inbox, not among the notices of this morning."""
    while await one.store.read(unsettled, by=one.until) or one.bot.updates.pending:
        await asyncio.sleep(0.05)
