"""The sample town, and a copy of its folder that a test may spoil."""

from pathlib import Path
from shutil import copytree

import pytest

from models.rules.policy import Town
from models.town import load_town, sample_town_folder


@pytest.fixture(scope="session")
def town() -> Town:
    return load_town(sample_town_folder())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(copytree(sample_town_folder(), tmp_path / "town"))
