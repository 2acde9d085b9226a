"""Which house is under load? `huiyin run` as a child, with the whole street enrolled, a webhook and a lenient pace."""

import asyncio
import contextlib
import os
import secrets
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil

from bot.bench.residents import BOT, Settled, settle
from bot.clocks import MachineClock
from models.store import Keys, Store
from models.town import load_town, sample_town_folder
from tests.databases import postgres_url
from tests.load.copying import copied

ROOT = Path(__file__).parents[2]
SECRET = secrets.token_hex(32)


@dataclass
class LoadedHouse:
    """A running child and its database."""

    process: asyncio.subprocess.Process
    port: int
    url: str
    settled: Settled

    @property
    def peak_mb(self) -> float:
        """The most memory it has had, in MB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
        return psutil.Process(self.process.pid).memory_info().rss / 2**20

    @property
    def cpu_s(self) -> float:
        """The processor time it has used."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    async def listening(self) -> None:
        """Returns when its door is open."""
        while True:
            if self.process.returncode is not None:
                raise RuntimeError(f"huiyin run ended with {self.process.returncode}")
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.02)

    async def ask(self, question: Any) -> Any:
        """What a look at its database finds."""
        store = await Store.open(self.url)
        try:
            return await store.read(question)
        finally:
            await store.close()


async def street(folder: Path, residents: int) -> Settled:
    """Residents in every building of the sample town, whose desks and heads are enrolled."""
    town = load_town(sample_town_folder())
    yesterday = MachineClock().now() - timedelta(days=1)
    keys = Keys.at(folder / "keys")
    return await settle(folder, residents, buildings=tuple(town.buildings), keys=keys, at=yesterday)


@contextlib.asynccontextmanager
async def under_load(
    settled: Settled, api: str, *, engine: str = "sqlite", name: str = "load"
) -> AsyncIterator[LoadedHouse]:
    """The house runs on a copy of the street's database."""
    folder = settled.folder / name
    folder.mkdir(exist_ok=True)
    shutil.copy(settled.folder / "keys", folder / "keys")
    path = folder / "huiyin.db"
    if not path.exists():
        shutil.copy(settled.folder / "settled.db", path)
    url = f"sqlite:///{path}"
    if engine == "postgresql":
        url = postgres_url()
        await asyncio.to_thread(copied, path, url)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    told = {
        "BOT_TOKEN": f"{BOT}:AAloadloadloadloadloadloadloadloadlo",
        "BOT_API": api,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WEBHOOK_SECRET": SECRET,
        "WEBHOOK_PORT": str(port),
        "PACE": "lenient",
        "TOWN": "sample",
        "DATA_DIR": str(folder),
        "DATABASE_URL": url,
    }
    environment = {**os.environ, **{f"HUIYIN_{key}": value for key, value in told.items()}}
    with (folder / "run.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        yield LoadedHouse(process, port, url, settled)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def checked(settled: Settled, url: str, *, name: str = "load") -> str:
    """What `huiyin check` says of it, in one word: "sound", or how it ended."""
    environment = {
        **os.environ,
        "HUIYIN_DATABASE_URL": url,
        "HUIYIN_DATA_DIR": str(settled.folder / name),
        "HUIYIN_TOWN": "sample",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "check",
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return "sound" if process.returncode == 0 else f"{process.returncode}: {said.decode()[-300:]}"
