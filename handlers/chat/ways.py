"""Somebody wants to be reached in another place too: another telephone, another program.

换个地方找我   a link that works once, for each bot of the house; whoever takes it in another chat is this person
"""

from aiogram import Router
from aiogram.filters import Filter, StateFilter
from aiogram.methods import SendMessage
from aiogram.types import Message

from handlers.chat.hearing import Private
from handlers.chat.paper import Filing
from handlers.words import Html, Words
from models.actions.ways import doors, offer_way
from models.queries.people import Speaker
from models.turn import Turn
from models.understanding.reach import elsewhere

router = Router(name="ways")
router.message.filter(Private(), StateFilter(None, Filing))


class Elsewhere(Filter):
    """换个地方找我 and nothing else; a sentence in which it only stands is something to be said."""

    async def __call__(self, message: Message) -> bool:
        return elsewhere(message.text or "")


@router.message(Elsewhere())
async def give_link(message: Message, turn: Turn, w: Words, speaker: Speaker | None, doorstep: str) -> SendMessage:
    """One link a bot, all of them the same token; a person nobody has met has nothing to take along."""
    if speaker is None:
        return _say(message, w("我还不认识您。先说说是什么事，或扫一下楼道里的二维码。"))
    bots = await turn.ask(doors)
    token = await turn.do(offer_way, person=speaker.person)
    links = "\n".join(doorstep.format(username=name) + f"?start={token}" for name in bots.values())
    return _say(
        message,
        w(
            "在另一个手机或账号上点这个链接，我在那边也能找到您。1小时内有效，只能用一次。谁点了就能看到您的事，请别转给别人。\n%(links)s",
            links=links or f"/start {token}",
        ),
    )


def _say(message: Message, text: Html) -> SendMessage:
    return SendMessage(chat_id=message.chat.id, text=text, parse_mode="HTML")
