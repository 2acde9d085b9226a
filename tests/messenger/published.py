"""What does the published Bot API schema say of a value? Read where it is at hand; nothing is copied from it."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATH = Path(__file__).parents[2].parent / "shared" / "botapi" / "schema-10.3.json"


@dataclass(frozen=True)
class Field:
    """One field of a type, or one parameter of a method."""

    name: str
    kind: str
    required: bool
    description: str


class Published:
    """All types and methods of the schema."""

    def __init__(self, path: Path = PATH) -> None:
        content = json.loads(path.read_text())
        entries: list[dict[str, Any]] = [one for group in content["items"] for one in group["children"]]
        self.fields: Mapping[str, Mapping[str, Field]] = {
            entry["name"]: {
                one["name"]: Field(one["name"], one["type"], one["required"], one["description"])
                for one in entry["annotations"]
            }
            for entry in entries
        }
        self._described = {entry["name"]: entry["description"] for entry in entries}

    def faults(self, kind: str, value: object, where: str = "") -> Iterator[str]:
        """Everything in the value that the type does not allow: missing, undocumented, of another type."""
        where = where or kind
        choices = [one.strip() for one in kind.split(" or ")]
        if len(choices) > 1:
            kind = self._fitting(choices, value)
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                yield f"{where}: {value!r} is no array"
                return
            for index, one in enumerate(value):
                yield from self.faults(kind.removeprefix("Array of "), one, f"{where}[{index}]")
        elif kind in _PLAIN:
            if not isinstance(value, _PLAIN[kind]) or (kind in ("Integer", "Float") and isinstance(value, bool)):
                yield f"{where}: {value!r} is no {kind}"
        elif not isinstance(value, dict):
            yield f"{where}: {value!r} is no {kind}"
        else:
            yield from self._object_faults(kind, value, where)

    def _object_faults(self, kind: str, value: Mapping[str, object], where: str) -> Iterator[str]:
        fields = self.fields[kind]
        if not fields:
            kind = self._fitting(re.findall(r"^ - (\w+)", self._described[kind], re.MULTILINE), value)
            fields = self.fields[kind]
        for name, one in value.items():
            if name in fields:
                yield from self.faults(fields[name].kind, one, f"{where}.{name}")
            else:
                yield f"{where}.{name}: not in {kind}"
        for field in fields.values():
            if field.required and field.name not in value:
                yield f"{where}.{field.name}: missing in {kind}"

    def _fitting(self, choices: list[str], value: object) -> str:
        """The alternative with the fewest faults."""
        return min(choices, key=lambda one: len(list(self.faults(one, value))))


_PLAIN: Mapping[str, type | tuple[type, ...]] = {
    "Integer": int,
    "Float": (int, float),
    "String": str,
    "Boolean": bool,
    "True": bool,
}


@functools.cache
def published() -> Published:
    """The schema, read once."""
    return Published()
