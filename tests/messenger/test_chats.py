"""What people see and do: their chats, taps, groups, and what a page that watches is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.messages import Button, ChangeKind
from bot.messenger.people import Person
from bot.messenger.server import serve
from bot.messenger.stage import Stage, TurnableClock
from tests.messenger.conftest import Ask

MARKUP = {
    "inline_keyboard": [[{"text": "解决了", "callback_data": "done"}, {"text": "网页", "url": "https://a.example"}]]
}


async def test_an_inbox_is_everything_in_order_as_it_is_now(bot: BotAccount, person: Person, ask: Ask) -> None:
    sent = (
        await ask("sendMessage", chat_id=person.id, text="<b>一</b>", parse_mode="HTML", reply_markup=MARKUP)
    ).result
    earlier = person.last(bot)
    person.say(bot, "二")
    await ask("editMessageText", chat_id=person.id, message_id=sent["message_id"], text="三")
    start, first, second = person.inbox(bot)
    assert [one.text for one in (start, first, second)] == ["/start", "三", "二"]
    assert (first.from_bot, first.edited_at is not None, first.buttons) == (True, True, ())
    assert earlier.text == "一", "the version somebody holds stays as it was"
    assert earlier.buttons == ((Button("解决了", "done"), Button("网页", url="https://a.example")),)


async def test_a_stale_button_can_still_be_tapped(bot: BotAccount, person: Person, ask: Ask) -> None:
    sent = (await ask("sendMessage", chat_id=person.id, text="一", reply_markup=MARKUP)).result
    earlier = person.last(bot)
    await ask("editMessageText", chat_id=person.id, message_id=sent["message_id"], text="二")
    query = person.tap(earlier, "解决了")
    update = (await ask("getUpdates", offset=-1)).result[0]["callback_query"]
    assert (update["id"], update["data"], update["message"]["text"]) == (query, "done", "二")
    with pytest.raises(LookupError, match="解决了"):
        person.tap(person.last(bot), "解决了")
    with pytest.raises(ValueError, match="sends nothing"):
        person.tap(earlier, "网页")


async def test_a_tap_is_answered_in_time_or_not_at_all(
    messenger: Messenger, bot: BotAccount, person: Person, ask: Ask
) -> None:
    message = person.say(bot, "一")
    query = person.tap(message, callback_data="x")
    assert not messenger.callback(query).answered
    await ask("answerCallbackQuery", callback_query_id=query, text="好", show_alert=True)
    assert (messenger.callback(query).note, messenger.callback(query).alert) == ("好", True)
    late = person.tap(message, callback_data="x")
    messenger.callbacks[late].at -= messenger.callback_answered_within + 1
    said = await ask("answerCallbackQuery", callback_query_id=late)
    assert "query is too old" in said.body["description"]


def test_in_a_group_a_bot_hears_only_what_concerns_it(messenger: Messenger, bot: BotAccount, person: Person) -> None:
    nosy = messenger.add_bot("nosy_bot", reads_all_group_messages=True)
    group = messenger.add_group("三号楼", [person], bot)
    messenger.let_in(group, nosy, by=person.id)
    bot.updates.keep_last(0)
    nosy.updates.keep_last(0)
    for text in ("大家好", "/help", "/help@nosy_bot", f"@{bot.username} 在吗"):
        person.say_in(group, text)
    assert len(bot.updates.pending) == 2, "a command for all, and its own name"
    assert len(nosy.updates.pending) == 4


def test_who_has_blocked_a_bot_must_unblock_it_first(bot: BotAccount, person: Person) -> None:
    person.block(bot)
    with pytest.raises(ValueError, match="unblock"):
        person.say(bot, "一")
    person.unblock(bot)
    assert person.say(bot, "一").text == "一"


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda bot, person: person.say(bot, "字" * 4097), "longer words come as several messages"),
        (lambda bot, person: person.say(bot, "  "), "there is nothing to send"),
        (lambda bot, person: person.send_photo(bot, b"x", "字" * 1025), "captions are shorter"),
        (lambda bot, person: person.start(bot, "x" * 65), "a deep link carries 64 characters"),
        (lambda bot, person: person.start(bot, "楼3"), "and only plain ones"),
    ],
)
def test_a_phone_sends_only_what_phones_can_send(
    act: Callable[[BotAccount, Person], object], why: str, bot: BotAccount, person: Person
) -> None:
    with pytest.raises(ValueError, match=r"^a (phone|deep link) "):
        act(bot, person)
    assert len(person.inbox(bot)) == 1, why


async def test_whoever_listens_is_told_every_change_in_order(
    messenger: Messenger, bot: BotAccount, person: Person, ask: Ask
) -> None:
    listener = messenger.listen()
    sent = (await ask("sendMessage", chat_id=person.id, text="一")).result["message_id"]
    await ask("editMessageText", chat_id=person.id, message_id=sent, text="二")
    await ask("sendChatAction", chat_id=person.id, action="typing")
    await ask("answerCallbackQuery", callback_query_id=person.tap(person.last(bot), callback_data="x"), text="好")
    await ask("deleteMessage", chat_id=person.id, message_id=sent)
    listener.close()
    changes = [change async for change in listener]
    assert [one.kind for one in changes] == [
        ChangeKind.SENT,
        ChangeKind.EDITED,
        ChangeKind.TYPING,
        ChangeKind.ANSWERED,
        ChangeKind.DELETED,
    ]
    assert changes[1].message is not None
    assert changes[1].message.text == "二"
    assert (changes[3].note, changes[3].person_id) == ("好", person.id)


async def test_a_listener_nobody_reads_is_let_go(messenger: Messenger, bot: BotAccount, person: Person) -> None:
    listener = messenger.listen()
    listener.MOST = 3
    for _ in range(5):
        person.say(bot, "一")
    assert len([change async for change in listener]) == 3


async def test_a_message_older_than_48_hours_stays(clock: TurnableClock, client: httpx.AsyncClient) -> None:
    messenger = Messenger(clock=clock)
    bot = messenger.add_bot("clock_bot")
    person = messenger.add_person("王")
    person.start(bot)
    async with serve(messenger) as address:
        base = f"{address.base}/bot{bot.token}"
        sent = [
            (await client.post(f"{base}/sendMessage", json={"chat_id": person.id, "text": "一"})).json()["result"]
            for _ in range(2)
        ]
        assert sent[0]["date"] == int(clock.now)
        clock.turn(48 * 3600)
        ids = [{"chat_id": person.id, "message_id": one["message_id"]} for one in sent]
        assert (await client.post(f"{base}/deleteMessage", json=ids[0])).status_code == 200
        clock.turn(1)
        late = await client.post(f"{base}/deleteMessage", json=ids[1])
        assert late.json()["description"] == "Bad Request: message can't be deleted"


async def test_other_pages_can_be_served_beside_it_and_end_with_it(client: httpx.AsyncClient) -> None:
    messenger = Messenger()
    asked = asyncio.Event()

    async def page(request: Request) -> PlainTextResponse:
        listener = messenger.listen()
        asked.set()
        return PlainTextResponse(str(await listener.next()))

    async with serve(messenger, extra_routes=[Route("/phones", page)]) as address:
        waiting = asyncio.create_task(client.get(f"{address.base}/phones"))
        await asked.wait()
    assert (await waiting).text == "None"


async def test_what_a_bot_says_of_itself_is_kept(bot: BotAccount, ask: Ask) -> None:
    menu = [{"command": "help", "description": "怎么用"}]
    await ask("setMyCommands", commands=menu)
    await ask("setMyCommands", commands=[], language_code="en")
    await ask("setMyDescription", description="事事有回音", language_code="zh")
    assert (await ask("getMyCommands")).result == menu
    assert (await ask("getMyCommands", language_code="en")).result == []
    assert (await ask("getMyDescription", language_code="zh")).result == {"description": "事事有回音"}
    assert (await ask("getMyDescription")).result == {"description": ""}


async def test_faults_come_when_told_and_every_call_is_kept(
    bot: BotAccount, person: Person, ask: Ask, stage: Stage
) -> None:
    stage.fail_next("sendMessage", 500, n=2, chat_id=person.id)
    statuses = [(await ask("sendMessage", chat_id=person.id, text=text)).status for text in "一二三"]
    assert statuses == [500, 500, 200]
    assert person.last(bot).text == "三"
    calls = stage.calls_of("sendMessage")
    assert [(call.status, call.params["text"]) for call in calls] == [(500, "一"), (500, "二"), (200, "三")]


async def test_chance_faults_are_the_same_for_the_same_seed(person: Person, ask: Ask, stage: Stage) -> None:
    async def statuses(seed: int) -> list[int]:
        stage.fail_rate({429: 0.3, 500: 0.2}, seed=seed)
        return [(await ask("sendMessage", chat_id=person.id, text="一")).status for _ in range(30)]

    first = await statuses(1)
    assert set(first) == {200, 429, 500}
    assert await statuses(1) == first
    assert await statuses(2) != first
    stage.fail_rate({})
    assert (await ask("sendMessage", chat_id=person.id, text="一")).status == 200


async def test_a_delayed_call_is_only_late(person: Person, ask: Ask, stage: Stage) -> None:
    stage.delay("sendMessage", 0.2)
    begun = asyncio.get_running_loop().time()
    assert (await ask("sendMessage", chat_id=person.id, text="一")).status == 200
    assert asyncio.get_running_loop().time() - begun >= 0.19
