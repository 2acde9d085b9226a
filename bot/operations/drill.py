"""`huiyin drill FILE`: would this backup bring everything back? It is brought back, and a grievance goes through it.

In a temporary place, on our own messenger, with a bot of the drill's own: what residents and officials were promised
stays there, and the running service is not touched. An archive is the same for both engines, so the drill
restores into a file wherever the service keeps its rows.
"""

import asyncio
import contextlib
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.clocks import MachineClock
from bot.house import NoTown
from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.messages import Message
from bot.messenger.people import Person
from bot.messenger.server import serve
from bot.operations.archive import BackupRefused
from bot.operations.restore import lift, restore
from bot.parts import Parts
from bot.settings import Part, Settings
from bot.wiring import run
from models import vault
from models.actions import keeping
from models.actions.enrolling import invite
from models.actions.shifting import sit_down
from models.files import DiskFiles
from models.queries.keeping import desk_and_state, files_named, newest_case
from models.rules.lifecycle import State
from models.rules.policy import Role, Town
from models.store import DatabaseRefused, DoesNotOpen, Keys, KeysRefused, Store

FIELDS = 100
"""Sealed texts that are opened, taken from here and there (reliability §10)."""
FILES = 20
COMPLAINT = "电梯困人了，快来"
"""Whatever the town's folder knows and whatever the hour, this rings at once."""
BOTS_FROM, BOTS = 900_000_000_000, 1_000_000_000
"""A number no messenger gives, so that the drill's bot speaks for nothing that was promised in the copy."""
DONE = "演练，人出来了"
WITHIN_S = 60.0
"""An act of the drill's people and all that follows from it takes no longer, nor five times as much all of them."""

_PARTS = frozenset({Part.INTAKE, Part.WORKER, Part.DELIVERY})


class DrillFailed(Exception):
    """A grievance did not go through; the message says how far it came."""


@dataclass(slots=True)
class Drill:
    """How it went. `failed` empty: well."""

    failed: str = ""
    newest_event_at: datetime | None = None
    made_at: datetime | None = None
    steps: list[tuple[str, float]] = field(default_factory=list)

    def told(self, now: datetime) -> Iterator[str]:
        """For whoever typed the command."""
        for what, seconds in self.steps:
            yield f"{seconds:6.1f} s  {what}"
        if self.made_at is not None:
            yield f"recovery point: the backup is {_age(now - self.made_at)} old"
        if self.newest_event_at is not None:
            yield f"newest event: {self.newest_event_at.isoformat(timespec='seconds')}"
        yield f"recovery time: {sum(seconds for _, seconds in self.steps):.1f} s"
        yield f"THE DRILL FAILED: {self.failed}" if self.failed else "the drill went well: this backup brings it back"


async def drill(settings: Settings, source: Path) -> Drill:
    """Everything was tried on a copy that is gone again; how it went is on record in the running service's database."""
    told = Drill()
    folder = Path(tempfile.mkdtemp(prefix="huiyin-drill-"))
    try:
        await _try(settings, source, folder, told)
    except (DatabaseRefused, KeysRefused, NoTown, DrillFailed) as error:
        told.failed = str(error)
    except DoesNotOpen:
        told.failed = f"{settings.keys_path}: it does not open what was sealed: these are not its keys"
    except Exception as error:  # whatever it is, this backup did not bring it back
        told.failed = f"{type(error).__name__} after {told.steps[-1][0] if told.steps else 'nothing'}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(DatabaseRefused):  # a drill on another machine, or after a fire
        await _note(settings, failed=told.failed)
    return told


async def _try(settings: Settings, source: Path, folder: Path, told: Drill) -> None:
    clock = asyncio.get_running_loop().time
    began = clock()

    def done(what: str) -> None:
        nonlocal began
        told.steps.append((what, clock() - began))
        began = clock()

    if not settings.keys_path.exists():
        raise BackupRefused(f"{settings.keys_path}: not there, and without the file of keys nobody can read a word")
    messenger = Messenger()
    copy = Settings.model_construct(  # nothing is read from the environment: it tells of the real place
        data_dir=folder,
        keys_file=settings.keys_path,
        backup_key_file=settings.backup_key_file,
        town=settings.town,
        pace="lenient",
    )
    restored = await restore(copy, source)
    told.made_at = datetime.fromisoformat(restored.begin.made_at)
    if restored.end.newest_event_at:
        told.newest_event_at = datetime.fromisoformat(restored.end.newest_event_at)
    done(f"restored and verified: {restored.audit.events} events of {restored.audit.cases} cases")
    opened, read = await _open_some(copy)
    done(f"opened {opened} sealed texts and {read} files with the keys")
    await lift(copy)  # what waits there is other bots', and the drill speaks for none of them
    bot = messenger.add_bot("huiyin_drill_bot", bot_id=BOTS_FROM + secrets.randbelow(BOTS))
    async with serve(messenger) as address:
        town = settings.town or restored.town
        served = copy.model_copy(update={"bot_token": bot.token, "bot_api": address.base, "town": town})
        async with asyncio.timeout(WITHIN_S * 5), _running(served) as parts:
            number = await _one_through(parts, messenger, bot)
    done(f"a grievance went through: {number} was filed, taken up, done, and closed by its resident")


async def _open_some(copy: Settings) -> tuple[int, int]:
    """DoesNotOpen, or KeyError, where what is sealed cannot be read."""
    keys = Keys.from_file(copy.keys_path)
    files = DiskFiles(copy.data_dir / "files", keys)
    store = await Store.open(copy.store_url)
    try:
        opened = await store.read(vault.try_some, keys, most=FIELDS)
        named = await store.read(files_named, most=FILES)
    finally:
        await store.close()
    for digest in named:
        files.get(digest)
    return opened, len(named)


@contextlib.asynccontextmanager
async def _running(settings: Settings) -> AsyncIterator[Parts]:
    """The house on the copy; its clocks stand, so that nothing climbs there."""
    ready: asyncio.Future[Parts] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    living = asyncio.create_task(run(settings, only=_PARTS, stop=stop, started=ready.set_result))
    try:
        await asyncio.wait((ready, living), return_when=asyncio.FIRST_COMPLETED)
        if living.done():
            living.result()
        yield ready.result()
    finally:
        stop.set()
        await living


async def _one_through(parts: Parts, messenger: Messenger, bot: BotAccount) -> str:
    """The number of a case that was closed by whoever raised it; DrillFailed says where it stood still."""
    stage = _Stage(parts, messenger, bot)
    town = parts.house.town
    building = next(iter(town.buildings))
    clerks = {desk: await stage.clerk(desk) for desk in _desks(town, building)}
    resident = messenger.add_person("演练")
    await stage.act(resident.start, bot, await stage.link(Role.RESIDENT, building))
    before = await parts.house.store.read(newest_case)
    await stage.act(resident.say, bot, COMPLAINT)
    case_id = await parts.house.store.read(newest_case)
    if case_id == before:
        raise DrillFailed("a cry for help was said and no case was filed")
    desk, _ = await parts.house.store.read(desk_and_state, case_id)
    if desk not in clerks:
        raise DrillFailed("the case went to a desk that nobody expected")
    clerk = clerks[desk]
    await stage.tap(clerk, "签收")
    await stage.tap(clerk, "已到场")
    await stage.tap(clerk, "办好了")
    await stage.act(clerk.say, bot, DONE)
    await stage.tap(clerk, "发给居民")
    await stage.tap(resident, "解决了")
    _, state = await parts.house.store.read(desk_and_state, case_id)
    if state != State.CLOSED_OK:
        raise DrillFailed("the resident said that it is solved, and the case was not closed")
    return f"{case_id:04d}"


def _desks(town: Town, building: str) -> list[str]:
    compound = town.compound_of(building)
    desks = (
        compound.property_desk,
        compound.committee_desk,
        town.community_desks[compound.community],
        town.street_desk,
    )
    return list(dict.fromkeys(desk for desk in desks if desk is not None))


class _Stage:
    """What the drill's people do; each act returns when everybody has heard what follows from it."""

    def __init__(self, parts: Parts, messenger: Messenger, bot: BotAccount) -> None:
        self._parts, self._messenger, self._bot = parts, messenger, bot

    async def link(self, role: Role, place: str) -> str:
        house = self._parts.house
        return await house.store.run(lambda session: invite(house.work(session), role=role, place=place))

    async def clerk(self, desk: str) -> Person:
        """Somebody enrolled at the desk, who has said who sits there."""
        house = self._parts.house
        person = self._messenger.add_person("演练")
        await self.act(person.start, self._bot, await self.link(Role(house.town.desks[desk].kind), desk))
        where = {"bot_id": self._bot.id, "chat_id": person.id, "desk": desk}
        await house.store.run(lambda session: sit_down(house.work(session), **where, name="演练"))  # type: ignore[arg-type]
        return person

    async def act(self, deed: Callable[..., object], *words: object) -> None:
        deed(*words)
        async with asyncio.timeout(WITHIN_S):
            while self._bot.updates.pending:  # noqa: ASYNC110 the messenger rings no bell when an update is confirmed
                await asyncio.sleep(0.001)
            await self._parts.quiet()

    async def tap(self, person: Person, label: str) -> None:
        """The newest button with that label; DrillFailed where there is none."""
        for message in reversed(person.inbox(self._bot)):
            if message.from_bot and label in _labels(message):
                await self.act(person.tap, message, label)
                return
        raise DrillFailed(f"nobody was offered 「{label}」")


def _labels(message: Message) -> list[str]:
    return [one.text for row in message.buttons for one in row]


async def _note(settings: Settings, *, failed: str) -> None:
    store = await Store.open(settings.store_url, as_it_is=True)
    try:
        await store.run(keeping.note_drill, now=MachineClock().now(), failed=failed)
    finally:
        await store.close()


def _age(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
