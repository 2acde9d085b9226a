"""Are the tables those the code expects? One look when they are; Alembic is imported only when they are not."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from sqlalchemy import Connection

_MIGRATIONS = "models.migrations"
"""Found by name, as Alembic finds its scripts: the migrations know the tables, which stand above the store."""


def at_head(execute: Callable[[str], Any]) -> bool:
    """Whether the newest revision is in force; False for a database without tables."""
    try:
        row = execute("SELECT version_num FROM alembic_version").fetchone()
    except Exception:
        return False
    return row is not None and row[0] == import_module(_MIGRATIONS).HEAD


def known_revision(execute: Callable[[str], Any]) -> bool:
    """Whether there are tables, and none that this program has not heard of."""
    try:
        row = execute("SELECT version_num FROM alembic_version").fetchone()
    except Exception:
        return False
    return row is not None and row[0] <= import_module(_MIGRATIONS).HEAD


def missing_tables(named: str, execute: Callable[[str], Any]) -> list[str]:
    """The tables of the newest revision that are not there; `named` selects the names of those that are."""
    there = {row[0] for row in execute(named).fetchall()}
    return sorted(set(import_module(f"{_MIGRATIONS}.tables").METADATA.tables) - there)


def upgrade(connection: Connection) -> None:
    """Brings the tables to the newest revision, inside the connection's transaction."""
    import_module(_MIGRATIONS).upgrade(connection)
