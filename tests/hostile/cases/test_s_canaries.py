"""S45: whatever fails, and wherever, no log, metric, process list, file name or button holds who said what (I12).

A canary is a number, a name, a token and a sentence that nobody else could have made up. Real children hear them, fail
at every place where a test can make them fail, and all that they leave behind is searched. What each single line of
the log may hold: tests/operations/test_logs.py.
"""

import asyncio
import contextlib
import json
import logging
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.logs import Lines
from models.rules import failpoints
from models.rules.failpoints import NAMES
from models.rules.policy import Town
from models.store import Statement
from tests.edges.conftest import until
from tests.hostile.children import ROOT, Nursery
from tests.hostile.people import CONSENT, SUBMIT
from tests.hostile.street import MORNING, Street, settled, street
from tests.house import House
from tests.stories.living import files, says_done

NAME, PHONE, ROOM, SECRET, FIRST = "林阿珠", "13859990001", "1702", "青花瓷瓶暗号", "阿珠妹妹"
SAID = f"我叫{NAME}，电话{PHONE}，住{ROOM}室，{SECRET}，楼道的灯坏了"
CANARIES = (NAME, PHONE, "138 5999 0001", SECRET, FIRST, "灯坏了", "lin_azhu")
ANSWERS_WITHIN_S = 60.0

pytestmark = pytest.mark.kill


def secrets_of(bot_token: str) -> tuple[str, ...]:
    return (*CANARIES, bot_token, bot_token.partition(":")[2])


def silent(said: str, canaries: tuple[str, ...], where: str) -> None:
    """None of it is there, in any spelling a log or a page may use."""
    for canary in canaries:
        for form in {canary, json.dumps(canary)[1:-1], canary.encode().hex(), repr(canary.encode())[2:-1]}:
            assert form not in said, f"{where} holds {canary}"


@pytest.fixture(scope="module")
async def sung(nursery: Nursery, licheng: Town, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    """A street whose first resident has a name; everybody's first word has been answered."""
    async with street("sqlite", tmp_path_factory.mktemp("canary"), nursery, licheng) as one:
        one.until = MORNING + timedelta(minutes=9)  # the third card within ten minutes waits for its list
        person = one.phones["resident:0"].person
        person.first_name, person.last_name, person.username = FIRST, NAME, "lin_azhu"
        life = await one.start()
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            await settled(one)
        await life.stop()
        yield one


async def rests(one: Street, *, within_s: float) -> None:
    """All is settled, or that takes longer: what is held when something fails is free when its lease runs out."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await settled(one)


async def sing(one: Street, *, within_s: float = 3.0) -> None:
    """Everything a resident can leave behind is left."""
    me = one.phones["resident:0"]
    me.say(SAID)
    me.person.send_contact(one.bot, f"+86{PHONE}", me.person.id)
    await rests(one, within_s=within_s)
    for label in (CONSENT, SUBMIT):
        if (card := me.shown(label)) is not None:
            me.tap(card, label)
            await rests(one, within_s=within_s)


def all_is_silent(one: Street) -> None:
    """The log so far, the names of files, what buttons carry, and what the messenger was told in links."""
    canaries = secrets_of(one.bot.token)
    silent(one.log.read_text(errors="replace"), canaries, "the log")
    silent("\n".join(str(path.relative_to(one.folder)) for path in one.folder.rglob("*")), canaries, "a file's name")
    for name, phone in one.phones.items():
        for message in phone.heard:
            for button in (button for row in message.buttons for button in row):
                silent(f"{button.callback_data} {button.url}", canaries, f"a button of {name}")


@pytest.mark.parametrize("point", NAMES)
async def test_s45_an_exception_at_any_failpoint_tells_nothing(sung: Street, point: str) -> None:
    before = len(sung.log.read_text(errors="replace"))
    passages = 12 if point.startswith("store") else 1  # the first commits are the start's own, which nobody outlives
    life = await sung.start(f"{point}:{passages}:raise:2")
    try:
        await sing(sung)
    finally:
        assert await life.stop() == 0, sung.words()
    said = sung.log.read_text(errors="replace")[before:]
    quiet = point in ("store.after_commit", "intake.before_ack", "worker.after_commit", "worker.before_reply")
    assert said or quiet or point.startswith("delivery"), "what fails is said, without what was said"
    all_is_silent(sung)


@pytest.mark.parametrize("table", ["secret", "notice", "talk"])
async def test_s45_a_database_that_fails_quotes_nothing(sung: Street, table: str) -> None:
    life, before = await sung.start(), len(sung.log.read_text(errors="replace"))
    away = Statement(f'ALTER TABLE "{table}" RENAME TO "{table}_away"')
    back = Statement(f'ALTER TABLE "{table}_away" RENAME TO "{table}"')
    me = sung.phones["resident:0"]

    def said() -> str:
        return sung.log.read_text(errors="replace")[before:]

    try:
        await sing(sung)  # the consent card is behind us
        me.say(SAID)
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            await settled(sung)
            card = me.shown(SUBMIT)
            assert card is not None
            await sung.store.run(away.run)
            me.tap(card, SUBMIT)
            me.say(f"补充：{SAID}")
            while "OperationalError" not in said():
                await asyncio.sleep(0.05)
            await sung.store.run(back.run)
            await settled(sung)
    finally:
        assert await life.stop() == 0, sung.words()
    all_is_silent(sung)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def listens(port: int) -> bool:
    """Whether somebody does, by now."""
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


async def test_s45_the_process_list_metrics_and_health_name_nobody(sung: Street) -> None:
    port = free_port()
    environment = {**os.environ, **sung.environment("worker.before_handle:1:raise:2"), "HUIYIN_WEB_PORT": str(port)}
    with sung.log.open("ab") as log:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"), env=environment, stderr=log, stdout=log, cwd=ROOT
        )
    try:
        await until(lambda: listens(port), within_s=ANSWERS_WITHIN_S)
        await sing(sung, within_s=ANSWERS_WITHIN_S)
        listed = Path(f"/proc/{child.pid}/cmdline").read_text() + Path(f"/proc/{child.pid}/comm").read_text()
        silent(listed, secrets_of(sung.bot.token), "the process list")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            for path in ("/metrics", "/healthz", "/readyz", f"/{SECRET}", f"/metrics?text={NAME}"):
                answer = await http.get(path)
                silent(answer.text + str(answer.headers), secrets_of(sung.bot.token), path.split("/")[1][:7])
    finally:
        child.terminate()
        assert await child.wait() == 0
    all_is_silent(sung)


@pytest.fixture
def every_level() -> Iterator[tuple[list[str], list[str]]]:
    """All that anybody logs at any level, ours and the libraries': as it was meant, and as the log would show it."""
    meant: list[str] = []
    lines: list[str] = []

    class Gate(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            meant.append(record.getMessage())
            lines.append(Lines("json").format(record))

    root, gate = logging.getLogger(), Gate(logging.DEBUG)
    before = {name: logging.getLogger(name).level for name in LIBRARIES}
    root.addHandler(gate)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield meant, lines
    root.removeHandler(gate)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


LIBRARIES = ("", "httpx", "httpcore", "aiogram", "telegram", "telegram.ext", "apscheduler", "uvicorn", "asyncio")


async def test_s45_not_even_at_the_lowest_level_of_every_library(
    house: House, every_level: tuple[list[str], list[str]]
) -> None:
    desk, me = await house.staff("WY-01"), await house.resident(name=FIRST, agreed=False)
    await me.says(f"3栋{SAID}")
    await me.taps("知道了，接着办")
    for point in ("worker.before_handle", "delivery.after_send", "store.before_commit"):
        failpoints.arm(f"{point}:1:raise")
        await me.says(SAID)
        failpoints.disarm()
    await files(me, f"3栋{SAID}")
    house.line.stage.fail_next("sendMessage", 400, description=f"Bad Request: can't parse «{SECRET}»")
    await says_done(desk, "换了灯管")
    meant, lines = every_level
    assert any(house.bot.token in one for one in meant), "a library would have said it"
    said = "\n".join(lines)
    assert {"httpx", "httpcore", "aiogram"} <= {json.loads(line)["from"].split(".")[0] for line in lines}
    silent(said, secrets_of(house.bot.token), "a line at some level")
    assert not re.search(r"\d{8,}:[\w-]{30}", said)
