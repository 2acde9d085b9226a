"""S34: the scheduler was down for a day. Each clock rings once, in order, without a storm. All 5,000: `make load`."""

from collections import Counter
from pathlib import Path

import pytest

from models.ports import Priority
from models.rules.policy import Town
from scheduler.delivery import AT_ONCE
from tests.edges.crowd import Crowd, crowd
from tests.edges.virtual import lived

WITHIN_S = 15 * 60


@pytest.mark.parametrize("cases", [120])
def test_s34_after_a_day_down_everything_overdue_rings_once_and_is_told_at_the_pace(
    licheng: Town, tmp_path: Path, cases: int
) -> None:
    lived(a_day_down(licheng, tmp_path, cases), sockets=False)


async def a_day_down(town: Town, folder: Path, cases: int) -> dict[str, float]:
    """The whole case, for so many cases; what it came to."""
    async with crowd(folder, town, cases=cases, newcomers=30) as one:
        took = await one.catches_up()
        assert took <= WITHIN_S
        await _each_rang_once(one)
        await _no_rung_is_left_out(one)
        await _lists_and_no_storm(one)
        _receipts_first(one)
        told = one.gateway.told
        assert not any(letter.refused for letter in told)
        return {"clocks": len(one.due), "letters": len(told), "seconds": took}


async def _each_rang_once(one: Crowd) -> None:
    rang = await one.rang()
    assert len(one.due) >= 120
    assert {row.id for row in one.due} <= {row.id for row in rang}
    many = Counter((row.case_id, row.rung) for row in rang)
    assert set(many.values()) == {1}


async def _no_rung_is_left_out(one: Crowd) -> None:
    """What was climbed of each case are the rungs that were due, in the order in which they were."""
    climbed = await one.climbed()
    due: dict[int, list[str]] = {}
    for row in one.due:
        due.setdefault(row.case_id, []).append(row.rung)
    for case_id, rungs in due.items():
        seen = [str(facts["rung"]) for facts in climbed.get(case_id, [])]
        assert seen == [rung for rung in rungs if rung in seen], f"case {case_id} went out of order"
        quiet = [rung for rung in rungs if rung not in seen]
        assert len(quiet) <= 1, f"case {case_id}: {quiet} rang and did nothing; only its head's assistant may be nobody"


async def _lists_and_no_storm(one: Crowd) -> None:
    """Whoever sits at a desk gets lists, not one card a case; a resident hears of each case once."""
    rows = [row for row in await one.notices() if row.edits is None and row.state == "sent"]
    desks = Counter(row.chat_id for row in rows if row.reader in ("desk", "above", "helping"))
    assert max(desks.values()) <= 5, desks
    assert any(row.telling == "list" for row in rows)


def _receipts_first(one: Crowd) -> None:
    """Nothing is claimed before the receipts are; of the letters held side by side, any may be drawn first."""
    order = [letter.priority for letter in one.gateway.told]
    receipts = order.count(Priority.RECEIPT)
    assert receipts
    last = max(place for place, priority in enumerate(order) if priority == Priority.RECEIPT)
    assert last < receipts + AT_ONCE
