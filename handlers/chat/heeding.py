"""Who waits for help says more: it is for those who help, and never a form to fill in.

may not want to live        any words join, the desk hears each of them; a number in them is the one to call
who asked for a call         a number among other words is the one to call
danger without a place      any words join; a place in them takes it to its own desk
an emergency of this hour   words that name no other matter join, and no consent is asked for while it is open

Words of another danger are an emergency of their own; long after, so is a matter that is clearly named.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiogram import Router
from aiogram.filters import Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.methods import SendMessage
from aiogram.types import Message

from handlers.cards.phrases import care_words, desk_name, place_name
from handlers.chat.hearing import Heard, Private, Said
from handlers.chat.paper import Filing
from handlers.words import Html, Words
from models.actions.heeding import heed
from models.actions.relaying import Remark
from models.queries.doing import contradicted
from models.queries.exchange import asked_of
from models.queries.needing import LOOKED_FOR, Needing, needing
from models.queries.people import Speaker
from models.queries.pursued import to_be_called
from models.rules.policy import UNCLASSIFIED, Town
from models.turn import Turn
from models.understanding import ASKED, Intent, Understanding, understand
from models.understanding.despair import meant_oneself
from models.understanding.place import named_in
from models.understanding.reach import number_in
from models.understanding.reading import matching
from models.understanding.several import near

router = Router(name="heeding")
router.message.filter(Private(), StateFilter(None, Filing))

CARED_FOR = timedelta(days=1)
"""So long after the last word every word is about the same (`LOOKED_FOR` in danger); later a matter that is clearly
named is one of its own."""

IN_HASTE = 60
"""So many characters somebody types while help is on its way; whoever writes a letter meanwhile writes of something
else, whatever its matter is called."""

_UNHEARD = frozenset({UNCLASSIFIED, "C09-1"})
"""「没人理我」 is no complaint about the firm from somebody who waits for a human voice."""


@dataclass(frozen=True, slots=True)
class Need:
    """What the words belong to. `building`: where they say it is, "" for nowhere that is known."""

    case: Needing
    said: Understanding
    building: str
    oneself: bool = False  # who was told of somebody else's despair says it is their own


class InNeed(Filter):
    """Words of somebody who waits for help; hands on `need`."""

    async def __call__(
        self, message: Message, said: Heard, state: FSMContext, turn: Turn, speaker: Speaker | None, town: Town
    ) -> bool | dict[str, Any]:
        if speaker is None or said.only_voice or message.forward_origin is not None:
            return False
        waits = await turn.ask(needing, person=speaker.person)
        if waits is None:
            return False
        told = understand(said.text, town, home=None)
        if waits.of_another and (meant_oneself(matching(said.text)) or (told.care and not told.of_another)):
            return {"need": Need(waits, told, "", oneself=True)}
        if (told.danger and not told.care) or (told.care and not waits.care):
            return False
        if not waits.nowhere and not waits.care:
            joins = await _joins_emergency(message, waits, told, state, turn, speaker, town)
            return {"need": Need(waits, told, "")} if joins else False
        named = named_in(said.text, town, home=None) if waits.nowhere else None
        if named is not None and named.sure and named.alone and speaker.home is None and not speaker.staff:
            return False  # a place and nothing else: room `placing` knows them all
        building = named.building if named is not None else None
        another = told.category.code not in _UNHEARD and not told.category.sealed and told.intent is Intent.MATTER
        quiet = turn.now - waits.said_at
        if waits.care:
            joins = quiet <= CARED_FOR or not another
        else:
            joins = await state.get_state() is None and (quiet <= LOOKED_FOR and (waits.emergency or not another))
        return {"need": Need(waits, told, building or "")} if joins or building else False


async def _joins_emergency(
    message: Message, waits: Needing, told: Understanding, state: FSMContext, turn: Turn, speaker: Speaker, town: Town
) -> bool:
    """Whether the words are of the emergency that is open: what answers a card, thanks or asks how it stands is not."""
    if (
        len(message.text or message.caption or "") > IN_HASTE
        or message.reply_to_message is not None
        or await state.get_state() is not None
        or await state.get_data()
    ):
        return False
    code = told.category.code
    if await turn.ask(contradicted, person=speaker.person, text=message.text or "") is not None:
        return False  # room `adding` says what comes of it
    if told.intent not in (Intent.MATTER, Intent.EMPTY) or (told.category.sealed and code != waits.category):
        return False
    answer, question = await turn.ask(asked_of, person=speaker.person)
    if question is not None or (answer is not None and answer != waits.case_id):
        return False  # another case waits for these words, and asks which is meant
    named = code not in (*_UNHEARD, ASKED) and not near(code, waits.category)
    return not named or speaker.consent != town.consent_version


@router.message(Said(), InNeed())
async def take_word(
    message: Message, said: Heard, need: Need, turn: Turn, w: Words, speaker: Speaker, town: Town
) -> SendMessage:
    """It is with those who help; who they are and how to call them."""
    cared_for = need.case.care or need.oneself
    phone = number_in(said.text) if cared_for else ""
    desk = await turn.do(
        heed,
        case_id=need.case.case_id,
        by=speaker,
        bot_id=turn.waiting.bot_id,
        chat_id=message.chat.id,
        remark=Remark(said.text, said.files),
        phone=phone,
        call=cared_for and need.said.intent is Intent.PERSON,
        building=need.building,
    )
    name = desk_name(w, desk)
    if phone:
        told = w("已经请%(desk)s（%(phone)s）的人打尾号%(tail)s找您。", desk=name, phone=desk.phone, tail=phone[-4:])
    elif need.building:
        place = place_name(w, town.compound_of(need.building), town.buildings[need.building])
        told = w("好了，%(place)s，已经告诉%(desk)s（%(phone)s）。", place=place, desk=name, phone=desk.phone)
    else:
        told = w("已经告诉%(desk)s，您也可以现在就打%(phone)s。", desk=name, phone=desk.phone)
    if cared_for:
        told = Html(f"{care_words(w)}\n{told}")
    elif need.case.nowhere and not need.building:
        told = Html(f"{told}\n{w('想起来是哪个小区几栋，再发一句就行。')}")
    return SendMessage(chat_id=message.chat.id, text=told, parse_mode="HTML")


class NumberToCall(Filter):
    """Words with one telephone number, from somebody who asked for a call (找人工); hands on `phone` and `called`."""

    async def __call__(self, message: Message, turn: Turn, speaker: Speaker | None) -> bool | dict[str, Any]:
        phone = number_in(message.text or "")
        if speaker is None or not phone or message.forward_origin is not None:
            return False
        called = await turn.ask(to_be_called, person=speaker.person)
        return False if called is None else {"phone": phone, "called": called}


@router.message(Said(), NumberToCall())
async def take_number(
    message: Message, said: Heard, phone: str, called: int, state: FSMContext, turn: Turn, w: Words, speaker: Speaker
) -> SendMessage:
    """The desk that calls has the number, and what was said with it, such as when."""
    kept = {**await state.get_data()}
    if kept.pop("adding", None):
        await state.set_data(kept)
    desk = await turn.do(
        heed,
        case_id=called,
        by=speaker,
        bot_id=turn.waiting.bot_id,
        chat_id=message.chat.id,
        remark=Remark(said.text, said.files),
        phone=phone,
    )
    text = w("尾号%(tail)s记下了，%(desk)s打这个电话找您。", tail=phone[-4:], desk=desk_name(w, desk))
    return SendMessage(chat_id=message.chat.id, text=text)
