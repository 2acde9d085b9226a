"""Does pulling the plug at the commit leave exactly what was promised?"""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from models.store import Statement, Store
from tests.databases import sqlite_url

COUNT = Statement("SELECT count(*) AS many FROM alarm")
CHILD = """
import asyncio, sys
from datetime import UTC, datetime
from models.rules.failpoints import arm
from models.store import Statement, Store

RAISE = Statement("INSERT INTO alarm (kind, ref, reason, raised_at) VALUES ('test', '', '', :now)")

async def main():
    store = await Store.open(sys.argv[1])
    arm(sys.argv[2])
    while True:
        await store.run(RAISE.run, now=datetime.now(UTC))
        print("kept", flush=True)

asyncio.run(main())
"""


@pytest.mark.kill
@pytest.mark.parametrize(
    ("order", "told", "kept"),
    [
        pytest.param("store.before_commit:3:kill", 2, 2, id="the third was promised to nobody and is not there"),
        pytest.param("store.after_commit:3:kill", 2, 3, id="the third is there though nobody was told"),
    ],
)
async def test_what_was_told_is_there_after_a_kill(tmp_path: Path, order: str, told: int, kept: int) -> None:
    url = sqlite_url(tmp_path)
    child = subprocess.run([sys.executable, "-c", CHILD, url, order], capture_output=True, text=True, timeout=60)
    assert child.returncode == -signal.SIGKILL, child.stderr
    assert child.stdout.split() == ["kept"] * told
    store = await Store.open(url)
    row = await store.read(COUNT.one)
    await store.close()
    assert row is not None
    assert row.many == kept
