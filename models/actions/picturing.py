"""Who is shown the pictures? Whoever has a card of the case, once they are clean; what came together, as one album.

An album is put together when none of the case's pictures is still to be tried for the first time: one that does not
come holds up no other, and follows by itself.
"""

from dataclasses import dataclass

from models.outbox import promise
from models.ports import Priority
from models.rules.lifecycle import Reader, Telling
from models.rules.policy import Sla
from models.store import Statement
from models.turn import Work

ALBUM_MOST = 10
"""Pictures in one media group (Bot API)."""

_VOICES = Statement("""
    SELECT a.id, c.sla, a.case_id FROM attachment a JOIN "case" c ON c.id = a.case_id
    WHERE a.case_id = :case_id AND a.kind = 'voice' AND a.digest IS NOT NULL AND c.channel = 'voice' ORDER BY a.id
""")
_OF = Statement("SELECT case_id, kind FROM attachment WHERE id = :attachment")
_LISTENERS = Statement("""
    SELECT DISTINCT person_id, bot_id, chat_id, reader FROM card WHERE case_id = :case_id AND reader = 'desk'
""")
_CASE = Statement("""
    SELECT c.id, c.sla, c.plain FROM attachment a JOIN "case" c ON c.id = a.case_id WHERE a.id = :attachment
""")
_COMING = Statement("""
    SELECT 1 AS some FROM attachment
    WHERE case_id = :case_id AND kind = 'photo' AND digest IS NULL AND lost IS NULL AND tries = 0 LIMIT 1
""")
_NEW = Statement("""
    SELECT id FROM attachment WHERE case_id = :case_id AND clean IS NOT NULL AND album IS NULL ORDER BY id
""")
_TOGETHER = Statement("UPDATE attachment SET album = :album WHERE id = :id")
_VIEWERS = Statement("""
    SELECT DISTINCT person_id, bot_id, chat_id, reader FROM card
    WHERE case_id = :case_id AND reader NOT IN ('raiser', 'family')
""")
_ALBUMS = Statement("""
    SELECT DISTINCT a.album, c.sla FROM attachment a JOIN "case" c ON c.id = a.case_id
    WHERE a.case_id = :case_id AND a.album IS NOT NULL ORDER BY a.album
""")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who has a card of the case in this chat."""

    person_id: int
    bot_id: int
    chat_id: int
    reader: str


def tell_pictures(work: Work, *, attachment: int) -> None:
    """Everybody with a card is shown what is clean now and was not shown yet; nobody where only a plain rewrite is."""
    case = _CASE.one(work.session, attachment=attachment)
    if case is None or case.plain or _COMING.one(work.session, case_id=case.id) is not None:
        return
    new = [row.id for row in _NEW.all(work.session, case_id=case.id)]
    viewers = [Viewer(*row) for row in _VIEWERS.all(work.session, case_id=case.id)] if new else []
    for first in range(0, len(new), ALBUM_MOST):
        together = new[first : first + ALBUM_MOST]
        _TOGETHER.many(work.session, [{"id": one, "album": together[0]} for one in together])
        for viewer in viewers:
            _promise(work, case.id, case.sla, together[0], viewer)


def tell_voices(work: Work, *, attachment: int) -> None:
    """A voice that came is heard by whoever leads the case; whether they listen to voices, the letter asks again."""
    found = _OF.one(work.session, attachment=attachment)
    if found is None or found.kind != "voice":
        return
    for row in _LISTENERS.all(work.session, case_id=found.case_id):
        _voices_to(work, found.case_id, Viewer(*row))


def _voices_to(work: Work, case_id: int, viewer: Viewer) -> None:
    for row in _VOICES.all(work.session, case_id=case_id):
        _promise(work, case_id, row.sla, row.id, viewer, what="voice")


def tell_pictures_to(work: Work, *, case_id: int, viewer: Viewer) -> None:
    """Whoever has just got a card of the case is shown every album of it, once; its raiser and the family are not."""
    if viewer.reader in (Reader.RAISER, Reader.FAMILY):
        return
    if viewer.reader == Reader.DESK:
        _voices_to(work, case_id, viewer)
    for row in _ALBUMS.all(work.session, case_id=case_id):
        _promise(work, case_id, row.sla, row.album, viewer)


def _promise(work: Work, case_id: int, sla: str, album: int, viewer: Viewer, *, what: str = "album") -> None:
    promise(
        work.session,
        key=f"{'pictures' if what == 'album' else what}:{album}:{viewer.person_id}",
        person_id=viewer.person_id,
        bot_id=viewer.bot_id,
        chat_id=viewer.chat_id,
        case_id=case_id,
        telling=Telling.PICTURES,
        reader=viewer.reader,
        facts={what: album},
        priority=Priority.EMERGENCY if sla == Sla.P0 else Priority.ASSIGNMENT,
        ring_at=work.now,  # they come without a sound
        now=work.now,
    )
