"""Which of those that were shown? The newest card's list lies in the draft, a button says only the place in it."""

from typing import Any

from aiogram.filters import Filter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from handlers.cards.buttons import Verb
from handlers.chat.hearing import Pressed
from handlers.chat.paper import Paper
from models.vault import Keys


class Picked(Filter):
    """One of the choices with such a beginning, from the newest list; hands on `picked` and the open draft, `paper`."""

    def __init__(self, *beginnings: str) -> None:
        self.beginnings = beginnings
        self.pressed = Pressed(Verb.PICK)

    async def __call__(self, query: CallbackQuery, keys: Keys, state: FSMContext) -> bool | dict[str, Any]:
        found = await self.pressed(query, keys)
        if not isinstance(found, dict):
            return False
        press, paper = found["press"], await Paper.of(state)
        if press.of != paper.card or press.version >= len(paper.choices):
            return False
        picked = paper.choices[press.version]
        return {"picked": picked, "paper": paper} if picked.startswith(self.beginnings) else False
