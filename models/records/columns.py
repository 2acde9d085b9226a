"""Which column types do the tables share?"""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Integer

BIG = BigInteger
"""For every id a messenger gave: a Telegram id passes 2^31 (store.md gotcha 5)."""

KEY = BigInteger().with_variant(Integer(), "sqlite")
"""For every id of our own: 64 bits on PostgreSQL, the rowid on SQLite."""


def one_of(column: str, values: type[StrEnum] | tuple[str, ...]) -> CheckConstraint:
    """The column holds one of these words and no other: what the database itself refuses (store.md gotcha 4)."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})")
