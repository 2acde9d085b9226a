"""Are seals and anchors what a second reader would compute?"""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from models.rules.chain import GENESIS, Anchor, Anchored, link_hash, read_anchor, seal_hash

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
EVENT = {
    "case_id": 7,
    "seq": 1,
    "event": "submit",
    "frm": "draft",
    "to": "submitted",
    "role": "resident",
    "person": 3,
    "facts": "{}",
    "happened_at": NOON,
}
SEAL = {"first_id": 4, "last_id": 9, "events": 2, "sealed_at": NOON}
LINKS = [(4, "a" * 64), (9, "b" * 64)]


def test_a_seal_is_the_hash_of_what_its_definition_says() -> None:
    spelled = f'["{GENESIS}", 4, 9, 2, "2026-11-24T04:00:00.000000+00:00"]\n4:{"a" * 64}\n9:{"b" * 64}'
    sealed = seal_hash(GENESIS, first_id=4, last_id=9, events=2, sealed_at=NOON, links=LINKS)
    assert sealed == hashlib.sha256(spelled.encode()).hexdigest()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"first_id": 5}, id="it begins elsewhere"),
        pytest.param({"last_id": 10}, id="it ends elsewhere"),
        pytest.param({"events": 3}, id="it counts others"),
        pytest.param({"sealed_at": NOON + timedelta(microseconds=1)}, id="another moment"),
        pytest.param({"links": [(4, "a" * 64), (9, "c" * 64)]}, id="an event was changed"),
        pytest.param({"links": [(4, "a" * 64)]}, id="an event is gone"),
        pytest.param({"links": [(4, "b" * 64), (9, "a" * 64)]}, id="two events changed places"),
    ],
)
def test_whatever_is_different_makes_another_seal(other: dict[str, object]) -> None:
    assert seal_hash(GENESIS, **{**SEAL, "links": LINKS, **other}) != seal_hash(GENESIS, **SEAL, links=LINKS)  # type: ignore[arg-type]


@pytest.mark.parametrize("column", sorted(EVENT))
def test_whatever_column_is_different_makes_another_link(column: str) -> None:
    known = EVENT[column]
    other = NOON + timedelta(seconds=1) if isinstance(known, datetime) else f"{known}1" if isinstance(known, str) else 9
    assert link_hash(GENESIS, **{**EVENT, column: other}) != link_hash(GENESIS, **EVENT)  # type: ignore[arg-type]


@pytest.mark.parametrize("why", Anchored)
def test_an_anchor_reads_as_it_was_written(why: Anchored) -> None:
    anchor = Anchor(why, NOON, 12, 345, "d" * 64)
    assert read_anchor(str(anchor)) == anchor


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("", id="nothing"),
        pytest.param(f"2026-11-24T04:00:00+00:00 seal 12 events 345 sha256 {'d' * 63}", id="half a hash"),
        pytest.param(f"2026-11-24T04:00:00 seal 12 events 345 sha256 {'d' * 64}", id="no time zone"),
        pytest.param(f"2026-11-24T04:00:00+00:00 sail 12 events 345 sha256 {'d' * 64}", id="another word"),
        pytest.param(f"2026-11-24T04:00:00+00:00 seal x events 345 sha256 {'d' * 64}", id="no number"),
    ],
)
def test_what_is_no_anchor_is_not_read_as_one(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 several words for it
        read_anchor(line)
