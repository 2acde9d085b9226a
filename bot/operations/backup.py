"""`huiyin backup FILE`: everything as of one moment, beside a running service, sealed (reliability §10).

Inside the seal is a tar: `begin.json`, the tables page by page, the files they name, the town's folder where a setting
names one, and `end.json` with the counts and sums. The file of keys is never in it: whoever finds both reads all.
"""

import hashlib
import importlib.metadata
import io
import json
import tarfile
import zlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from sqlmodel import Session

from bot.clocks import MachineClock, OfficeClock
from bot.house import SAMPLE
from bot.operations.archive import Sealer, read_secret, write_whole
from bot.settings import Settings
from models.actions import keeping
from models.actions.housing import packed
from models.actions.sealing import seal
from models.migrations import HEAD
from models.migrations.rows import Shape, pages, revision_of, shapes
from models.queries.audit import anchor_of, head_of
from models.queries.housing import office_ahead
from models.rules.chain import Anchor
from models.store import Statement, Store
from scheduler.sealing import write_down

FORMAT = 1
DIGESTS_AT_A_TIME = 1_000

_DIGESTS = Statement("""
    SELECT digest FROM (SELECT digest FROM attachment UNION SELECT clean FROM attachment) AS kept
    WHERE digest IS NOT NULL AND digest > :after ORDER BY digest LIMIT :limit
""")
_NEWEST = Statement("SELECT max(happened_at) AS newest_at FROM case_event")


@dataclass(slots=True)
class Sum:
    """How much of one kind there is, and a digest over all of it in its order."""

    many: int = 0
    bytes: int = 0
    sha256: str = ""
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Begin:
    """What must be known before anything is read. `tables`: name → columns, none before one it points to."""

    format: int
    version: str
    revision: str
    made_at: str
    tables: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class End:
    """What must be true after everything was read."""

    tables: dict[str, Sum]
    files: Sum
    seal: int
    seal_hash: str
    newest_event_at: str


@dataclass(slots=True)
class Backup:
    """What was written."""

    size: int
    begin: Begin
    end: End
    anchored: bool = True

    def told(self) -> Iterator[str]:
        """For whoever typed the command."""
        rows = sum(table.many for table in self.end.tables.values())
        yield f"{self.size} bytes: {rows} rows of {len(self.end.tables)} tables, {self.end.files.many} files"
        yield f"as of {self.begin.made_at}, newest event {self.end.newest_event_at or 'none'}, seal {self.end.seal}"
        if self.end.files.missing:
            yield f"files that were not there: {len(self.end.files.missing)}, the first {self.end.files.missing[0]}"
        if not self.anchored:
            yield "its head could not be written down: look at HUIYIN_ANCHORS"
        yield "the file of keys is not in it: keep a copy of it elsewhere"


async def backup(settings: Settings, target: Path) -> Backup:
    """The file holds everything that was committed before; BackupRefused or DatabaseRefused say why it is not there.

    What happened until now is sealed first and its head is written down, so that the backup can be held against it.
    """
    secret = read_secret(settings.backup_key_file, keys=settings.keys_path)
    store = await Store.open(settings.store_url, as_it_is=True)
    try:
        now = MachineClock().now()
        newest = await store.read(lambda session: revision_of(session.connection()) == HEAD)
        if newest:
            office = OfficeClock(timedelta(seconds=await store.read(office_ahead)))
            while await store.run(seal, now=office.now()):
                pass
        made = await store.read(_Writing(settings, secret, now).write, target)
        await store.run(keeping.note, keeping.BACKUP, now=now)
        if newest and (anchor := await store.read(anchor_of, now=office.now())).seal:
            made.anchored = anchor_written(settings.anchors_path, anchor)
        return made
    finally:
        await store.close()


def anchor_written(path: Path, anchor: Anchor) -> bool:
    """The head is a line among the anchors; False where that file cannot be written, which undoes nothing."""
    try:
        write_down(path, anchor)
    except OSError:
        return False
    return True


class _Writing:
    """One backup being written, inside one view of the database."""

    def __init__(self, settings: Settings, secret: bytes, now: datetime) -> None:
        self._settings, self._secret, self._now = settings, secret, now

    def write(self, session: Session, target: Path) -> Backup:
        """The archive is on the disk."""
        connection = session.connection()
        tables = shapes(connection)
        begin = Begin(
            format=FORMAT,
            version=importlib.metadata.version("huiyin"),
            revision=revision_of(connection),
            made_at=self._now.isoformat(timespec="seconds"),
            tables={table.name: list(table.columns) for table in tables},
        )
        ends: list[End] = []

        def fill(file: BinaryIO) -> None:
            sealer = Sealer(file, self._secret)
            with tarfile.open(fileobj=sealer, mode="w|", format=tarfile.PAX_FORMAT) as bundle:  # type: ignore[call-overload]
                _add(bundle, "begin.json", _json(asdict(begin)))
                sums = {table.name: self._table(bundle, session, table) for table in tables}
                files = self._files(bundle, session)
                self._town(bundle)
                ends.append(self._end(session, sums, files))
                _add(bundle, "end.json", _json(asdict(ends[0])))
            sealer.finish()

        size = write_whole(target, fill)
        return Backup(size, begin, ends[0])

    def _table(self, bundle: tarfile.TarFile, session: Session, table: Shape) -> Sum:
        total, digest = Sum(), hashlib.sha256()
        for number, rows in enumerate(pages(session.connection(), table)):
            page = _json(rows)
            digest.update(page)
            total.many += len(rows)
            total.bytes += len(page)
            _add(bundle, f"tables/{table.name}/{number:06d}", zlib.compress(page, 1))
        total.sha256 = digest.hexdigest()
        return total

    def _files(self, bundle: tarfile.TarFile, session: Session) -> Sum:
        """What the rows name; one that was erased since this view of them began is named as missing."""
        total, digest = Sum(), hashlib.sha256()
        folder = self._settings.data_dir / "files"
        for name in _digests(session):
            try:
                content = (folder / name[:2] / name).read_bytes()
            except FileNotFoundError:
                total.missing.append(name)
                continue
            digest.update(name.encode() + hashlib.sha256(content).digest())
            total.many += 1
            total.bytes += len(content)
            _add(bundle, f"files/{name}", content)
        total.sha256 = digest.hexdigest()
        return total

    def _town(self, bundle: tarfile.TarFile) -> None:
        """A folder the settings name is not in the database."""
        town = self._settings.town
        if town is not None and town != SAMPLE and town.is_dir():
            _add(bundle, "town.zip", packed(town))

    def _end(self, session: Session, tables: dict[str, Sum], files: Sum) -> End:
        sealed = "seal" in tables
        head = head_of(session) if sealed else None
        newest = _NEWEST.one(session)
        return End(
            tables=tables,
            files=files,
            seal=head.seal if head else 0,
            seal_hash=head.hash if head else "",
            newest_event_at=newest.newest_at.isoformat() if newest and newest.newest_at else "",
        )


def _digests(session: Session) -> Iterator[str]:
    after = ""
    while rows := _DIGESTS.all(session, after=after, limit=DIGESTS_AT_A_TIME):
        yield from (row.digest for row in rows)
        after = rows[-1].digest


def _add(bundle: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    bundle.addfile(member, io.BytesIO(content))


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), default=_bytes).encode()


def _bytes(value: Any) -> dict[str, str]:
    assert isinstance(value, bytes)
    return {"base64": b64encode(value).decode("ascii")}
