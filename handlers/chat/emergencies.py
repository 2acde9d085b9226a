"""Somebody is in danger, or may not want to live: filed before anything is asked. 报错了 is `calming`'s."""

from collections.abc import Callable
from dataclasses import replace

from aiogram.fsm.context import FSMContext

from handlers.chat.paper import Paper
from models.actions import emergencies
from models.rules.policy import Town
from models.turn import Turn, Work

Before = Callable[[Work], object]
"""What must be on disk before the case can be: that the raiser lives there."""


async def filed_at_once(
    paper: Paper,
    state: FSMContext,
    turn: Turn,
    town: Town,
    *,
    home: str | None,
    first: Before | None = None,
    left: Paper | None = None,
) -> bool:
    """Whether the draft was an emergency and is a case now; what to do, whom to call and the number are its receipt.

    `left`: another draft, which stays open as it was.
    """
    newest = replace(paper.draft, text=paper.words[-1][1]) if paper.words else paper.draft
    if not any(emergencies.is_emergency(draft, town, home=home) for draft in (paper.draft, newest)):
        return False
    if left is None:
        await state.clear()
    else:
        await left.keep(state)
    await turn.do(
        emergencies.file_at_once,
        bot_id=turn.waiting.bot_id,
        update_id=turn.waiting.update_id,
        chat_id=turn.waiting.chat_id,
        draft=paper.draft,
        first=first,
    )
    return True
