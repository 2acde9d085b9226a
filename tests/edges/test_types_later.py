"""aiogram whose types are built when first met reads and writes what aiogram reads and writes."""

import subprocess
import sys

_READS = """
import sys
if sys.argv[1] == "later":
    from bot.telegram.types_later import import_aiogram
    import_aiogram()
    import_aiogram()
from aiogram import Bot
from aiogram.methods import EditMessageReplyMarkup, SendMessage
from aiogram.methods.base import Response
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update

bot = Bot("1:token")
person = {"id": 5, "is_bot": False, "first_name": "王"}
message = {
    "message_id": 7, "date": 1795500000, "chat": {"id": 5, "type": "private", "first_name": "王"}, "from": person,
    "text": "3栋电梯停了", "photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 2}],
}
keys = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="对", callback_data="su.1")]])
updates = [
    {"update_id": 1, "message": message},
    {"update_id": 2, "edited_message": {**message, "edit_date": 1795500009}},
    {"update_id": 3, "callback_query": {
        "id": "9", "from": person, "message": message, "chat_instance": "c", "data": "d"}},
    {"update_id": 4, "my_chat_member": {
        "chat": message["chat"], "from": person, "date": 1795500000,
        "old_chat_member": {"status": "member", "user": person},
        "new_chat_member": {"status": "kicked", "user": person, "until_date": 0}}},
]
for update in updates:
    read = Update.model_validate(update, context={"bot": bot})
    print(read.model_dump_json(exclude_none=True), (read.message or read.callback_query or read).bot is bot)
print(SendMessage(chat_id=5, text="好", reply_markup=keys).model_dump(exclude_none=True))
print(EditMessageReplyMarkup(chat_id=5, message_id=7).model_dump(exclude_none=True))
print(Response[Message].model_validate({"ok": True, "result": message}, context={"bot": bot}).model_dump_json())
"""


def test_types_met_later_are_the_same_types() -> None:
    now, later = (
        subprocess.run([sys.executable, "-c", _READS, when], capture_output=True, text=True, check=True).stdout
        for when in ("now", "later")
    )
    assert now.count("True") == 4
    assert later == now


_BUILDS_ALL = """
from bot.telegram.types_later import import_aiogram
import_aiogram()
import aiogram.methods, aiogram.types
for room in (aiogram.types, aiogram.methods):
    for name in room.__all__:
        kind = getattr(room, name)
        if hasattr(kind, "model_rebuild"):
            kind.model_rebuild()
            assert kind.__pydantic_complete__, name
"""


def test_every_type_and_method_can_be_built_when_it_is_met() -> None:
    subprocess.run([sys.executable, "-c", _BUILDS_ALL], check=True)
