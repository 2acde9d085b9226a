"""Whatever has become of the database's file, the doctor says so in a line, and what is to be done."""

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.house import house as stand_in
from bot.operations.doctor import doctor
from bot.operations.verdicts import Found, Verdict
from bot.settings import Settings

Damage = Callable[[Path], object]


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """A house that was set up, and does not run."""
    told = Settings.model_validate({"data_dir": str(tmp_path / "kept"), "town": "sample"})
    async with stand_in(told):
        pass
    return told


async def lines(settings: Settings) -> dict[str, Found]:
    return {line.what: line for line in await doctor(settings)}


def garbage(file: Path) -> None:
    file.write_bytes(b"x" * 9000)


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:40960])


def without_seals(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as driver:
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("DROP TABLE seal")
        driver.commit()


@pytest.mark.parametrize("damage", [garbage, truncated, without_seals])
async def test_a_damaged_file_is_bad_and_sent_to_a_backup(settings: Settings, damage: Damage) -> None:
    damage(Path(settings.store_url.removeprefix("sqlite:///")))
    found = await lines(settings)
    assert found["database"].verdict is Verdict.BAD
    assert "restore a backup" in found["database"].do
    assert not [line for line in found.values() if "could not be looked at" in line.said]


@pytest.mark.parametrize("damage", [garbage, truncated])
async def test_keys_that_are_gone_beside_a_damaged_file_are_not_said_to_be_new(
    settings: Settings, damage: Damage
) -> None:
    settings.keys_path.unlink()
    damage(Path(settings.store_url.removeprefix("sqlite:///")))
    keys = (await lines(settings))["keys"]
    assert "not there yet" not in keys.said
    assert "bring back" in keys.do


async def test_a_house_that_never_was_has_no_keys_yet(tmp_path: Path) -> None:
    found = await lines(Settings.model_validate({"data_dir": str(tmp_path / "none")}))
    assert "not there yet" in found["keys"].said
