"""How does the house stand, as a watcher reads it? Prometheus' text, made from one view of the database at each scrape.

No label holds an id or a word: classes, states, kinds and names of errors only (I12). The figures of the database are
the same whichever process is asked; what is named `huiyin_process_…` is that one's own, since it began.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from models.queries.standing import Standing, job_ages
from models.rules import tally
from models.rules.alarms import AlarmKind
from models.rules.lifecycle import State
from models.rules.tally import BOUNDS_S, OTHER, Counted

_CODES = 64
"""A class of the town's own longer than this is no class."""


@dataclass(frozen=True, slots=True)
class Scraped:
    """One moment's figures: `standing` None where the database could not be read. Ages count from these two clocks."""

    standing: Standing | None
    office_now: datetime
    machine_now: datetime
    disk_free: int | None = None


def metrics_route(scrape: Callable[[], Awaitable[Scraped]]) -> Route:
    """`GET /metrics`; 200 also when the database is away, with `huiyin_database_up 0`."""

    async def answer(request: Request) -> Response:
        registry = CollectorRegistry()
        registry.register(_Figures(await scrape()))
        return Response(generate_latest(registry), headers={"content-type": CONTENT_TYPE_LATEST})

    return Route("/metrics", answer, methods=["GET"])


class _Figures(Collector):
    def __init__(self, scraped: Scraped) -> None:
        self._scraped = scraped

    def collect(self) -> Iterator[Metric]:
        scraped = self._scraped
        yield _gauge("database_up", "1 when the database could be read.", scraped.standing is not None)
        if scraped.disk_free is not None:
            yield _gauge("disk_free_bytes", "Free bytes where the house keeps its files.", scraped.disk_free)
        if scraped.standing is not None:
            yield from _queues(scraped.standing, scraped.office_now, scraped.machine_now)
            yield from _look_at(scraped.standing, scraped.office_now, scraped.machine_now)
        yield from _process()


def _queues(now: Standing, office: datetime, machine: datetime) -> Iterator[Metric]:
    yield _gauge("updates_waiting", "Updates kept and not yet handled.", now.updates_waiting)
    yield _gauge("oldest_update_seconds", "Age of the oldest of them.", _age(now.updates_oldest_at, machine))
    yield _gauge("updates_parked", "Updates that could not be handled; a person must look.", now.updates_parked)
    yield _labelled(
        "notices",
        "Notices by state: may leave now, held for quiet hours, never to be delivered.",
        ("state",),
        {
            ("waiting",): now.notices_waiting,
            ("held",): now.notices_held,
            ("dead",): now.notices_dead,
        },
    )
    yield _gauge(
        "oldest_notice_seconds", "How long the oldest notice might have rung.", _age(now.notices_oldest_at, office)
    )
    yield _gauge(
        "deadline_lateness_seconds",
        "How long ago the earliest clock that has not rung was due.",
        _age(now.due_at, office),
    )
    cases: dict[tuple[str, ...], float] = {}
    for (sla, state), many in now.cases.items():
        named = (sla if sla.isalnum() and len(sla) <= _CODES else OTHER, state if state in set(State) else OTHER)
        cases[named] = cases.get(named, 0) + many
    yield _labelled("open_cases", "Open cases by class and state.", ("class", "state"), cases)


def _look_at(now: Standing, office: datetime, machine: datetime) -> Iterator[Metric]:
    alarms: dict[tuple[str, ...], float] = {(kind,): 0 for kind in AlarmKind}
    for kind, many in now.alarms.items():
        named = (kind if kind in set(AlarmKind) else OTHER,)
        alarms[named] = alarms.get(named, 0) + many
    yield _labelled("alarms", "Alarms nobody has cleared, by kind.", ("kind",), alarms)
    ages: dict[tuple[str, ...], float] = {
        (job,): max(0.0, age.total_seconds())
        for job, age in job_ages(now, office_now=office, machine_now=machine).items()
    }
    yield _labelled("job_age_seconds", "How long ago each recurring work was last done.", ("job",), ages)
    if now.sealed_at is not None:
        yield _gauge("seal_age_seconds", "Age of the newest seal over all events.", _age(now.sealed_at, office))
    closed = now.drain is not None and machine < now.drain.capped_until
    yield _gauge("draining", "1 while nothing new is let in.", closed)
    yield _gauge("fenced", "1 while nothing leaves a restored database.", now.fenced)
    lives: dict[tuple[str, ...], float] = {(parts,): float(many) for parts, many in now.lives.items()}
    yield _labelled("processes", "Processes that work on this database, by their parts.", ("parts",), lives)


def _process() -> Iterator[Metric]:
    for what, name, label, told in (
        (Counted.SENDS, "sends", "outcome", "Notices sent by this process, by what was answered."),
        (Counted.FAILURES, "handler_failures", "error", "Updates this process failed to handle, by error."),
        (Counted.REFUSED, "updates_refused", "reason", "Updates this process did not let in, by reason."),
    ):
        counter = CounterMetricFamily(f"huiyin_process_{name}", told, labels=(label,))
        for one, many in sorted(tally.counted(what).items()):
            counter.add_metric((one,), many)
        yield counter
    waits, reached = tally.pace_waits(), 0
    buckets: list[tuple[str, float]] = []
    for bound, many in zip((*map(str, BOUNDS_S), "+Inf"), waits.buckets, strict=True):
        reached += many
        buckets.append((bound, reached))
    yield HistogramMetricFamily(
        "huiyin_process_pace_wait_seconds",
        "How long messages of this process waited for the pace.",
        buckets=buckets,
        sum_value=waits.seconds,
    )


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"huiyin_{name}", told, value=float(value))


def _labelled(name: str, told: str, labels: tuple[str, ...], values: dict[tuple[str, ...], float]) -> Metric:
    gauge = GaugeMetricFamily(f"huiyin_{name}", told, labels=labels)
    for named, value in values.items():
        gauge.add_metric(named, value)
    return gauge


def _age(since: datetime | None, now: datetime) -> float:
    """Seconds since then; 0 where there is nothing, or it is still to come."""
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
