"""S46: the role that serves owns nothing, does all of a day's work, and cannot touch what has happened."""

import asyncio
import itertools
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Session
from typer.testing import CliRunner

from bot.cli import app
from bot.operations.backup import backup
from bot.operations.doctor import doctor
from bot.operations.verdicts import Verdict
from bot.settings import Settings
from models.actions.sealing import seal
from models.queries.audit import verify
from models.rules.policy import Town
from models.store import DatabaseRefused, Store
from tests.databases import postgres_url
from tests.house import TUESDAY_MORNING, House, Line
from tests.keeping.place import kept
from tests.keeping.record import is_refused

_numbers = itertools.count(1)
REFUSED = [
    "UPDATE case_event SET facts = '{}'",
    "DELETE FROM case_event",
    "TRUNCATE case_event",
    "UPDATE seal SET events = 1",
    "DELETE FROM seal",
    "ALTER TABLE case_event DISABLE TRIGGER ALL",
    "DROP TRIGGER case_event_no_change ON case_event",
    "UPDATE alembic_version SET version_num = '0001'",
    "CREATE TABLE mine (id int)",
    "SET ROLE postgres",
]


@dataclass(frozen=True)
class Owned:
    """A database with its tables, and a role that may only come in."""

    url: str
    role: str

    @property
    def serving(self) -> str:
        return make_url(self.url).set(username=self.role).render_as_string(hide_password=False)

    async def grant(self, role: str | None = None) -> tuple[int, str]:
        return await asyncio.to_thread(granted, self.url, role or self.role)


@pytest.fixture
async def owned() -> Owned:
    url, role = postgres_url(), f"serving_{next(_numbers)}"
    await as_owner(url, f"CREATE ROLE {role} LOGIN")
    return Owned(url, role)


async def as_owner(url: str, *sentences: str) -> None:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    async with engine.begin() as connection:
        for sentence in sentences:
            await connection.exec_driver_sql(sentence)
    await engine.dispose()


def say(session: Session, sentence: str) -> None:
    session.connection().exec_driver_sql(sentence)


def granted(url: str, role: str) -> tuple[int, str]:
    said = CliRunner().invoke(app, ["database", "grant", role], env={"HUIYIN_DATABASE_URL": url})
    return said.exit_code, said.output


async def test_s46_a_role_that_owns_nothing_serves_a_whole_story_and_is_refused_every_change_of_the_record(
    owned: Owned, line: Line, licheng: Town, tmp_path: Path
) -> None:
    assert await owned.grant() == (0, f"{owned.role} may serve; it can neither change nor delete an event or a seal\n")
    house = House(line, licheng, owned.serving, tmp_path)
    await house.open()
    try:
        desk, resident = await house.staff("WY-01"), await house.resident()
        await resident.says("3栋电梯又停了，八十多岁的老人下不了楼")
        await resident.taps("对，提交")
        await desk.taps("签收")
        await house.parts.house.store.run(seal, now=TUESDAY_MORNING)
        audit = await house.parts.house.store.read(verify)
        assert (audit.wrong, audit.cases, audit.unsealed, audit.seals > 0) == ([], 1, 0, True)
        await backup(kept(house, tmp_path), tmp_path / "backup")
        for sentence in REFUSED:
            with pytest.raises(Exception) as refused:  # noqa: PT011 the driver's own
                await house.parts.house.store.run(say, sentence)
            assert is_refused(refused.value), sentence
    finally:
        await house.close()


async def test_a_role_that_may_not_change_tables_is_told_who_must(owned: Owned) -> None:
    await as_owner(owned.url, "UPDATE alembic_version SET version_num = '0001'", "DROP TABLE drain")
    await as_owner(owned.url, f"GRANT SELECT ON alembic_version TO {owned.role}")
    with pytest.raises(DatabaseRefused, match="let their owner do it"):
        await Store.open(owned.serving)


@pytest.mark.parametrize(
    ("role", "why"),
    [
        pytest.param("nobody_there", "there is no role nobody_there", id="no such role"),
        pytest.param("postgres", "postgres is a superuser", id="no right can be kept from it"),
        pytest.param("huiyin_heir", "huiyin_heir owns the tables, or may become who does", id="it owns the tables"),
    ],
)
async def test_a_role_that_could_change_the_record_anyway_is_refused(owned: Owned, role: str, why: str) -> None:
    await as_owner(
        owned.url,
        "CREATE ROLE huiyin_heir",
        "ALTER TABLE case_event OWNER TO huiyin_heir",
    )
    code, said = await owned.grant(role)
    assert code == 2
    assert said.startswith(why)
    await as_owner(owned.url, "ALTER TABLE case_event OWNER TO postgres", "DROP ROLE huiyin_heir")


def test_a_file_has_no_roles(tmp_path: Path) -> None:
    code, said = granted(f"sqlite:///{tmp_path / 'huiyin.db'}", "anybody")
    assert code == 2
    assert said.startswith("SQLite has no roles")


@pytest.mark.parametrize("lacks", ["rights", "tables"])
async def test_the_doctor_says_what_gives_a_server_its_tables_and_a_role_its_rights(
    owned: Owned, lacks: str, tmp_path: Path
) -> None:
    url = owned.serving if lacks == "rights" else postgres_url(tables=False)
    found = await doctor(Settings.model_validate({"data_dir": tmp_path, "database_url": url}))
    remedy = "huiyin database grant ROLE" if lacks == "rights" else "huiyin town load FOLDER"
    told = {line.what: line for line in found if line.verdict is Verdict.BAD}
    assert {"database", "town", "work"} <= set(told)
    assert all(remedy in str(told[what]) for what in ("database", "town", "work"))
