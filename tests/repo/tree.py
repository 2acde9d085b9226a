"""What stands in the repository? Its modules, read and parsed once; caches and environments are not part of it."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PRODUCT = ("bot", "handlers", "models", "scheduler")
"""The four folders a town runs."""


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file. `name` is its path from the root, with slashes."""

    name: str
    text: str
    tree: ast.Module

    def __str__(self) -> str:
        return self.name


def modules(*folders: str) -> tuple[Module, ...]:
    """Every Python file of these folders, in order."""
    return tuple(module for folder in folders for module in _modules(folder))


@cache
def _modules(folder: str) -> tuple[Module, ...]:
    return tuple(
        Module(path.relative_to(ROOT).as_posix(), text, ast.parse(text))
        for path in sorted((ROOT / folder).rglob("*.py"))
        for text in (path.read_text(encoding="utf-8"),)
    )


def read(name: str) -> str:
    """A text file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def top() -> Iterator[Path]:
    """What a person sees when they open the folder: nothing hidden, nothing git ignores."""
    ignored = [line.strip().strip("/") for line in read(".gitignore").splitlines() if line.strip()]
    for path in sorted(ROOT.iterdir()):
        if not path.name.startswith(".") and not any(fnmatch(path.name, pattern) for pattern in ignored):
            yield path


@cache
def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads(read("pyproject.toml"))


def distributions(requirements: list[str]) -> set[str]:
    """The names in a list of requirements, without extras and versions."""
    return {re.split(r"[\[<>=!~; ]", one, maxsplit=1)[0].lower() for one in requirements}
