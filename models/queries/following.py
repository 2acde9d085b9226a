"""With which code may the family follow a case, and who does?"""

import hmac

from models.queries.cases import CaseView, view
from models.records import Case
from models.rules.gone import category_of
from models.store import Keys, Statement
from models.turn import Work

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Nothing that is mistaken for another when it is read aloud: no 0 and O, no 1 and I."""
LENGTH = 6
"""Over 29 bits: with five wrong tries an hour, a chat finds one in a thousand years. The first is a letter, so that
number and code are never one long number."""


def code_of(keys: Keys, case_id: int) -> str:
    """The case's code. Derived, and nowhere kept; the same for ever."""
    digest = hmac.digest(keys.mac("follow"), str(case_id).encode(), "sha256")
    number = int.from_bytes(digest[:8], "big")
    letters = ALPHABET[8:]
    return letters[(number >> 32) % len(letters)] + "".join(
        ALPHABET[number >> 5 * place & 31] for place in range(LENGTH - 1)
    )


def case_to_follow(work: Work, *, case_id: int, code: str) -> Case | None:
    """The case, if this is its code; a sealed one is nobody else's to follow, whatever the code."""
    case = work.session.get(Case, case_id)
    right = hmac.compare_digest(code_of(work.keys, case_id), code)
    if case is None or not right or category_of(work.town, case.category).sealed:
        return None
    return case


_FOLLOWS = Statement("SELECT id FROM follower WHERE case_id = :case_id AND person_id = :person")


def follows(work: Work, *, case_id: int, person: int) -> bool:
    """Whether this person follows the case."""
    return _FOLLOWS.one(work.session, case_id=case_id, person=person) is not None


_FOLLOWED = Statement("""
    SELECT case_id FROM follower WHERE person_id = :person AND (:number = 0 OR case_id = :number)
    ORDER BY case_id DESC LIMIT :most
""")


def followed(work: Work, *, person: int, number: int | None, most: int) -> tuple[CaseView, ...]:
    """What this person follows, the newest first; `number`: that one only. A case sealed since is not shown."""
    rows = _FOLLOWED.all(work.session, person=person, number=number or 0, most=most)
    seen = (view(work, row.case_id) for row in rows)
    return tuple(case for case in seen if case is not None and not case.category.sealed)
