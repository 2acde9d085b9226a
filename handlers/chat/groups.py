"""In a group: one button to the private chat, and nothing is kept. A grievance is nobody else's to read."""

from aiogram import Bot, Router
from aiogram.filters import Filter
from aiogram.methods import SendMessage
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message

from handlers.words import Words

router = Router(name="groups")


class Addressed(Filter):
    """A group's message that speaks to the bot: a command, its @name, or an answer to it."""

    async def __call__(self, message: Message, bot: Bot) -> bool:
        if message.chat.type not in ("group", "supergroup"):
            return False
        text = message.text or message.caption or ""
        me = await bot.me()
        answered = message.reply_to_message is not None and message.reply_to_message.from_user is not None
        return (
            text.startswith("/")
            or f"@{me.username}".lower() in text.lower()
            or (answered and message.reply_to_message.from_user.id == bot.id)  # type: ignore[union-attr]
        )


@router.message(Addressed())
async def show_the_door(message: Message, bot: Bot, w: Words, doorstep: str) -> SendMessage:
    """Where to say it instead; the text names nobody and repeats nothing."""
    me = await bot.me()
    return SendMessage(
        chat_id=message.chat.id,
        text=w("小区的事请私下跟我说，别人看不到。"),
        reply_markup=InlineKeyboardMarkup(
            inline_keyboard=[[InlineKeyboardButton(text=w.plain("私下说"), url=doorstep.format(username=me.username))]]
        ),
    )
