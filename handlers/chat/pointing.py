"""Somebody on duty types freely: their words are no complaints, and are pointed to the cards."""

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.methods import SendMessage
from aiogram.types import Message

from handlers.chat.hearing import OnDuty, Private, Said
from handlers.words import Words

router = Router(name="pointing")
router.message.filter(Private())


@router.message(StateFilter(None), OnDuty(), Said())
async def point_to_cards(message: Message, w: Words) -> SendMessage:
    """Free words of somebody on duty: nothing is filed in their name."""
    return SendMessage(
        chat_id=message.chat.id,
        text=w("要办的件请在卡片上点按钮。您自己要反映事情，请扫您家楼道里的二维码。"),
    )
