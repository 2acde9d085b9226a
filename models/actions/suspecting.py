"""Is somebody trying doors that are not theirs? It is on record without whom and without what was tried (S9, S15)."""

from models.rules.alarms import AlarmKind
from models.store import Statement
from models.turn import Work

_ALARM = Statement("INSERT INTO alarm (kind, ref, reason, raised_at) VALUES (:kind, :ref, '', :now)")


def note_attempt(work: Work, *, kind: AlarmKind, update: int) -> None:
    """An alarm that names the update's row, and with it for seven days the chat; callers see to one an hour a chat."""
    _ALARM.run(work.session, kind=kind, ref=f"update:{update}", now=work.now)
