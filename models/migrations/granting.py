"""What may the role that serves do to the tables of another that owns them? As little as it needs (I6, S46)."""

from typing import TYPE_CHECKING

from models.migrations.tables import METADATA
from models.store import DatabaseRefused

if TYPE_CHECKING:
    from sqlalchemy import Connection

GROWING = ("case_event", "seal")
"""What may only be read and added to."""


class RoleRefused(DatabaseRefused):
    """That role cannot be the one that serves; the message says why."""


NO_ROLES = "SQLite has no roles: whoever writes the file may change it, and the seals find it"


def grant(connection: "Connection", role: str) -> None:
    """The role may do what serving needs and cannot change or delete an event or a seal; `RoleRefused` says no.

    Only PostgreSQL has roles. To be repeated by the owner after every upgrade: new tables come with no rights.
    """
    if connection.dialect.name != "postgresql":
        raise RoleRefused(NO_ROLES)
    _check(connection, role)
    name = connection.dialect.identifier_preparer.quote_identifier(role)
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    growing = ", ".join(GROWING)
    serving = ", ".join(f'"{table}"' for table in sorted(set(METADATA.tables) - set(GROWING)))
    for sentence in (
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC",
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",  # PostgreSQL 14 gives it to everybody
        "REVOKE ALL ON FUNCTION hold_case_event() FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {serving} TO {name}",
        f"GRANT SELECT, INSERT ON {growing} TO {name}",
        f"GRANT SELECT ON alembic_version TO {name}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {name}",
        f"GRANT EXECUTE ON FUNCTION hold_case_event() TO {name}",
    ):
        connection.exec_driver_sql(sentence)


def _check(connection: "Connection", role: str) -> None:
    row = connection.exec_driver_sql("SELECT rolsuper FROM pg_roles WHERE rolname = $1", (role,)).one_or_none()
    if row is None:
        raise RoleRefused(f"there is no role {role}: CREATE ROLE {role} LOGIN PASSWORD …")
    if row.rolsuper:
        raise RoleRefused(f"{role} is a superuser: no right can be kept from it")
    owns = connection.exec_driver_sql(
        "SELECT pg_has_role($1, tableowner, 'MEMBER') FROM pg_tables "
        "WHERE schemaname = current_schema() AND tablename = 'case_event'",
        (role,),
    ).scalar_one()
    if owns:
        raise RoleRefused(f"{role} owns the tables, or may become who does: take another role for serving")
