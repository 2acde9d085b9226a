"""Does tests/rules alone walk every branch of models/rules? What decides about people's cases is proven by itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.tree import ROOT

SAYS_NOTHING_NEW = (
    "tests/rules/test_access.py::test_the_table_agrees_with_a_second_opinion_everywhere",
    "tests/rules/test_access.py::test_every_event_is_an_action_and_every_row_decides_something",
    "tests/rules/test_access.py::test_whoever_holds_several_offices_is_judged_alike_twice",
    "tests/rules/test_lifecycle.py::test_whatever_happens_a_case_has_one_desk_and_a_date",
)
"""The longest walk no branch the others do not; counting their every step would take half a minute."""


@pytest.mark.timeout(240)
def test_every_branch_of_the_rules_is_walked_by_their_own_tests(tmp_path: Path) -> None:
    counted = f"--data-file={tmp_path / 'walked'}"
    left_out = [f"--deselect={name}" for name in SAYS_NOTHING_NEW]
    run = [sys.executable, "-m", "coverage", "run", "--branch", "--source=models/rules", counted]
    tests = [*run, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *left_out, "tests/rules"]
    done = subprocess.run(tests, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
    report = [sys.executable, "-m", "coverage", "report", counted, "-m", "--skip-covered", "--fail-under=100"]
    missing = subprocess.run(report, cwd=ROOT, capture_output=True, text=True)
    assert missing.returncode == 0, missing.stdout
