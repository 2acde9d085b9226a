"""Where are a person's words, name and number? Sealed, one row a field, bound to the place they belong to."""

import hmac
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from models.store import DoesNotOpen, Keys, KeysRefused, Statement

__all__ = [
    "DoesNotOpen",
    "Keys",
    "KeysRefused",
    "is_sealed",
    "keep",
    "keep_many",
    "knows",
    "remember",
    "reveal",
    "try_some",
]

_KEEP = Statement("""\
INSERT INTO secret (owner, owner_id, field, sealed, kept_at) VALUES (:owner, :owner_id, :field, :sealed, :now)
ON CONFLICT (owner, owner_id, field) DO UPDATE SET sealed = excluded.sealed, kept_at = excluded.kept_at""")
_REVEAL = Statement("SELECT sealed FROM secret WHERE owner = :owner AND owner_id = :owner_id AND field = :field")
_SOME = Statement("SELECT owner, owner_id, field, sealed FROM secret ORDER BY random() LIMIT :most")
_ANY = Statement("SELECT 1 AS some FROM secret LIMIT 1")


def keep(session: Session, keys: Keys, *, owner: str, owner_id: int, field: str, text: str, now: datetime) -> None:
    """The text is kept for this owner and field, in place of what was there. Lone surrogates are kept as they came."""
    sealed = keys.seal(text.encode("utf-8", "surrogatepass"), at=_place(owner, owner_id, field))
    _KEEP.run(session, owner=owner, owner_id=owner_id, field=field, sealed=sealed, now=now)


def keep_many(
    session: Session, keys: Keys, *, owner: str, owner_id: int, texts: Mapping[str, str], now: datetime
) -> None:
    """The same as `keep` for several fields of one owner, in one statement."""
    _KEEP.many(
        session,
        [
            {
                "owner": owner,
                "owner_id": owner_id,
                "field": field,
                "sealed": keys.seal(text.encode("utf-8", "surrogatepass"), at=_place(owner, owner_id, field)),
                "now": now,
            }
            for field, text in texts.items()
        ],
    )


def reveal(session: Session, keys: Keys, *, owner: str, owner_id: int, field: str) -> str | None:
    """What is kept there, or None. DoesNotOpen if the row was moved or changed."""
    row = _REVEAL.one(session, owner=owner, owner_id=owner_id, field=field)
    if row is None:
        return None
    return keys.open(bytes(row.sealed), at=_place(owner, owner_id, field)).decode("utf-8", "surrogatepass")


def try_some(session: Session, keys: Keys, *, most: int) -> int:
    """So many texts, taken from here and there, opened with these keys; DoesNotOpen where one does not. How many."""
    rows = _SOME.all(session, most=most)
    for row in rows:
        keys.open(bytes(row.sealed), at=_place(row.owner, row.owner_id, row.field))
    return len(rows)


def is_sealed(session: Session) -> bool:
    """Whether some file of keys was in use with this database before."""
    return _ANY.one(session) is not None


def knows(session: Session, keys: Keys) -> bool:
    """Whether the database remembers these keys; False before it has met any; KeysRefused if it remembers others."""
    try:
        mark = reveal(session, keys, owner="keys", owner_id=0, field="mark")
    except DoesNotOpen:
        mark = ""
    if mark is not None and not hmac.compare_digest(mark, _mark(keys)):
        raise KeysRefused("the database was sealed with other keys")
    return mark is not None


def remember(session: Session, keys: Keys, *, now: datetime) -> None:
    """The database knows these keys from now on; KeysRefused if it remembers others."""
    if not knows(session, keys):
        keep(session, keys, owner="keys", owner_id=0, field="mark", text=_mark(keys), now=now)


def _mark(keys: Keys) -> str:
    """What only these keys say: the mac's part is in it, the sealing key's is that it opens."""
    return keys.mac("mark").hex()


def _place(owner: str, owner_id: int, field: str) -> str:
    return f"{owner}:{owner_id}:{field}"
