"""Options of the room where telephones are counted."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--month", action="store_true", help="the long simulations too (make load)")
    parser.addoption("--write-noise", action="store_true", help="write what was counted to docs/noise.md")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long ones are asked for by name; they are not part of `make test`, and are not called skipped there."""
    if not config.getoption("--month", default=False):
        spared = [item for item in items if item.path.name == "test_load.py"]
        items[:] = [item for item in items if item not in spared]
        config.hook.pytest_deselected(items=spared)
