"""Do the commands for what is kept say what they did, and end with 0, 1 or 2 as they should?"""

import asyncio
import os
import resource
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from models import vault
from models.rules.policy import Town
from models.store import Keys
from tests.databases import sqlite_url
from tests.keeping.place import secret_in
from tests.keeping.record import NOON, write

WENT_WRONG, WRONG_INPUT = 1, 2
ROOM = 4_000_000
"""Bytes of the largest file that may be written where room is short."""


def huiyin(*words: str | Path, **settings: str | Path) -> Result:
    environment = {f"HUIYIN_{name.upper()}": str(value) for name, value in settings.items()}
    return CliRunner().invoke(app, [*map(str, words)], env=environment, catch_exceptions=False)


@pytest.fixture
def source(tmp_path: Path, licheng: Town) -> dict[str, str | Path]:
    """The settings of a database that has a record and knows its keys."""
    folder = tmp_path / "source"
    folder.mkdir()
    keys = Keys.generate(folder / "keys")
    url = sqlite_url(folder)

    async def fill() -> None:
        record = await write(url, licheng, keys)
        await record.store.run(vault.remember, keys, now=NOON)
        await record.store.close()

    asyncio.run(fill())
    return {"data_dir": folder, "database_url": url, "backup_key_file": secret_in(tmp_path), "town": "sample"}


def test_from_a_backup_to_a_restored_house_by_what_the_manual_says(
    source: dict[str, str | Path], tmp_path: Path
) -> None:
    made = huiyin("backup", tmp_path / "one.backup", **source)
    assert made.exit_code == 0
    assert made.stdout.endswith("the file of keys is not in it: keep a copy of it elsewhere\n")
    again = huiyin("backup", tmp_path / "one.backup", **source)
    assert (again.exit_code, "a backup never replaces another" in again.stderr) == (WRONG_INPUT, True)

    place: dict[str, str | Path] = {**source, "data_dir": tmp_path / "place", "database_url": ""}
    restored = huiyin("restore", tmp_path / "one.backup", "--anchors", Path(source["data_dir"]) / "anchors", **place)
    assert restored.exit_code == 0, restored.stderr
    assert "the record is whole: 10 events of 3 cases, 3 seals" in restored.stdout
    assert "bring it back from its own copy before the first start" in restored.stdout
    full = huiyin("restore", tmp_path / "one.backup", **place)
    assert (full.exit_code, "it is not empty" in full.stderr) == (WRONG_INPUT, True)
    assert huiyin("restore", "--lift", **place).stdout == "nothing was held back\n", "it knew no bot"
    assert huiyin("restore", **place).exit_code == WRONG_INPUT

    verified = huiyin("verify-audit", **place)
    assert (verified.exit_code, verified.stdout.splitlines()[-1]) == (0, "the record is whole")

    tried = huiyin("drill", tmp_path / "one.backup", **source)
    assert tried.exit_code == 0, tried.stderr
    assert tried.stdout.splitlines()[-1] == "the drill went well: this backup brings it back"


def test_a_record_that_was_changed_is_said_with_its_first_bad_event(source: dict[str, str | Path]) -> None:
    path = str(source["database_url"]).removeprefix("sqlite:///")
    with sqlite3.connect(path) as driver:
        driver.execute("DROP TRIGGER case_event_no_update")
        driver.execute("UPDATE case_event SET facts = '{}' WHERE id = 7")
    driver.close()
    verified = huiyin("verify-audit", **source)
    assert verified.exit_code == WENT_WRONG
    assert "First bad event: event 7 (case 0003, seq 2): it is not what its hash says" in verified.stderr


def test_what_cannot_be_used_is_refused_with_the_reason(source: dict[str, str | Path], tmp_path: Path) -> None:
    without = {name: value for name, value in source.items() if name != "backup_key_file"}
    for command in ("backup", "restore"):
        said = huiyin(command, tmp_path / "b", **without)
        assert (said.exit_code, said.stderr.startswith("HUIYIN_BACKUP_KEY_FILE: no file is named")) == (
            WRONG_INPUT,
            True,
        )
    nothing = tmp_path / "b"
    nothing.write_bytes(b"not a backup at all" * 10)
    place: dict[str, str | Path] = {**source, "data_dir": tmp_path / "place", "database_url": ""}
    said = huiyin("restore", nothing, **place)
    assert (said.exit_code, "it is not a backup" in said.stderr) == (WRONG_INPUT, True)
    tried = huiyin("drill", nothing, **source)
    assert (tried.exit_code, "THE DRILL FAILED" in tried.stderr) == (WENT_WRONG, True)
    nowhere = huiyin("verify-audit", data_dir=tmp_path / "nowhere")
    assert nowhere.exit_code == WRONG_INPUT
    assert not (tmp_path / "nowhere").exists(), "whoever looks makes nothing"


def test_s44_a_backup_that_finds_no_room_or_no_folder_says_so_and_does_not_blame_the_database(
    source: dict[str, str | Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    town = tmp_path / "town"
    town.mkdir()
    (town / "map").write_bytes(secrets.token_bytes(ROOM * 2))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for target, reason in (
        (tmp_path / "none" / "b.huiyin", "No such file or directory"),
        (tmp_path / "file" / "b.huiyin", "Not a directory"),
        (tmp_path / "b.huiyin", "File too large"),  # as good as ENOSPC to whoever writes
    ):
        resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
        try:
            said = huiyin("backup", target, **{**source, "town": town})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert (said.exit_code, said.stderr) == (WRONG_INPUT, f"{target}: it could not be written: {reason}\n")
    assert [line.message for line in caplog.records if "database" in line.message] == []
    assert half_written(tmp_path) == []


def test_what_a_stopped_command_was_writing_is_gone_at_once_and_what_a_killed_one_left_with_the_next(
    source: dict[str, str | Path], tmp_path: Path
) -> None:
    """Each stands still in the middle: the backup at a picture, the restore at the archive, which are pipes."""
    first, place = tmp_path / "first.huiyin", tmp_path / "place"
    assert huiyin("backup", first, **source).exit_code == 0
    picture, archive = Path(source["data_dir"]) / "files" / "ab" / "ab", tmp_path / "archive"
    picture.parent.mkdir(parents=True)
    for pipe in (picture, archive):
        os.mkfifo(pipe)
    with sqlite3.connect(str(source["database_url"]).removeprefix("sqlite:///")) as driver:
        driver.execute("INSERT INTO attachment (case_id, bot_id, file_id, kind, digest, sent_at, tries)"
                       " VALUES (1, 7, 'x', 'photo', 'ab', '2026-11-24 04:00:00.000000', 0)")  # fmt: skip
    driver.close()
    empty: dict[str, str | Path] = {**source, "data_dir": place, "database_url": ""}
    for how in (signal.SIGTERM, signal.SIGKILL):
        for words, settings, where in (
            (("backup", str(tmp_path / "second.huiyin")), source, tmp_path),
            (("restore", str(archive)), empty, place),
        ):
            child = subprocess.Popen([sys.executable, "-m", "bot", *words], env=told(settings))
            if words[0] == "restore":  # it is read to its end before anything is written, and then once more
                archive.write_bytes(first.read_bytes())
            while not half_written(where):
                assert child.poll() is None
                time.sleep(0.01)
            child.send_signal(how)
            assert child.wait(60) == -how
            assert bool(half_written(where)) == (how is signal.SIGKILL)
    picture.unlink()
    assert huiyin("restore", first, **empty).exit_code == 0
    assert huiyin("backup", tmp_path / "third.huiyin", **source).exit_code == 0
    assert half_written(tmp_path) == half_written(place) == []


def told(settings: dict[str, str | Path]) -> dict[str, str]:
    return os.environ | {f"HUIYIN_{name.upper()}": str(value) for name, value in settings.items()}


def half_written(folder: Path) -> list[Path]:
    """What was being written there and has not got its name."""
    return [*folder.glob(".*.huiyin.*"), *folder.glob(".huiyin.db.*")]


@pytest.mark.parametrize("named", ["missing", "a folder"])
def test_anchors_that_are_no_file_are_refused_not_taken_for_a_record_that_is_not_whole(
    source: dict[str, str | Path], named: str, tmp_path: Path
) -> None:
    anchors = tmp_path / "nowhere" if named == "missing" else tmp_path
    said = huiyin("verify-audit", "--anchors", anchors, **source)
    assert (said.exit_code, str(anchors) in said.stderr) == (WRONG_INPUT, True)
    if named == "a folder":
        said = huiyin("verify-audit", anchors=anchors, **source)
        assert (said.exit_code, "HUIYIN_ANCHORS" in said.stderr) == (WRONG_INPUT, True)
    place: dict[str, str | Path] = {**source, "data_dir": tmp_path / "place", "database_url": ""}
    said = huiyin("restore", tmp_path / "any.backup", "--anchors", anchors, **place)
    assert (said.exit_code, str(anchors) in said.stderr) == (WRONG_INPUT, True)


def test_a_restore_with_other_keys_says_where_they_are(source: dict[str, str | Path], tmp_path: Path) -> None:
    assert huiyin("backup", tmp_path / "one.backup", **source).exit_code == 0
    place: dict[str, str | Path] = {**source, "data_dir": tmp_path / "place", "database_url": ""}
    (tmp_path / "place").mkdir()
    Keys.generate(tmp_path / "place" / "keys")
    said = huiyin("restore", tmp_path / "one.backup", **place)
    assert said.exit_code == WRONG_INPUT
    assert str(tmp_path / "place" / "keys") in said.stderr
