"""What has been measured of reliability? A small record kept in the repository; docs/reliability.md is written from it.

Whoever measures calls `keep`; a page whose figures nobody measured cannot come about.
"""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "docs" / "reliability.json"

Figures = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one way of checking found. `command` repeats it; `figures`: what, and how many."""

    command: str
    date: str
    commit: str
    figures: dict[str, int | str]


def keep(name: str, figures: Figures, *, command: str, record: Path = RECORD) -> None:
    """The newest figures of this way of checking, in place of what was recorded before, dated, with the commit."""
    known = read(record)
    known[name] = Measured(command, f"{datetime.now(UTC):%Y-%m-%d}", _commit(), dict(figures))
    _write(known, record)


def add(name: str, counts: Mapping[str, int], *, command: str, record: Path = RECORD) -> None:
    """As `keep`, but numbers are added to those of before: for what goes on where it stopped."""
    before = read(record)[name].figures if name in read(record) else {}
    sums = {what: many + int(before.get(what, 0)) for what, many in counts.items()}
    keep(name, {**before, **sums}, command=command, record=record)


def read(record: Path = RECORD) -> dict[str, Measured]:
    """Everything on record, by the name of the way of checking."""
    if not record.exists():
        return {}
    return {name: Measured(**one) for name, one in json.loads(record.read_text(encoding="utf-8")).items()}


def _write(known: Mapping[str, Measured], record: Path) -> None:
    plain = {
        name: {"command": one.command, "date": one.date, "commit": one.commit, "figures": one.figures}
        for name, one in sorted(known.items())
    }
    new = record.with_suffix(".new")
    new.write_text(json.dumps(plain, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    new.replace(record)


def _commit() -> str:
    said = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return said.stdout.strip() or "unknown"
