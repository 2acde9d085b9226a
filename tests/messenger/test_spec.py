"""Our table of methods against the published one."""

from __future__ import annotations

import re

import pytest

from bot.messenger.decoding import Kind
from bot.messenger.spec import METHODS, Method
from tests.messenger.published import PATH, published

pytestmark = pytest.mark.skipif(not PATH.exists(), reason=f"no published schema beside the checkout ({PATH.name})")

_KINDS = {
    "Integer": Kind.INTEGER,
    "Float": Kind.FLOAT,
    "Boolean": Kind.BOOLEAN,
    "String": Kind.STRING,
    "Integer or String": Kind.CHAT,
    "InputFile": Kind.FILE,
    "InputFile or String": Kind.FILE,
}


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.name)
def test_a_method_takes_exactly_the_published_parameters(method: Method) -> None:
    fields = published().fields[method.name]
    assert set(method.parameters) == set(fields)
    assert set(method.required) == {name for name, field in fields.items() if field.required}
    for name, parameter in method.parameters.items():
        kind = fields[name].kind
        wanted = Kind.LIST if kind.startswith("Array of ") else _KINDS.get(kind, Kind.OBJECT)
        ours = Kind.STRING if parameter.kind is Kind.TEXT else parameter.kind
        assert ours is wanted, (name, kind)


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.name)
def test_every_published_range_is_in_the_table_and_no_other(method: Method) -> None:
    for name, parameter in method.parameters.items():
        description = published().fields[method.name][name].description
        match = re.search(r"(?<![\w.])(\d+)(?:-| and )(\d+)(?![\w-])", description.replace("639-1", ""))
        if name == "live_period":
            continue  # live locations are refused, whatever their period
        if name == "commands":
            match = re.search(r"(At most) (100)", description)
            assert match
            assert parameter.most == 100
            continue
        ours = None if parameter.most is None else (parameter.least, parameter.most)
        assert ours == (None if match is None else (int(match[1]), int(match[2]))), (name, description)
        if match is not None and "after entities parsing" in description:
            assert parameter.kind is Kind.TEXT, name
