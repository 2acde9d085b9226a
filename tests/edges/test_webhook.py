"""The webhook's route by itself: what is no update is refused, and 200 means kept. S1 to S8: tests/hostile/cases."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from bot.telegram.intake import LIMIT_BYTES, webhook_route
from models.rules import failpoints
from models.store import Keys, Store
from tests.edges.clocks import RunningClock
from tests.edges.conftest import KEPT

BOT = 7_100_000_001
SECRET = "s" * 40
UPDATE = {"update_id": 7, "message": {"chat": {"id": 5}, "text": "电梯坏了"}}
PATH = f"/telegram/{BOT}"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Door:
    """The route as a messenger sees it, and what it kept."""

    def __init__(self, store: Store, http: httpx.AsyncClient) -> None:
        self.store, self.http, self.nudges = store, http, 0

    def nudged(self) -> None:
        self.nudges += 1

    async def post(self, content: object, *, headers: object = None, path: str = PATH) -> int:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        answer = await self.http.post(path, content=body, headers={HEADER: SECRET} if headers is None else headers)  # type: ignore[arg-type]
        assert answer.text == "", "an answer has no internals to show"
        return answer.status_code

    async def kept(self) -> list[int]:
        return [row.update_id for row in await self.store.read(KEPT.all)]


@pytest.fixture
async def door(store: Store) -> AsyncIterator[Door]:
    door = Door(store, httpx.AsyncClient())
    route = webhook_route(store, Keys.fresh(), RunningClock(), {BOT: SECRET}, kept=lambda: door.nudged())
    transport = httpx.ASGITransport(Starlette(routes=[route]))
    await door.http.aclose()
    async with httpx.AsyncClient(transport=transport, base_url="http://town") as http:
        door.http = http
        yield door


async def test_an_update_with_the_secret_is_kept_and_answered(door: Door) -> None:
    assert await door.post(UPDATE) == 200
    assert await door.kept() == [7]
    assert door.nudges == 1


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/telegram/1", id="a bot that is not ours"),
        pytest.param("/telegram/abc", id="not a number"),
        pytest.param("/telegram/" + "9" * 5000, id="a number Python refuses to read"),
        pytest.param("/telegram/%E9%92%A5", id="not ASCII"),
    ],
)
async def test_a_bot_that_is_not_ours_is_not_told_from_a_wrong_secret(door: Door, path: str) -> None:
    assert await door.post(UPDATE, path=path) == 401


async def test_the_body_of_a_stranger_is_never_read(door: Door) -> None:
    async def receive() -> dict[str, object]:
        raise AssertionError("the body was asked for")

    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    app = door.http._transport.app  # type: ignore[attr-defined]
    scope = {"type": "http", "method": "POST", "path": PATH, "headers": [], "query_string": b"", "root_path": ""}
    await app(scope, receive, send)
    assert sent[0]["status"] == 401


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"update_id"', id="a word"),
        pytest.param(b"{}", id="no number"),
        pytest.param(b'{"update_id":"7"}', id="a number in quotes"),
        pytest.param(b'{"update_id":true}', id="Python takes True for 1"),
        pytest.param(b'{"update_id":-1}', id="a negative number"),
        pytest.param(b'{"update_id":7.5}', id="half an update"),
        pytest.param(b'{"update_id":9223372036854775808}', id="2^63 fits no database (S8)"),
        pytest.param(b'{"update_id":' + b"9" * 5000 + b"}", id="a number Python refuses to read"),
        pytest.param(b"[" * 10_000, id="ten thousand deep (S8)"),
        pytest.param(b'{"update_id":7,"x":' + b"[" * 10_000 + b"]" * 10_000 + b"}", id="deep and well formed (S8)"),
        pytest.param(b"\xff\xfe\x00", id="not UTF-8"),
        pytest.param(b"\x1f\x8b\x08" + b"0" * 64, id="gzip: nobody here unpacks a bomb (S8)"),
    ],
)
async def test_what_is_no_update_is_refused_without_a_word(door: Door, body: bytes) -> None:
    assert await door.post(body) == 400
    assert await door.kept() == []


async def test_a_body_that_announces_too_much_is_refused_unread(door: Door) -> None:
    assert await door.post(b"x" * (LIMIT_BYTES + 1)) == 413


@pytest.mark.parametrize(
    "announced",
    [
        pytest.param("-1", id="less than nothing"),
        pytest.param("1e3", id="no number"),
        pytest.param("9" * 30, id="endless"),
    ],
)
async def test_a_length_that_is_none_is_refused(door: Door, announced: str) -> None:
    assert await door.post(UPDATE, headers={HEADER: SECRET, "Content-Length": announced}) == 413


async def test_a_body_that_never_said_how_long_it_is_is_cut_at_the_limit(door: Door) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"x" * 2**16

    answer = await door.http.post(PATH, content=stream(), headers={HEADER: SECRET})
    assert answer.status_code == 413


async def test_an_update_of_a_kind_nobody_knows_is_kept(door: Door) -> None:
    assert await door.post({"update_id": 8, "telepathy": {"from": "nobody"}}) == 200
    assert await door.kept() == [8]


async def test_what_could_not_be_kept_is_to_be_sent_again(door: Door) -> None:
    failpoints.arm("intake.before_keep:1:raise")
    assert await door.post(UPDATE) == 503
    assert await door.post(UPDATE) == 200
    assert await door.kept() == [7]


async def test_a_closed_store_is_never_answered_with_200(door: Door) -> None:
    await door.store.close()
    assert await door.post(UPDATE) == 503


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
async def test_only_post_is_a_door(door: Door, method: str) -> None:
    assert (await door.http.request(method, PATH, headers={HEADER: SECRET})).status_code == 405


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("", id="none (S2)"),
        pytest.param("s" * 31, id="short enough to guess (S2)"),
        pytest.param("s" * 257, id="longer than Telegram sends"),
        pytest.param("钥" * 40, id="letters Telegram does not send"),
        pytest.param("s" * 40 + "\n", id="a line end that slipped in"),
    ],
)
async def test_a_weak_secret_opens_no_door(store: Store, secret: str) -> None:
    with pytest.raises(ValueError, match="webhook secret"):
        webhook_route(store, Keys.fresh(), RunningClock(), {BOT: secret})
