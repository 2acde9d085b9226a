"""Do the commands for what is kept say what they did, and end with 0, 1 or 2 as they should?"""

import asyncio
import sqlite3
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
