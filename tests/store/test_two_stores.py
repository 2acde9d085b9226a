"""A file that two stores of one process and another process have open is one database for all of them."""

import subprocess
import sys
from pathlib import Path

from models.store import Statement, Store
from tests.databases import sqlite_url

_ALARM = Statement(
    "INSERT INTO alarm (kind, ref, reason, raised_at) VALUES ('test', '', '', '2026-12-02 00:00:00.000000')"
)
_COUNT = Statement("SELECT count(*) AS many FROM alarm")

_ELSEWHERE = """
import asyncio, os, sys
from models.store import Statement, Store

async def write():
    store = await Store.open(sys.argv[1])
    await store.run(Statement(sys.argv[2]).run)
    os._exit(0)

asyncio.run(write())
"""


async def test_what_another_process_wrote_is_seen_after_a_second_store_came_and_went(tmp_path: Path) -> None:
    # closing any descriptor of a file drops every POSIX lock the process holds on it: the other process would believe
    # to be alone, and take the log away from under us
    url = sqlite_url(tmp_path)
    store = await Store.open(url)
    await store.read(_COUNT.one)
    second = await Store.open(url)
    await second.run(_ALARM.run)
    await second.close()
    subprocess.run([sys.executable, "-c", _ELSEWHERE, url, _ALARM.sql], check=True)
    row = await store.read(_COUNT.one)
    assert row is not None
    assert row.many == 2
    await store.close()


async def test_a_closed_store_leaves_one_whole_file(tmp_path: Path) -> None:
    for _ in range(20):  # which connection ended last was once a matter of luck
        url = sqlite_url(tmp_path)
        store = await Store.open(url)
        await store.run(_ALARM.run)
        await store.read(_COUNT.one)
        await store.close()
        assert not Path(f"{url.removeprefix('sqlite:///')}-wal").exists()


_AT_ONCE = """
import asyncio, sys
from models.store import Store
import models.migrations.tables, alembic.command

async def open_it():
    print("ready", flush=True)
    sys.stdin.readline()
    store = await Store.open(sys.argv[1])
    await store.close()

asyncio.run(open_it())
"""


def test_processes_that_start_together_on_a_new_file_lay_down_its_tables_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _AT_ONCE, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
