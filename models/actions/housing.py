"""How does the house know its bots, its town and its office hour? What the one who sets it up does, by command."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from models.queries.housing import edition_in_force
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


def put_in_force(work: Work, *, folder: Path) -> bool:
    """The folder `work.town` was read from is the town from now on; False when this very edition was before."""
    latest = edition_in_force(work.session)
    if latest is not None and latest.sha256 == work.town.edition:
        return False
    loaded_at = work.now if latest is None else max(work.now, latest.loaded_at + _MOMENT)
    known = work.session.exec(select(TownEdition).where(TownEdition.sha256 == work.town.edition)).one_or_none()
    if known is not None:
        known.loaded_at = loaded_at
    else:
        work.session.add(
            TownEdition(sha256=work.town.edition, name=work.town.name, folder=packed(folder), loaded_at=loaded_at)
        )
    return True


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
