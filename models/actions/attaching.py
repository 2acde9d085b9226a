"""What becomes of a file somebody sent? It is fetched into our own keeping, or it is on record why not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.actions.picturing import tell_pictures, tell_voices
from models.records import Alarm
from models.rules.alarms import AlarmKind
from models.store import Statement
from models.turn import Work

GIVEN_UP_AFTER = timedelta(hours=24)
"""A messenger may be away for a day, as long as it keeps what people send (reliability §0.3)."""
TRIES_AT_LEAST = 8
"""An hour of trying: a house that was itself away for a day, or whose office clock was turned, gives up nothing yet."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that is still only at the messenger."""

    id: int
    bot_id: int
    file_id: str
    kind: str
    tries: int
    sent_at: datetime


_WANTED = Statement("""
    SELECT id, bot_id, file_id, kind, tries, sent_at FROM attachment
    WHERE digest IS NULL AND lost IS NULL AND bot_id = :bot_id AND (fetch_from IS NULL OR fetch_from <= :machine)
    ORDER BY tries, id LIMIT 1
""")
_KEPT = Statement("""
    UPDATE attachment SET digest = :digest, size = :size, clean = :clean, lost = :reason
    WHERE id = :id AND digest IS NULL
""")
_TRIED = Statement("""
    UPDATE attachment SET tries = tries + 1, fetch_from = :again_from, lost = :lost
    WHERE id = :id AND digest IS NULL AND lost IS NULL
""")


def wanted(work: Work, *, bot_id: int, machine_now: datetime) -> Wanted | None:
    """The bot's next file to fetch, those tried less often first; None: none until some pause is over."""
    row = _WANTED.one(work.session, bot_id=bot_id, machine=machine_now)
    return None if row is None else Wanted(*row)


def kept(
    work: Work, *, attachment: int, digest: str, size: int, clean: str | None = None, reason: str | None = None
) -> None:
    """The file is in our keeping under this digest, its clean copy under `clean`; whoever has a card will see that.

    `reason`: why a picture has none and is shown to nobody else; an alarm says so.
    """
    if not _KEPT.run(work.session, id=attachment, digest=digest, size=size, clean=clean, reason=reason):
        return
    if reason is not None:
        work.session.add(
            Alarm(kind=AlarmKind.PICTURE_UNREADABLE, ref=f"attachment {attachment}", reason=reason, raised_at=work.now)
        )
    tell_pictures(work, attachment=attachment)
    tell_voices(work, attachment=attachment)


def not_kept(work: Work, one: Wanted, *, reason: str, for_ever: bool, machine_now: datetime) -> None:
    """One more try failed; the next comes after twice the pause. Given up when it is lost, or a day old: an alarm.

    `reason` is an error's name, not its words.
    """
    old = work.now - one.sent_at >= GIVEN_UP_AFTER and one.tries + 1 >= TRIES_AT_LEAST
    lost = reason if for_ever or old else None
    again = machine_now + pause(one.tries)
    if _TRIED.run(work.session, id=one.id, again_from=again, lost=lost) and lost is not None:
        work.session.add(Alarm(kind=AlarmKind.FILE_LOST, ref=f"attachment {one.id}", reason=lost, raised_at=work.now))
    tell_pictures(work, attachment=one.id)  # the others wait no longer for this one


def pause(tries: int) -> timedelta:
    """30 seconds, a minute, two … an hour: how long a file rests that was tried so often before."""
    return min(FIRST_PAUSE * (1 << min(tries, 16)), LONGEST_PAUSE)
