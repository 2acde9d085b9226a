"""How long does a person wait for a command, and how much does the process that only delivers weigh?"""

import asyncio
import contextlib
import os
import socket
import statistics
import sys
import time
from pathlib import Path

import httpx

from bot.bench.figures import Figure

PAGE_WITHIN_S, HELP_WITHIN_S, DELIVERY_MB = 5.0, 0.5, 110
GIVES_UP_AFTER_S = 60.0

_DELIVERY = """
import asyncio, sys, tempfile
import bot.telegram.notices, handlers.cards.draw, scheduler.delivery
from bot.clocks import MachineClock
from bot.telegram.account import Account
from bot.telegram.pace import STRICT, Pace
from models.store import Keys, Store
from models.town import load_town, sample_town_folder

async def weigh():
    with tempfile.TemporaryDirectory() as folder:
        store = await Store.open(f"sqlite:///{folder}/huiyin.db")
        clock, town, keys = MachineClock(), load_town(sample_town_folder()), Keys.fresh()
        account = Account(1, "1:token")
        gateway = bot.telegram.notices.PtbGateway({1: account}, Pace(STRICT, clock))
        delivery = scheduler.delivery.Delivery(
            store, gateway, handlers.cards.draw.draw, town=town, keys=keys, office=clock, machine=clock)
        running = asyncio.create_task(delivery.run())
        await delivery.idle()
        assert "aiogram" not in sys.modules
        size = next(line for line in open("/proc/self/status") if line.startswith("VmRSS"))
        print(size.split()[1])
        delivery.stop()
        await running
        await gateway.close()
        await store.close()

asyncio.run(weigh())
"""


async def measure(folder: Path, rounds: int) -> list[Figure]:
    """The page, the help, the weight; medians."""
    page = [await _page(folder / f"demo-{number}") for number in range(rounds)]
    helped = [await _seconds("-m", "bot", "--help") for _ in range(rounds)]
    weights = [int(await _output("-c", _DELIVERY)) / 1024 for _ in range(rounds)]
    return [
        _seconds_figure("`huiyin demo` to a page with everybody on it", page, PAGE_WITHIN_S),
        _seconds_figure("`huiyin --help`", helped, HELP_WITHIN_S),
        Figure(
            what="delivery process, without aiogram, resident memory",
            ours=f"{statistics.median(weights):.0f} MB",
            bare="",
            ratio="",
            goal=f"≤ {DELIVERY_MB} MB",
            met=statistics.median(weights) <= DELIVERY_MB,
        ),
    ]


def _seconds_figure(what: str, taken: list[float], goal: float) -> Figure:
    middle = statistics.median(taken)
    return Figure(what=what, ours=f"{middle:.2f} s", bare="", ratio="", goal=f"≤ {goal:g} s", met=middle <= goal)


async def _page(folder: Path) -> float:
    """Seconds until the page is served and the house behind it is up."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", str(port), "--data", str(folder)),
        stdout=asyncio.subprocess.DEVNULL,
        env=_environment(),
    )
    try:
        async with asyncio.timeout(GIVES_UP_AFTER_S), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            while not await _usable(http):  # noqa: ASYNC110 another process cannot set an event of ours
                await asyncio.sleep(0.02)
        return time.perf_counter() - began
    finally:
        process.terminate()
        await process.wait()


async def _usable(http: httpx.AsyncClient) -> bool:
    with contextlib.suppress(httpx.TransportError):
        page, state = await http.get("/"), await http.get("/demo/state")
        return page.is_success and state.is_success and state.json()["child"]["status"] == "up"
    return False


async def _seconds(*arguments: str) -> float:
    began = time.perf_counter()
    await _output(*arguments)
    return time.perf_counter() - began


async def _output(*arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, env=_environment()
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{arguments[0]} ended with {process.returncode}")
    return said.decode()


def _environment() -> dict[str, str]:
    """As an installed program runs: with its bytecode kept."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
