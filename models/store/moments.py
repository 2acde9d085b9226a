"""How is a moment written down in SQLite? In the very text the ORM writes, so that both ways of access agree."""

from datetime import UTC, datetime

SUFFIXES = ("_at", "_by", "_until", "_from")
"""A column with such a name holds a moment (models.records), and comes back as an aware UTC datetime."""

_LENGTH = len("2026-11-24 06:30:00.000000")


def to_text(moment: datetime) -> str:
    """UTC, without an offset, always with six digits of microseconds; ValueError for a naive moment."""
    if moment.tzinfo is not UTC:
        if moment.utcoffset() is None:
            raise ValueError("a moment must say its time zone")
        moment = moment.astimezone(UTC)
    return moment.isoformat(" ", "microseconds")[:_LENGTH]


def from_text(text: str) -> datetime:
    """The aware UTC moment that `to_text` wrote."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
