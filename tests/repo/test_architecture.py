"""Does ARCHITECTURE.md say what is? Layers, diagram, paths and dependencies are read off the code and compared."""

import re

import pytest

from models.rules.lifecycle import diagram
from tests.repo.tree import PRODUCT, ROOT, distributions, project, read

PATH = re.compile(r"`((?:bot|handlers|models|scheduler|tests|docs)/[\w./-]+)`")


def section(mark: str) -> str:
    """What stands between two markers of ARCHITECTURE.md, in its fence."""
    found = re.search(rf"<!-- {mark}:.*?-->\n```\w*\n(.*?)```\n<!-- /{mark} -->", read("ARCHITECTURE.md"), re.DOTALL)
    assert found is not None, f"the markers of {mark} are gone"
    return found[1].rstrip("\n")


def layers() -> str:
    """The layers contracts of pyproject.toml, a line each."""
    lines = []
    for contract in project()["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers":
            inside = f"inside {contract['containers'][0]}: " if "containers" in contract else ""
            lines.append(inside + " > ".join(layer.replace(" | ", "|") for layer in contract["layers"]))
    return "\n".join(lines)


def test_the_diagram_is_the_lifecycle_table() -> None:
    assert section("lifecycle") == diagram()


def test_the_layers_are_the_ones_that_are_enforced() -> None:
    assert section("layers") == layers()


@pytest.mark.parametrize("document", ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "README.zh.md"])
def test_every_path_named_exists(document: str) -> None:
    named = set(PATH.findall(read(document)))
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_every_room_is_on_the_map() -> None:
    rooms = re.search(r"## The rooms\n\n```\n(.*?)```", read("ARCHITECTURE.md"), re.DOTALL)
    assert rooms is not None
    for folder in PRODUCT:
        part = re.search(rf"^{folder}/.*?(?=^\w|\Z)", rooms[1], re.DOTALL | re.MULTILINE)
        assert part is not None, folder
        for path in (ROOT / folder).iterdir():
            if path.is_dir() and any(path.glob("*.py")):
                assert f"  {path.name}/" in part[0], f"{folder}/{path.name} is not on the map"


def test_every_dependency_says_why_it_is_here() -> None:
    table = re.search(r"## Why each dependency is here\n(.*?)\n## ", read("ARCHITECTURE.md"), re.DOTALL)
    assert table is not None
    explained = set(re.findall(r"^\| ([a-z][a-z0-9-]*) \| \S", table[1], re.MULTILINE)) - {"dependency"}
    assert explained == distributions(project()["project"]["dependencies"])


def test_every_decision_has_a_day_a_reason_and_a_price() -> None:
    decisions = read("ARCHITECTURE.md").split("\n## Decisions\n")[1].split("\n\n**")[1:]
    assert len(decisions) > 10
    for decision in decisions:
        assert re.match(r"20\d\d-\d\d-\d\d · [A-Z][^*]+\.\*\* ", decision), decision[:60]
        assert "*Lost:*" in decision, decision[:60]
