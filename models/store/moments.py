"""How is a moment written down in SQLite? In the very text the ORM writes, so that both ways of access agree."""

from datetime import UTC, datetime

SUFFIXES = ("_at", "_by", "_until", "_from")
"""A column with such a name holds a moment (models.records), and comes back as an aware UTC datetime."""

_LENGTH = len("2026-11-24 06:30:00.000000")


_last: tuple[datetime | None, str] = (None, "")  # `now` is written again and again by one transaction


def to_text(moment: datetime) -> str:
    """UTC, without an offset, always with six digits of microseconds; ValueError for a naive moment."""
    global _last
    known, text = _last
    if known is moment:
        return text
    exact = moment
    if exact.tzinfo is not UTC:
        if exact.utcoffset() is None:
            raise ValueError("a moment must say its time zone")
        exact = exact.astimezone(UTC)
    text = exact.isoformat(" ", "microseconds")[:_LENGTH]
    _last = moment, text
    return text


def from_text(text: str) -> datetime:
    """The aware UTC moment that `to_text` wrote."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
