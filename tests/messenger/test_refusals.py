"""Every way the messenger says no, in Telegram's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
import pytest

from bot.messenger.chats import BotAccount, ChatKind, Messenger
from bot.messenger.people import Person
from tests.messenger.conftest import Ask, Served

CHAT = "the person's chat"
OWN = "the bot's message"
THEIRS = "the person's message"
PICTURE = "a photo of the bot's"

Row = tuple[str, dict[str, object], str, str]


def _buttons(*buttons: Mapping[str, object]) -> dict[str, object]:
    return {"chat_id": CHAT, "text": "一", "reply_markup": {"inline_keyboard": [list(buttons)]}}


def _album(*kinds: str) -> dict[str, object]:
    return {"chat_id": CHAT, "media": [{"type": kind, "media": PICTURE} for kind in kinds]}


ROWS: tuple[Row, ...] = (
    ("sendMessage", {"text": "一"}, "chat_id is empty", "required"),
    ("sendMessage", {"chat_id": CHAT}, "message text is empty", "required"),
    ("sendMessage", {"chat_id": CHAT, "text": ""}, "message text is empty", "empty is as good as missing"),
    ("sendMessage", {"chat_id": CHAT, "text": " \n "}, "text must be non-empty", "blanks are cut"),
    ("sendMessage", {"chat_id": CHAT, "text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty", "parsed"),
    ("sendMessage", {"chat_id": CHAT, "text": "字" * 4097}, "message is too long", "one above 4096"),
    ("sendMessage", {"chat_id": CHAT, "text": "😀" * 2049}, "message is too long", "counted in UTF-16 units"),
    ("sendMessage", {"chat_id": CHAT, "text": "字" * 11000}, "text is too long", "above 32 KiB nothing is parsed"),
    ("sendMessage", {"chat_id": 1, "text": "一"}, "chat not found", "nobody has this id"),
    ("sendMessage", {"chat_id": "@somebody", "text": "一"}, "chat not found", "nothing here is public"),
    ("sendMessage", {"chat_id": "王", "text": "一"}, "chat not found", "no id at all"),
    ("sendMessage", {"chat_id": -5, "text": "一"}, "chat not found", "no such group"),
    (
        "sendMessage",
        {"chat_id": CHAT, "text": "一", "silent": True},
        'unknown parameter "silent" in method sendMessage',
        "a misspelt parameter is a mistake, where the real server is silent",
    ),
    (
        "sendMessage",
        {"chat_id": CHAT, "text": "一", "protect_content": "perhaps"},
        'field "protect_content" must be of type Boolean',
        "types are held to",
    ),
    ("sendMessage", {"chat_id": CHAT, "text": 5}, 'field "text" must be of type String', "types are held to"),
    (
        "sendMessage",
        {"chat_id": CHAT, "text": "<b>一", "parse_mode": "HTML"},
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        "broken HTML",
    ),
    ("sendMessage", {"chat_id": CHAT, "text": "一", "parse_mode": "BB"}, "unsupported parse_mode", "no such mode"),
    (
        "sendMessage",
        {"chat_id": CHAT, "text": "*一*", "parse_mode": "MarkdownV2"},
        "can't parse entities: this messenger reads HTML only",
        "said clearly instead of half understood",
    ),
    (
        "sendMessage",
        {"chat_id": CHAT, "text": "一", "entities": [{"type": "bold", "offset": 0}]},
        "can't parse MessageEntity: Can't find field \"length\"",
        "entities given instead of a mode",
    ),
    (
        "sendMessage",
        {"chat_id": CHAT, "text": "一", "reply_parameters": {"message_id": 999}},
        "message to be replied not found",
        "it was deleted, say",
    ),
    (
        "sendMessage",
        {"chat_id": CHAT, "text": "一", "reply_markup": "{"},
        "can't parse reply keyboard markup JSON object",
        "cut JSON",
    ),
    (
        "sendMessage",
        {"chat_id": CHAT, "text": "一", "reply_markup": "[]"},
        "object expected as reply markup",
        "JSON of another shape",
    ),
    (
        "sendMessage",
        {"chat_id": CHAT, "text": "一", "business_connection_id": "x"},
        "business connection not found",
        "no business here",
    ),
    ("sendMessage", _buttons({"text": "一", "callback_data": "x" * 65}), "BUTTON_DATA_INVALID", "65 bytes"),
    (
        "sendMessage",
        _buttons({"text": "一", "callback_data": "字" * 22}),
        "BUTTON_DATA_INVALID",
        "66 bytes, not letters",
    ),
    (
        "sendMessage",
        _buttons({"text": "一"}),
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        "a button must do something",
    ),
    (
        "sendMessage",
        _buttons({"callback_data": "x"}),
        "can't parse inline keyboard button: Can't find field \"text\"",
        "a button must say something",
    ),
    ("sendMessage", _buttons({"text": "一", "url": "javascript:1"}), "BUTTON_URL_INVALID", "no web address"),
    (
        "sendMessage",
        _buttons({"text": "一", "callback_data": "x", "colour": "red"}),
        'can\'t parse inline keyboard button: unknown field "colour"',
        "a misspelt field is a mistake",
    ),
    (
        "sendMessage",
        _buttons(*[{"text": "一", "callback_data": "x"}] * 9),
        "reply markup is too long",
        "nine in a row",
    ),
    ("sendPhoto", {"chat_id": CHAT}, "there is no photo in the request", "required"),
    ("sendPhoto", {"chat_id": CHAT, "photo": "AgAC"}, "wrong file identifier/HTTP URL specified", "never given out"),
    (
        "sendPhoto",
        {"chat_id": CHAT, "photo": "https://a.example/x.png"},
        "failed to get HTTP URL content",
        "this messenger reaches no other host",
    ),
    (
        "sendPhoto",
        {"chat_id": CHAT, "photo": PICTURE, "caption": "字" * 1025},
        "message caption is too long",
        "one above 1024",
    ),
    ("sendDocument", {"chat_id": CHAT}, "there is no document in the request", "required"),
    ("sendMediaGroup", _album("photo"), "there are no messages to send", "an album is two at least"),
    ("sendMediaGroup", _album(*["photo"] * 11), "too many messages to send as an album", "and ten at most"),
    (
        "sendMediaGroup",
        _album("photo", "document"),
        "document can't be mixed with other media types",
        "documents keep to themselves",
    ),
    (
        "sendMediaGroup",
        {"chat_id": CHAT, "media": "x"},
        "can't parse media JSON object",
        "no JSON",
    ),
    ("sendLocation", {"chat_id": CHAT, "longitude": 1}, "latitude is empty", "required"),
    (
        "sendLocation",
        {"chat_id": CHAT, "latitude": "north", "longitude": 1},
        'field "latitude" must be a valid Number',
        "types are held to",
    ),
    ("sendChatAction", {"chat_id": CHAT, "action": "sleep"}, "wrong parameter action in request", "no such action"),
    ("editMessageText", {"text": "一"}, "chat_id is empty", "nothing to edit named"),
    ("editMessageText", {"chat_id": CHAT, "text": "一"}, "message identifier is not specified", "which one?"),
    (
        "editMessageText",
        {"chat_id": CHAT, "message_id": 999, "text": "一"},
        "message to edit not found",
        "it was deleted, say",
    ),
    (
        "editMessageText",
        {"chat_id": CHAT, "message_id": THEIRS, "text": "一"},
        "message can't be edited",
        "somebody else's",
    ),
    (
        "editMessageText",
        {"chat_id": CHAT, "message_id": OWN, "text": " 原文 "},
        "message is not modified: specified new message content and reply markup are exactly the same as a current "
        "content and reply markup of the message",
        "the same after blanks are cut",
    ),
    (
        "editMessageReplyMarkup",
        {"chat_id": CHAT, "message_id": OWN},
        "message is not modified: specified new message content and reply markup are exactly the same as a current "
        "content and reply markup of the message",
        "no buttons before, none after",
    ),
    (
        "editMessageCaption",
        {"chat_id": CHAT, "message_id": OWN, "caption": "一"},
        "there is no caption in the message to edit",
        "words only",
    ),
    (
        "editMessageText",
        {"chat_id": CHAT, "message_id": OWN, "text": "一", "reply_markup": {"remove_keyboard": True}},
        "inline keyboard expected",
        "no other markup under an edited message",
    ),
    ("deleteMessage", {"chat_id": CHAT, "message_id": 999}, "message to delete not found", "gone already"),
    ("deleteMessage", {"chat_id": CHAT}, "message identifier is not specified", "required"),
    ("pinChatMessage", {"chat_id": CHAT, "message_id": 999}, "message to pin not found", "gone already"),
    (
        "answerCallbackQuery",
        {"callback_query_id": "1"},
        "query is too old and response timeout expired or query ID is invalid",
        "no such tap",
    ),
    (
        "answerCallbackQuery",
        {"callback_query_id": "1", "text": "字" * 201},
        "MESSAGE_TOO_LONG",
        "one above 200",
    ),
    ("getFile", {}, "file_id not specified", "required"),
    ("getFile", {"file_id": "x"}, "wrong file_id or the file is temporarily unavailable", "never given out"),
    ("setMyCommands", {"commands": [{"command": "大", "description": "x"}]}, "BOT_COMMAND_INVALID", "a-z, 0-9, _"),
    (
        "setMyCommands",
        {"commands": [{"command": "x" * 33, "description": "x"}]},
        "BOT_COMMAND_INVALID",
        "32 at most",
    ),
    ("getChat", {"chat_id": 1}, "chat not found", "nobody has this id"),
    ("leaveChat", {"chat_id": CHAT}, "chat member status can't be changed in private chats", "there is no leaving"),
    ("setWebhook", {"url": "http://a.example/"}, "bad webhook: An HTTPS URL must be provided for webhook", "TLS"),
    (
        "setWebhook",
        {"url": "https://a.example:444/"},
        "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        "four ports",
    ),
    (
        "setWebhook",
        {"url": "https://a.example/", "secret_token": "秘"},
        "secret token contains unallowed characters",
        "it goes into a header",
    ),
)


@dataclass(frozen=True)
class _Things:
    chat: int
    own: int
    theirs: int
    picture: str

    def put_into(self, value: object) -> object:
        """The names above replaced by what they stand for."""
        if isinstance(value, dict):
            return {name: self.put_into(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.put_into(one) for one in value]
        names: dict[object, object] = {CHAT: self.chat, OWN: self.own, THEIRS: self.theirs, PICTURE: self.picture}
        return names.get(value, value) if isinstance(value, str) else value


@pytest.fixture
async def things(bot: BotAccount, person: Person, ask: Ask) -> _Things:
    own = (await ask("sendMessage", chat_id=person.id, text="原文")).result["message_id"]
    theirs = person.say(bot, "我的").id
    photo = person.send_photo(bot, b"x").media
    assert photo
    return _Things(person.id, own, theirs, photo.file.file_id)


@pytest.mark.parametrize(("method", "params", "text", "why"), ROWS, ids=[f"{row[0]}: {row[3]}" for row in ROWS])
async def test_a_bad_request_is_refused_in_telegrams_words(
    method: str,
    params: dict[str, object],
    text: str,
    why: str,
    things: _Things,
    ask: Ask,
    bot: BotAccount,
    person: Person,
) -> None:
    before = person.inbox(bot)
    filled = {name: things.put_into(value) for name, value in params.items()}
    said = await ask(method, **filled)
    assert (said.status, said.body["description"]) == (400, f"Bad Request: {text}"), why
    assert person.inbox(bot) == before, "and nothing is half done"


async def test_the_longest_that_is_allowed_is_allowed(things: _Things, ask: Ask) -> None:
    button = {"text": "一", "callback_data": "字" * 21 + "x"}
    for method, params in (
        ("sendMessage", {"text": "字" * 4096}),
        ("sendMessage", {"text": "<b>" + "字" * 4096 + "</b>", "parse_mode": "HTML"}),
        ("sendPhoto", {"photo": things.picture, "caption": "字" * 1024}),
        ("sendMessage", {"text": "一", "reply_markup": {"inline_keyboard": [[button]]}}),
        ("sendMediaGroup", {"media": [{"type": "photo", "media": things.picture}] * 10}),
    ):
        assert (await ask(method, chat_id=things.chat, **params)).status == 200


async def test_a_bot_writes_only_to_who_may_be_written_to(
    messenger: Messenger, bot: BotAccount, person: Person, ask: Ask
) -> None:
    async def said(chat_id: int) -> tuple[int, str]:
        answer = await ask("sendMessage", chat_id=chat_id, text="一")
        return answer.status, answer.body.get("description", "")

    stranger = messenger.add_person("李")
    assert await said(stranger.id) == (403, "Forbidden: bot can't initiate conversation with a user")
    person.block(bot)
    assert await said(person.id) == (403, "Forbidden: bot was blocked by the user")
    person.unblock(bot)
    assert await said(person.id) == (200, "")
    person.deactivate()
    assert await said(person.id) == (403, "Forbidden: user is deactivated")
    group = messenger.add_group("三号楼", [stranger], bot)
    assert await said(group.id) == (200, "")
    messenger.throw_out(group, bot, by=stranger.id)
    assert await said(group.id) == (403, "Forbidden: bot was kicked from the group chat")
    raised = messenger.add_group("业委会", [stranger], bot, kind=ChatKind.SUPERGROUP)
    assert (await ask("leaveChat", chat_id=raised.id)).result is True
    assert await said(raised.id) == (403, "Forbidden: bot is not a member of the supergroup chat")


async def test_a_moved_group_says_where(messenger: Messenger, bot: BotAccount, person: Person, ask: Ask) -> None:
    group = messenger.add_group("三号楼", [person], bot)
    raised = messenger.upgrade(group, by=person.id)
    said = await ask("sendMessage", chat_id=group.id, text="一")
    assert said.body == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": raised.id},
    }


async def test_a_wrong_token_or_method_is_no_such_place(
    served: Served, bot: BotAccount, client: httpx.AsyncClient
) -> None:
    for path, status, text in (
        ("bot1:wrong/getMe", 401, "Unauthorized: invalid token specified"),
        ("file/bot1:wrong/photos/x", 401, "Unauthorized: invalid token specified"),
        (f"bot{bot.token}/sendPigeon", 404, "Not Found: method not found"),
        (f"file/bot{bot.token}/photos/none.jpg", 404, "Not Found"),
    ):
        response = await client.get(f"{served.base}/{path}")
        assert (response.status_code, response.json()["description"]) == (status, text)


async def test_one_bot_has_no_say_in_anothers_chat(
    messenger: Messenger, bot: BotAccount, person: Person, ask: Ask
) -> None:
    other = messenger.add_bot("other_bot")
    theirs = person.start(other)
    query = person.tap(theirs, callback_data="x")
    assert (await ask("answerCallbackQuery", callback_query_id=query)).status == 400
    group = messenger.add_group("三号楼", [person], other)
    assert (await ask("sendMessage", chat_id=group.id, text="一")).body["description"] == "Bad Request: chat not found"


async def test_requests_come_as_query_form_or_json_and_names_in_any_case(
    served: Served, bot: BotAccount, person: Person, client: httpx.AsyncClient
) -> None:
    base = f"{served.base}/bot{bot.token}"
    markup = {"inline_keyboard": [[{"text": "看", "callback_data": "l"}]]}
    fields = {"chat_id": str(person.id), "text": "一", "reply_markup": json.dumps(markup), "protect_content": "True"}
    answers = [
        await client.get(f"{base}/SENDMESSAGE", params=fields),
        await client.post(f"{base}/sendmessage", data=fields),
        await client.post(f"{base}/sendMessage", files={name: (None, value) for name, value in fields.items()}),
        await client.post(f"{base}/sendMessage", json={**fields, "reply_markup": markup, "protect_content": True}),
        await client.post(f"{base}/sendMessage", params={"chat_id": person.id}, json={"text": "一"}),
    ]
    assert [one.status_code for one in answers] == [200] * 5
    assert [one.text for one in person.inbox(bot)][-5:] == ["一"] * 5
    assert all(one.buttons for one in person.inbox(bot)[-5:-1])
    for body, kind in ((b"{", "application/json"), (b"\xff=1", "application/x-www-form-urlencoded")):
        broken = await client.post(f"{base}/sendMessage", content=body, headers={"Content-Type": kind})
        assert broken.status_code == 400
