"""In which language? 「English」 or 「中文」, typed at any time: from then on everything comes in it."""

from dataclasses import replace
from typing import Any

from aiogram import Router
from aiogram.filters import Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.methods import SendMessage
from aiogram.types import Message

from handlers.chat.hearing import Private
from handlers.chat.paper import Filing, Paper
from handlers.chat.questions import ask_next, greeted
from handlers.words import Words
from models.actions.enrolling import speak
from models.queries.people import Speaker
from models.rules.policy import Town
from models.turn import Turn
from models.understanding.reading import wished_language

router = Router(name="speaking")
router.message.filter(Private(), StateFilter(None, Filing))


class LanguageWished(Filter):
    """The name of a language and nothing else; hands on which, as `lang`."""

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        lang = wished_language(message.text or "")
        return False if lang is None else {"lang": lang}


@router.message(LanguageWished())
async def switch(
    message: Message, lang: str, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage | None:
    """The draft's card, or the greeting, in the language that was wished for; and so everything that follows."""
    w, paper, chat_id = Words(lang, w.zone), await Paper.of(state), message.chat.id
    if paper.begun:
        answer: SendMessage | None = await ask_next(chat_id, replace(paper, lang=lang), state, turn, w, speaker, town)
    else:
        answer = greeted(chat_id, turn, w, speaker)
    if not turn.done:  # an emergency is a case by now, and was told of in its own language
        await turn.do(speak, bot_id=turn.waiting.bot_id, chat_id=chat_id, lang=lang)
    return answer
