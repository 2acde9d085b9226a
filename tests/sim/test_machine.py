"""Does Hypothesis find a way to break a law? A few lives in `make test`, always the same; many in `make torture`."""

import pytest

from tests.sim.drawing import lives


@pytest.mark.timeout(600)
def test_no_deed_drawn_by_hypothesis_breaks_a_law() -> None:
    lives(10, deeds=20, always_the_same=True)
