"""Options of the room where worlds are lived."""

import contextlib

import pytest

from tests.sim.seeds import LONG, SHORT, Lived


def pytest_addoption(parser: pytest.Parser) -> None:
    with contextlib.suppress(ValueError):  # tests/hostile has one of the same name
        parser.addoption("--seed", type=int, default=None, help="the one seed to live again")
    parser.addoption("--long", action="store_true", help="as long a life as in `make torture`")


@pytest.fixture(scope="session")
def steps(pytestconfig: pytest.Config) -> int:
    """Deeds of a life."""
    return LONG if pytestconfig.getoption("--long", default=False) else SHORT


@pytest.fixture(scope="module")
def lived() -> Lived:
    """What the seeds of one file came to."""
    return Lived()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that lives a seed is lived with each seed of its file, or with the one that was asked for."""
    if "seed" not in metafunc.fixturenames:
        return
    asked = metafunc.config.getoption("--seed", default=None)
    first = metafunc.module.SEEDS.start
    if asked is None:
        metafunc.parametrize("seed", metafunc.module.SEEDS)
    else:
        metafunc.parametrize("seed", [asked] if first == 0 else [])
