"""How does a store say no? And whose fault was it: what was asked, or the database, whoever had asked?"""

import sqlite3
from enum import StrEnum


class StoreClosed(Exception):
    """The store takes no more work: it was closed, or its thread died."""


class DatabaseRefused(Exception):
    """The database cannot be reached, trusted or used; the message says why, and never a password."""


class NoTables(DatabaseRefused):
    """The database is there, and a table is not; the message says what makes it."""


class NotGranted(DatabaseRefused):
    """The role that asks may not do it; the message says what gives it the right."""


class Fault(StrEnum):
    """Why a database cannot do now what anybody asks of it."""

    AWAY = "does not answer"
    LOCKED = "is locked by another process"
    FULL = "has no space left"
    READ_ONLY = "may not be written"
    BROKEN = "is damaged, or its disk is"


class Unavailable(Exception):
    """The database could not do it, whoever had asked; the same may work in a moment (reliability S43, S44).

    Nothing of it was kept; on PostgreSQL, where the connection broke, that is unknown: what is tried again is known by
    its key.
    """

    def __init__(self, fault: Fault, reason: str) -> None:
        super().__init__(f"the database {fault} ({reason})")
        self.fault = fault


_SQLITE = {
    sqlite3.SQLITE_BUSY: Fault.LOCKED,
    sqlite3.SQLITE_LOCKED: Fault.LOCKED,
    sqlite3.SQLITE_FULL: Fault.FULL,
    sqlite3.SQLITE_READONLY: Fault.READ_ONLY,
    sqlite3.SQLITE_IOERR: Fault.BROKEN,
    sqlite3.SQLITE_CANTOPEN: Fault.AWAY,
    sqlite3.SQLITE_CORRUPT: Fault.BROKEN,
    sqlite3.SQLITE_NOTADB: Fault.BROKEN,
}
_POSTGRESQL = {
    "08": Fault.AWAY,  # connection exception
    "53": Fault.AWAY,  # insufficient resources
    "57P": Fault.AWAY,  # operator intervention: shutdown, crash, starting up
    "53100": Fault.FULL,
    "25006": Fault.READ_ONLY,
    "58": Fault.BROKEN,  # system error
    "XX00": Fault.BROKEN,
}
"""By the beginning of an SQLSTATE; the longest that fits."""
_CLOSED = ("InterfaceError", "InternalClientError")
"""asyncpg's words for a connection that was closed, or is closed under the job."""


def fault_of(error: BaseException) -> Unavailable | None:
    """What to tell the caller of a job that failed, where the database is at fault; None where the job is."""
    seen: BaseException | None = error
    while seen is not None and not isinstance(seen, DatabaseRefused):  # whoever refused has said whose fault it was
        fault = _fault(seen)
        if fault is not None:
            return Unavailable(fault, f"{type(seen).__name__}: {seen}")
        seen = getattr(seen, "orig", None) or seen.__cause__
    return None


def _fault(error: BaseException) -> Fault | None:
    if isinstance(error, sqlite3.Error):
        return _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        fits = [begins for begins in _POSTGRESQL if state.startswith(begins)]
        return _POSTGRESQL[max(fits, key=len)] if fits else None
    if isinstance(error, OSError):  # nobody listens there, or hung up
        return Fault.AWAY
    if type(error).__module__.startswith("asyncpg") and type(error).__name__ in _CLOSED:
        return Fault.AWAY
    return None
