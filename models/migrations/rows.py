"""How is a whole database taken out row by row, and put into an empty one, on whichever engine?

What is taken out knows no engine: moments are the text SQLite keeps, truths are 0 or 1. So a backup of a file can
become a server's database, and the other way round. Tables are named by the database, not by `models.records`: an older
one is taken out as it is, put back as it was, and only then migrated.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, DateTime, inspect

from models.migrations import HEAD, upgrade
from models.store import DatabaseRefused
from models.store.moments import from_text, to_text

if TYPE_CHECKING:
    from sqlalchemy import Connection

PAGE = 1_000
"""Rows taken out at a time."""
VERSIONS = "alembic_version"

Value = int | float | str | bytes | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A table: its name, its columns in order, and the one its rows are told apart by."""

    name: str
    columns: tuple[str, ...]
    key: str


def revision_of(connection: "Connection") -> str:
    """Which tables these are."""
    return str(connection.exec_driver_sql(f"SELECT version_num FROM {VERSIONS}").scalar_one())  # noqa: S608 constant


def shapes(connection: "Connection") -> tuple[Shape, ...]:
    """Every table, none before one it points to."""
    look = inspect(connection)
    found = []
    for name, _ in look.get_sorted_table_and_fkc_names():
        if name is not None and name != VERSIONS:
            columns = tuple(column["name"] for column in look.get_columns(name))
            found.append(Shape(name, columns, look.get_pk_constraint(name)["constrained_columns"][0]))
    return tuple(found)


def pages(connection: "Connection", shape: Shape) -> Iterator[list[list[Value]]]:
    """Every row of the table, by its key; the caller's transaction says as of when."""
    mark = "?" if connection.dialect.name == "sqlite" else "$1"
    place = shape.columns.index(shape.key)
    columns = ", ".join(f'"{name}"' for name in shape.columns)
    select = f'SELECT {columns} FROM "{shape.name}"'  # noqa: S608 names come from the catalogue
    order = f'ORDER BY "{shape.key}" LIMIT {PAGE}'
    found = connection.exec_driver_sql(f"{select} {order}").all()
    while found:
        yield [[_told(value) for value in row] for row in found]
        after = (found[-1][place],)
        found = connection.exec_driver_sql(f'{select} WHERE "{shape.key}" > {mark} {order}', after).all()


def lay_down(connection: "Connection", revision: str) -> None:
    """The empty tables of that revision; DatabaseRefused for one this program has not heard of."""
    if revision > HEAD:
        raise DatabaseRefused(f"it is of a newer version: its tables are {revision}, this program knows {HEAD}")
    upgrade(connection, revision)


class Filler:
    """Puts rows into one empty table."""

    def __init__(self, connection: "Connection", name: str, columns: Sequence[str]) -> None:
        """DatabaseRefused where the table has other columns."""
        kinds = {column["name"]: column["type"] for column in inspect(connection).get_columns(name)}
        if set(kinds) != set(columns):
            raise DatabaseRefused(f"{name}: it has other columns than its version has")
        self._connection = connection
        server = connection.dialect.name == "postgresql"
        marks = ", ".join(f"${place}" if server else "?" for place in range(1, len(columns) + 1))
        named = ", ".join(f'"{column}"' for column in columns)
        self._insert = f'INSERT INTO "{name}" ({named}) VALUES ({marks})'  # noqa: S608 names were compared
        self._kinds = [_kind(kinds[column]) if server else _as_it_is for column in columns]

    def put(self, rows: Sequence[Sequence[Value]]) -> None:
        """They are in the table."""
        told = [tuple(kind(value) for kind, value in zip(self._kinds, row, strict=True)) for row in rows]
        if told:
            self._connection.exec_driver_sql(self._insert, told)


def finish(connection: "Connection") -> None:
    """New rows get numbers above the old ones, and the tables are the newest."""
    if connection.dialect.name == "postgresql":
        for shape in shapes(connection):
            counter = connection.exec_driver_sql(
                "SELECT pg_get_serial_sequence($1, $2)", (f'"{shape.name}"', shape.key)
            ).scalar_one()
            if counter is not None:
                connection.exec_driver_sql(
                    f'SELECT setval($1::text::regclass, max("{shape.key}")) FROM "{shape.name}" '  # noqa: S608
                    f'HAVING max("{shape.key}") IS NOT NULL',
                    (counter,),
                )
    upgrade(connection)


def _told(value: Any) -> Value:
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, bool):
        return int(value)
    return bytes(value) if isinstance(value, memoryview) else value


def _kind(kind: Any) -> Callable[[Any], Any]:
    """How a server's column wants what was told."""
    if isinstance(kind, DateTime):
        return lambda value: None if value is None else from_text(value)
    if isinstance(kind, Boolean):
        return lambda value: None if value is None else bool(value)
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
