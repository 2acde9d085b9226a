"""Who may reach the page, and what does the parent do when its child is away? By HTTP, with an echo for a child."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.demo.cast import BUILDING
from bot.demo.child import ChildGone, Status
from bot.demo.parent import on_stage
from bot.demo.scene import Scene

ECHO = (sys.executable, str(Path(__file__).parent / "echo_child.py"))
CLAIM = {"X-Huiyin-Demo": "1"}


async def links(_: Mapping[str, str]) -> Mapping[str, str]:
    """As if a house had made them."""
    return {f"resident:{BUILDING}": "r", f"head:{BUILDING}": "h", "desk:WY-01": "p", "desk:SQ-PW": "c"}


@pytest.fixture(scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[httpx.AsyncClient, Scene]]:
    """A page whose child echoes, welcomed by everyone."""
    folder = tmp_path_factory.mktemp("stage")
    async with (
        on_stage(0, folder, argv=ECHO, enrolment=links) as (base, scene),
        httpx.AsyncClient(base_url=base, timeout=30) as client,
    ):
        await until(lambda: scene.everything()["child"]["status"] == "up")
        yield client, scene


async def until(done: Any) -> None:
    async with asyncio.timeout(30):
        while not done():
            await asyncio.sleep(0.02)


def phone(scene: Scene, key: str) -> dict[str, Any]:
    return next(one for one in scene.everything()["people"] if one["key"] == key)


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        pytest.param("GET", "/", {"Host": "huiyin.example"}, id="a name that was bound to this address"),
        pytest.param("GET", "/demo/state", {"Host": "127.0.0.1.example:80"}, id="a name that looks like this machine"),
        pytest.param("GET", "/demo/events", {"Host": "["}, id="no name at all"),
        pytest.param("POST", "/demo/kill", {}, id="a form on another site cannot send our header"),
        pytest.param("POST", "/demo/say", {**CLAIM, "Origin": "https://huiyin.example"}, id="another site's script"),
        pytest.param("POST", "/demo/say", {**CLAIM, "Origin": "null"}, id="a sandboxed frame"),
    ],
)
async def test_nobody_but_the_page_itself_is_answered(
    stage: tuple[httpx.AsyncClient, Scene], method: str, path: str, headers: dict[str, str]
) -> None:
    client, scene = stage
    starts = scene.child.starts
    answer = await client.request(method, path, headers=headers, json={"person": "resident", "text": "不该听见"})
    assert answer.status_code == 403
    assert scene.child.starts == starts
    assert "不该听见" not in str(phone(scene, "resident"))


async def test_the_page_may_load_from_itself_only(stage: tuple[httpx.AsyncClient, Scene]) -> None:
    client, _ = stage
    for path in ("/", "/demo/static/main.js", "/demo/state"):
        policy = (await client.get(path)).headers["content-security-policy"]
        assert policy.startswith("default-src 'self';")
        assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/demo/static/..%2fparent.py", id="a file beside the page's folder"),
        pytest.param("/demo/static/%2e%2e", id="the folder itself"),
        pytest.param("/demo/static/nothing.js", id="a file that is not there"),
        pytest.param("/demo/file/photos/../../demo-token", id="a file of the data folder"),
    ],
)
async def test_only_the_pages_own_files_are_served(stage: tuple[httpx.AsyncClient, Scene], path: str) -> None:
    client, _ = stage
    assert (await client.get(path)).status_code == 404


async def test_neither_the_bots_token_nor_a_deep_link_is_on_the_page(stage: tuple[httpx.AsyncClient, Scene]) -> None:
    client, scene = stage
    state = (await client.get("/demo/state")).text
    assert scene.bot.token not in state
    assert '"text": "/start r"' not in state
    opened = {key: phone(scene, key)["messages"][0]["opened"] for key in ("resident", "head", "property")}
    assert opened == {"resident": "stairwell", "head": "card", "property": "card"}


async def test_buttons_that_go_away_are_no_news_but_new_words_are(stage: tuple[httpx.AsyncClient, Scene]) -> None:
    client, scene = stage
    await client.post("/demo/say", json={"person": "neighbour", "text": "灯"}, headers=CLAIM)
    await until(lambda: phone(scene, "neighbour")["messages"][-1]["buttons"])
    card = phone(scene, "neighbour")["messages"][-1]
    place = {"chat_id": scene.phones.person("neighbour").id, "message_id": card["id"]}
    await client.post(f"/bot{scene.bot.token}/editMessageReplyMarkup", json=place)
    await until(lambda: not phone(scene, "neighbour")["messages"][-1]["buttons"])
    assert phone(scene, "neighbour")["messages"][-1]["edited_at"] is None
    await client.post(f"/bot{scene.bot.token}/editMessageText", json={**place, "text": "办好了"})
    await until(lambda: phone(scene, "neighbour")["messages"][-1]["edited_at"])


async def test_what_is_said_is_answered_and_a_tap_changes_the_card(stage: tuple[httpx.AsyncClient, Scene]) -> None:
    client, scene = stage
    await client.post("/demo/say", json={"person": "head", "text": "有人吗"}, headers=CLAIM)
    await until(lambda: "您说的是 有人吗" in phone(scene, "head")["messages"][-1]["text"])
    card = phone(scene, "head")["messages"][-1]
    tapped = {"person": "head", "message_id": card["id"], "callback": card["buttons"][0][0]["callback"]}
    await client.post("/demo/tap", json=tapped, headers=CLAIM)
    await until(lambda: phone(scene, "head")["messages"][-1]["edited_at"])
    assert phone(scene, "head")["messages"][-1]["text"] == "您点了 yes"


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        pytest.param("say", {"person": "nobody", "text": "?"}, id="a stranger"),
        pytest.param("say", {"person": "resident"}, id="nothing said"),
        pytest.param("say", [], id="no facts"),
        pytest.param(
            "tap", {"person": "head", "message_id": 999_999, "callback": "x"}, id="a message that is not there"
        ),
        pytest.param("clock", {"seconds": -60}, id="an office clock does not go back"),
        pytest.param("clock", {"seconds": 1e12}, id="nor to the end of days"),
        pytest.param("faults", {"kind": "meteor"}, id="a fault nobody knows"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(
    stage: tuple[httpx.AsyncClient, Scene], verb: str, body: object
) -> None:
    client, _ = stage
    answer = await client.post(f"/demo/{verb}", json=body, headers=CLAIM)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_a_killed_child_is_started_again_and_hears_what_was_said_meanwhile(
    stage: tuple[httpx.AsyncClient, Scene],
) -> None:
    client, scene = stage
    starts = scene.child.starts
    await client.post("/demo/kill", headers=CLAIM)
    await until(lambda: scene.child.status is Status.DOWN)
    await client.post("/demo/say", json={"person": "community", "text": "还在吗"}, headers=CLAIM)
    assert phone(scene, "community")["messages"][-1]["kept"] is False
    await until(lambda: "还在吗" in phone(scene, "community")["messages"][-1]["text"] and scene.child.starts > starts)
    await until(lambda: all(one["kept"] for one in phone(scene, "community")["messages"]))


async def test_the_clock_stops_at_every_due_moment_of_a_day(stage: tuple[httpx.AsyncClient, Scene]) -> None:
    client, scene = stage
    before = scene.office.now()
    answer = await client.post("/demo/clock", json={"seconds": 86_400}, headers=CLAIM)
    assert answer.json() == {"moved": True}
    assert abs((scene.office.now() - before).total_seconds() - 86_400) < 60
    assert (await client.post("/demo/clock", json={"to": "next"}, headers=CLAIM)).json() == {"moved": False}


async def test_a_photo_is_shown_as_one_and_anything_else_is_only_kept(stage: tuple[httpx.AsyncClient, Scene]) -> None:
    client, scene = stage
    sent = await client.post("/demo/photo?person=resident", content=b"\xff\xd8\xff<script>", headers=CLAIM)
    assert sent.status_code == 200
    photo = next(one["media"] for one in reversed(phone(scene, "resident")["messages"]) if one["media"])
    answer = await client.get(photo["url"])
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    too_big = await client.post("/demo/photo?person=resident", content=b"x" * 6_000_000, headers=CLAIM)
    assert too_big.status_code == 400


async def test_at_the_end_nothing_is_left_running_and_nobody_is_kept_waiting(tmp_path: Path) -> None:
    async with on_stage(0, tmp_path, argv=ECHO, enrolment=links) as (base, scene):
        await until(lambda: scene.everything()["child"]["status"] == "up")
        pid = scene.child.pid
        page = httpx.AsyncClient(base_url=base, timeout=30)
        watching = asyncio.create_task(page.get("/demo/events"))
        await asyncio.sleep(0.1)
    assert (await watching).status_code == 200
    await page.aclose()
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    async with asyncio.timeout(5):  # a page that asks now would have kept its server open
        with pytest.raises(ChildGone):
            await scene.child.ask("behind")
