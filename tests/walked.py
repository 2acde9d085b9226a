"""Which rows of the lifecycle did no story walk? Every house says, when it closes, what happened in it.

A whole run (`make test`) fails with the rows nobody walked. A partial one says them when it is asked:
`pytest tests/stories tests/conversations --walked`.
"""

import pytest

from models.rules.lifecycle import LIFECYCLE

OPTION = "--walked"
_walked: set[tuple[str, str]] = set()


def walk(frm: str, event: str) -> None:
    """This row was walked by somebody in a story."""
    _walked.add((frm, event))


def unwalked() -> list[str]:
    """`from: event` of every row nobody has walked so far, in the order of the table."""
    return [f"{row.frm}: {row.event}" for row in LIFECYCLE if (row.frm, row.event) not in _walked]


class Walks:
    """A pytest plugin: gathers from every process, and asks at the end of a whole run."""

    def __init__(self, config: pytest.Config) -> None:
        self._asked = bool(config.getoption("walked"))
        self._whole = not (config.getoption("keyword") or config.getoption("markexpr") or _chosen(config))
        self._missing: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """One process of several has ended; what its houses saw counts here."""
        for frm, event in getattr(node, "workeroutput", {}).get("walked", ()):
            walk(frm, event)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["walked"] = sorted(_walked)
            return
        green = exitstatus == pytest.ExitCode.OK and not session.config.getoption("collectonly")
        if self._asked or (self._whole and green):
            self._missing = unwalked()
        if self._missing and green and self._whole:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._asked or self._missing:
            terminalreporter.section("rows of the lifecycle that no story walked")
            terminalreporter.line("\n".join(self._missing) or "none")


def _chosen(config: pytest.Config) -> bool:
    """Whether somebody asked for some of the tests only."""
    return config.args_source is not pytest.Config.ArgsSource.TESTPATHS
