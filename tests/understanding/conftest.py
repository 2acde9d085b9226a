"""The sample town, whose keywords are what is understood by."""

import pytest

from models.rules.policy import Town
from models.town import load_town, sample_town_folder


@pytest.fixture(scope="session")
def town() -> Town:
    return load_town(sample_town_folder())
