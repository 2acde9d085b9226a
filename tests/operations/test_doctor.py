"""The doctor names what is broken, whatever else is broken beside it, says what to do, and touches nothing."""

import asyncio
import re
import shutil
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.clocks import MachineClock
from bot.house import house as stand_in
from bot.messenger.server import listening_server
from bot.operations.doctor import doctor
from bot.operations.verdicts import Found, Verdict
from bot.settings import Settings
from handlers.api.watched import watched
from models import migrations
from models.actions.draining import begin_drain
from models.lives import Life
from models.store import Keys, Statement
from models.town import sample_town_folder
from tests.conftest import Opens
from tests.databases import postgres_url, sqlite_url
from tests.house import House
from tests.stories.living import files

OK, WARN, BAD = Verdict.OK, Verdict.WARN, Verdict.BAD


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """A house that was set up, and does not run."""
    told = Settings.model_validate({"data_dir": str(tmp_path / "kept"), "town": "sample"})
    async with stand_in(told):
        pass
    return told


async def lines(settings: Settings, clock: MachineClock | None = None) -> dict[str, Found]:
    return {line.what: line for line in await doctor(settings, clock=clock)}


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_a_running_house_in_order_has_nothing_bad(open_house: Opens, engine: str) -> None:
    house = await open_house(engine=engine, town="sample")
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    found = await doctor(house.settings)
    assert [line for line in found if line.verdict is BAD] == []
    told = "\n".join(map(str, found))
    assert "at revision" in told
    assert f"bot {house.bot.id}: the messenger knows it" in told
    assert "nobody is enrolled at" in told
    assert "backup: never made" in told
    for canary in (house.bot.token, house.bot.token.split(":")[1], str(resident.person.id), "楼道灯", "王阿姨"):
        assert canary not in told


async def test_looking_changes_nothing(settings: Settings) -> None:
    def everything() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in settings.data_dir.iterdir() if path.is_file()}

    before = everything()
    found = await lines(settings)
    assert everything() == before
    assert {name for name, line in found.items() if line.verdict is BAD} == set()
    assert found["processes"].verdict is WARN


async def test_a_house_that_was_never_set_up_is_not_made(tmp_path: Path) -> None:
    found = await lines(Settings.model_validate({"data_dir": str(tmp_path / "none")}))
    assert found["database"].verdict is found["folder"].verdict is BAD
    assert list(tmp_path.iterdir()) == []


async def test_keys_that_are_gone_or_open_or_foreign_are_bad(settings: Settings) -> None:
    path = settings.keys_path
    path.chmod(0o644)
    assert (await lines(settings))["keys"].verdict is BAD
    path.unlink()
    assert "bring back" in (await lines(settings))["keys"].do
    Keys.generate(path)
    assert "another database's" in (await lines(settings))["keys"].said


async def test_old_tables_are_told_from_a_damaged_file(settings: Settings) -> None:
    path = Path(settings.store_url.removeprefix("sqlite:///"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        migrations.downgrade(connection, "0001")
    engine.dispose()
    assert "at revision 0001" in (await lines(settings))["database"].said
    content = bytearray(path.read_bytes())
    content[4096:40960] = b"\xff" * 36864
    path.write_bytes(content)
    assert (await lines(settings))["database"].verdict is BAD


async def test_no_messenger_no_server_and_no_town_are_each_a_line(tmp_path: Path) -> None:
    told = {
        "data_dir": str(tmp_path),
        "database_url": "postgresql://huiyin:hunter2@127.0.0.1:1/huiyin",
        "bot_token": "7100000001:abcdefghij",
        "bot_api": "http://127.0.0.1:1",
    }
    found = await lines(Settings.model_validate(told))
    assert {found[one].verdict for one in ("database", "bot 7100000001", "town", "work")} == {BAD}
    assert "hunter2" not in str(found)
    assert "abcdefghij" not in str(found)


async def test_a_broken_town_is_sent_to_town_check(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "town"
    shutil.copytree(sample_town_folder(), folder)
    (folder / "desks.csv").unlink()
    found = await lines(settings.model_copy(update={"town": folder}))
    assert found["town"].do == "huiyin town check says which"


async def test_a_clock_that_is_wrong_is_told_by_the_messengers(settings: Settings) -> None:
    class Wrong(MachineClock):
        def now(self) -> datetime:
            return super().now() + timedelta(minutes=10)

    async def answer(request: Request) -> JSONResponse:
        return JSONResponse(
            {"ok": True, "result": {}}, headers={"date": format_datetime(datetime.now(UTC), usegmt=True)}
        )

    app = Starlette(routes=[Route("/bot1:abc/{method}", answer, methods=["POST"])])
    async with listening_server(app) as address:
        served = settings.model_copy(update={"bot_token": "1:abc", "bot_api": address.base})
        assert (await lines(served))["clock"].verdict is OK
        assert (await lines(served, Wrong()))["clock"].verdict is BAD


async def test_what_waits_too_long_is_bad_and_what_a_person_must_look_at_is_said(house: House) -> None:
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    store, now = house.parts.house.store, MachineClock().now()
    await store.run(begin_drain, now=now)
    await store.run(Statement("UPDATE notice SET state = 'dead' WHERE id = 1").run)
    await store.run(
        Statement("INSERT INTO alarm (kind, ref, reason, raised_at) VALUES ('notice_dead', 'notice:1', 'x', :now)").run,
        now=now,
    )
    await store.run(
        Statement("""
            INSERT INTO "update" (bot_id, update_id, chat_id, body, received_at, tries, lease, leased_until)
            VALUES (1, 1, 1, :body, :then, 1, 'held', :later)
        """).run,
        body=b"",
        then=now - timedelta(hours=2),
        later=now + timedelta(hours=1),
    )
    found = await lines(house.settings)
    assert found["oldest update without an answer"].verdict is BAD
    assert "1 × notice_dead" in found["alarms"].said
    assert (found["dead notices"].said, found["door"].verdict) == ("1", WARN)
    await store.run(Statement('DELETE FROM "update" WHERE bot_id = 1').run)


async def test_a_look_that_hangs_does_not_hold_up_the_others(settings: Settings) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        hung = settings.model_copy(update={"bot_token": "1:abc", "bot_api": f"http://127.0.0.1:{port}"})
        found = {line.what: line for line in await doctor(hung, within_s=0.5)}
    assert any(name.startswith(("bot", "messenger")) and line.verdict is BAD for name, line in found.items())
    assert found["database"].verdict is OK


async def test_notices_that_wait_for_a_bot_nobody_speaks_for_are_said(house: House) -> None:
    await files(await house.resident(), "3栋楼道灯不亮")
    assert not any("nobody speaks for it" in line.said for line in await doctor(house.settings))
    store, now = house.parts.house.store, MachineClock().now()
    await store.run(Statement("UPDATE notice SET bot_id = 77, waits_from = :now WHERE id = 1").run, now=now)
    found = {line.what: line for line in await doctor(house.settings)}
    assert (found["bot 77"].verdict, found["bot 77"].said) == (WARN, "notices wait for it, and nobody speaks for it: 1")


_ON_RECORD = Statement("UPDATE secret SET kept_at = :then WHERE owner = 'keys'")


@pytest.mark.parametrize(("hours", "verdict"), [(1, WARN), (26, BAD)])
async def test_a_backup_that_was_never_made_is_missed_after_a_day(
    settings: Settings, hours: int, verdict: Verdict
) -> None:
    clock = MachineClock()
    async with stand_in(settings) as home:
        await home.store.run(_ON_RECORD.run, then=clock.now() - timedelta(hours=hours))
        app = watched(home.store, town_named=True, folder=settings.data_dir, office=clock, machine=clock)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://watched") as http:
            told = (await http.get("/metrics")).text
    ages = re.findall(r'^huiyin_job_age_seconds\{job="(backup|drill)"\} ([\d.]+)', told, re.MULTILINE)
    assert [job for job, _ in ages] == ["backup", "drill"]
    assert all(0 <= float(age) - hours * 3600 < 600 for _, age in ages), "an alert on its age rings too"
    found = (await lines(settings))["backup"]
    assert (found.verdict, found.said) == (verdict, "never made")


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_a_process_that_was_killed_is_not_said_to_be_at_work(engine: str, tmp_path: Path) -> None:
    url = sqlite_url(tmp_path) if engine == "sqlite" else postgres_url()
    settings = Settings.model_validate({"data_dir": str(tmp_path), "database_url": url, "town": "sample"})
    async with stand_in(settings) as home:
        both = [
            Life(home.store, MachineClock(), parts="worker", host="here", pid=pid, look_every_s=60) for pid in (1, 2)
        ]
        for one in both:
            await one.begin()
        assert "2 × worker" in (await lines(settings))["processes"].said
        for left, said in ((1, "1 × worker"), (0, "none is at work; 2 died without a word")):
            await both[left]._locks.close()  # as the kernel and the server see a SIGKILL
            found = (await lines(settings))["processes"]
            assert (found.said, found.verdict) == (said, OK if left else BAD)
