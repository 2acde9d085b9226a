"""How is what was measured told? `python -m tests.sim.report` prints docs/reliability.md, `--write` writes it."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.sim.record import ROOT, Measured, read

PAGE = ROOT / "docs" / "reliability.md"

HEAD = """\
# How we know that it holds

What is promised is in [promises.md](promises.md). This page says what was tried to break it, and what came of it: every
figure is measured by the command beside it and written by `python -m tests.sim.report --write`, none is typed. None of
them shows that there is no fault.

Four ways of checking, which share no code with what they check:

- **Simulated streets.** Virtual time, the real conversations, inbox, worker, delivery and sweeps; a messenger that
  repeats, reorders, halts, breaks down and loses answers; deaths at named places, outages of days. After every step the
  invariants are asked of the tables and of the messenger; at the end faults stop, and everything promised must come.
- **Broken variants.** The same streets, with one thing broken on purpose in the real code: a judge who lets one pass is
  no judge.
- **A machine that draws the faults.** Hypothesis chooses each deed, each death and each answer of the messenger itself,
  and shrinks what fails to the fewest.
- **Real processes.** The program as it is installed, killed with SIGKILL at every named place, on SQLite and on
  PostgreSQL; servers that crash, disks that fill, pages that flip, clocks that jump.

And on the living database `huiyin check` asks every invariant that the tables can show; the service itself does so once
an hour.
"""


def page(record: Mapping[str, Measured]) -> str:
    """The whole document, for what is on record."""
    return "\n".join([HEAD, *(line for name, one in sorted(record.items()) for line in _section(name, one))])


def _section(name: str, one: Measured) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    yield f"`{one.command}`, {one.date}, at {one.commit}:"
    yield ""
    yield "| what | how many |"
    yield "| --- | --- |"
    for what, many in one.figures.items():
        yield f"| {what.replace('_', ' ')} | {f'{many:,}' if isinstance(many, int) else many} |"
    yield ""


def main(arguments: list[str] | None = None, *, to: Path = PAGE) -> None:
    """Prints the page; `--write` writes it too."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--write", action="store_true", help="write docs/reliability.md")
    text = page(read())
    if asked.parse_args(arguments).write:
        to.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
