"""In which order are conversations asked whether an update is theirs? The one place where routers meet."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from typing import Any

from aiogram import BaseMiddleware, Dispatcher, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import TelegramObject, Update

from handlers.chat import (
    adding,
    arriving,
    asking,
    calling,
    calming,
    confirming,
    correcting,
    courtesies,
    entering,
    filing,
    finding,
    following,
    groups,
    handling,
    heeding,
    leaving,
    listing,
    otherwise,
    placing,
    pointing,
    previewing,
    pursuing,
    reaching,
    requesting,
    sealed,
    sentences,
    shifting,
    speaking,
    turning,
    voicing,
    ways,
    working,
)
from handlers.chat.memory import TurnStorage
from handlers.words import Words
from models.actions.enrolling import reachable_again
from models.queries.people import speaker
from models.rules.policy import Town
from models.turn import Turn
from models.understanding.reading import language
from models.vault import Keys

ROUTERS = (
    *(arriving, speaking, turning),
    *(working, asking, requesting, calling, shifting, leaving, entering, sealed, listing, handling, sentences),
    *(heeding, finding, following, reaching, ways, pointing, calming, previewing),
    *(adding, pursuing, confirming, courtesies),
    *(placing, correcting, voicing, filing),
    *(groups, otherwise),
)
"""Commands and links first; a desk's awaited sentence before it could be a complaint; the kind answer last."""


class Introduction(BaseMiddleware):
    """Every handler knows who speaks (`speaker`) and in which language to answer (`w`)."""

    def __init__(self, town: Town) -> None:
        self.town = town

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        turn: Turn = data["turn"]
        known = await turn.ask(speaker, bot_id=turn.waiting.bot_id, chat_id=turn.waiting.chat_id)
        if known is not None and (known.given_up or known.behind):
            await turn.aside(reachable_again, bot_id=turn.waiting.bot_id, chat_id=turn.waiting.chat_id)
        data["speaker"] = known
        agreed = known is not None and (known.consent is not None or known.staff)
        if known is not None and agreed:
            lang = known.lang
        else:
            lang = await _draft_language(data.get("state")) or _first_language(event, known.lang if known else None)
        data["w"] = Words(lang, self.town.calendar.zone)
        return await handler(event, data)


def build(town: Town, keys: Keys, *, doorstep: str) -> Dispatcher:
    """The dispatcher with every conversation. `doorstep`: address of a private chat, with `{username}` in it."""
    dispatcher = Dispatcher(storage=TurnStorage(), town=town, keys=keys, doorstep=doorstep)
    dispatcher.update.outer_middleware(Introduction(town))
    dispatcher.update.outer_middleware(leaving.Back())
    dispatcher.update.outer_middleware(shifting.AtTheDesk())
    for room in ROUTERS:
        dispatcher.include_router(_own(room.router))
    return dispatcher


def _own(router: Router) -> Router:
    """A router has one parent, and a process may have two houses: the same handlers in a router of one's own."""
    own = Router(name=router.name)
    for kind, observer in router.observers.items():
        if observer.handlers:
            shared: dict[int, Any] = {id(handler): handler for handler in observer.handlers}
            own.observers[kind] = deepcopy(observer, shared | {id(router): own})
    return own


async def _draft_language(state: FSMContext | None) -> str | None:
    """The language the open draft was begun in; None where there is none."""
    if state is None:
        return None
    begun = (await state.get_data()).get("lang")
    return str(begun) if begun else None


def _first_language(event: TelegramObject, before: str | None) -> str:
    """The language of the first sentence; of the telephone, where there is no sentence."""
    if not isinstance(event, Update):
        return before or "zh"
    message = event.message or event.edited_message
    words = (message.text or message.caption or "") if message else ""
    if words and not words.startswith("/"):
        return language(words)
    if before is not None:
        return before
    sender = message.from_user if message else event.callback_query.from_user if event.callback_query else None
    code = (sender.language_code or "") if sender else ""
    return "en" if code.startswith("en") else "zh"
