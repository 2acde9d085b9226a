"""Does Hypothesis find a way to break a law? A few lives in `make test`, always the same; many in `make torture`."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sim.machine import Street

DAILY, STEPS = 10, 20
USUAL = settings(
    max_examples=DAILY,
    stateful_step_count=STEPS,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
    database=None,
)


@pytest.mark.timeout(600)
def test_no_deed_drawn_by_hypothesis_breaks_a_law() -> None:
    run_state_machine_as_test(Street, settings=USUAL)
