"""Are the tables those the code expects? One look when they are; Alembic is imported only when they are not."""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, inspect

from models.store.errors import DatabaseRefused

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
    return missing_among(row[0] for row in execute(named).fetchall())


def missing_among(there: Iterable[str]) -> list[str]:
    """The tables of the newest revision whose names are not among these."""
    return sorted(set(import_module(f"{_MIGRATIONS}.tables").METADATA.tables) - set(there))


def upgrade(connection: Connection) -> None:
    """Brings the tables to the newest revision, inside the connection's transaction; `DatabaseRefused`: newer ones."""
    migrations = import_module(_MIGRATIONS)
    if inspect(connection).has_table("alembic_version"):
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        if found is not None and found > migrations.HEAD:
            raise DatabaseRefused(
                f"its tables are at revision {found}, and this program knows them up to {migrations.HEAD}: a newer one"
                " made them; use that, or restore a backup of before"
            )
    migrations.upgrade(connection)
