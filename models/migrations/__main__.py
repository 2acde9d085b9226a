"""Drafts the next revision: `python -m models.migrations "what changes"`."""

import sqlite3
import sys

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from models.migrations import HEAD, draft, upgrade


def main() -> None:
    """Writes a file to versions/; it reads nothing but the code."""
    driver = sqlite3.connect(":memory:", isolation_level=None)
    engine = create_engine("sqlite://", creator=lambda: driver, poolclass=StaticPool)
    with engine.begin() as connection:
        upgrade(connection)
    with engine.connect() as connection:
        draft(connection, " ".join(sys.argv[1:]) or "Change the tables", f"{int(HEAD) + 1:04d}")


if __name__ == "__main__":
    main()
