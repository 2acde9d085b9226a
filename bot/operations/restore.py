"""`huiyin restore FILE`: into an empty place, verified before and after; nothing leaves until a person says so."""

import asyncio
import hashlib
import io
import json
import os
import shutil
import tarfile
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from bot.clocks import MachineClock, OfficeClock
from bot.house import make_folder
from bot.operations.archive import BackupRefused, Damaged, Opener, read_secret
from bot.operations.audit import read_anchors
from bot.operations.backup import FORMAT, Begin, End, Sum, anchor_written
from bot.settings import Settings
from models import vault
from models.actions import keeping
from models.migrations import HEAD
from models.migrations.rows import Filler, finish, lay_down
from models.queries.audit import Audit, anchor_of, verify
from models.queries.housing import office_ahead
from models.rules.chain import Anchor, Anchored
from models.store import Keys, KeysRefused, Store
from models.store.empty import build, refuse_unless_empty

ROWS_AT_MOST = 64 * 1024 * 1024
"""Bytes a page of a table may unpack to: pages are a thousand rows, and a row that big was not written by us."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back, and what is to be done now."""

    begin: Begin
    end: End
    audit: Audit
    keys_open: bool | None  # None: there is no file of keys yet
    anchored: bool
    town: Path | None

    def told(self) -> Iterator[str]:
        """For whoever typed the command."""
        rows = sum(table.many for table in self.end.tables.values())
        yield f"restored as of {self.begin.made_at}: {rows} rows, {self.end.files.many} files; all sums are right"
        yield f"the record is whole: {self.audit.events} events of {self.audit.cases} cases, {self.audit.seals} seals"
        yield from (f"note: {note}" for note in self.audit.notes)
        if self.end.files.missing:
            yield f"files that were erased while the backup was made: {len(self.end.files.missing)}"
        if self.town is not None:
            yield f"the town's folder is at {self.town}"
        if not self.anchored:
            yield "HUIYIN_ANCHORS cannot be written: verify-audit will ask what became of the seals since the backup"
        if self.keys_open is None:
            yield "the file of keys is not there yet: bring it back from its own copy before the first start"
        yield "nothing leaves until you say so: huiyin restore --lift"


async def restore(settings: Settings, source: Path, *, anchors: Path | None = None) -> Restored:
    """Database and files are as they were when the backup was made, or nothing has changed and the reason is raised.

    The archive is read to its end before anything is written. Afterwards the record is computed anew and compared with
    the anchors, and the file of keys, where it is there, must open what was sealed.
    """
    secret = read_secret(settings.backup_key_file, keys=settings.keys_path)
    files = settings.data_dir / "files"
    await refuse_unless_empty(settings.store_url)
    if files.exists() and any(files.iterdir()):
        raise BackupRefused(f"{files}: it is not empty: there are files")
    known = read_anchors(anchors).anchors if anchors is not None else ()
    begin, end = await asyncio.to_thread(_read_through, source, secret)
    aside = settings.data_dir / ".files.restoring"
    make_folder(settings.data_dir)
    shutil.rmtree(aside, ignore_errors=True)
    try:
        bringing = _Bringing(settings, source, secret, aside, known)
        audit, anchor = await build(settings.store_url, bringing.all_back)
    except BaseException:
        shutil.rmtree(files, ignore_errors=True)  # it was empty
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    anchored = anchor_written(settings.anchors_path, anchor)
    return Restored(begin, end, audit, bringing.keys_open, anchored, bringing.unpack_town())


async def lift(settings: Settings) -> keeping.Lifted:
    """What waits may leave from the next start on."""
    store = await Store.open(settings.store_url, as_it_is=True)
    try:
        return await store.run(keeping.lift)
    finally:
        await store.close()


class _Bringing:
    """One archive becoming a database and a folder."""

    def __init__(
        self, settings: Settings, source: Path, secret: bytes, aside: Path, anchors: tuple[Anchor, ...]
    ) -> None:
        self._settings, self._source, self._secret, self._aside = settings, source, secret, aside
        self._anchors = anchors
        self.keys_open: bool | None = None
        self._kept_town: list[bytes] = []

    def all_back(self, session: Session) -> tuple[Audit, Anchor]:
        """Every row and file is there, the tables are the newest, the record is whole, and nothing leaves."""
        connection = session.connection()
        fillers: dict[str, Filler] = {}

        def began(begin: Begin) -> None:
            lay_down(connection, begin.revision)
            fillers.update({name: Filler(connection, name, columns) for name, columns in begin.tables.items()})

        _read(
            self._source,
            self._secret,
            began=began,
            rows=lambda table, rows: fillers[table].put(rows),
            file=lambda name, content: _keep(self._aside, name, content),
            town=self._kept_town.append,
        )
        finish(connection)
        office = OfficeClock(timedelta(seconds=office_ahead(session)))
        anchor = anchor_of(session, now=office.now(), why=Anchored.RESTORED)
        audit = verify(session, [*self._anchors, anchor])
        if not audit.whole:
            raise BackupRefused(f"the record in it is not whole. First bad event: {audit.wrong[0]}")
        self._try_keys(session)
        keeping.bring_back(session, now=MachineClock().now())
        self._files_in_place()  # before the rows are: a database is never there without them
        return audit, anchor

    def _files_in_place(self) -> None:
        files = self._settings.data_dir / "files"
        if files.exists():
            files.rmdir()
        if self._aside.exists():
            self._aside.rename(files)
        os.sync()

    def unpack_town(self) -> Path | None:
        """The folder the settings named when the backup was made, where there was one."""
        for content in self._kept_town:
            folder = self._settings.data_dir / "town-restored"
            with zipfile.ZipFile(io.BytesIO(content)) as bundle:
                bundle.extractall(folder)  # noqa: S202 flat names, written by us under our seal
            return folder
        return None

    def _try_keys(self, session: Session) -> None:
        path = self._settings.keys_path
        if path.exists():
            keys = Keys.from_file(path)
            try:
                vault.knows(session, keys)
            except KeysRefused as refused:
                raise KeysRefused(f"{path}: {refused}") from None
            self.keys_open = True


def _read_through(source: Path, secret: bytes) -> tuple[Begin, End]:
    """The archive is whole to its last byte, and holds what it says it holds."""
    return _read(
        source,
        secret,
        began=lambda begin: None,
        rows=lambda table, rows: None,
        file=lambda name, content: None,
        town=lambda content: None,
    )


def _read(
    source: Path,
    secret: bytes,
    *,
    began: Callable[[Begin], None],
    rows: Callable[[str, list[list[Any]]], None],
    file: Callable[[str, bytes], None],
    town: Callable[[bytes], None],
) -> tuple[Begin, End]:
    """Hands out what is in the archive, in its order; Damaged says where and in what it is not what was written."""
    reading = "its beginning"
    sums = _Sums()
    begin: Begin | None = None
    end: End | None = None
    try:
        with source.open("rb") as raw:
            opener = Opener(raw, secret)
            with tarfile.open(fileobj=opener, mode="r|") as bundle:  # type: ignore[call-overload]
                for member in bundle:
                    reading = member.name
                    content = bundle.extractfile(member).read()
                    if member.name == "begin.json":
                        begin = _begin(json.loads(content))
                        began(begin)
                    elif member.name == "end.json":
                        end = _end(json.loads(content))
                    elif member.name == "town.zip":
                        town(content)
                    elif member.name.startswith("tables/"):
                        rows(*sums.page(member.name.split("/")[1], content))
                    elif member.name.startswith("files/"):
                        file(sums.file(member.name.split("/")[1], content), content)
            opener.drain()
    except Damaged as damaged:
        raise Damaged(f"{source}: {damaged}, in {reading}") from None
    except BackupRefused as refused:
        raise BackupRefused(f"{source}: {refused}") from None
    except (OSError, tarfile.TarError) as error:
        raise BackupRefused(f"{source}: {getattr(error, 'strerror', None) or type(error).__name__}") from error
    if begin is None or end is None:
        raise BackupRefused(f"{source}: it has no {'beginning' if begin is None else 'end'}")
    sums.compare(source, end)
    return begin, end


class _Sums:
    """What was read, to be held against what the archive says of itself."""

    def __init__(self) -> None:
        self._tables: dict[str, Any] = {}
        self._rows: dict[str, int] = {}
        self._files, self._many = hashlib.sha256(), 0

    def page(self, table: str, content: bytes) -> tuple[str, list[list[Any]]]:
        page = zlib.decompressobj().decompress(content, ROWS_AT_MOST)
        rows: list[list[Any]] = json.loads(page, object_hook=lambda told: b64decode(told["base64"]))
        self._tables.setdefault(table, hashlib.sha256()).update(page)
        self._rows[table] = self._rows.get(table, 0) + len(rows)
        return table, rows

    def file(self, name: str, content: bytes) -> str:
        self._files.update(name.encode() + hashlib.sha256(content).digest())
        self._many += 1
        return name

    def compare(self, source: Path, end: End) -> None:
        for table, told in end.tables.items():
            seen = self._tables.get(table, hashlib.sha256()).hexdigest()
            if (self._rows.get(table, 0), seen) != (told.many, told.sha256):
                raise BackupRefused(f"{source}: {table} has not the {told.many} rows that it should have")
        if (self._many, self._files.hexdigest()) != (end.files.many, end.files.sha256):
            raise BackupRefused(f"{source}: it has not the {end.files.many} files that it should have")


def _begin(told: dict[str, Any]) -> Begin:
    if told["format"] != FORMAT or told["revision"] > HEAD:
        raise BackupRefused(
            f"it is of a newer version ({told['version']}, tables {told['revision']}; here {HEAD}): install that first"
        )
    return Begin(**told)


def _end(told: dict[str, Any]) -> End:
    tables = {name: Sum(**table) for name, table in told.pop("tables").items()}
    return End(tables=tables, files=Sum(**told.pop("files")), **told)


def _keep(folder: Path, name: str, content: bytes) -> None:
    """As `models.files` keeps it, sealed as it was; durable."""
    place = folder / name[:2]
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
