"""A real `huiyin demo` and a real Chromium; where there is no Chromium, that is said loudly and fails under CI=true."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser_ready import LEFT_OUT, browser
from tests.web.thumbs import Thumbs

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WINDOWS = {"wide": (1400, 900), "middle": (1024, 768), "narrow": (390, 844)}

Opens = Callable[..., Awaitable[Thumbs]]


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A browser; without one the test is left out, or fails where nothing may be."""
    path = browser()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(LEFT_OUT)
        pytest.skip(LEFT_OUT)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        await started.close()


@pytest.fixture(scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a running `huiyin demo`."""
    folder = tmp_path_factory.mktemp("demo")
    async with running_demo(folder) as base:
        yield base


@contextlib.asynccontextmanager
async def running_demo(folder: Path) -> AsyncIterator[str]:
    """`huiyin demo` as an operator starts it, on any free port; ended with SIGTERM."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", "0", "--data", str(folder)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
        yield line.split()[-1]
    finally:
        process.terminate()
        await asyncio.wait_for(process.communicate(), 30)


@pytest.fixture
async def open_page(chromium: Browser, demo: str) -> AsyncIterator[Opens]:
    """Opens the page, wide or narrow, still unless `moving`; at the end nothing may have gone elsewhere or wrong."""
    opened: list[Thumbs] = []

    async def open_one(window: str = "wide", query: str = "", *, moving: bool = False) -> Thumbs:
        width, height = WINDOWS[window]
        context = await chromium.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            reduced_motion="no-preference" if moving else "reduce",
        )
        thumbs = Thumbs(await context.new_page(), demo, narrow=window == "narrow")
        opened.append(thumbs)
        await thumbs.open(query)
        return thumbs

    yield open_one
    for thumbs in opened:
        await thumbs.page.context.close()
    for thumbs in opened:
        thumbs.assert_clean()
