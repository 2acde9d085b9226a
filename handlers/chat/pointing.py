"""Somebody on duty types freely: their words are no complaints in their name, and each gets a useful answer.

谢谢 · 你好 · 怎么样了     thanked, greeted, told what waits
what sounds like a matter   offered to be written down: 登记这句
anything else               where such words belong
"""

from typing import Any

from aiogram import Router
from aiogram.filters import Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.methods import SendMessage
from aiogram.types import Message

from handlers.cards.buttons import Verb, button
from handlers.cards.phrases import greeting
from handlers.chat.hearing import Heard, OnDuty, Private, Said, keyboard
from handlers.chat.shifting import show_waiting
from handlers.words import Words
from models.queries.desks import desk_of
from models.queries.people import Speaker
from models.queries.waiting import waiting_at
from models.rules.policy import UNCLASSIFIED, Town
from models.turn import Turn
from models.understanding import Intent, understand

router = Router(name="pointing")
router.message.filter(Private())


class SaysOnDuty(Filter):
    """Somebody who holds an office and lives nowhere here says one of these; hands the handler the `desk`, if any."""

    def __init__(self, *intents: Intent) -> None:
        self.intents = frozenset(intents)

    async def __call__(self, message: Message, speaker: Speaker | None, town: Town) -> bool | dict[str, Any]:
        if speaker is None or not speaker.staff or speaker.home is not None or not message.text:
            return False
        if message.text.startswith("/") or understand(message.text, town, home=None).intent not in self.intents:
            return False
        return {"desk": desk_of(speaker, town)}


@router.message(StateFilter(None), SaysOnDuty(Intent.THANKS))
async def thank_back(message: Message, desk: str | None, w: Words) -> SendMessage:
    if desk is None:
        text = w("您辛苦了！邻居有事会请您帮着看看，不方便就点「没空」。")
    else:
        text = w("您辛苦了！该办的件会发到这里；看手上的件，打「待办」。")
    return SendMessage(chat_id=message.chat.id, text=text)


@router.message(StateFilter(None), SaysOnDuty(Intent.GREETING, Intent.STANDING))
async def say_what_waits(message: Message, desk: str | None, turn: Turn, w: Words, town: Town) -> SendMessage:
    """What waits at the desk; a head is told what comes."""
    if desk is None:
        return SendMessage(chat_id=message.chat.id, text=greeting(w, lives_here=False, staff=True))
    return show_waiting(turn, w, town, desk, await turn.ask(waiting_at, desk=desk))


@router.message(StateFilter(None), OnDuty(), Said())
async def take_note(
    message: Message, said: Heard, state: FSMContext, turn: Turn, w: Words, speaker: Speaker, town: Town
) -> SendMessage:
    """What sounds like a matter may be written down with one tap; nothing is filed unasked."""
    if desk_of(speaker, town) is None or understand(said.text, town, home=None).category.code == UNCLASSIFIED:
        return await point_to_cards(message, w) if desk_of(speaker, town) is not None else point_head(message, w)
    await state.set_data({"noted": said.text, "card": turn.waiting.id})
    chat_id = turn.waiting.chat_id
    offer = button(turn.keys, chat_id, w.plain("登记这句"), Verb.ENTER, of=turn.waiting.id, version=NOTED)
    return SendMessage(
        chat_id=chat_id,
        text=w("这句话没有发给任何人。有人来反映，点「登记这句」；要带话、派工、报办好，请在那张卡片上点按钮。"),
        reply_markup=keyboard(((offer,),)),
    )


def point_head(message: Message, w: Words) -> SendMessage:
    """A neighbour who helps has no counter and sends nobody out: what they did is said by one button."""
    return SendMessage(
        chat_id=message.chat.id,
        text=w(
            "谢谢您！这句话还没告诉别人：办好了，点卡片上的「已经好了」再说一句；没说通就点「没空」，自有人来办。"
            "您自己家的事，请扫您家楼道里的二维码。"
        ),
    )


NOTED = 1
"""What the button of an offered line says, beside the one that asks for a line."""


async def point_to_cards(message: Message, w: Words) -> SendMessage:
    """Free words of somebody on duty: nothing is filed in their name."""
    return SendMessage(
        chat_id=message.chat.id,
        text=w(
            "要办的件请在卡片上点按钮，比如带话、派工、办好了。有人到服务台反映，打「登记」再说一句。"
            "您自己家的事，请扫您家楼道里的二维码。"
        ),
    )
