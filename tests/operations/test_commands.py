"""What an operator types beside a running service: drain, alarms, doctor; each says what it did."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clocks import MachineClock
from bot.house import house
from bot.settings import Settings
from models.actions.draining import begin_drain
from models.migrations import HEAD
from models.queries.draining import draining
from models.rules.alarms import AlarmKind
from models.store import Statement

_RAISE = Statement("INSERT INTO alarm (kind, ref, reason, raised_at) VALUES (:kind, 'notice:7', 'Forbidden', :now)")

_COME = Statement("""
    INSERT INTO "update" (bot_id, update_id, chat_id, body, received_at, tries) VALUES (1, 1, 1, :body, :now, 0)
""")


@pytest.fixture
def told(tmp_path: Path) -> dict[str, str]:
    """The settings of a house that was set up."""
    told = {"HUIYIN_DATA_DIR": str(tmp_path), "HUIYIN_TOWN": "sample"}
    asyncio.run(_set_up(Settings.of(told)))
    return told


async def _set_up(settings: Settings) -> None:
    async with house(settings) as home:
        for kind in (AlarmKind.NOTICE_DEAD, AlarmKind.REVIEW):
            await home.store.run(_RAISE.run, kind=kind, now=home.office.now())


def huiyin(told: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(app, words, env=told, catch_exceptions=False)


def test_a_drain_is_said_seen_and_ended(told: dict[str, str]) -> None:
    assert "the door is open" in huiyin(told, "drain", "status").stdout
    on = huiyin(told, "drain", "on", "--hours", "1", "--wait", "0.1")
    assert on.stdout.startswith("the door is closed until")
    assert "0 updates, 0 notices" in on.stdout
    assert "the door is closed" in huiyin(told, "drain", "status").stdout
    assert "the door is open" in huiyin(told, "drain", "off").stdout


@pytest.mark.parametrize(
    "words",
    [
        ("on", "--hours", "5"),
        ("on", "--hours", "0"),
        ("on", "--hours", "nan"),
        ("on", "--wait", "inf"),
        ("on", "--wait", "nan"),
        ("on", "--wait", "-1"),
        ("maybe",),
    ],
)
def test_a_drain_that_would_never_end_is_refused(told: dict[str, str], words: tuple[str, ...]) -> None:
    said = huiyin(told, "drain", *words)
    assert said.exit_code == 2
    assert said.stderr.strip()
    assert "the door is open" in huiyin(told, "drain", "status").stdout


def test_a_drain_that_has_waited_in_vain_ends_with_one(told: dict[str, str]) -> None:
    async def come() -> None:
        async with house(Settings.of(told)) as home:
            await home.store.run(_COME.run, body=b"", now=MachineClock().now())

    asyncio.run(come())
    said = huiyin(told, "drain", "on", "--wait", "0.1")
    assert (said.exit_code, "inside: 1 updates" in said.stdout) == (1, True)
    assert huiyin(told, "drain", "on").exit_code == 0, "nobody waited"


@pytest.mark.parametrize("words", [("alarms", "--clear"), ("replay",)], ids=" ".join)
@pytest.mark.parametrize("number", ["99999999999999999999", "0"])
def test_a_number_no_row_can_have_is_refused(told: dict[str, str], words: tuple[str, ...], number: str) -> None:
    said = huiyin(told, *words, number)
    assert said.exit_code == 2
    assert "Invalid value" in said.stderr


def test_a_drain_does_not_change_the_tables_of_another_version(told: dict[str, str]) -> None:
    async def stand(revision: str) -> None:
        async with house(Settings.of(told)) as home:
            await home.store.run(begin_drain, now=MachineClock().now(), span=timedelta(minutes=1))
            assert await home.store.read(draining) is not None
            await home.store.run(Statement("UPDATE alembic_version SET version_num = :revision").run, revision=revision)

    asyncio.run(stand("0001"))
    said = huiyin(told, "drain", "off")
    assert said.exit_code == 2
    assert f"at revision 0001, not {HEAD}" in said.stderr


def test_alarms_are_told_by_number_and_put_away_by_it(told: dict[str, str]) -> None:
    said = huiyin(told, "alarms").stdout
    assert "1 " in said
    assert "notice_dead notice:7 Forbidden" in said
    assert said.endswith("open: 2\n")
    said = huiyin(told, "alarms", "--clear", "1", "--clear", "9").stdout
    assert said.startswith("cleared: 1\n")
    assert said.endswith("open: 1\n")
    assert huiyin(told, "alarms", "--clear", "1").stdout.startswith("cleared: none of them was open")


def test_the_doctor_ends_with_one_where_something_is_bad(told: dict[str, str], tmp_path: Path) -> None:
    assert huiyin(told, "doctor").exit_code == 0
    weak = huiyin({**told, "HUIYIN_PUBLIC_URL": "https://town.example"}, "doctor")
    assert weak.exit_code == 1
    assert weak.stdout.startswith("bad   settings: ")
    assert huiyin({"HUIYIN_DATA_DIR": str(tmp_path / "none")}, "doctor").exit_code == 1
