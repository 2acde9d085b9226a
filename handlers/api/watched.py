"""What may a machine ask of a running house? Everything it is watched by, on one small application."""

import asyncio
import shutil
from pathlib import Path

from starlette.applications import Starlette

from handlers.api.health import ANSWERS_WITHIN_S, Readiness, health_routes
from handlers.api.metrics import Scraped, metrics_route
from models.ports import Clock
from models.queries.standing import Standing, standing
from models.store import Store


def watched(store: Store, *, town_named: bool, folder: Path, office: Clock, machine: Clock) -> Starlette:
    """`/healthz`, `/readyz` and `/metrics`, and nothing else; each answers whatever is broken behind it."""

    async def scrape() -> Scraped:
        return Scraped(await figures(), office.now(), machine.now(), _free(folder))

    async def figures() -> Standing | None:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                return await store.read(standing, office_now=office.now())
        except Exception:
            return None

    ready = Readiness(store, town_named=town_named, folder=folder, machine=machine)
    return Starlette(routes=[*health_routes(ready), metrics_route(scrape)])


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
