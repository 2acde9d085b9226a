"""How often did telephones ring? Pushes a person and day, by kind of person, beside what users.md allows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from models.rules.lifecycle import Telling
from models.rules.policy import Role
from tests.noise.world import World, role_of

A_DAY = {Role.HEAD: 1, Role.PROPERTY: 5, Role.COMMITTEE: 5, Role.COMMUNITY: 4, Role.STREET: 10, Role.DISTRICT: 10}
"""Pushes a day (users.md, noise budget); a committee is held to the firm's, the district to the street's."""
A_CASE = 3
"""Pushes a case to its raiser: receipt, a changed promise, 解决了吗; the one reminder of that aside."""

_NAMES = {
    Role.HEAD: "building head",
    Role.PROPERTY: "property clerk",
    Role.COMMITTEE: "owners' committee",
    Role.COMMUNITY: "community secretary",
    Role.STREET: "street desk",
    Role.DISTRICT: "district desk",
}
_SAID_BY_A_DESK = (Telling.WORD, Telling.ASKED, Telling.HEARD)


@dataclass(frozen=True, slots=True)
class Kind:
    """Pushes a day of everybody of a kind; days without any are days too."""

    role: Role
    people: int
    mean: float
    p95: int
    worst: int
    worst_of_what_waits: int  # emergencies, urgent and sealed matters aside
    days_over: float  # share of the days, whatever rang


def kinds(world: World, days: Sequence[date]) -> list[Kind]:
    """One row for each kind of office."""
    every = Counter((push.person, push.day) for push in world.pushes)
    waits = Counter((push.person, push.day) for push in world.pushes if not push.urgent)
    found = []
    for role, most in A_DAY.items():
        places = [(person, day) for person, post in world.posts.items() if post.role is role for day in days]
        a_day = sorted(every[place] for place in places)
        found.append(
            Kind(
                role=role,
                people=len(places) // len(days),
                mean=fmean(a_day),
                p95=_p95(a_day),
                worst=a_day[-1],
                worst_of_what_waits=max(waits[place] for place in places),
                days_over=sum(many > most for many in a_day) / len(a_day),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class OfCases:
    """Pushes of cases to their raisers; a question and its reminder count once each time it is put."""

    cases: int
    mean: float
    p95: int
    worst: int
    ours: int  # the most for a case that was never returned, what a desk wrote to its raiser aside


def of_cases(world: World) -> OfCases:
    told: dict[int, Counter[Telling]] = {}
    for push in world.pushes:
        if push.case is not None and role_of(world, push.person) is Role.RESIDENT:
            told.setdefault(push.case, Counter())[push.telling] += 1
    counts = {case: sum(rung.values()) - _reminders(world, case) for case, rung in told.items()}
    every = sorted(counts.values())
    ours = max(
        counts[case] - sum(rung[telling] for telling in _SAID_BY_A_DESK)
        for case, rung in told.items()
        if case not in world.returned
    )
    return OfCases(len(every), fmean(every), _p95(every), every[-1], ours)


def _reminders(world: World, case: int) -> int:
    """How often a question was put again because nobody answered."""
    return world.reminded[case]


def a_month(world: World, role: Role, days: int) -> float:
    """Pushes a person and 30 days."""
    people = sum(post.role is role for post in world.posts.values())
    return sum(role_of(world, push.person) is role for push in world.pushes) / people / days * 30


def written(rows: Sequence[Kind], cases: OfCases) -> str:
    """The table as Markdown."""
    lines = ["| who | people | mean | 95 % | worst | worst, urgent aside | over | budget |", f"|{' --- |' * 8}"]
    lines += [
        f"| {_NAMES[row.role]} | {row.people} | {row.mean:.2f} a day | {row.p95} | {row.worst} "
        f"| {row.worst_of_what_waits} | {row.days_over:.1%} | {A_DAY[row.role]} a day |"
        for row in rows
    ]
    lines.append(
        f"| resident | {cases.cases} cases | {cases.mean:.2f} a case | {cases.p95} | {cases.worst} "
        f"| {cases.ours} | | {A_CASE} a case |"
    )
    return "\n".join(lines)


def _p95(ordered: Sequence[int]) -> int:
    return ordered[int(0.95 * (len(ordered) - 1))]
