"""Does the command line do what it says, and refuse with everything that is wrong?"""

import asyncio
import os
import shutil
import sqlite3
import sys
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clocks import MachineClock
from bot.house import house, look_ahead
from bot.settings import Settings
from models.actions.housing import register_bot
from models.rules.policy import Role
from models.store import Keys
from models.town import load_town, sample_town_folder
from tests.house import Line

WRONG_INPUT = 2

COMMANDS = {
    "run": ("run",),
    "invite": ("invite", "--role", "head", "--place", "LC01-3"),
    "load": ("town", "load", sample_town_folder()),
}


def huiyin(*words: str | Path, **settings: str | Path) -> Result:
    """`huiyin …` with these HUIYIN_ settings and no others."""
    environment = {f"HUIYIN_{name.upper()}": str(value) for name, value in settings.items()}
    return CliRunner().invoke(app, [*map(str, words)], env=environment, catch_exceptions=False)


@pytest.fixture
def broken_town(tmp_path: Path) -> Path:
    """The sample with two mistakes: a compound of a community that is not there, and an hour that is none."""
    folder = tmp_path / "town"
    shutil.copytree(sample_town_folder(), folder)
    compounds = folder / "compounds.csv"
    first, second, *rest = compounds.read_text(encoding="utf-8").splitlines()
    community = second.split(",")[first.split(",").index("community")]
    compounds.write_text("\n".join([first, second.replace(community, "nowhere"), *rest]), encoding="utf-8")
    settings = folder / "town.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("08:30", "08:75"), encoding="utf-8")
    return folder


def test_help_names_every_command() -> None:
    said = huiyin("--help").stdout
    assert {"demo", "run", "town", "invite", "bench"} <= set(said.split())


def test_a_good_town_is_counted() -> None:
    said = huiyin("town", "check", sample_town_folder())
    assert said.exit_code == 0, said.stderr
    assert "compounds: 24" in said.stdout
    assert "buildings: 114" in said.stdout
    assert "committee rate: 89.47 %" in said.stdout


def test_a_calendar_that_ends_soon_is_said_while_there_is_time(tmp_path: Path) -> None:
    folder = tmp_path / "town"
    shutil.copytree(sample_town_folder(), folder)
    (folder / "calendar.csv").write_text("date,day,name\n2024-01-01,off,元旦\n", encoding="utf-8")
    said = huiyin("town", "check", folder)
    assert said.exit_code == 0
    assert "calendar.csv ends on 2024-12-31" in said.stderr


def test_every_mistake_of_a_town_is_said_with_file_and_row(broken_town: Path) -> None:
    said = huiyin("town", "check", broken_town)
    assert said.exit_code == WRONG_INPUT
    assert "compounds.csv" in said.stderr
    assert "nowhere" in said.stderr
    assert "town.yaml" in said.stderr


def test_a_broken_town_loads_nothing(broken_town: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert huiyin("town", "load", broken_town, data_dir=data).exit_code == WRONG_INPUT
    assert not data.exists()
    said = huiyin("run", data_dir=data)
    assert said.exit_code == WRONG_INPUT
    assert "no town is loaded yet" in said.stderr


def test_a_loaded_town_is_in_force_and_the_same_edition_is_loaded_once(tmp_path: Path) -> None:
    assert "in force from the next start" in huiyin("town", "load", sample_town_folder(), data_dir=tmp_path).stdout
    assert "already" in huiyin("town", "load", sample_town_folder(), data_dir=tmp_path).stdout
    said = huiyin("invite", "--role", "property", "--place", "WY-01", data_dir=tmp_path)
    assert said.stdout.startswith("/start "), said.stderr


def test_an_earlier_edition_can_be_put_in_force_again(tmp_path: Path) -> None:
    first, second = sample_town_folder(), tmp_path / "second"
    shutil.copytree(first, second)
    with (second / "ladder.yaml").open("a", encoding="utf-8") as ladder:
        ladder.write("# reviewed\n")
    for folder in (first, second, first):
        said = huiyin("town", "load", folder, data_dir=tmp_path)
        assert "in force from the next start" in said.stdout, said.stderr
    assert "already" in huiyin("town", "load", first, data_dir=tmp_path).stdout
    assert "in force from the next start" in huiyin("town", "load", second, data_dir=tmp_path).stdout


@pytest.mark.parametrize(
    ("role", "place", "reason"),
    [
        ("head", "LC99-1", "LC99-1"),  # no such building
        ("property", "LC01-3", "LC01-3"),  # a building is not a desk
        ("emperor", "LC01-3", "emperor"),  # no such role
        ("clock", "WY-01", "clock"),  # nobody can hold the system's own hands
        ("community", "WY-01", "WY-01"),  # a property desk has no community clerk
    ],
)
def test_an_invitation_to_nowhere_is_refused(role: str, place: str, reason: str, tmp_path: Path) -> None:
    assert huiyin(*COMMANDS["load"], data_dir=tmp_path).exit_code == 0
    said = huiyin("invite", "--role", role, "--place", place, data_dir=tmp_path, town="sample")
    assert said.exit_code == WRONG_INPUT
    assert reason in said.stderr


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"public_url": "https://town.example", "bot_token": "1:a"}, "WEBHOOK_SECRET"),  # an open door (S2)
        (
            {"public_url": "https://t.example", "bot_token": "1:a", "webhook_secret": "x" * 31},
            "WEBHOOK_SECRET",
        ),  # one character too short
        (
            {"public_url": "https://t.example", "bot_token": "1:a", "webhook_secret": "口令" * 20},
            "WEBHOOK_SECRET",
        ),  # characters Telegram cannot send: the webhook would never be set
        ({"public_url": "https://town.example", "webhook_secret": "x" * 40}, "BOT_TOKEN"),  # a webhook without a bot
        ({"bot_token": "not a token"}, "BOT_TOKEN"),  # not of a token's form
        ({"database_url": "mysql://x"}, "DATABASE_URL"),  # a database we do not know
        ({"pace": "furious"}, "pace"),  # a word that is none of the two
        ({"bot_token": "1:a", "bot_api": "town.example"}, "HUIYIN_BOT_API"),  # it would be asked for ever
        ({"web_port": "99999"}, "HUIYIN_WEB_PORT"),  # there is no such port
        ({"webhook_port": "-443"}, "HUIYIN_WEBHOOK_PORT"),
        ({"failpoint": "nowhere"}, "HUIYIN_FAILPOINT"),
        ({"database_url": "postgresql://u:hunter2@127.0.0.1:7o432/h"}, "HUIYIN_DATABASE_URL"),
        ({"database_url": "postgresql://u:hunter2@127.0.0.1:70000/h"}, "HUIYIN_DATABASE_URL"),
        ({"database_url": "postgresql://u:p@hunter2@127.0.0.1/h"}, "%40"),  # half of it would be shown as the host
        ({"database_url": "postgresql://u:p@hunter2:x@127.0.0.1/h"}, "%40"),  # … or as the port
        ({"database_url": "postgresql://u/x:hunter2@127.0.0.1/h"}, "%2F"),  # … or as the name of the database
        ({"database_url": "postgresql://127.0.0.1/h?user=u&password=hunter2"}, "before the host"),  # … or as it is
    ],
)
def test_a_weak_or_contradictory_setting_is_refused_by_name(
    settings: dict[str, str], named: str, tmp_path: Path
) -> None:
    said = huiyin("run", data_dir=tmp_path, town="sample", **settings)
    assert said.exit_code == WRONG_INPUT
    assert named.lower() in said.stderr.lower()
    assert "hunter2" not in said.stderr
    said_of_it = said.stderr.replace("is not a token", "").replace("'nowhere'", "")
    assert not [value for value in settings.values() if value in said_of_it], "it may be a secret"


def test_a_setting_that_is_set_empty_was_not_set(tmp_path: Path) -> None:
    empty = dict.fromkeys(
        ("web_port", "keys_file", "town", "bot_token", "database_url", "webhook_port", "failpoint"), ""
    )
    assert huiyin("town", "load", sample_town_folder(), data_dir=tmp_path, **empty).exit_code == 0
    assert (tmp_path / "keys").is_file()
    assert Settings.of({f"HUIYIN_{name.upper()}": "" for name in empty}) == Settings()


@pytest.mark.parametrize("words", [("run",), ("town", "load", sample_town_folder())], ids=["run", "load"])
def test_a_place_that_can_be_no_folder_is_refused(words: tuple[str | Path, ...], tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("not a folder")
    for place in (tmp_path / "letter", tmp_path / "letter" / "data", Path("/proc/huiyin")):
        said = huiyin(*words, data_dir=place, town="sample")
        assert said.exit_code == WRONG_INPUT
        assert f"HUIYIN_DATA_DIR: {place}" in said.stderr


def test_the_demo_is_at_a_port_there_is() -> None:
    assert huiyin("demo", "--port", "99999").exit_code == WRONG_INPUT


@pytest.mark.parametrize("command", COMMANDS)
def test_keys_others_can_read_are_refused(command: str, tmp_path: Path) -> None:
    assert huiyin(*COMMANDS["load"], data_dir=tmp_path).exit_code == 0
    (tmp_path / "keys").chmod(0o644)
    said = huiyin(*COMMANDS[command], data_dir=tmp_path, town="sample")
    assert said.exit_code == WRONG_INPUT
    assert "chmod 600" in said.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_is_none_is_refused(command: str, tmp_path: Path) -> None:
    (tmp_path / "huiyin.db").write_bytes(b"a letter, not a database" * 99)
    said = huiyin(*COMMANDS[command], data_dir=tmp_path, town="sample")
    assert said.exit_code == WRONG_INPUT
    assert "huiyin.db" in said.stderr


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("lost", ["missing", "another's"])
def test_a_database_is_not_served_without_its_keys(command: str, lost: str, tmp_path: Path) -> None:
    assert huiyin(*COMMANDS["load"], data_dir=tmp_path).exit_code == 0
    keys = tmp_path / "keys"
    keys.unlink()
    if lost == "another's":
        Keys.generate(keys)
    said = huiyin(*COMMANDS[command], data_dir=tmp_path, town="sample")
    assert said.exit_code == WRONG_INPUT
    assert str(keys) in said.stderr
    assert "sealed with" in said.stderr
    assert keys.exists() is (lost == "another's"), "nobody makes new keys for it"


@pytest.mark.parametrize(
    "words",
    [
        COMMANDS["invite"],
        ("town", "roster"),
        ("alarms",),
        ("parked",),
        ("replay", "1"),
        ("release",),
        ("drain", "status"),
        ("check",),
        ("verify-audit",),
    ],
    ids=" ".join,
)
def test_a_command_in_the_wrong_place_makes_no_new_house(words: tuple[str, ...], tmp_path: Path) -> None:
    said = huiyin(*words, data_dir=tmp_path, town="sample")
    assert said.exit_code == WRONG_INPUT
    assert str(tmp_path / "huiyin.db") in said.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [*COMMANDS.values(), ("alarms",), ("town", "roster"), ("drain", "off"), ("check",)],
    ids=[*COMMANDS, "alarms", "roster", "drain", "check"],
)
def test_a_database_of_a_newer_version_is_refused(words: tuple[str | Path, ...], tmp_path: Path) -> None:
    assert huiyin(*COMMANDS["load"], data_dir=tmp_path).exit_code == 0
    _stand_at(tmp_path, "9999")
    said = huiyin(*words, data_dir=tmp_path, town="sample")
    assert said.exit_code == WRONG_INPUT
    assert "9999" in said.stderr or "newer version" in said.stderr
    seen = huiyin("doctor", data_dir=tmp_path, town="sample")
    assert seen.exit_code == 1
    assert "bad   database: at revision 9999" in seen.stdout


def test_a_command_beside_the_service_changes_no_tables(tmp_path: Path) -> None:
    assert huiyin(*COMMANDS["load"], data_dir=tmp_path).exit_code == 0
    _stand_at(tmp_path, "0001")
    said = huiyin("alarms", data_dir=tmp_path, town="sample")
    assert said.exit_code == WRONG_INPUT
    assert "at revision 0001" in said.stderr


def _stand_at(folder: Path, revision: str) -> None:
    driver = sqlite3.connect(folder / "huiyin.db")
    with driver:
        driver.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    driver.close()


def test_the_roster_says_where_somebody_has_not_enrolled_and_names_nobody(tmp_path: Path) -> None:
    town = load_town(sample_town_folder())
    assert huiyin(*COMMANDS["load"], data_dir=tmp_path).exit_code == 0
    said = huiyin("town", "roster", data_dir=tmp_path, town="sample")
    assert said.exit_code == 0
    heads = sum(post.role is Role.HEAD for post in town.incumbents)
    assert f"buildings whose head has not enrolled: {heads}\n" in said.stdout
    assert "  WY-01 丰穗花园物业服务台: 0 of 2\n" in said.stdout
    assert "  LC01-3 丰穗花园3栋\n" in said.stdout
    assert not any(post.name in said.stdout for post in town.incumbents)


@pytest.mark.parametrize(
    ("base", "starts"),
    [("https://api.telegram.org", "https://t.me/huiyin_bot?start="), ("http://127.0.0.1:8081", "/start ")],
    ids=["at Telegram", "at a server of one's own"],
)
def test_an_invitation_is_a_link_once_the_bot_was_seen(base: str, starts: str, tmp_path: Path) -> None:
    async def seen() -> None:
        async with house(Settings.model_validate({"data_dir": str(tmp_path), "town": "sample"})) as home:
            await home.store.run(
                lambda session: register_bot(home.work(session), bot_id=77, base=base, username="huiyin_bot")
            )

    asyncio.run(seen())
    said = huiyin("invite", "--role", "property", "--place", "WY-01", data_dir=tmp_path, town="sample")
    assert said.stdout.startswith(starts), said.stderr


async def test_the_log_says_what_goes_wrong_unless_somebody_acts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings, town = Settings.model_validate({"data_dir": str(tmp_path)}), load_town(sample_town_folder())
    end = datetime.combine(town.calendar.known_until, time(), town.calendar.zone)
    for days, said in ((31, []), (29, [f"calendar.csv ends on {town.calendar.known_until}"])):
        async with house(settings, town=town) as home:
            home.office.ahead = end - timedelta(days=days) - MachineClock().now()
            await look_ahead(home)
        assert [record.message.partition(":")[0] for record in caplog.records if record.name == "bot.house"] == said


async def test_a_token_nobody_knows_is_refused_once_and_clearly(line: Line, tmp_path: Path) -> None:
    settings = {"DATA_DIR": str(tmp_path), "TOWN": "sample", "BOT_API": line.base, "BOT_TOKEN": "77:AAtoken"}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {f"HUIYIN_{name}": value for name, value in settings.items()},
    )
    _, said = await child.communicate()
    assert child.returncode == WRONG_INPUT
    assert b"HUIYIN_BOT_TOKEN" in said
    assert b"AAtoken" not in said
    assert b"did not say the bot's name" not in said, "the true reason is the first thing said"
