"""Which column types do the tables share?"""

from sqlalchemy import BigInteger, Integer

BIG = BigInteger
"""For every id a messenger gave: a Telegram id passes 2^31 (store.md gotcha 5)."""

KEY = BigInteger().with_variant(Integer(), "sqlite")
"""For every id of our own: 64 bits on PostgreSQL, the rowid on SQLite."""
