"""Is the noise budget of users.md held? Simulated weeks of people who behave; the long ones are in `make load`."""

import sys
from pathlib import Path

import pytest

from models.rules.policy import Town
from tests.noise.simulation import holds_the_budget, simulated


@pytest.mark.parametrize(
    ("compounds", "days"),
    [
        pytest.param(1, 30, id="a month of one compound"),
        pytest.param(6, 7, id="a week of one community"),
    ],
)
async def test_telephones_ring_as_seldom_as_people_were_told(
    licheng: Town, tmp_path: Path, compounds: int, days: int
) -> None:
    counted = await simulated(licheng, tmp_path, compounds=compounds, days=days)
    sys.stdout.write(f"\n{compounds} compounds, {days} days\n{counted.table}\n")
    holds_the_budget(counted)
