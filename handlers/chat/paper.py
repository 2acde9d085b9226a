"""What lies on the table between two messages: the draft's words, files, and what the resident corrected in it."""

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import EditMessageReplyMarkup
from aiogram.types import CallbackQuery

from handlers.cards.buttons import Press
from handlers.chat.hearing import Heard
from models.actions.filing import Draft, Urgency
from models.rules.refusals import NoDraft, OlderCard, Refused


class Filing(StatesGroup):
    """Where a draft stands; `filing` says what each state waits for."""

    telling = State()
    placing = State()
    consenting = State()
    checking = State()
    changing = State()
    sorting = State()
    naming = State()


MOST_PIECES = 20
"""Messages, and files, one draft can hold; a whole evening's anger fits in."""

LONG_AFTER = timedelta(minutes=30)
"""Words that come so long after the others may be another matter: the resident says which."""

ONE_BREATH = timedelta(minutes=1)
"""Pictures without words that follow one another within this are one answer's worth."""


@dataclass(frozen=True, slots=True)
class Paper:
    """An open draft. `card`: the newest card of it; older ones are stale."""

    words: tuple[tuple[int, str], ...] = ()  # (message, what it says), in speaking order
    files: tuple[tuple[str, str], ...] = ()
    card: int = 0
    by_hand: bool = False  # 找人工 was tapped
    lang: str = ""  # of the first sentence; the answers keep to it
    said_at: str = ""  # office moment of the newest words, ISO
    album: str = ""  # of the newest picture: an album comes as one message a picture
    apart: tuple[int, str] | None = None  # words that wait to be sorted: (message, what it says)
    shown_at: str = ""  # office moment of the newest picture without words, ISO
    behalf: bool = False  # for somebody who lives elsewhere: one's own home stays what it is
    nowhere: bool = False  # nobody knows where it is: the street has it, and asks
    compound: str = ""  # named, but not yet which building of it
    building: str = ""  # chosen for this matter alone
    category: str = ""  # chosen
    urgency: Urgency = Urgency.AS_SAID
    for_head: str = ""  # how the head is to call them; "": not told
    patrol: bool = False  # on the community's round, and nobody hears who wanted it
    choices: tuple[str, ...] = ()  # what the newest card offers, in the order of its buttons

    @classmethod
    async def of(cls, state: FSMContext) -> "Paper":
        """The draft that is open; an empty one where none is."""
        kept = await state.get_data()
        known: dict[str, Any] = {field.name: kept[field.name] for field in fields(cls) if field.name in kept}
        for name in ("words", "files"):
            known[name] = tuple((one, other) for one, other in kept.get(name, ()))
        apart = kept.get("apart")
        known["apart"] = (apart[0], apart[1]) if apart else None
        known["choices"] = tuple(kept.get("choices", ()))
        known["urgency"] = Urgency(kept.get("urgency", ""))
        return cls(**known)

    async def keep(self, state: FSMContext) -> None:
        await state.set_data(asdict(self))

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.words)

    @property
    def begun(self) -> bool:
        """Whether anything was said or shown."""
        return bool(self.words or self.files)

    @property
    def draft(self) -> Draft:
        return Draft(
            self.text,
            self.files,
            by_hand=self.by_hand,
            nowhere=self.nowhere,
            building=self.building,
            category=self.category,
            urgency=self.urgency,
            for_head=self.for_head,
            patrol=self.patrol,
        )

    def without_old_wish(self, now: datetime) -> "Paper":
        """The same; but a person who was asked for long ago, and to whom nothing was said, is not meant any more."""
        if not self.by_hand or self.begun or not self.said_at:
            return self
        return replace(self, by_hand=now - datetime.fromisoformat(self.said_at) <= LONG_AFTER)

    def cold(self, now: datetime) -> bool:
        """Whether the newest words were said long ago."""
        return bool(self.words) and now - datetime.fromisoformat(self.said_at) > LONG_AFTER

    def one_more_picture(self, said: Heard, album: str | None, now: datetime) -> bool:
        """Whether this is a picture without words right behind another: that one was answered for both."""
        if said.text or said.only_voice or not said.files or not self.files:
            return False
        if album is not None and album == self.album:
            return True
        return bool(self.shown_at) and now - datetime.fromisoformat(self.shown_at) <= ONE_BREATH

    def add(self, message_id: int, said: Heard, *, anew: bool = False) -> "Paper":
        """With these words and pictures too; `anew`: the new words stand in place of the old."""
        words = dict(() if anew and said.text else self.words)
        if said.text:
            words[message_id] = said.text  # an edited message keeps its place
        files = tuple(dict.fromkeys((*self.files, *said.files)))[:MOST_PIECES]
        return replace(self, words=tuple(words.items()), files=files)


def put_away(query: CallbackQuery) -> EditMessageReplyMarkup | None:
    """The tapped card keeps its words and loses its buttons."""
    if query.message is None:
        return None
    return EditMessageReplyMarkup(chat_id=query.message.chat.id, message_id=query.message.message_id)


async def paper_of(press: Press, state: FSMContext) -> Paper:
    """The draft, if this card is its newest; refuses `NoDraft` where there is none, else `OlderCard`."""
    paper = await Paper.of(state)
    if not paper.begun:
        raise Refused(NoDraft())
    if paper.card != press.of:
        raise Refused(OlderCard())
    return paper
