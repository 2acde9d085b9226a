"""How does a hot path speak SQL without paying for the ORM? One text a dialect, on the driver's cursor."""

import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy.orm import Session

from models.store.moments import SUFFIXES, from_text, to_text

Dialect = Literal["sqlite", "postgresql"]
Row: TypeAlias = Any
"""A named tuple of the columns asked for."""

_PARTS = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|::|:(?P<name>[a-z_][a-z0-9_]*)")
_WRITES = re.compile(r"\b(?:INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_LOCKS = re.compile(r"\bFOR (?:NO KEY )?UPDATE(?: OF \w+)?(?: SKIP LOCKED| NOWAIT)?", re.IGNORECASE)


class Hand:
    """What a Statement needs of a session: its dialect and the driver's cursor, inside the session's transaction."""

    __slots__ = ("_cursor", "_draw", "dialect", "wrote")

    def __init__(self, dialect: Dialect, draw: Callable[[], Any]) -> None:
        self.dialect: Dialect = dialect
        self.wrote = False
        self._draw = draw
        self._cursor: Any = None

    @property
    def cursor(self) -> Any:
        if self._cursor is None:
            self._cursor = self._draw()
        return self._cursor


class _Form:
    """A statement as one driver reads it."""

    __slots__ = ("names", "row", "sql", "texts")

    def __init__(self, sql: str, dialect: Dialect) -> None:
        self.names: list[str] = []
        self.row: Callable[[Sequence[Any]], Row] | None = None
        self.texts: tuple[int, ...] = ()
        if dialect == "sqlite":
            sql = _LOCKS.sub("", sql)  # one writer needs no row locks
        mark = "?" if dialect == "sqlite" else "$"
        self.sql = _PARTS.sub(lambda part: self._place(part, mark), sql)

    def _place(self, part: re.Match[str], mark: str) -> str:
        name = part["name"]
        if name is None:
            return part[0]
        if name not in self.names:
            self.names.append(name)
        return f"{mark}{self.names.index(name) + 1}"


class Statement:
    """SQL with `:named` parameters, for SQLite and PostgreSQL alike; `postgresql=` where the two must differ.

    It sees what the session has pending (flushed first), and belongs to the session's transaction. The other way round
    holds less: an object the ORM read before stays as it was read until `session.refresh`. `FOR UPDATE …` is dropped on
    SQLite. PostgreSQL infers a parameter's type from its place; where it cannot, write CAST(:name AS BIGINT).
    Errors are the driver's own. A truth comes back as 0 or 1 from SQLite.
    """

    def __init__(self, sql: str, *, postgresql: str | None = None) -> None:
        self.sql = sql
        self._writes = _WRITES.search(_LOCKS.sub("", sql)) is not None
        self._sqlite = _Form(sql, "sqlite")
        self._postgresql = _Form(postgresql or sql, "postgresql")

    def run(self, session: Session, /, **params: Any) -> int:
        """Executes it; the number of rows it touched."""
        cursor = self._execute(session, params)[0]
        return int(cursor.rowcount)

    def one(self, session: Session, /, **params: Any) -> Row | None:
        """The first row, or None."""
        rows = self._rows(session, params)
        return rows[0] if rows else None

    def all(self, session: Session, /, **params: Any) -> list[Row]:
        """Every row."""
        return self._rows(session, params)

    def numbers(self, session: Session, /, **params: Any) -> list[int]:
        """The first column of every row, which holds whole numbers: hundreds of ids at the driver's own price."""
        return [row[0] for row in self._execute(session, params)[0].fetchall()]

    def many(self, session: Session, rows: Sequence[Mapping[str, Any]], /) -> None:
        """Executes it once for every row of parameters."""
        if not rows:
            return
        session.flush()
        hand: Hand = session.info["hand"]
        form = self._form(hand)
        hand.wrote = True
        hand.cursor.executemany(form.sql, [_values(hand, form, row) for row in rows])

    def _form(self, hand: Hand) -> _Form:
        return self._sqlite if hand.dialect == "sqlite" else self._postgresql

    def _execute(self, session: Session, params: Mapping[str, Any]) -> tuple[Any, _Form]:
        session.flush()
        hand: Hand = session.info["hand"]
        form = self._form(hand)
        cursor = hand.cursor
        cursor.execute(form.sql, _values(hand, form, params))
        if self._writes and cursor.rowcount:
            hand.wrote = True
        return cursor, form

    def _rows(self, session: Session, params: Mapping[str, Any]) -> list[Row]:
        cursor, form = self._execute(session, params)
        found = cursor.fetchall()  # to the end: an INSERT … RETURNING left half read would hold up the commit
        if not found:
            return []
        if form.row is None:
            columns = [column[0] for column in cursor.description]
            if session.info["hand"].dialect == "sqlite":
                form.texts = tuple(place for place, name in enumerate(columns) if name.endswith(SUFFIXES))
            kind: Any = namedtuple("Row", columns)  # type: ignore[misc]
            form.row = kind._make
        make, texts = form.row, form.texts
        if not texts:
            return [make(row) for row in found]
        rows = []
        for row in found:
            values = list(row)
            for place in texts:
                if type(values[place]) is str:
                    values[place] = from_text(values[place])
            rows.append(make(values))
        return rows


def unheard(session: Session) -> None:
    """What this job has written is no news: no listener is called for it (on PostgreSQL)."""
    session.info["hand"].wrote = False


def _values(hand: Hand, form: _Form, params: Mapping[str, Any]) -> list[Any]:
    if hand.dialect == "sqlite":
        return [to_text(value) if isinstance(value := params[name], datetime) else value for name in form.names]
    values = [params[name] for name in form.names]
    for value in values:
        if isinstance(value, datetime) and value.utcoffset() is None:  # the driver would take it for local time
            raise ValueError("a moment must say its time zone")
    return values
