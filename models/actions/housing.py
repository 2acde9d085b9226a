"""How does the house know its bots, its town and its office hour? What the one who sets it up does, by command."""

import io
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from models.queries.housing import Gone, edition_in_force, gone_from
from models.records import Bot, OfficeClock, TownEdition
from models.turn import Work

_MOMENT = timedelta(microseconds=1)
"""By so much is an edition later than the one before it, also where the office clock was turned back since."""


def register_bot(work: Work, *, bot_id: int, base: str, username: str) -> None:
    """The bot and where it lives are on record."""
    known = work.session.get(Bot, bot_id)
    if known is None:
        work.session.add(Bot(id=bot_id, base=base, username=username, registered_at=work.now))
    else:
        known.base, known.username = base, username


class StillNamed(Exception):
    """The edition lacks what open cases name; `gone` is all of it."""

    def __init__(self, gone: tuple[Gone, ...]) -> None:
        super().__init__("\n".join(f"not in this edition: {one}" for one in gone))
        self.gone = gone


@dataclass(frozen=True, slots=True)
class Loaded:
    """`new`: it was not in force before. `gone`: what open cases name and it lacks, where that was wanted so."""

    new: bool
    gone: tuple[Gone, ...] = ()


def put_in_force(work: Work, *, folder: Path, forced: bool = False) -> Loaded:
    """The folder `work.town` was read from is the town from now on.

    `StillNamed` for one that lacks what open cases name, unless it is `forced`.
    """
    latest = edition_in_force(work.session)
    if latest is not None and latest.sha256 == work.town.edition:
        return Loaded(new=False)
    gone = gone_from(work.session, work.town)
    if gone and not forced:
        raise StillNamed(gone)
    loaded_at = work.now if latest is None else max(work.now, latest.loaded_at + _MOMENT)
    known = work.session.exec(select(TownEdition).where(TownEdition.sha256 == work.town.edition)).one_or_none()
    if known is not None:
        known.loaded_at = loaded_at
    else:
        work.session.add(
            TownEdition(sha256=work.town.edition, name=work.town.name, folder=packed(folder), loaded_at=loaded_at)
        )
    return Loaded(new=True, gone=gone)


def turn_office(work: Work, *, ahead_seconds: float) -> None:
    """The office clock stands this far ahead of the machine's, also after a restart. Demo and tests only."""
    row = work.session.get(OfficeClock, 1)
    if row is None:
        work.session.add(OfficeClock(id=1, ahead_seconds=ahead_seconds))
    else:
        row.ahead_seconds = ahead_seconds


def packed(folder: Path) -> bytes:
    """The town's files as a zip, the same bytes for the same files."""
    paper = io.BytesIO()
    with zipfile.ZipFile(paper, "w", zipfile.ZIP_DEFLATED) as bundle:
        for file in sorted(path for path in folder.iterdir() if path.is_file()):
            bundle.writestr(zipfile.ZipInfo(file.name), file.read_bytes())
    return paper.getvalue()
