"""Is docs/reliability.md what was measured, and can what it names be typed?"""

import importlib.util
import re
from pathlib import Path

import pytest

from tests.repo.tree import read
from tests.sim.record import Measured, add, keep
from tests.sim.record import read as recorded
from tests.sim.report import PAGE, page


def test_the_page_is_what_the_record_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(recorded()), "python -m tests.sim.report --write"


def test_every_measured_figure_says_when_where_and_how_to_repeat_it() -> None:
    assert recorded()
    for name, one in recorded().items():
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", one.date), name
        assert re.fullmatch(r"[0-9a-f]{12}", one.commit), name
        assert one.figures, name


@pytest.mark.parametrize("command", sorted({one.command for one in recorded().values()}))
def test_what_repeats_a_figure_can_be_typed(command: str) -> None:
    program, *words = command.split()
    if program == "make":
        assert re.search(rf"^{words[0]}:", read("Makefile"), re.MULTILINE)
    else:
        assert words[0] == "-m"
        assert importlib.util.find_spec(words[1]) is not None


def test_figures_are_replaced_or_added_to(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    keep("streets", {"lives": 3, "found": "nothing"}, command="make torture", record=record)
    add("streets", {"lives": 4}, command="make torture", record=record)
    one = recorded(record)["streets"]
    assert one.figures == {"lives": 7, "found": "nothing"}
    measured = Measured("make torture", "2026-11-24", "0" * 12, {"virtual_hours": 20000})
    told = page({"streets": measured})
    assert "`make torture`, 2026-11-24, at 000000000000:\n" in told
    assert told.endswith("| virtual hours | 20,000 |\n")
