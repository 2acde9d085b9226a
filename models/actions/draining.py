"""How does nothing new come in for a while? Before an upgrade: the messenger keeps it, for 24 hours at most.

One row that every process sees. It ends by a word, by the start of whoever listens, or at its cap with an alarm: a
house forgotten behind a closed door would lose what Telegram gives up (reliability §0.3, §10).
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from models.queries.draining import Draining, draining
from models.rules.alarms import AlarmKind
from models.store import Statement

AT_MOST = timedelta(hours=4)
"""The longest the door stays closed, whatever was said (reliability §10)."""

_BEGIN = Statement("INSERT INTO drain (began_from, capped_until) VALUES (:now, :until)")
_END = Statement("UPDATE drain SET ended_from = :now WHERE ended_from IS NULL")
_END_CAPPED = Statement("UPDATE drain SET ended_from = :now WHERE ended_from IS NULL AND capped_until <= :now")
_ALARM = Statement("INSERT INTO alarm (kind, ref, reason, raised_at) VALUES (:kind, :ref, :reason, :now)")


def begin_drain(session: Session, *, now: datetime, span: timedelta = AT_MOST) -> Draining:
    """From now on nothing new comes in, for `span` or until it is ended; said again, it begins anew.

    ValueError for more than `AT_MOST`. `now` is a machine moment.
    """
    if not timedelta(0) < span <= AT_MOST:
        raise ValueError(f"a drain lasts at most {AT_MOST.total_seconds() / 3600:g} hours")
    _END.run(session, now=now)
    _BEGIN.run(session, now=now, until=now + span)
    begun = draining(session)
    assert begun is not None
    return begun


def end_drain(session: Session, *, now: datetime) -> bool:
    """Everything comes in again; whether it did not before."""
    return _END.run(session, now=now) > 0


def end_capped(session: Session, *, now: datetime, office_now: datetime) -> bool:
    """A drain that reached its cap has ended, with one alarm, whoever looks first."""
    found = draining(session)
    if found is None or _END_CAPPED.run(session, now=now) == 0:
        return False
    _ALARM.run(session, kind=AlarmKind.DRAINING, ref=f"drain:{found.id}", reason="capped", now=office_now)
    return True
