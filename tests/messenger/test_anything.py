"""Whatever is asked, there is an answer: never a crash, and never half a deed."""

from __future__ import annotations

import json
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messenger.answers import Answers
from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.decoding import Kind
from bot.messenger.people import Person
from bot.messenger.spec import METHODS
from tests.messenger.conftest import Served

PERSON_ID = 77
FILE_ID = "the one file there is"
_words = st.sampled_from(
    ["", "一", "HTML", "<b>", "x" * 70, "{}", "[]", "[[", "null", "-1", "1e999", "attach://x", "@x"]
)
_plain = st.none() | st.booleans() | st.integers() | st.floats() | _words
_odd = st.recursive(
    _plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "text"]), inner, max_size=2),
    max_leaves=6,
)


def _object(**fields: object) -> st.SearchStrategy[dict[str, object]]:
    """An object nearly as it should be: each field right, odd, or missing."""
    return st.fixed_dictionaries(
        {}, optional={name: st.just(right) | _odd if right is not None else _odd for name, right in fields.items()}
    )


_button = _object(
    text="一", callback_data="x", url="https://a.example", copy_text={"text": "x"}, style="danger", web_app=None
)
_fitting: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.CHAT: st.just(PERSON_ID),
    Kind.INTEGER: st.integers(-2, 3),
    Kind.FLOAT: st.floats(-200, 200),
    Kind.BOOLEAN: st.booleans(),
    Kind.STRING: _words,
    Kind.TEXT: _words,
}
_shaped: dict[str, st.SearchStrategy[Any]] = {
    "reply_markup": st.fixed_dictionaries({"inline_keyboard": st.lists(st.lists(_button, max_size=2), max_size=2)})
    | _object(keyboard=[["一"]], input_field_placeholder="x", one_time_keyboard=True)
    | st.fixed_dictionaries({"keyboard": st.lists(st.lists(_object(text="一", request_contact=True), max_size=2))})
    | _object(remove_keyboard=True, force_reply=True),
    "media": st.lists(_object(type="photo", media=FILE_ID, caption="一", parse_mode="HTML", duration=1), max_size=3),
    "entities": st.lists(_object(type="bold", offset=0, length=1, url="x", language="x"), max_size=2),
    "caption_entities": st.lists(_object(type="bold", offset=-1, length=9), max_size=2),
    "reply_parameters": _object(message_id=1, allow_sending_without_reply=True),
    "scope": _object(type="chat", chat_id=PERSON_ID),
    "commands": st.lists(_object(command="x", description="一"), max_size=2),
    "menu_button": _object(type="commands"),
    "allowed_updates": st.lists(_odd, max_size=2),
    "message_ids": st.lists(_odd | st.integers(1, 3), max_size=3),
    "photo": st.just(FILE_ID),
    "url": st.sampled_from(["http://127.0.0.1:1/", "http://[", "https://a:b/", "x"]),
}


@st.composite
def _requests(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    method = METHODS[draw(st.sampled_from(sorted(set(METHODS) - {"getupdates"})))]
    names = set(method.required) | set(draw(st.lists(st.sampled_from(sorted(method.parameters) or ["x"]), max_size=5)))
    params = {}
    for name in sorted(names):
        parameter = method.parameters.get(name)
        fitting = _shaped[name] if name in _shaped else _fitting.get(parameter.kind if parameter else Kind.OBJECT, _odd)
        params[name] = draw(st.one_of(fitting, fitting, fitting, _odd))
    return method.name, params


def _with_file(value: Any, file_id: str) -> Any:
    if isinstance(value, dict):
        return {name: _with_file(one, file_id) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_file(one, file_id) for one in value]
    return file_id if value == FILE_ID else value


@settings(max_examples=300, deadline=None)
@given(st.lists(_requests(), min_size=1, max_size=4))
async def test_any_parameters_get_an_answer(requests: list[tuple[str, dict[str, object]]]) -> None:
    messenger = Messenger()
    bot = messenger.add_bot("any_bot")
    person = messenger.add_person(person_id=PERSON_ID)
    person.start(bot)
    photo = person.send_photo(bot, b"x").media
    assert photo
    answers = Answers(messenger)
    for method, params in requests:
        before = person.inbox(bot)
        answer = await answers.give(bot, method, _with_file(params, photo.file.file_id), {})
        body = json.loads(answer.body, parse_constant=str)
        assert body["ok"] is (answer.status == 200)
        assert answer.status in (200, 400, 403, 404, 413, 429), body
        if answer.status != 200:
            assert person.inbox(bot) == before


async def test_half_a_character_is_no_text(
    served: Served, bot: BotAccount, person: Person, client: httpx.AsyncClient
) -> None:
    before = person.inbox(bot)
    markup = r'{"inline_keyboard":[[{"text":"\udfff","callback_data":"x"}]]}'
    for body in (
        rf'{{"chat_id":{person.id},"text":"\ud83d"}}',
        rf'{{"chat_id":{person.id},"text":"一","reply_markup":{markup}}}',
        json.dumps({"chat_id": person.id, "text": "一", "reply_markup": markup}),
    ):
        said = await client.post(
            f"{served.base}/bot{bot.token}/sendMessage",
            content=body.encode(),
            headers={"Content-Type": "application/json"},
        )
        assert said.json()["description"] == "Bad Request: strings must be encoded in UTF-8"
    assert person.inbox(bot) == before
    whole = rf'{{"chat_id":{person.id},"text":"\ud83d\ude00"}}'
    said = await client.post(
        f"{served.base}/bot{bot.token}/sendMessage", content=whole, headers={"Content-Type": "application/json"}
    )
    assert said.json()["result"]["text"] == "😀"
