"""No line of the log holds what a person said, a name, a number to call or a token, whoever writes it (I12)."""

import asyncio
import io
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import logs
from bot.logs import HIDDEN, Lines, Vouched
from models.rules.alarms import AlarmKind
from models.rules.lifecycle import State
from tests.repo.tree import ROOT

# said backwards: a text that stands in the code which says it is no canary
TOKEN = "u6eFg4dJs7pYb2cNv8rLw5tZk3mQ9-x_HAA:1000000017"[::-1]
PHONE = "87654321831"[::-1]
WORDS = "了泡板花天家我把水漏上楼"[::-1]
CANARIES = (TOKEN, TOKEN.split(":")[1], PHONE, "8765 4321 831"[::-1], WORDS, "gniyuiX gnaW"[::-1])


class Heard:
    """A logger whose lines are kept."""

    def __init__(self, form: Any) -> None:
        self.paper = io.StringIO()
        handler = logging.StreamHandler(self.paper)
        handler.setFormatter(Lines(form))
        self.log = logging.Logger("bot.telegram.worker")
        self.log.addHandler(handler)

    @property
    def said(self) -> str:
        return self.paper.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.said.splitlines()]


@pytest.fixture(params=["text", "json"])
def heard(request: pytest.FixtureRequest) -> Heard:
    return Heard(request.param)


def silent(said: str) -> None:
    assert said
    assert [canary for canary in CANARIES if canary in said] == []


@pytest.mark.parametrize("canary", CANARIES)
def test_s45_nothing_said_reaches_a_line_by_any_door(heard: Heard, canary: str) -> None:
    class Refused(Exception):
        pass

    heard.log.error("update %d failed: %s", 5, canary)
    heard.log.error("update %(id)s failed", {"id": canary})
    heard.log.error(f"update failed: {canary}")
    heard.log.error(canary)
    heard.log.error("failed: %s", Refused(canary))
    heard.log.error("failed: %r", [canary, {"text": canary}])
    heard.log.error("failed", extra={"text": canary, "chat": object()})
    try:
        told = f"inside {canary}"
        raise Refused(told)
    except Refused as error:
        heard.log.exception("failed")
        try:
            raise KeyError(canary) from error
        except KeyError:
            heard.log.error("failed: %s", "KeyError", exc_info=True, stack_info=True)
    heard.log.error("not enough arguments: %s %s", 1)
    heard.log.error("too many", canary)
    silent(heard.said)


def test_what_a_person_needs_to_mend_it_is_said() -> None:
    heard = Heard("json")
    heard.log.critical("update %d of bot %d is parked: %s", 17, 7_100_000_001, "KeyError")
    heard.log.error(
        "%s of bot %d failed: %s; asking again", "setWebhook", 3, "status 502", extra={"kind": State.ACCEPTED}
    )
    heard.log.error("%s and %s", AlarmKind.NOTICE_DEAD, Vouched("category W07, of 3 open cases"))
    first, second, third = heard.lines
    assert first["event"] == "update %d of bot %d is parked: %s"
    assert first["says"] == "update 17 of bot 7100000001 is parked: KeyError"
    assert (first["level"], first["from"]) == ("critical", "bot.telegram.worker")
    assert second["says"].startswith("setWebhook of bot 3 failed: status 502")
    assert second["kind"] == "accepted"
    assert third["says"] == "notice_dead and category W07, of 3 open cases"


def test_an_error_is_its_classes_and_our_own_lines() -> None:
    heard = Heard("json")
    try:
        try:
            asyncio.run(_parsed("楼上漏水"))
        except ValueError as error:
            raise ExceptionGroup(WORDS, [error, KeyError(PHONE)]) from None
    except ExceptionGroup:
        heard.log.exception("it failed")
    (line,) = heard.lines
    assert line["error"] == "ExceptionGroup < ValueError < KeyError"
    assert line["lines"] == "" or all(place.startswith(logs.OURS) for place in line["lines"].split())
    silent(heard.said)


async def _parsed(text: str) -> int:
    return int(text)


def test_the_lines_on_the_way_to_an_error_are_ours() -> None:
    from models.understanding.masking import masked

    heard = Heard("json")
    try:
        masked(None)  # type: ignore[arg-type]
    except Exception:
        heard.log.exception("it failed")
    (line,) = heard.lines
    assert line["lines"].startswith("models/understanding/masking.py:")


def test_libraries_go_through_the_same_gate(heard: Heard) -> None:
    request = httpx.Request("POST", f"https://api.telegram.org/bot{TOKEN}/sendMessage")
    heard.log.warning('HTTP Request: %s %s "%s %d %s"', request.method, request.url, "HTTP/1.1", 200, "OK")
    heard.log.warning("Failed to fetch updates - %s: %s", "TelegramNetworkError", httpx.ConnectError(str(request.url)))
    silent(heard.said)
    assert "Failed to fetch updates - TelegramNetworkError: ConnectError" in heard.said


@given(st.text(min_size=9), st.sampled_from(["says %s", "a %d b %s c"]))
def test_no_text_but_a_known_one_gets_through(words: str, template: str) -> None:
    heard = Heard("text")
    heard.log.error(template, words, words)
    known = logs._is_name(words) or logs._sentences(__file__).has(words)
    assert known or HIDDEN in heard.said
    assert known or words not in heard.said.partition(": ")[2]


def test_what_nobody_caught_is_the_last_line_and_has_no_words(tmp_path: Path) -> None:
    script = tmp_path / "ends.py"
    script.write_text(
        "import threading, warnings\n"
        "from bot import logs\n"
        "logs.begin('json')\n"
        f"warnings.warn({WORDS!r})\n"
        f"def live(): raise RuntimeError({PHONE!r})\n"
        "one = threading.Thread(target=live); one.start(); one.join()\n"
        f"raise ValueError({WORDS!r} + {TOKEN!r})\n"
    )
    ended = subprocess.run(
        [sys.executable, script], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert ended.returncode == 1
    silent(ended.stderr)
    last = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [line.get("error") for line in last] == [None, "RuntimeError", "ValueError"]


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        yield
