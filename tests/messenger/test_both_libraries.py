"""aiogram and python-telegram-bot, unmodified, over HTTP: each finds in our messenger the Telegram it knows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from io import BytesIO

import pytest
import telegram
from aiogram import Bot, Dispatcher, exceptions
from aiogram import types as aio
from telegram.ext import ExtBot

from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.people import Person
from bot.messenger.stage import Stage
from tests.messenger.conftest import Ask, until
from tests.messenger.published import PATH, published

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\0\x80" + b"\0" * 16
KEYBOARD = aio.InlineKeyboardMarkup(inline_keyboard=[[aio.InlineKeyboardButton(text="解决了", callback_data="done:1")]])


async def test_aiogram_hears_and_answers_by_its_own_polling(bot: BotAccount, person: Person, aiogram_bot: Bot) -> None:
    dispatcher = Dispatcher()
    answered = asyncio.Event()

    @dispatcher.message()
    async def echo(message: aio.Message) -> None:
        await message.answer(f"<b>{message.text}</b>", parse_mode="HTML", reply_markup=KEYBOARD)

    @dispatcher.callback_query()
    async def tapped(query: aio.CallbackQuery) -> None:
        await query.answer("好")
        assert isinstance(query.message, aio.Message)
        await query.message.edit_text("已解决")
        answered.set()

    polling = asyncio.create_task(
        dispatcher.start_polling(aiogram_bot, handle_signals=False, close_bot_session=False, polling_timeout=5)
    )
    person.say(bot, "灯坏了")
    await until(lambda: person.inbox(bot)[-1].from_bot)
    message = person.last(bot)
    assert (message.text, [one.kind for one in message.entities]) == ("灯坏了", ["bold"])
    person.tap(message, "解决了")
    await asyncio.wait_for(answered.wait(), 10)
    assert person.last(bot).text == "已解决"
    assert person.last(bot).buttons == ()
    await dispatcher.stop_polling()
    await polling


async def test_ptb_sends_every_kind_and_fetches_a_file(bot: BotAccount, person: Person, ptb_bot: ExtBot[None]) -> None:
    markup = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("看", callback_data="look")]])
    sent = await ptb_bot.send_message(person.id, "<i>一</i>", parse_mode="HTML", reply_markup=markup)
    await ptb_bot.edit_message_text("二", person.id, sent.message_id, reply_markup=markup)
    await ptb_bot.edit_message_reply_markup(person.id, sent.message_id)
    photo = await ptb_bot.send_photo(person.id, PNG, caption="三")
    await ptb_bot.edit_message_caption(person.id, photo.message_id, caption="四")
    await ptb_bot.send_document(person.id, b"a,b", filename="名单.csv")
    await ptb_bot.send_voice(person.id, b"OggS", duration=3)
    await ptb_bot.send_video(person.id, b"mp4")
    await ptb_bot.send_location(person.id, 31.2, 121.5)
    album = await ptb_bot.send_media_group(
        person.id, [telegram.InputMediaPhoto(PNG, caption="册"), telegram.InputMediaPhoto(photo.photo[-1].file_id)]
    )
    await ptb_bot.send_chat_action(person.id, "typing")
    assert len({one.media_group_id for one in album}) == 1
    inbox = [one for one in person.inbox(bot) if one.from_bot]
    assert [one.text for one in inbox] == ["二", "四", "", "", "", "", "册", ""]
    assert inbox[0].edited_at is not None
    assert inbox[0].buttons == ()
    fetched = await (await ptb_bot.get_file(photo.photo[-1].file_id)).download_as_bytearray()
    assert bytes(fetched) == PNG
    assert (photo.photo[-1].width, photo.photo[-1].height) == (256, 128)


async def test_aiogram_sends_every_kind_and_fetches_a_file(bot: BotAccount, person: Person, aiogram_bot: Bot) -> None:
    file = aio.BufferedInputFile(PNG, "灯.png")
    sent = await aiogram_bot.send_photo(person.id, file, caption="一", reply_markup=KEYBOARD)
    assert sent.photo
    await aiogram_bot.send_media_group(
        person.id, [aio.InputMediaPhoto(media=file), aio.InputMediaVideo(media=file), aio.InputMediaPhoto(media=file)]
    )
    document = await aiogram_bot.send_document(person.id, aio.BufferedInputFile(b"a,b", "名单.csv"))
    assert document.document
    assert document.document.file_name == "名单.csv"
    reply = await aiogram_bot.send_message(
        person.id, "回", reply_parameters=aio.ReplyParameters(message_id=sent.message_id)
    )
    assert reply.reply_to_message
    assert reply.reply_to_message.message_id == sent.message_id
    got = await aiogram_bot.download(sent.photo[-1].file_id, BytesIO())
    assert got is not None
    assert got.read() == PNG
    await aiogram_bot.delete_message(person.id, sent.message_id)
    assert sent.message_id not in [one.id for one in person.inbox(bot)]


async def test_both_libraries_name_our_refusals_as_telegrams(
    bot: BotAccount,
    person: Person,
    aiogram_bot: Bot,
    ptb_bot: ExtBot[None],
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it, reading a RetryAfter warns
    with pytest.raises(exceptions.TelegramBadRequest, match="can't parse entities"):
        await aiogram_bot.send_message(person.id, "<b>", parse_mode="HTML")
    with pytest.raises(telegram.error.BadRequest, match="Chat not found"):
        await ptb_bot.send_message(999, "谁")
    for code in (500, 502):
        stage.fail_next("sendMessage", code)
        with pytest.raises(exceptions.TelegramServerError):
            await aiogram_bot.send_message(person.id, "一")
    stage.fail_next("sendMessage", 429, n=2, retry_after=7)
    with pytest.raises(exceptions.TelegramRetryAfter) as waits:
        await aiogram_bot.send_message(person.id, "一")
    assert waits.value.retry_after == 7
    with pytest.raises(telegram.error.RetryAfter):
        await ptb_bot.send_message(person.id, "一")
    stage.drop_answer("sendMessage", n=2)
    with pytest.raises(exceptions.TelegramNetworkError):
        await aiogram_bot.send_message(person.id, "到了")
    with pytest.raises(telegram.error.NetworkError):
        await ptb_bot.send_message(person.id, "也到了")
    assert [one.text for one in person.inbox(bot)[-2:]] == ["到了", "也到了"]
    person.block(bot)
    with pytest.raises(exceptions.TelegramForbiddenError):
        await aiogram_bot.send_message(person.id, "一")
    with pytest.raises(telegram.error.Forbidden):
        await ptb_bot.send_message(person.id, "一")


async def test_a_moved_group_tells_both_libraries_where(
    messenger: Messenger, bot: BotAccount, person: Person, aiogram_bot: Bot, ptb_bot: ExtBot[None]
) -> None:
    group = messenger.add_group("三号楼", [person], bot)
    raised = messenger.upgrade(group, by=person.id)
    with pytest.raises(exceptions.TelegramMigrateToChat) as moved:
        await aiogram_bot.send_message(group.id, "一")
    assert moved.value.migrate_to_chat_id == raised.id
    with pytest.raises(telegram.error.ChatMigrated) as migrated:
        await ptb_bot.send_message(group.id, "一")
    assert migrated.value.new_chat_id == raised.id
    await ptb_bot.send_message(raised.id, "一")


async def test_both_libraries_set_a_bot_up_and_look_around(
    messenger: Messenger, bot: BotAccount, person: Person, aiogram_bot: Bot, ptb_bot: ExtBot[None]
) -> None:
    group = messenger.add_group("三号楼", [person], bot)
    hook = "http://127.0.0.1:9/hook"
    assert await aiogram_bot.set_webhook(hook, secret_token="s", allowed_updates=["message"])
    assert (await aiogram_bot.get_webhook_info()).allowed_updates == ["message"]
    assert await aiogram_bot.delete_webhook(drop_pending_updates=True)
    commands = [aio.BotCommand(command="help", description="怎么用")]
    assert await aiogram_bot.set_my_commands(commands, aio.BotCommandScopeAllPrivateChats(), "zh")
    menu = await aiogram_bot.get_my_commands(aio.BotCommandScopeAllPrivateChats(), "zh")
    assert [(one.command, one.description) for one in menu] == [("help", "怎么用")]
    assert await aiogram_bot.set_my_description("事事有回音")
    assert (await aiogram_bot.get_my_description()).description == "事事有回音"
    assert (await aiogram_bot.get_chat(group.id)).title == "三号楼"
    assert (await aiogram_bot.get_chat_member(group.id, person.id)).status == "member"
    sent = await aiogram_bot.send_message(person.id, "一")
    assert await aiogram_bot.pin_chat_message(person.id, sent.message_id)
    assert await aiogram_bot.unpin_chat_message(person.id)
    assert await aiogram_bot.delete_messages(person.id, [sent.message_id, 999])

    assert await ptb_bot.set_webhook(hook, secret_token="s", max_connections=8)
    assert (await ptb_bot.get_webhook_info()).max_connections == 8
    assert await ptb_bot.delete_webhook()
    assert await ptb_bot.set_my_commands([("help", "help")], telegram.BotCommandScopeChat(person.id), "en")
    assert len(await ptb_bot.get_my_commands(telegram.BotCommandScopeChat(person.id), "en")) == 1
    assert await ptb_bot.set_my_name("回音")
    assert (await ptb_bot.get_my_name()).name == "回音"
    assert (await ptb_bot.get_chat(person.id)).first_name == "王阿姨"
    assert await ptb_bot.leave_chat(group.id)
    assert await ptb_bot.log_out()


Act = Callable[[Messenger, BotAccount, Person], object]


def _tap_deleted(messenger: Messenger, bot: BotAccount, person: Person) -> None:
    message = person.say(bot, "一")
    messenger.erase(messenger.private_chat(bot, person), message.id)
    person.tap(message, callback_data="old")


ACTS: dict[str, Act] = {
    "start with a payload": lambda messenger, bot, person: person.start(bot, "b7-u2-301"),
    "words": lambda messenger, bot, person: person.say(bot, "灯坏了 #路灯 😀 https://a.example"),
    "a reply": lambda messenger, bot, person: person.say(bot, "二", reply_to=person.say(bot, "一")),
    "forwarded from a person": lambda messenger, bot, person: person.say(
        bot, "转", forwarded_from=messenger.add_person("李")
    ),
    "forwarded from a hidden name": lambda messenger, bot, person: person.say(bot, "转", forwarded_from="某人"),
    "an edit": lambda messenger, bot, person: person.edit(bot, person.say(bot, "一").id, "二"),
    "a photo": lambda messenger, bot, person: person.send_photo(bot, PNG, "灯"),
    "a voice": lambda messenger, bot, person: person.send_voice(bot, b"OggS"),
    "a video": lambda messenger, bot, person: person.send_video(bot, b"mp4"),
    "a document": lambda messenger, bot, person: person.send_document(bot, b"x", "../名单.csv"),
    "a sticker": lambda messenger, bot, person: person.send_sticker(bot),
    "a place": lambda messenger, bot, person: person.send_location(bot, 31.2, 121.5, horizontal_accuracy=20),
    "one's own phone": lambda messenger, bot, person: person.send_contact(bot, "+8613800000000", person.id),
    "somebody's phone": lambda messenger, bot, person: person.send_contact(bot, "+8613800000000"),
    "an album": lambda messenger, bot, person: person.send_album(bot, [PNG, PNG], "两张"),
    "a forged tap": lambda messenger, bot, person: person.tap(person.say(bot, "一"), callback_data="x" * 64),
    "a tap on a deleted message": _tap_deleted,
    "blocking": lambda messenger, bot, person: person.block(bot),
    "unblocking": lambda messenger, bot, person: person.unblock(bot),
    "a group": lambda messenger, bot, person: messenger.add_group("三号楼", [person], bot),
    "a command in a group": lambda messenger, bot, person: person.say_in(
        messenger.add_group("三号楼", [person], bot), "/help"
    ),
    "a group that moves": lambda messenger, bot, person: messenger.upgrade(
        messenger.add_group("三号楼", [person], bot), by=person.id
    ),
    "being thrown out": lambda messenger, bot, person: messenger.throw_out(
        messenger.add_group("三号楼", [person], bot), bot, by=person.id
    ),
}


@pytest.mark.parametrize("act", ACTS)
async def test_every_update_is_what_the_bot_api_gives(
    act: str, messenger: Messenger, bot: BotAccount, person: Person, ptb_bot: ExtBot[None], ask: Ask
) -> None:
    ACTS[act](messenger, bot, person)
    updates = (await ask("getUpdates")).result
    assert updates
    for raw in updates:
        parsed = aio.Update.model_validate(raw)
        assert not _extras(parsed), raw
        other = telegram.Update.de_json(raw, ptb_bot)
        assert other.update_id == parsed.update_id
        assert other.effective_user is not None
        assert json.loads(other.to_json())
        if PATH.exists():
            assert list(published().faults("Update", raw)) == []


@pytest.mark.skipif(not PATH.exists(), reason=f"no published schema beside the checkout ({PATH.name})")
async def test_every_answer_is_what_the_bot_api_gives(
    messenger: Messenger, bot: BotAccount, person: Person, ask: Ask
) -> None:
    schema = published()
    photo = person.send_photo(bot, PNG)
    assert photo.media
    file_id = photo.media.file.file_id
    markup = {"inline_keyboard": [[{"text": "看", "callback_data": "l"}, {"text": "网", "url": "https://a.example"}]]}
    for method, kind, params in (
        ("getMe", "User", {}),
        ("sendMessage", "Message", {"chat_id": person.id, "text": "一 /help", "reply_markup": markup}),
        ("sendPhoto", "Message", {"chat_id": person.id, "photo": file_id, "caption": "二"}),
        ("sendLocation", "Message", {"chat_id": person.id, "latitude": 31.2, "longitude": 121.5}),
        ("getFile", "File", {"file_id": file_id}),
        ("getChat", "ChatFullInfo", {"chat_id": person.id}),
        ("getChatMember", "ChatMember", {"chat_id": person.id, "user_id": person.id}),
        ("getWebhookInfo", "WebhookInfo", {}),
        ("getMyCommands", "Array of BotCommand", {}),
        ("getMyName", "BotName", {}),
        ("getMyDescription", "BotDescription", {}),
    ):
        result = (await ask(method, **params)).result
        assert list(schema.faults(kind, result)) == [], method


def _extras(value: object) -> list[str]:
    """Fields aiogram took in without knowing them: it forbids nothing, so we look."""
    if isinstance(value, list):
        return [name for one in value for name in _extras(one)]
    if not isinstance(value, aio.TelegramObject):
        return []
    own = [f"{type(value).__name__}.{name}" for name in value.model_extra or {}]
    return own + [name for field in type(value).model_fields for name in _extras(getattr(value, field, None))]
