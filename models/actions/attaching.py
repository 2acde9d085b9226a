"""What becomes of a file somebody sent? It is fetched into our own keeping, or it is on record why not."""

from dataclasses import dataclass

from models.records import Alarm
from models.rules.alarms import AlarmKind
from models.store import Statement
from models.turn import Work

TRIES_AT_MOST = 8
"""A messenger that fails this often over hours will not give the file any more; an alarm says so."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that is still only at the messenger."""

    id: int
    bot_id: int
    file_id: str
    tries: int


_WANTED = Statement("""
    SELECT id, bot_id, file_id, tries FROM attachment WHERE digest IS NULL AND lost IS NULL ORDER BY tries, id LIMIT 1
""")
_KEPT = Statement("UPDATE attachment SET digest = :digest, size = :size WHERE id = :id AND digest IS NULL")
_TRIED = Statement("UPDATE attachment SET tries = tries + 1, lost = :lost WHERE id = :id AND digest IS NULL")


def wanted(work: Work, *, after_tries: int) -> Wanted | None:
    """The next file to fetch that was tried at most `after_tries` times; None: nothing to do in this round."""
    row = _WANTED.one(work.session)
    return None if row is None or row.tries > after_tries else Wanted(row.id, row.bot_id, row.file_id, row.tries)


def kept(work: Work, *, attachment: int, digest: str, size: int) -> None:
    """The file is in our keeping under this digest."""
    _KEPT.run(work.session, id=attachment, digest=digest, size=size)


def not_kept(work: Work, *, attachment: int, tries: int, reason: str, for_ever: bool) -> None:
    """One more try failed; the last, or a lost file, raises an alarm. `reason` is an error's name, not its words."""
    lost = reason if for_ever or tries + 1 >= TRIES_AT_MOST else None
    _TRIED.run(work.session, id=attachment, lost=lost)
    if lost is not None:
        work.session.add(
            Alarm(kind=AlarmKind.FILE_LOST, ref=f"attachment {attachment}", reason=lost, raised_at=work.now)
        )
