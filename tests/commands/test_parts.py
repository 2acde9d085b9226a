"""May one process do a part alone? On PostgreSQL, and it imports nothing of the other parts."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.commands.test_commands import WRONG_INPUT, huiyin
from tests.databases import postgres_url
from tests.house import Line

LIBRARIES = {"aiogram", "telegram", "apscheduler", "starlette", "prometheus_client", "PIL"}
NEEDED = {
    "intake": {"starlette"},
    "worker": {"aiogram"},
    "delivery": {"telegram", "apscheduler"},
    "clock": {"apscheduler"},
    "web": {"starlette", "prometheus_client"},
}
_ALONE = """
import asyncio, sys
from bot.settings import Part, Settings
from bot.wiring import run

stop = asyncio.Event()

def say():
    print(*sorted({name.partition(".")[0] for name in sys.modules}))
    stop.set()

def started(parts):
    asyncio.get_running_loop().call_soon(say)  # after the first step of everything that was begun

asyncio.run(run(Settings(), only=frozenset({Part(sys.argv[1])}), stop=stop, started=started))
"""


async def test_a_process_imports_what_its_part_needs_and_nothing_of_the_others(line: Line, tmp_path: Path) -> None:
    told = {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": postgres_url(),
        "TOWN": "sample",
        "BOT_API": line.base,
        "WEB_PORT": "0",
        "BOT_TOKEN": line.messenger.add_bot("huiyin_parts_bot").token,
    }
    environment = os.environ | {f"HUIYIN_{name}": value for name, value in told.items()}

    async def imported(part: str) -> set[str]:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _ALONE, part),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )
        modules, said = await child.communicate()
        assert child.returncode == 0, said.decode()
        return set(modules.decode().split()) & LIBRARIES

    found = await asyncio.gather(*(imported(part) for part in NEEDED))
    assert dict(zip(NEEDED, found, strict=True)) == NEEDED


@pytest.mark.parametrize(
    ("words", "settings", "reason"),
    [
        (("--only", "worker"), {}, "PostgreSQL"),  # a file is one process's
        (("--only", "kitchen"), {"database_url": "postgresql://nowhere/x"}, "intake, worker, delivery, clock, web"),
        (("--only", "web"), {"database_url": "postgresql://nowhere/x"}, "HUIYIN_WEB_PORT"),  # it would do nothing
    ],
)
def test_a_part_that_cannot_be_run_is_refused(
    words: tuple[str, ...], settings: dict[str, str], reason: str, tmp_path: Path
) -> None:
    said = huiyin("run", *words, data_dir=tmp_path, town="sample", **settings)
    assert said.exit_code == WRONG_INPUT
    assert reason in said.stderr


@pytest.mark.parametrize(
    "token",
    ["1:a,1:b", "1:a, 1:a@http://here", "1:a,", "1:a@ftp://here", "1:a@here", "1:a,b"],
    ids=["twice", "twice, at two servers", "a comma too many", "no such server", "no server", "no number"],
)
def test_bots_that_contradict_one_another_are_refused(token: str, tmp_path: Path) -> None:
    said = huiyin("run", data_dir=tmp_path, town="sample", bot_token=token)
    assert said.exit_code == WRONG_INPUT
    assert "BOT_TOKEN" in said.stderr
    assert token not in said.stderr
