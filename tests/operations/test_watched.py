"""What watches over the house hears the truth, in codes and figures: healthy, ready, and how it stands."""

import re
import socket
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.doors import PortTaken
from bot.settings import Settings
from bot.wiring import run
from handlers.api.health import Readiness
from handlers.api.watched import watched
from models import outbox
from models.actions import keeping
from models.actions.draining import begin_drain, end_drain
from models.migrations import HEAD
from models.store import Statement, Store
from tests.conftest import Opens
from tests.databases import sqlite_url
from tests.edges.clocks import RunningClock
from tests.house import House, free_port
from tests.repo.test_documents import rows_under
from tests.stories.living import files


@pytest.fixture(params=["sqlite", "postgresql"])
async def looked_after(open_house: Opens, request: pytest.FixtureRequest) -> House:
    """A running house with a port to be watched on."""
    port = str(free_port())
    return await open_house(engine=request.param, web_port=port, town="sample")


@pytest.fixture
async def watcher(looked_after: House) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{looked_after.settings.web_port}") as http:
        yield http


async def figures(http: httpx.AsyncClient) -> dict[str, float]:
    """Every sample by its name and labels."""
    answer = await http.get("/metrics")
    assert answer.status_code == 200
    return {
        sample.name + "".join(f" {label}={value}" for label, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_a_running_house_is_healthy_ready_and_counted(looked_after: House, watcher: httpx.AsyncClient) -> None:
    assert (await watcher.get("/healthz")).json() == {"alive": True}
    assert (await watcher.get("/readyz")).json() == {"ready": True, "codes": []}
    resident, desk = await looked_after.resident(), await looked_after.staff("WY-01")
    await files(resident, "3栋楼道灯不亮")
    seen = await figures(watcher)
    assert seen["huiyin_database_up"] == 1
    assert {name: many for name, many in seen.items() if name.startswith("huiyin_open_cases")} == {
        "huiyin_open_cases class=P2 state=accepted": 1
    }
    assert seen["huiyin_updates_waiting"] == seen["huiyin_updates_parked"] == seen["huiyin_notices state=dead"] == 0
    assert seen["huiyin_deadline_lateness_seconds"] == 0
    assert seen["huiyin_process_sends_total outcome=Sent"] >= 2
    await looked_after.do(_alarm, kind="notice_dead")
    await looked_after.turn(timedelta(days=10))
    seen = await figures(watcher)
    assert seen["huiyin_alarms kind=notice_dead"] == 1
    text = (await watcher.get("/metrics")).text
    for told in (str(resident.person.id), str(desk.person.id), resident.person.first_name, "楼道灯", "WY-01", "0001"):
        assert told not in text
    assert re.search(r"[一-鿿]", text) is None


def _alarm(work: object, *, kind: str) -> None:
    Statement("INSERT INTO alarm (kind, ref, reason, raised_at) VALUES (:kind, 'x', 'y', :now)").run(
        work.session,  # type: ignore[attr-defined]
        kind=kind,
        now=work.now,  # type: ignore[attr-defined]
    )


async def test_a_house_that_drains_says_so_and_is_not_ready(store: Store, tmp_path: Path) -> None:
    clock = RunningClock()
    await store.run(begin_drain, now=clock.now())
    ready = Readiness(store, town_named=True, folder=tmp_path, machine=clock)
    assert await ready() == ("draining",)
    await store.run(end_drain, now=clock.now())
    assert await Readiness(store, town_named=True, folder=tmp_path, machine=clock)() == ()
    await store.run(outbox.hold, bot_id=7, chat_id=0, until=keeping.FENCED_UNTIL)
    assert await Readiness(store, town_named=True, folder=tmp_path, machine=clock)() == ("fenced",)
    await store.run(keeping.lift)
    assert await Readiness(store, town_named=False, folder=tmp_path, machine=clock)() == ("town",)
    assert await Readiness(store, town_named=True, folder=tmp_path / "gone", machine=clock)() == ("disk-full",)


async def test_tables_of_another_version_are_no_place_to_work_on(store: Store, tmp_path: Path) -> None:
    await store.run(Statement("UPDATE alembic_version SET version_num = '0001'").run)
    ready = Readiness(store, town_named=True, folder=tmp_path, machine=RunningClock())
    assert await ready() == ("tables",)
    await store.run(Statement("UPDATE alembic_version SET version_num = :head").run, head=HEAD)


async def test_a_database_that_keeps_nothing_is_not_ready_and_is_again_when_it_does(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    store = await Store.open(url)
    try:
        clock = RunningClock()

        async def ready() -> tuple[str, ...]:
            return await Readiness(store, town_named=True, folder=tmp_path, machine=clock)()

        assert await ready() == ()
        holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        holder.execute("CREATE TRIGGER full BEFORE UPDATE ON job_run BEGIN SELECT RAISE(ABORT, 'full'); END")
        assert await ready() == ("read-only",)
        holder.execute("DROP TRIGGER full")
        holder.close()
        assert await ready() == ()
    finally:
        await store.close()


async def test_a_database_that_is_gone_is_a_code_and_a_figure_not_an_error(store: Store, tmp_path: Path) -> None:
    clock = RunningClock()
    app = watched(store, town_named=True, folder=tmp_path, office=clock, machine=clock)
    await store.close()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://watched") as http:
        assert (await http.get("/healthz")).status_code == 200
        answer = await http.get("/readyz")
        assert (answer.status_code, answer.json()) == (503, {"ready": False, "codes": ["database"]})
        assert (await figures(http))["huiyin_database_up"] == 0


async def test_a_port_somebody_has_is_refused_by_the_name_of_its_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        settings = Settings.model_validate({"data_dir": str(tmp_path), "town": "sample", "web_port": str(port)})
        with pytest.raises(PortTaken, match="HUIYIN_WEB_PORT"):
            await run(settings)


@pytest.fixture(params=["sqlite"])
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(sqlite_url(tmp_path))
    yield store
    await store.close()


async def test_the_operators_book_names_every_metric_and_no_other(store: Store, tmp_path: Path) -> None:
    clock = RunningClock()
    await store.run(Statement("INSERT INTO drain (began_from, capped_until) VALUES (:now, :now)").run, now=clock.now())
    app = watched(store, town_named=True, folder=tmp_path, office=clock, machine=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://watched") as http:
        text = (await http.get("/metrics")).text
    told = set(rows_under("metric")) - {"huiyin_seal_age_seconds"}  # only once something was sealed
    assert {family.name for family in text_string_to_metric_families(text)} == told
