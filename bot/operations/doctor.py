"""Is everything there that the house needs, and what is to be done where not? `huiyin doctor`; changes nothing.

Each look is on its own: a broken piece, no network or a slow disk makes its line bad and stops no other. No line holds
a token, a name, a number or a word of anybody's.
"""

import asyncio
import dataclasses
import os
import shutil
import stat
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx

from bot.clocks import MachineClock
from bot.house import SAMPLE, holidays_run_out, unpacked
from bot.operations.verdicts import Found, Verdict, bad, of_the_house, ok, warn
from bot.settings import Settings
from bot.telegram.account import Account, accounts_of
from bot.telegram.trust import trust
from models import vault
from models.lives import on_record
from models.migrations import HEAD
from models.queries.desks import not_enrolled
from models.queries.housing import edition_in_force, office_ahead
from models.queries.standing import standing, waiting_by_bot
from models.rules.policy import Role, Town
from models.store import DatabaseRefused, Keys, KeysRefused, NoTables, NotGranted, Statement
from models.store.looking import held, look
from models.store.migrated import missing_among
from models.town import TownErrors, load_town, sample_town_folder
from models.turn import Work

WITHIN_S = 15.0
"""How long one look may take; the file's own check gets longer."""
CHECK_WITHIN_S = 120.0
CLOCK_WARN, CLOCK_BAD = timedelta(seconds=5), timedelta(seconds=60)
DISK_WARN, DISK_BAD = 2 * 1024**3, 128 * 1024**2
LATELY = timedelta(hours=1)
PENDING_WARN = 100


Looks = Callable[[], Awaitable[list[Found]]]


async def doctor(
    settings: Settings, *, clock: MachineClock | None = None, within_s: float = WITHIN_S
) -> tuple[Found, ...]:
    """Every line, in a fixed order; never raises. `clock`: what time it is here. `within_s`: patience with a look."""
    ward = _Ward(settings, clock or MachineClock())
    looks: list[tuple[str, Looks, float]] = [
        ("files", ward.files, within_s),
        ("keys", ward.keys, within_s),
        ("database", ward.database, max(within_s, CHECK_WITHIN_S)),
        ("messenger", ward.messenger, 3 * within_s),
        ("town", ward.town, within_s),
        ("work", ward.work, within_s),
    ]
    found = await asyncio.gather(*(_guarded(*one) for one in looks))
    return tuple(line for lines in found for line in lines)


async def _guarded(what: str, look_at: Looks, within_s: float) -> list[Found]:
    try:
        async with asyncio.timeout(within_s):
            return await look_at()
    except TimeoutError:
        return [
            Found(Verdict.BAD, what, f"no answer within {within_s:g} s", "look at the disk, the server, the network")
        ]
    except (DatabaseRefused, KeysRefused) as refused:
        return [Found(Verdict.BAD, what, str(refused))]
    except Exception as error:
        return [Found(Verdict.BAD, what, f"could not be looked at: {type(error).__name__}")]


_REVISION = Statement("SELECT version_num FROM alembic_version")
_WHOLE = Statement("PRAGMA quick_check(1)", postgresql="SELECT 'ok' AS quick_check")
_TABLES = Statement(
    "SELECT name FROM sqlite_master",
    postgresql="SELECT tablename AS name FROM pg_tables WHERE schemaname = ANY (current_schemas(false))",
)
_SIZE = Statement(
    "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()",
    postgresql="SELECT pg_database_size(current_database()) AS bytes",
)
_WRITABLE = Statement(
    "SELECT 1 AS may",
    postgresql="""
        SELECT CASE WHEN NOT pg_is_in_recovery() AND has_table_privilege('notice', 'INSERT') THEN 1 ELSE 0 END AS may
    """,
)


class _Ward:
    """What the looks share: the settings, the hour, and whether the tables are those this program knows."""

    def __init__(self, settings: Settings, clock: MachineClock) -> None:
        self._settings, self._clock = settings, clock
        url = settings.store_url
        self._file = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None

    # what is kept

    async def files(self) -> list[Found]:
        folder = self._settings.data_dir
        if not folder.is_dir():
            return [bad("folder", f"{folder} is not there", "HUIYIN_DATA_DIR names it; huiyin run makes it")]
        lines = []
        if stat.S_IMODE(folder.stat().st_mode) & 0o077:
            lines.append(warn("folder", f"others may look into {folder}", f"chmod 700 {folder}"))
        elif not os.access(folder, os.W_OK):
            lines.append(bad("folder", f"{folder} cannot be written to", "run this as the user of the service"))
        else:
            lines.append(ok("folder", str(folder)))
        free = shutil.disk_usage(folder).free
        told = f"{free / 1024**3:.1f} GB free"
        make = "make room, or move HUIYIN_DATA_DIR to a larger disk"
        lines.append(
            bad("disk", told, make)
            if free < DISK_BAD
            else warn("disk", told, make)
            if free < DISK_WARN
            else ok("disk", told)
        )
        return lines

    async def keys(self) -> list[Found]:
        path = self._settings.keys_path
        back = "bring back the file that belongs to this database; without it nobody reads what people said"
        if not path.exists():
            sealed = await self._sealed()
            if sealed:
                return [bad("keys", f"{path} is not there", back)]
            if sealed is None:
                said = f"{path} is not there, and the database cannot say whether it was ever used"
                return [warn("keys", said, f"{back}; only where there never was one huiyin run makes it")]
            return [warn("keys", f"{path} is not there yet", "huiyin run makes it; then keep a copy elsewhere")]
        keys = Keys.from_file(path)
        try:
            if not await look(self._settings.store_url, vault.knows, keys):
                return [warn("keys", "the database does not know any yet", "huiyin run tells it")]
        except KeysRefused:
            return [bad("keys", f"{path} is another database's", back)]
        except DatabaseRefused:
            return [warn("keys", f"{path} can be read; whether they fit, the database would have to say")]
        return [ok("keys", f"{path} fits the database")]

    async def _sealed(self) -> bool | None:
        """Whether keys were in use with the database; None where it cannot say."""
        if self._file is not None and not self._file.exists():
            return False
        try:
            return await look(self._settings.store_url, vault.is_sealed)
        except NoTables:
            return False
        except Exception:
            return None

    async def database(self) -> list[Found]:
        if self._file is not None and not self._file.exists():
            return [bad("database", f"{self._file} is not there", "huiyin run makes it, or restore a backup")]
        try:
            return await self._as_it_is(self._settings.store_url)
        except (NoTables, NotGranted) as refused:
            return [bad("database", str(refused))]
        except DatabaseRefused as refused:
            restore, start = "stop the service and restore a backup", "start the server; look at HUIYIN_DATABASE_URL"
            return [bad("database", str(refused), restore if self._file else start)]

    async def _as_it_is(self, url: str) -> list[Found]:
        revision = await look(url, _REVISION.one)
        if revision is None or revision.version_num != HEAD:
            stands = "without tables" if revision is None else f"at revision {revision.version_num}"
            if revision is not None and revision.version_num > HEAD:
                do = "a newer huiyin made them: use that, or restore a backup of before"
                return [bad("database", f"{stands}, this program knows none beyond {HEAD}", do)]
            return [
                warn(
                    "database",
                    f"{stands}, this program wants {HEAD}",
                    "a start of huiyin run upgrades it: back up first",
                )
            ]
        ((whole,),), ((size,),) = await look(url, _WHOLE.all), await look(url, _SIZE.all)
        if whole != "ok":
            return [bad("database", "damaged", "stop the service and restore a backup")]
        if missing := missing_among(row.name for row in await look(url, _TABLES.all)):
            said = f"tables are missing: {', '.join(missing)}"
            return [bad("database", said, "stop the service and restore a backup")]
        ((may,),) = await look(url, _WRITABLE.all)
        if not may or (self._file is not None and not os.access(self._file, os.W_OK)):
            return [bad("database", "can be read and not written", "look at its owner, its mode, its server's role")]
        return [ok("database", f"whole, writable, at revision {HEAD}, {size / 1024**2:.0f} MB")]

    # who is out there

    async def messenger(self) -> list[Found]:
        accounts = accounts_of(self._settings)
        if not accounts:
            return [warn("messenger", "no bot is served", "set HUIYIN_BOT_TOKEN")]
        async with httpx.AsyncClient(verify=trust(), timeout=httpx.Timeout(WITHIN_S)) as http:
            found = await asyncio.gather(*(self._bot(http, account) for account in accounts.values()))
        return [line for lines in found for line in lines]

    async def _bot(self, http: httpx.AsyncClient, account: Account) -> list[Found]:
        what = f"bot {account.id}"
        try:
            began = self._clock.now()
            answer = await http.post(account.address("getMe"))
            ended = self._clock.now()
            hook = await http.post(account.address("getWebhookInfo"))
        except httpx.HTTPError as error:
            do = "nothing is lost for 24 hours; look at the network, at a firewall, at HUIYIN_BOT_API"
            return [bad(what, f"the messenger cannot be reached: {type(error).__name__}", do)]
        if answer.status_code in (401, 404):
            return [bad(what, "the messenger does not know the token", "take a new one from BotFather")]
        if not answer.is_success:
            return [bad(what, f"the messenger answers {answer.status_code}", "wait; look again in some minutes")]
        lines = [ok(what, "the messenger knows it")]
        if (drift := _drift(answer.headers.get("date", ""), began + (ended - began) / 2)) is not None:
            said = f"{drift.total_seconds():.0f} s apart from the messenger's"
            do = "let the machine keep its time (chrony, systemd-timesyncd)"
            make = bad if drift > CLOCK_BAD else warn
            lines.append(make("clock", said, do) if drift > CLOCK_WARN else ok("clock", said))
        return [*lines, *self._hook(what, hook)]

    def _hook(self, what: str, answer: httpx.Response) -> Iterator[Found]:
        """What the messenger says about how its updates get here."""
        told: dict[str, Any] = answer.json().get("result", {}) if answer.is_success else {}
        wanted = self._settings.public_url
        if bool(told.get("url")) != bool(wanted):
            said = "a webhook is set, and updates are polled" if told.get("url") else "no webhook is set yet"
            yield warn(what, said, "a start of huiyin run puts it right")
        pending = int(told.get("pending_update_count", 0))
        waits = f"{pending} updates wait with the messenger"
        yield warn(what, waits, "is huiyin run up?") if pending > PENDING_WARN else ok(what, waits)
        failed_at = told.get("last_error_date")
        if wanted and failed_at and self._clock.now() - datetime.fromtimestamp(failed_at, UTC) < LATELY:
            yield warn(
                what, "the webhook failed within the hour", "look at the web server in front and its certificate"
            )

    # the town and its work

    async def town(self) -> list[Found]:
        try:
            town, edition = await self._town()
        except TownErrors:
            return [bad("town", "the folder has errors", "huiyin town check says which")]
        if town is None:
            return [bad("town", "none is in force", "huiyin town load FOLDER")]
        lines = [ok("town", f"{town.name}, edition {edition}")]
        soon = holidays_run_out(town, now=self._clock.now())
        lines.append(
            warn("calendar", soon, "then huiyin town load")
            if soon
            else ok("calendar", f"known until {town.calendar.known_until}")
        )
        if not town.desks[town.street_desk].phone:
            lines.append(bad("street", "its desk has no telephone", "desks.csv: people in need are told to call it"))
        return [*lines, await self._empty_desks(town)]

    async def _town(self) -> tuple[Town | None, str]:
        named = self._settings.town
        if named is not None:
            town = load_town(sample_town_folder() if named == SAMPLE else named)
            return town, town.edition[:8]
        edition = await look(self._settings.store_url, edition_in_force)
        return (None, "") if edition is None else (unpacked(edition.folder), edition.sha256[:8])

    async def _empty_desks(self, town: Town) -> Found:
        now = self._clock.now()
        missing = await look(
            self._settings.store_url, lambda session: not_enrolled(Work(session, town, Keys.fresh(), now))
        )
        empty = sorted(one.place for one in missing if one.role is not Role.HEAD and not one.enrolled)
        if not empty:
            return ok("desks", "somebody is enrolled at every one")
        named = ", ".join(empty[:8]) + (" …" if len(empty) > 8 else "")
        return warn(
            "desks", f"nobody is enrolled at {len(empty)}: {named}", "huiyin invite; huiyin town roster lists them"
        )

    async def work(self) -> list[Found]:
        url, now = self._settings.store_url, self._clock.now()
        office = now + timedelta(seconds=await look(url, office_ahead))
        stands = await look(url, standing, office_now=office)
        waiting = await look(url, waiting_by_bot)
        lives = await look(url, on_record)
        living = await held(url, lives)  # a killed one stays on record until another one looks
        stands = dataclasses.replace(stands, lives=Counter(lives[one] for one in lives if one in living))
        found = of_the_house(stands, office_now=office, machine_now=now, died=len(lives) - len(living))
        return [*found, *self._unspoken(waiting)]

    def _unspoken(self, waiting: dict[int, int]) -> Iterator[Found]:
        """Notices of bots whose tokens these settings do not name: they wait for ever."""
        for bot_id in sorted(waiting.keys() - accounts_of(self._settings).keys()):
            do = "name its token in HUIYIN_BOT_TOKEN too; people who know only that bot hear nothing"
            yield warn(f"bot {bot_id}", f"notices wait for it, and nobody speaks for it: {waiting[bot_id]}", do)


def _drift(date: str, here: datetime) -> timedelta | None:
    """How far this machine's clock is from a `Date` header, which counts whole seconds; None where there is none."""
    try:
        there = parsedate_to_datetime(date)
    except ValueError:
        return None
    return max(abs(here - there) - timedelta(seconds=1), timedelta(0))
