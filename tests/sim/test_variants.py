"""Is every broken variant caught? Each within the first thirty seeds; the one known to catch it soonest is tried first.

`python -m tests.sim.breaking` lives all thirty of each, and says how many caught it.
"""

import pytest

from tests.sim.breaking import SEEDS, caught_by
from tests.sim.variants import VARIANTS

SOONEST = {
    "acknowledge_first": (1, {"I1"}),
    "high_water_mark": (2, {"I1"}),
    "no_dedupe": (1, {"I2"}),
    "lease_ignored": (3, {"I2"}),
    "poison_blocks": (2, {"I1", "L1"}),
    "forgets_too_early": (1, {"I1", "I2"}),
    "split_commit": (1, {"I4", "I6", "I10"}),
    "close_without_the_resident": (1, {"I8"}),
    "accused_told": (11, {"I5"}),
    "misfire": (1, {"I3"}),
    "rings_for_ever": (1, {"I11"}),
    "mark_sent_first": (1, {"I9"}),
    "storm": (1, {"I9", "L5"}),
    "not_before_ignored": (1, {"I9"}),
    "quiet_night_ignored": (1, {"I9"}),
    "dead_in_silence": (1, {"I9"}),
}
"""A seed that catches it soon, and the laws that may be found broken."""


@pytest.mark.parametrize("name", VARIANTS)
def test_a_broken_variant_is_caught_within_thirty_seeds(name: str) -> None:
    soonest, laws = SOONEST[name]
    for seed in (soonest, *(seed for seed in SEEDS if seed != soonest)):
        law = caught_by(name, seed)
        if law is not None:
            assert law in laws
            return
    pytest.fail(f"thirty seeds do not notice {name}")
