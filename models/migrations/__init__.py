"""How do the tables of yesterday become those of today? Alembic, run by the store at its start.

`python -m models.migrations "what changes"` drafts the next revision from `models.records`; read it before keeping it,
and move HEAD on.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

HEAD = "0002"
"""The newest revision: what the store compares with, so that a start at head need not import Alembic."""


def upgrade(connection: "Connection", to: str = "head") -> None:
    """Brings the tables up to `to`, inside the connection's transaction; the caller commits."""
    from alembic import command

    command.upgrade(_config(connection), to)


def downgrade(connection: "Connection", to: str = "base") -> None:
    """Takes the tables down to `to`, inside the connection's transaction; the caller commits."""
    from alembic import command

    command.downgrade(_config(connection), to)


def differences(connection: "Connection") -> list[Any]:
    """What `models.records` says and the database does not, as Alembic names it; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from models.migrations.tables import METADATA

    found: list[Any] = compare_metadata(MigrationContext.configure(connection), METADATA)
    return found


def draft(connection: "Connection", message: str, revision: str) -> None:
    """Writes versions/<revision>_….py with what `differences` finds."""
    from alembic import command

    command.revision(_config(connection), message, autogenerate=True, rev_id=revision)


def _config(connection: "Connection") -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
