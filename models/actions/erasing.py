"""What is erased, and when? 180 days after closing a raiser's own words and pictures; the de-identified case stays.

Whoever takes a case back may have all of its words erased at once (domain C3 withdrawn: 保留/删除).
"""

from models.rules.closure import ERASED_AFTER
from models.store import Statement
from models.turn import Work

_CLOSED = '(SELECT id FROM "case" WHERE closed_at < :before)'
_TAKEN_BACK = Statement("DELETE FROM secret WHERE owner = 'case' AND owner_id = :case_id")
_PICTURES_OLD = Statement("UPDATE attachment SET lost = 'erased' WHERE case_id = :case_id AND digest IS NULL")
_ERASED = """
    (SELECT c.id FROM "case" c WHERE c.state = 'withdrawn' AND NOT EXISTS (
        SELECT 1 FROM secret s WHERE s.owner = 'case' AND s.owner_id = c.id))
"""
_WORDS = Statement(f"""
    DELETE FROM secret WHERE owner = 'case' AND field NOT IN ('seen', 'title') AND owner_id IN {_CLOSED}
""")  # noqa: S608 the only piece put in is the constant above
_ENDED = f"(case_id IN {_CLOSED} OR case_id IN {_ERASED})"
_DIGESTS = Statement(f"""
    SELECT digest AS name FROM attachment WHERE digest IS NOT NULL AND {_ENDED}
    UNION SELECT clean FROM attachment WHERE clean IS NOT NULL AND {_ENDED}
""")  # noqa: S608 the only piece put in is the constant above
_FILES = Statement(f"DELETE FROM attachment WHERE {_ENDED}")  # noqa: S608 as above
_FOLLOWERS = Statement(f"DELETE FROM follower WHERE {_ENDED}")  # noqa: S608 as above
_CALLED_BACK = Statement("""
    DELETE FROM secret WHERE owner = 'person'
        AND owner_id IN (SELECT raiser_id FROM "case" WHERE channel = 'counter' AND closed_at < :before)
""")  # whoever stood at the counter is known by that one case alone
_SHIFTS = Statement("""
    DELETE FROM secret WHERE owner = 'shift' AND owner_id IN (SELECT id FROM shift WHERE ended_at < :before)
""")
_STILL = Statement("SELECT 1 AS used FROM attachment WHERE digest = :name OR clean = :name LIMIT 1")


def erase(work: Work) -> tuple[str, ...]:
    """The words of cases closed long ago are gone, and the names of shifts.

    Returns the files no case names any more, to be taken off the disk. What receivers read and the short title stay:
    they name nobody. The chain of events holds no words and stays whole.
    """
    before = work.now - ERASED_AFTER
    for statement in (_WORDS, _CALLED_BACK, _SHIFTS):
        statement.run(work.session, before=before)
    digests = [row.name for row in _DIGESTS.all(work.session, before=before)]
    _FILES.run(work.session, before=before)
    _FOLLOWERS.run(work.session, before=before)
    return tuple(digest for digest in digests if _STILL.one(work.session, name=digest) is None)


def erase_now(work: Work, case_id: int) -> None:
    """Every word of the case is gone, the title and what receivers read too; its pictures leave the disk within the
    hour (scheduler/housekeeping). The number and the chain of events stay.
    """
    _TAKEN_BACK.run(work.session, case_id=case_id)
    _PICTURES_OLD.run(work.session, case_id=case_id)
