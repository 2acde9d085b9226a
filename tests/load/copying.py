"""How does a street that was settled in a file come to PostgreSQL? Table by table, in the order the tables lean."""

import asyncio
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

import models.records  # noqa: F401 what there is to copy

_GO_ON = "SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), max(id)) FROM \"{table}\""


def copied(path: Path, url: str) -> None:
    """Every row of the file is in the empty database, and its numbers go on from there."""
    asyncio.run(_copied(path, url))


async def _copied(path: Path, url: str) -> None:
    lite = create_engine(f"sqlite:///{path}")
    shared = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with shared.begin() as into:
        with lite.connect() as out:
            for table in SQLModel.metadata.sorted_tables:
                rows = [dict(row) for row in out.execute(table.select()).mappings()]
                if not rows:
                    continue
                for first in range(0, len(rows), 500):
                    await into.execute(table.insert(), rows[first : first + 500])
                if "id" in table.c and table.c.id.type.python_type is int:
                    await into.execute(text(_GO_ON.format(table=table.name)))
    await shared.dispose()
    lite.dispose()
