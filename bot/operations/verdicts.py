"""Which figure is well, which is to be looked at, which is bad, and what is to be done? The thresholds, once (docs)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.queries.standing import Standing, job_ages

NOTICE_WARN, NOTICE_BAD = timedelta(hours=1), timedelta(hours=4)
"""A promise unsaid so long: alarm at 1 h, page at 4 h (reliability §0.3)."""
UPDATE_WARN, UPDATE_BAD = timedelta(minutes=5), timedelta(hours=1)
LATE_WARN, LATE_BAD = timedelta(minutes=5), timedelta(hours=1)
BACKUP_WARN, BACKUP_BAD = timedelta(hours=2), timedelta(hours=25)
DRILL_WARN = timedelta(days=35)
ANCHOR_WARN = timedelta(hours=26)


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Found:
    """One line: what was looked at, how it is, and what is to be done where it is not well."""

    verdict: Verdict
    what: str
    said: str
    do: str = ""

    def __str__(self) -> str:
        line = f"{self.verdict:<5} {self.what}: {self.said}"
        return f"{line}\n      -> {self.do}" if self.do else line


def ok(what: str, said: str) -> Found:
    return Found(Verdict.OK, what, said)


def warn(what: str, said: str, do: str = "") -> Found:
    return Found(Verdict.WARN, what, said, do)


def bad(what: str, said: str, do: str = "") -> Found:
    return Found(Verdict.BAD, what, said, do)


def aged(what: str, age: timedelta, limits: tuple[timedelta, timedelta], do: str) -> Found:
    """Well while younger than the first limit, bad from the second on."""
    verdict = Verdict.BAD if age >= limits[1] else Verdict.WARN if age >= limits[0] else Verdict.OK
    return Found(verdict, what, span(age), do if verdict is not Verdict.OK else "")


def span(age: timedelta) -> str:
    """«3 min», «5 h», «12 days»: what a person reads at a glance."""
    seconds = max(age.total_seconds(), 0)
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"


def of_the_house(stands: Standing, *, office_now: datetime, machine_now: datetime, died: int = 0) -> Iterator[Found]:
    """What the database's figures say, a line each. `died`: processes that are gone and never said so."""
    if stands.drain is not None and machine_now < stands.drain.capped_until:
        until = f"closed until {stands.drain.capped_until:%H:%M} UTC at the latest"
        yield warn("door", until, "huiyin drain off, once the upgrade is done")
    running = ", ".join(f"{many} × {parts}" for parts, many in stands.lives.items())
    if running:
        yield ok("processes", running)
    elif died:
        yield bad("processes", f"none is at work; {died} died without a word", "start huiyin run; see why in its log")
    else:
        yield warn("processes", "none is at work", "start huiyin run")
    yield from _queues(stands, office_now, machine_now)
    if stands.fenced:
        said = "this database was restored: nothing leaves it, and nobody is let in"
        yield warn("fence", said, "look at what happened since, then huiyin restore --lift")
    yield from _jobs(stands, office_now, machine_now)
    alarms = ", ".join(f"{many} × {kind}" for kind, many in stands.alarms.items())
    yield warn("alarms", alarms, "docs/operations.md says what each asks for") if alarms else ok("alarms", "none")


def _queues(stands: Standing, office: datetime, machine: datetime) -> Iterator[Found]:
    if stands.updates_oldest_at is not None:
        age, do = machine - stands.updates_oldest_at, "is a worker up? its log says what it stumbles over"
        yield aged("oldest update without an answer", age, (UPDATE_WARN, UPDATE_BAD), do)
    else:
        yield ok("updates", "none waits")
    if stands.updates_parked:
        yield warn("parked updates", str(stands.updates_parked), "huiyin parked lists them and lets them in again")
    if stands.notices_oldest_at is not None:
        do = "is delivery up? can the messenger be reached?"
        yield aged("oldest notice unsaid", office - stands.notices_oldest_at, (NOTICE_WARN, NOTICE_BAD), do)
    else:
        yield ok("notices", f"none waits but {stands.notices_held} for the end of the quiet hours")
    if stands.notices_dead:
        yield warn("dead notices", str(stands.notices_dead), "somebody was not told: their alarms name them")
    late = timedelta(0) if stands.due_at is None else office - stands.due_at
    do = "is the clock's process up? huiyin release, where a leap of the clock is held"
    yield aged("lateness of deadlines", late, (LATE_WARN, LATE_BAD), do)


def _jobs(stands: Standing, office: datetime, machine: datetime) -> Iterator[Found]:
    ages = job_ages(stands, office_now=office, machine_now=machine)
    if "backup" in stands.jobs:
        yield aged("last backup", ages["backup"], (BACKUP_WARN, BACKUP_BAD), "look at the backup's timer and its disk")
    else:
        never = bad if ages.get("backup", BACKUP_WARN) >= BACKUP_BAD else warn
        yield never("backup", "never made", "huiyin backup, by the hour")
    if "drill" in stands.jobs:
        yield aged("last drill", ages["drill"], (DRILL_WARN, timedelta.max), "huiyin drill")
    else:
        yield warn("drill", "never done", "huiyin drill, by the month: an untried backup is a hope")
    do = "HUIYIN_ANCHORS names where the head of the record is written, best on another machine"
    if "anchor" in stands.jobs:
        yield aged("last anchor", ages["anchor"], (ANCHOR_WARN, timedelta.max), do)
    elif stands.sealed_at is not None:
        yield warn("anchor", "never written down", do)
