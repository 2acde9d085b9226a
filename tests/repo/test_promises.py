"""Does every promise name what shows it, and is that there? docs/promises.md, and the hostile cases by number."""

import re
from collections.abc import Iterator

import pytest

from tests.repo.test_documents import commands, known
from tests.repo.tree import ROOT, modules, read

PAGE = "docs/promises.md"
NUMBERED = (*range(1, 11), 14, 15, 17, 19, *range(32, 37), *range(38, 47))
"""The hostile cases issue 4 asks to be named (reliability §6)."""
SHOWN = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")
ROW = re.compile(r"^\| (?!about|---)(\w[^|]*) \|([^|]*)\|([^|]*)\|(.*)\|$", re.MULTILINE)


def promises() -> list[tuple[str, str, str, str]]:
    """What it is about, what is promised, what is not, and what shows it."""
    first, _, _ = read(PAGE).partition("## The hostile cases")
    return [(found[1], found[2].strip(), found[3].strip(), found[4].strip()) for found in ROW.finditer(first)]


def named() -> Iterator[str]:
    """The name of every test function."""
    for module in modules("tests"):
        yield from re.findall(r"^\s*(?:async )?def (test_\w+)\(", module.text, re.MULTILINE)


@pytest.mark.parametrize("promise", promises(), ids=lambda row: row[0])
def test_a_promise_says_its_limit_and_what_shows_it(promise: tuple[str, str, str, str]) -> None:
    _, promised, not_promised, shown = promise
    assert promised
    assert not_promised, "an honest promise says where it ends"
    assert SHOWN.search(shown) or "`huiyin " in shown


@pytest.mark.parametrize(("file", "test"), sorted(set(SHOWN.findall(read(PAGE)))))
def test_what_is_said_to_show_it_is_there(file: str, test: str) -> None:
    path = ROOT / file
    assert path.is_file()
    if test:
        assert re.search(rf"^\s*(?:async )?def {test}\(", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_commands_that_show_it_can_be_typed() -> None:
    assert {name for name, _ in commands(PAGE)} <= set(known())


@pytest.mark.parametrize("number", NUMBERED)
def test_every_hostile_case_has_a_test_by_its_number(number: int) -> None:
    assert [name for name in named() if name.startswith(f"test_s{number}_")], f"no test_s{number}_…"


def test_the_page_lists_the_hostile_cases_and_no_others() -> None:
    _, _, second = read(PAGE).partition("## The hostile cases")
    assert [int(number) for number in re.findall(r"^\| S(\d+) \|", second, re.MULTILINE)] == list(NUMBERED)
