"""How is an alarm put away? By whoever has looked; it stays on record, and the next of its kind is raised anew."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from models.store import Statement

_CLEAR = Statement("UPDATE alarm SET cleared_at = :now WHERE id = :id AND cleared_at IS NULL")


def clear_alarms(session: Session, *, ids: Collection[int], now: datetime) -> tuple[int, ...]:
    """Those of them that were open, and are cleared now; `now` is an office moment."""
    return tuple(one for one in sorted(set(ids)) if _CLEAR.run(session, id=one, now=now) == 1)
