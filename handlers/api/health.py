"""Does the process live, and may it be sent work? `/healthz` and `/readyz`, for whoever restarts and routes.

Healthy: the loop answers. Ready: what comes in now would be kept. An answer names codes and nothing of the inside.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from models.actions.keeping import is_fenced
from models.migrations import HEAD
from models.ports import Clock
from models.queries.draining import draining
from models.queries.housing import edition_in_force
from models.store import Statement, Store

ANSWERS_WITHIN_S = 5.0
"""A database slower than this keeps nothing for anybody."""
GOOD_FOR_S = 2.0
"""So long an answer is given again: asking often costs nothing."""
LEAST_BYTES = 64 * 1024 * 1024
"""Less free disk, and the next picture may not be kept."""


class Code(StrEnum):
    DATABASE = "database"  # it does not answer, or not in time
    READ_ONLY = "read-only"  # it answers and keeps nothing: full, or locked against writing
    TABLES = "tables"  # another version of this program has changed them
    TOWN = "town"  # no town is in force
    DRAINING = "draining"  # somebody closed the door
    FENCED = "fenced"  # a restored database: nobody has said `huiyin restore --lift`
    DISK_FULL = "disk-full"


_REVISION = Statement("SELECT version_num FROM alembic_version")
_EVER = datetime(2000, 1, 1, tzinfo=UTC)  # one row for ever
_KEEP = Statement("""
    INSERT INTO job_run (job, due_at, done_at) VALUES ('ready', :ever, :now)
    ON CONFLICT (job, due_at) DO UPDATE SET done_at = excluded.done_at
""")


class Readiness:
    """Whether what comes in now would be kept, by really keeping something: a row that is written anew each time."""

    def __init__(self, store: Store, *, town_named: bool, folder: Path, machine: Clock) -> None:
        """`town_named`: the settings name a town, so none need be in the database. `folder`: where files are kept."""
        self._store, self._town_named, self._folder, self._machine = store, town_named, folder, machine
        self._told: tuple[Code, ...] = ()
        self._good_until = 0.0
        self._asking = asyncio.Lock()

    async def __call__(self) -> tuple[Code, ...]:
        """Everything that stands against it; empty when ready. Never raises."""
        async with self._asking:
            loop = asyncio.get_running_loop()
            if loop.time() >= self._good_until:
                self._told = (*await self._of_database(), *self._of_disk())
                self._good_until = loop.time() + GOOD_FOR_S
            return self._told

    async def _of_database(self) -> tuple[Code, ...]:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                found = await self._store.read(self._read)
        except Exception:
            return (Code.DATABASE,)
        if Code.TABLES in found:
            return found
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                if not await self._store.healthy(self._machine.now()):  # something larger than a row did not fit
                    return (*found, Code.READ_ONLY)
                await self._store.run(_KEEP.run, ever=_EVER, now=self._machine.now())
        except Exception:
            return (*found, Code.READ_ONLY)
        return found

    def _read(self, session: Session) -> tuple[Code, ...]:
        revision = _REVISION.one(session)
        if revision is None or revision.version_num != HEAD:
            return (Code.TABLES,)
        found = []
        if not self._town_named and edition_in_force(session) is None:
            found.append(Code.TOWN)
        drain = draining(session)
        if drain is not None and self._machine.now() < drain.capped_until:
            found.append(Code.DRAINING)
        if is_fenced(session):
            found.append(Code.FENCED)
        return tuple(found)

    def _of_disk(self) -> tuple[Code, ...]:
        try:
            return (Code.DISK_FULL,) if shutil.disk_usage(self._folder).free < LEAST_BYTES else ()
        except OSError:
            return (Code.DISK_FULL,)


def health_routes(ready: Callable[[], Awaitable[tuple[Code, ...]]]) -> list[Route]:
    """`GET /healthz`: 200. `GET /readyz`: 200, or 503 with the codes of what stands against it."""

    async def alive(request: Request) -> Response:
        return JSONResponse({"alive": True})

    async def readiness(request: Request) -> Response:
        codes = await ready()
        return JSONResponse({"ready": not codes, "codes": list(codes)}, status_code=503 if codes else 200)

    return [Route("/healthz", alive, methods=["GET"]), Route("/readyz", readiness, methods=["GET"])]
