"""Where are a person's words, name and number? Sealed, one row a field, bound to the place they belong to."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from models.store import DoesNotOpen, Keys, KeysRefused, Statement

__all__ = ["DoesNotOpen", "Keys", "KeysRefused", "forget", "keep", "keep_many", "reveal"]

_KEEP = Statement("""\
INSERT INTO secret (owner, owner_id, field, sealed, kept_at) VALUES (:owner, :owner_id, :field, :sealed, :now)
ON CONFLICT (owner, owner_id, field) DO UPDATE SET sealed = excluded.sealed, kept_at = excluded.kept_at""")
_REVEAL = Statement("SELECT sealed FROM secret WHERE owner = :owner AND owner_id = :owner_id AND field = :field")
_FORGET = Statement("DELETE FROM secret WHERE owner = :owner AND owner_id = :owner_id")


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


def forget(session: Session, *, owner: str, owner_id: int) -> int:
    """Nothing of this owner is kept any more; how many fields there were."""
    return _FORGET.run(session, owner=owner, owner_id=owner_id)


def _place(owner: str, owner_id: int, field: str) -> str:
    return f"{owner}:{owner_id}:{field}"
