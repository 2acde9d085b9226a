"""What does every command stand in? The store, the keys, the town and the clocks, and what setting up does to them."""

import contextlib
import logging
import tempfile
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

from sqlmodel import Session

from bot.clocks import MachineClock, OfficeClock
from bot.logs import Vouched
from bot.settings import PREFIX, Settings
from models import vault
from models.actions.enrolling import invite
from models.actions.housing import Loaded, put_in_force
from models.actions.keeping import is_fenced
from models.migrations import HEAD
from models.queries.audit import verify_newest
from models.queries.desks import Missing, not_enrolled
from models.queries.housing import edition_in_force, gone_from, office_ahead, username_of
from models.rules.policy import Role, Town
from models.rules.working_time import covers
from models.store import DatabaseRefused, Keys, KeysRefused, Statement, Store
from models.store.looking import look
from models.town import load_town, sample_town_folder
from models.turn import Work

SAMPLE = Path("sample")
"""The setting TOWN that means the invented street which comes with the project."""

AHEAD = timedelta(days=30)
"""So long before the holiday table ends it is said: the State Council's list is out about then (design §5)."""

_REVISION = Statement("SELECT version_num FROM alembic_version")

log = logging.getLogger(__name__)


class NoTown(Exception):
    """Nothing says which town this is."""


class NoPlace(Exception):
    """The folder of everything that is kept cannot be made; the message says where and why."""


@dataclass(slots=True)
class House:
    """What every part shares."""

    settings: Settings
    store: Store
    keys: Keys
    town: Town
    office: OfficeClock
    machine: MachineClock

    def work(self, session: Session) -> Work:
        """What an action or a query needs, at the office's present moment."""
        return Work(session, self.town, self.keys, self.office.now())


@contextlib.asynccontextmanager
async def house(settings: Settings, *, town: Town | None = None, existing: bool = False) -> AsyncIterator[House]:
    """The store is open with the newest tables, the keys are read, the town is loaded; closed again at the end.

    `town` None: the one in force. Keys are made for a database that has never known any; `KeysRefused` where the file
    is missing or is another database's. `existing`: nothing is made, and no table changed, as by a command beside the
    service; `DatabaseRefused` where there is no database of this version.
    """
    if existing:
        await refuse_another_version(settings)
    else:
        make_folder(settings.data_dir)
    store = await Store.open(settings.store_url)
    try:
        keys = await _keys_of(store, settings.keys_path)
        town = town or await town_in_force(settings, store)
        ahead = timedelta(seconds=await store.read(office_ahead))
        yield House(settings, store, keys, town, OfficeClock(ahead), MachineClock())
    finally:
        await store.close()


async def refuse_another_version(settings: Settings) -> None:
    """Returns where a database with the tables of this version is; `DatabaseRefused` says what is there instead."""
    found = await look(settings.store_url, _REVISION.one)
    stands = "nowhere" if found is None else found.version_num
    if stands != HEAD:
        raise DatabaseRefused(f"its tables are at revision {stands}, not {HEAD}: use the huiyin that serves it")


def make_folder(folder: Path) -> None:
    """The folder of everything that is kept is there, or `NoPlace` says why it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise NoPlace(f"{PREFIX}DATA_DIR: {folder} cannot be a folder: {error.strerror}") from None


async def _keys_of(store: Store, path: Path) -> Keys:
    keys = _read_or_made(path, sealed=await store.read(vault.is_sealed))
    try:
        if not await store.read(vault.knows, keys):
            await store.run(vault.remember, keys, now=MachineClock().now())
    except KeysRefused as refused:
        raise KeysRefused(f"{path}: {refused}") from None
    return keys


def _read_or_made(path: Path, *, sealed: bool) -> Keys:
    if sealed and not path.exists():
        raise KeysRefused(f"{path}: not there, and the database was sealed with what was in it: bring it back")
    return Keys.at(path)


def holidays_run_out(town: Town, *, now: datetime | None = None) -> str | None:
    """What to do about the calendar when it ends within 30 days; `now` None: counted from today."""
    if covers(town.calendar, (now or MachineClock().now()) + AHEAD):
        return None
    return f"calendar.csv ends on {town.calendar.known_until}: enter the next year's holidays and make-up days"


async def look_ahead(home: House) -> None:
    """The log says what will go wrong unless somebody acts: a calendar that ends, codes of open cases that are gone."""
    if soon := holidays_run_out(home.town, now=home.office.now()):
        log.warning(Vouched(soon))
    if await home.store.read(is_fenced):
        log.warning("nothing leaves: the database was brought back from a backup; huiyin restore --lift")
    for gone in await home.store.read(gone_from, home.town):
        log.warning("not in this edition of the town: %s", Vouched(gone))


async def refuse_a_broken_record(home: House) -> None:
    """The newest seal holds over its events, or `DatabaseRefused`: nothing is added to a record that was broken (S44).

    What is older, `huiyin verify-audit` looks at, every night.
    """
    wrong = await home.store.read(verify_newest)
    if wrong is not None:
        do = "huiyin verify-audit shows all of it; keep a copy of the database, and restore the newest backup"
        raise DatabaseRefused(f"the record of what happened is not whole: {wrong}\n{do}")


async def town_in_force(settings: Settings, store: Store) -> Town:
    """The folder the settings name, else the edition loaded last; `NoTown` when there is neither."""
    if settings.town is not None:
        return load_town(sample_town_folder() if settings.town == SAMPLE else settings.town)
    edition = await store.read(edition_in_force)
    if edition is None:
        raise NoTown("no town is loaded yet: huiyin town load FOLDER, or HUIYIN_TOWN=FOLDER")
    return unpacked(edition.folder)


def unpacked(edition: bytes) -> Town:
    """The town of an edition as it is kept: a zip of its folder."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(BytesIO(edition)) as bundle:
            bundle.extractall(folder)
        return load_town(Path(folder))


async def make_invitation(settings: Settings, *, role: Role, place: str) -> tuple[str, list[str]]:
    """The token of a new link, on record, and the bots it opens by name; KeyError for a place not in the town."""
    async with house(settings, existing=True) as home:
        token = await home.store.run(lambda session: invite(home.work(session), role=role, place=place))
        bots: list[int | None] = [bot_id for bot_id, _, _ in settings.bots] or [None]
        seen = [await home.store.read(username_of, bot_id) for bot_id in bots]
        return token, [username for username in seen if username]


async def roster(settings: Settings) -> tuple[Town, tuple[Missing, ...]]:
    """The town, and every desk and building where somebody of the register has not enrolled."""
    async with house(settings, existing=True) as home:
        missing = await home.store.read(lambda session: not_enrolled(home.work(session)))
        return home.town, missing


async def prepare_demo(settings: Settings, *, building: str = "LC01-3") -> dict[str, str]:
    """A link for everybody the demo shows: "resident:BUILDING", "head:BUILDING", "desk:CODE" → token."""
    async with house(settings) as home:
        compound = home.town.compound_of(building)
        desks = [compound.property_desk, home.town.community_desks[compound.community], home.town.street_desk]
        posts = [(Role.RESIDENT, building), (Role.HEAD, building)]
        posts += [(Role(home.town.desks[desk].kind), desk) for desk in desks if desk is not None]

        def all_at_once(session: Session) -> dict[str, str]:
            return {
                f"{role if role in (Role.RESIDENT, Role.HEAD) else 'desk'}:{place}": invite(
                    home.work(session), role=role, place=place
                )
                for role, place in posts
            }

        return await home.store.run(all_at_once)


async def load_into_force(settings: Settings, folder: Path, *, forced: bool = False) -> Loaded:
    """The folder is the town from the next start on; `TownErrors`, or unless `forced` `StillNamed`, say why not."""
    async with house(settings, town=load_town(folder)) as home:
        return await home.store.run(lambda session: put_in_force(home.work(session), folder=folder, forced=forced))
