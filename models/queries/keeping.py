"""What does a drill look at in a database that was brought back?"""

from sqlmodel import Session

from models.store import Statement

_FILES = Statement("SELECT digest FROM attachment WHERE digest IS NOT NULL ORDER BY random() LIMIT :most")
_NEWEST = Statement('SELECT max(id) AS newest FROM "case"')
_CASE = Statement('SELECT desk, state FROM "case" WHERE id = :case_id')


def files_named(session: Session, *, most: int) -> tuple[str, ...]:
    """Files that cases have, taken from here and there."""
    return tuple(row.digest for row in _FILES.all(session, most=most))


def newest_case(session: Session) -> int:
    """The number of the case filed last; 0 before any was."""
    row = _NEWEST.one(session)
    return 0 if row is None or row.newest is None else int(row.newest)


def desk_and_state(session: Session, case_id: int) -> tuple[str, str]:
    """Who is accountable for the case, and where it stands."""
    row = _CASE.one(session, case_id=case_id)
    assert row is not None
    return row.desk, row.state
