"""Does a named place do nothing until it is armed, and then what it was told, when its turn has come?"""

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from models.rules import failpoints


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    failpoints.disarm()


def test_an_armed_failpoint_acts_once_at_its_turn() -> None:
    failpoints.arm("worker.before_handle:2:raise")
    failpoints.failpoint("worker.before_handle")
    failpoints.failpoint("worker.after_commit")
    with pytest.raises(failpoints.Tripped, match=r"worker\.before_handle"):
        failpoints.failpoint("worker.before_handle")
    failpoints.failpoint("worker.before_handle")


def test_a_failpoint_may_act_several_times_in_a_row() -> None:
    failpoints.arm("worker.before_handle:1:raise:2")
    for _ in range(2):
        with pytest.raises(failpoints.Tripped):
            failpoints.failpoint("worker.before_handle")
    failpoints.failpoint("worker.before_handle")


@pytest.mark.parametrize(
    "order",
    [
        pytest.param("store.nowhere:1:kill", id="no such place"),
        pytest.param("store.before_commit:0:kill", id="never"),
        pytest.param("store.before_commit:x:kill", id="not a number"),
        pytest.param("store.before_commit:1:sing", id="no such deed"),
        pytest.param("store.before_commit", id="half an order"),
        pytest.param("store.before_commit:1:raise:0", id="no time at all"),
        pytest.param("", id="nothing"),
    ],
)
def test_an_order_that_is_not_understood_is_refused(order: str) -> None:
    with pytest.raises(ValueError, match="failpoint"):
        failpoints.arm(order)


class Woken(Exception):
    """The alarm went off."""


def test_a_hanging_failpoint_does_nothing_ever_again() -> None:
    def wake(number: int, frame: FrameType | None) -> None:
        raise Woken

    before = signal.signal(signal.SIGALRM, wake)
    failpoints.arm("worker.before_handle:1:hang")
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        with pytest.raises(Woken):
            failpoints.failpoint("worker.before_handle")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_place_only_files_come_by_may_be_armed_too() -> None:
    failpoints.arm("files.before_rename:1:raise")
    with pytest.raises(failpoints.Tripped):
        failpoints.failpoint("files.before_rename")


def test_whoever_watches_hears_of_every_passage_until_all_is_disarmed() -> None:
    passed: list[str] = []
    failpoints.watch(passed.append)
    for name in failpoints.NAMES:
        failpoints.failpoint(name)
    failpoints.disarm()
    failpoints.failpoint(failpoints.NAMES[0])
    assert passed == list(failpoints.NAMES)
