"""What the poller acknowledges is kept; nothing a messenger or a network does makes it lose or repeat an update."""

import asyncio
import json
import logging
from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.account import TokenRefused
from bot.telegram.intake import open_envelope
from models.rules import failpoints
from tests.edges.clocks import StandingClock
from tests.edges.conftest import Desk, until


async def numbers(desk: Desk) -> list[int]:
    return [row.update_id for row in await desk.kept()]


async def test_every_update_is_kept_in_order_and_then_confirmed(desk: Desk) -> None:
    resident = desk.person()
    for n in range(250):
        resident.say(desk.bot, f"第{n}句")
    sent = [one.update_id for one in desk.bot.updates.pending]
    await desk.run(desk.poller().run())

    async def confirmed() -> bool:
        return not desk.bot.updates.pending

    await until(confirmed)
    assert await numbers(desk) == sent


async def test_the_offset_passes_only_what_is_durable(desk: Desk) -> None:
    resident = desk.person()
    resident.say(desk.bot, "电梯坏了")
    failpoints.arm("intake.before_keep:1:raise")
    await desk.run(desk.poller().run())

    async def kept() -> bool:
        return bool(await desk.kept())

    await until(kept)
    first, second, *_ = [call for call in desk.stage.calls if call.method == "getUpdates"]
    assert "offset" not in first.params
    assert "offset" not in second.params, "nothing was kept the first time, so nothing may be confirmed"
    assert len(await desk.kept()) == 1


async def test_an_answer_lost_on_the_way_is_asked_for_again(desk: Desk) -> None:
    resident = desk.person()
    resident.say(desk.bot, "电梯坏了")
    desk.stage.drop_answer("getUpdates", 2)
    await desk.run(desk.poller().run())

    async def kept() -> bool:
        return len(await desk.kept()) == 1

    await until(kept)


async def test_an_update_that_comes_twice_is_kept_once(desk: Desk) -> None:
    resident = desk.person()
    resident.say(desk.bot, "电梯坏了")
    failpoints.arm("intake.after_keep:1:raise")
    await desk.run(desk.poller().run())

    async def asked_again() -> bool:
        return len(desk.stage.calls_of("getUpdates")) >= 2 and not desk.bot.updates.pending

    await until(asked_again)
    assert len(await desk.kept()) == 1


async def test_numbers_that_begin_anew_lower_are_not_skipped(desk: Desk) -> None:
    resident = desk.person()
    resident.say(desk.bot, "旧号")
    await desk.run(desk.poller(long_poll_s=1).run())

    async def idle_again() -> bool:
        calls = desk.stage.calls_of("getUpdates")
        return len(calls) >= 2 and bool(calls[-1].params.get("offset")) and not desk.bot.updates.pending

    await until(idle_again)
    desk.bot.updates.jump(17)

    async def without_offset() -> bool:
        return len(desk.stage.calls_of("getUpdates")) >= 2

    await until(without_offset)
    await asyncio.sleep(1.2)  # the poll that still carried the offset ends empty
    resident.say(desk.bot, "新号")

    async def both() -> bool:
        return len(await desk.kept()) == 2

    await until(both)
    assert (await numbers(desk))[1] == 17


@pytest.mark.parametrize(
    ("raw", "order"),
    [
        pytest.param(b'{"update_id":7,"message":{"text":"', 0, id="cut off in the middle"),
        pytest.param(
            b'{"update_id":7,"message":' + b"[" * 20000 + b"]" * 20000 + b"}", 0, id="nested too deep to read"
        ),
        pytest.param(
            b'{"update_id":7,"message":{"message_id":1}}', 0, id="what every library chokes on: no date, no chat"
        ),
        pytest.param(b'{"update_id":7,"poll_of_tomorrow":{"x":1}}', 0, id="a kind nobody knows yet"),
        pytest.param(b'{"update_id":7,"message":{"chat":{"id":99999999999999999999}}}', 0, id="an id beyond 64 bits"),
        pytest.param(b'{"update_id":7,"message":{"chat":{"id":5}}}', 5, id="readable only as far as the chat"),
    ],
)
async def test_what_cannot_be_decoded_is_kept_and_the_next_is_fetched(desk: Desk, raw: bytes, order: int) -> None:
    resident = desk.person()
    desk.bot.updates.jump(6)
    resident.say(desk.bot, "前一句")
    desk.messenger.push_raw(desk.bot, raw)
    desk.bot.updates.jump(8)
    resident.say(desk.bot, "后一句")
    await desk.run(desk.poller().run())

    async def all_kept() -> bool:
        return len(await desk.kept()) == 3

    await until(all_kept)
    kept = [(row.update_id, row.chat_id) for row in await desk.kept()]
    assert kept == [(6, resident.id), (7, order), (8, resident.id)]


async def test_a_second_poller_is_named_and_waited_out(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    desk.stage.fail_next("getUpdates", 409, 2)
    resident = desk.person()
    resident.say(desk.bot, "电梯坏了")
    await desk.run(desk.poller().run())

    async def kept() -> bool:
        return len(await desk.kept()) == 1

    await until(kept)
    assert "another poller" in caplog.text


async def test_two_pollers_of_one_bot_keep_each_update_once(desk: Desk) -> None:
    resident = desk.person()
    for poller in (desk.poller(long_poll_s=1), desk.poller(long_poll_s=1)):
        await desk.run(poller.run())
    for n in range(5):
        resident.say(desk.bot, f"第{n}句")
        await asyncio.sleep(0.02)

    async def all_kept() -> bool:
        return len(await desk.kept()) == 5

    await until(all_kept)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(500, id="the messenger is broken"),
        pytest.param(502, id="something in between is broken"),
        pytest.param(429, id="asked too often"),
    ],
)
async def test_a_messenger_in_trouble_is_waited_out(desk: Desk, code: int) -> None:
    desk.stage.fail_next("getUpdates", code, 2, retry_after=1 if code == 429 else None)
    desk.person().say(desk.bot, "电梯坏了")
    await desk.run(desk.poller().run())

    async def kept() -> bool:
        return len(await desk.kept()) == 1

    await until(kept)


async def test_a_refused_token_stops_polling_without_being_shown(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.stage.fail_next("getUpdates", 401)
    with pytest.raises(TokenRefused) as refused:
        await desk.poller().run()
    assert desk.bot.token not in caplog.text + str(refused.value) + repr(refused.value)


async def test_only_the_kinds_somebody_handles_are_asked_for(desk: Desk) -> None:
    await desk.run(desk.poller().run())

    async def asked() -> bool:
        return desk.bot.updates.allowed is not None

    await until(asked)
    assert desk.bot.updates.allowed == ("message", "edited_message", "callback_query", "my_chat_member")


async def test_the_token_is_in_no_log_whatever_fails(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    desk.stage.fail_next("getUpdates", 500)
    desk.stage.drop_answer("getUpdates")
    desk.person().say(desk.bot, "电梯坏了")
    await desk.run(desk.poller().run())

    async def kept() -> bool:
        return len(await desk.kept()) == 1

    await until(kept)
    assert desk.bot.token not in caplog.text


async def test_a_messenger_that_is_down_is_asked_ever_more_rarely(desk: Desk) -> None:
    asked: list[float] = []

    async def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(asyncio.get_running_loop().time())
        raise httpx.ConnectError("refused")

    poller = desk.poller()
    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as http:
        poller._http = http
        await desk.run(poller.run())

        async def tried() -> bool:
            return len(asked) >= 4

        await until(tried)
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert [gap >= least for gap, least in zip(gaps, (0.019, 0.039, 0.079), strict=False)] == [True] * 3


async def test_an_offset_is_forgotten_after_a_day_without_an_answer(desk: Desk) -> None:
    """Found by tests/sim (seed 0 of a week's partition): the numbers had begun anew below it, and nobody saw them."""
    resident, clock = desk.person(), StandingClock()

    resident.say(desk.bot, "电梯坏了")
    poller = desk.poller(kept=lambda: desk.stage.fail_next("getUpdates", 502, 10_000))  # out of reach from then on
    poller._machine = clock
    await desk.run(poller.run())

    async def kept_one() -> bool:
        return len(await desk.kept()) == 1

    async def kept_both() -> bool:
        return len(await desk.kept()) == 2

    await until(kept_one)
    await asyncio.sleep(0.05)  # it has asked in vain
    clock.turn(25 * 3600)
    desk.bot.updates.keep_last(0)  # 24 hours are over
    desk.bot.updates.jump(17)
    resident.say(desk.bot, "灯也坏了")
    desk.stage.clear()
    await until(kept_both)
    assert (await numbers(desk))[1] == 17


@given(st.binary(max_size=300))
def test_no_bytes_whatever_break_the_envelope(body: bytes) -> None:
    open_envelope(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["update_id", "message", "chat", "id", "from"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(json_values)
def test_no_json_whatever_breaks_the_envelope(value: object) -> None:
    answer = open_envelope(json.dumps({"ok": True, "result": value}).encode())
    assert all(0 <= one.update_id < 2**63 and -(2**63) <= one.chat_id < 2**63 for one in answer.arrived)
