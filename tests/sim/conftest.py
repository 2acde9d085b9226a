"""Options of the room where worlds are lived."""

import contextlib

import pytest

from tests.sim.seeds import LONG, SHORT, Lived


def pytest_addoption(parser: pytest.Parser) -> None:
    with contextlib.suppress(ValueError):  # tests/hostile has one of the same name
        parser.addoption("--seed", type=int, default=None, help="the one seed to live again")
    parser.addoption("--steps", type=int, default=SHORT, help=f"deeds of a life; {LONG} in `make torture`")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where one seed was asked for, nothing else of this room is run."""
    if config.getoption("--seed", default=None) is None:
        return
    here = [item for item in items if item.path.parent.name == "sim"]
    spared = [item for item in here if item.path.name != "test_seeds_0.py" or "[" not in item.name]
    items[:] = [item for item in items if item not in spared]
    config.hook.pytest_deselected(items=spared)


@pytest.fixture(scope="session")
def steps(pytestconfig: pytest.Config) -> int:
    """Deeds of a life."""
    return int(pytestconfig.getoption("--steps", default=SHORT))


@pytest.fixture(scope="module")
def lived() -> Lived:
    """What the seeds of one file came to."""
    return Lived()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that lives a seed is lived with each seed of its file, or with the one that was asked for."""
    if "seed" not in metafunc.fixturenames:
        return
    asked = metafunc.config.getoption("--seed", default=None)
    metafunc.parametrize("seed", metafunc.module.SEEDS if asked is None else [asked])
