"""Is the noise budget held for a whole street, and for a whole month? Takes a minute or two: `make load`."""

import sys
from pathlib import Path

import pytest

from models.rules.policy import Town
from tests.noise.report import write_report
from tests.noise.simulation import Counted, holds_the_budget, simulated

RUNS = ((1, 30), (6, 30), (76, 7))
"""Compounds and days: a compound and a community for a month, a street of 76 for a week."""


async def test_a_month_and_a_street_keep_within_the_budget(
    licheng: Town, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    counted: list[Counted] = []
    for compounds, days in RUNS:
        folder = tmp_path / f"{compounds}-{days}"
        folder.mkdir()
        counted.append(await simulated(licheng, folder, compounds=compounds, days=days))
        sys.stdout.write(f"\n{compounds} compounds, {days} days\n{counted[-1].table}\n")
    for one in counted:
        holds_the_budget(one)
    if request.config.getoption("--write-noise"):
        write_report(counted)
