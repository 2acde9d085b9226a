"""What is erased, and when? 180 days after closing a raiser's own words and pictures; the de-identified case stays."""

from datetime import timedelta

from models.store import Statement
from models.turn import Work

KEPT_AFTER_CLOSING = timedelta(days=180)
"""How long what identifies the raiser outlives the case (domain B6, PIPL 19: the shortest time that serves)."""

_CLOSED = '(SELECT id FROM "case" WHERE closed_at < :before)'
_WORDS = Statement(f"""
    DELETE FROM secret WHERE owner = 'case' AND field NOT IN ('seen', 'title') AND owner_id IN {_CLOSED}
""")  # noqa: S608 the only piece put in is the constant above
_DIGESTS = Statement(f"""
    SELECT DISTINCT digest FROM attachment WHERE digest IS NOT NULL AND case_id IN {_CLOSED}
""")  # noqa: S608 the only piece put in is the constant above
_FILES = Statement(f"DELETE FROM attachment WHERE case_id IN {_CLOSED}")  # noqa: S608 as above
_STILL = Statement("SELECT 1 AS used FROM attachment WHERE digest = :digest LIMIT 1")


def erase(work: Work) -> tuple[str, ...]:
    """The words of cases closed long ago are gone; returns the files no case names any more, to be taken off the disk.

    What receivers read and the short title stay: they name nobody. The chain of events holds no words and stays whole.
    """
    before = work.now - KEPT_AFTER_CLOSING
    _WORDS.run(work.session, before=before)
    digests = [row.digest for row in _DIGESTS.all(work.session, before=before)]
    _FILES.run(work.session, before=before)
    return tuple(digest for digest in digests if _STILL.one(work.session, digest=digest) is None)
