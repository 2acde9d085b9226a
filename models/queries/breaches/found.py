"""What is a violation, and what does a look look at?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from models.rules.alarms import AlarmKind
from models.rules.policy import Town
from models.store import Row, Statement

GRACE = timedelta(seconds=60)
"""So long a due clock may wait while the house runs (I3)."""

MOST = 1000
"""Violations one question reports: whoever has that many knows enough."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One row that is not as it must be. `says`: a sentence without personal words; `row` and `id` name the row."""

    invariant: str  # "I3"
    row: str  # the table, as people call it: case, event, clock, update, notice, card, link
    id: int
    says: str

    def __str__(self) -> str:
        return f"{self.invariant} {self.row} {self.id}: {self.says}"


@dataclass(frozen=True, slots=True)
class Look:
    """One view of the database. `params`: what a question may name; `after_…`: the last row that is not looked at."""

    session: Session
    town: Town
    running: bool
    params: Mapping[str, Any]

    def with_(self, **more: Any) -> "Look":
        """The same look, with more that a question may name."""
        return replace(self, params={**self.params, **more})

    def rows(self, statement: Statement, **more: Any) -> list[Row]:
        return statement.all(self.session, **self.params, **more)


@dataclass(frozen=True, slots=True)
class Question:
    """Every row that `find` returns (`id`, and columns that `says` names in braces) violates the invariant.

    `live`: only where somebody serves the database.
    """

    invariant: str
    row: str
    says: str
    find: Statement
    live: bool = False

    def asked(self, look: Look) -> Iterator[Violation]:
        if self.live and not look.running:
            return
        for row in look.rows(self.find)[:MOST]:
            yield Violation(self.invariant, self.row, row.id, self.says.format(**row._asdict()))


def asked(questions: Iterable[Question], look: Look) -> Iterator[Violation]:
    """What all of these found."""
    return (one for question in questions for one in question.asked(look))


_AFTER = {
    "after_event": Statement("SELECT id FROM case_event WHERE happened_at < :since ORDER BY id DESC LIMIT 1"),
    "after_notice": Statement("SELECT id FROM notice WHERE promised_at < :since ORDER BY id DESC LIMIT 1"),
    "after_case": Statement('SELECT id FROM "case" WHERE filed_at < :since ORDER BY id DESC LIMIT 1'),
    "after_update": Statement('SELECT id FROM "update" WHERE received_at < :machine_since ORDER BY id DESC LIMIT 1'),
}
"""Found from the newest backwards, by the primary key: it costs what came since."""


_HELD = Statement("SELECT 1 AS held FROM alarm WHERE kind = :kind AND ref = 'clock ahead' AND cleared_at IS NULL")


def view_of(
    session: Session, town: Town, *, now: datetime, machine_now: datetime, running: bool, since: datetime | None
) -> Look:
    """What this look looks at. Where a leap of the clock holds what time sets off, nobody serves it fully (S35)."""
    moments = {
        "now": now,
        "machine": machine_now,
        "late": now - GRACE,
        "an_hour_ago": machine_now - timedelta(hours=1),
        "a_day_ago": now - timedelta(hours=24),
    }
    after = dict.fromkeys(_AFTER, 0)
    if since is not None:
        machine_since = machine_now - max(now - since, timedelta())
        for name, statement in _AFTER.items():
            row = statement.one(session, since=since, machine_since=machine_since)
            after[name] = 0 if row is None else row.id
    held = running and _HELD.one(session, kind=AlarmKind.CLOCK_JUMPED) is not None
    return Look(session, town, running and not held, {**moments, **after})


_COUNTED = Statement("""
    SELECT (SELECT count(*) FROM "update") AS updates, (SELECT count(*) FROM "case") AS cases,
        (SELECT count(*) FROM "case" WHERE closed_at IS NULL) AS open_cases,
        (SELECT count(*) FROM case_event) AS events, (SELECT count(*) FROM clock) AS clocks,
        (SELECT count(*) FROM notice) AS notices, (SELECT count(*) FROM invitation) AS links
""")


def looked_at(session: Session) -> dict[str, int]:
    """How many rows of each kind there are to look at."""
    row = _COUNTED.one(session)
    assert row is not None
    return {name.replace("_", " "): many for name, many in row._asdict().items()}
