"""Who lives in the town that is measured? A database with people at home and staffed desks, copied each round."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from models.actions.enrolling import consent, invite, join
from models.rules.policy import Role, Town
from models.store import Keys, Store
from models.town import load_town, sample_town_folder
from models.turn import Work

BOT = 7_100_000_001
FIRST_CHAT = 5_200_000_001
MORNING = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
"""A working Wednesday, ten o'clock in the town."""
BUILDING = "LC01-3"
COMPLAINT = "3栋电梯又停了，八十多岁的老人下不了楼，麻烦尽快派人来修"


@dataclass(frozen=True, slots=True)
class Settled:
    """A town with so many residents; `chats` are theirs."""

    town: Town
    keys: Keys
    chats: tuple[int, ...]
    folder: Path

    def copy(self, name: str) -> str:
        """The address of a database of its own with everybody in it."""
        path = self.folder / f"{name}.db"
        for ending in ("", "-wal", "-shm"):
            Path(f"{path}{ending}").unlink(missing_ok=True)
        shutil.copy(self.folder / "settled.db", path)
        return f"sqlite:///{path}"


async def settle(
    folder: Path,
    residents: int,
    *,
    buildings: Sequence[str] = (BUILDING,),
    keys: Keys | None = None,
    at: datetime = MORNING,
    url: str = "",
) -> Settled:
    """Everybody has taken their link and consented, the buildings in turn; their heads and desks are there, since `at`.

    `keys` None: some that live as long as the town does. `url`: where, instead of the folder's settled.db.
    """
    town, keys = load_town(sample_town_folder()), keys or Keys.fresh()
    chats = tuple(range(FIRST_CHAT, FIRST_CHAT + residents))
    places = [(Role.HEAD, building) for building in buildings]
    compounds = [town.compound_of(building) for building in buildings]
    desks = [
        desk
        for compound in compounds
        for desk in (compound.property_desk, town.community_desks[compound.community], town.street_desk)
        if desk is not None
    ]
    places += [(Role(town.desks[desk].kind), desk) for desk in dict.fromkeys(desks)]
    store = await Store.open(url or f"sqlite:///{folder / 'settled.db'}")

    def let_in(session: Session, role: Role, place: str, chat_id: int) -> None:
        work = Work(session, town, keys, at)
        token = invite(work, role=role, place=place)
        session.flush()
        join(work, token=token, bot_id=BOT, chat_id=chat_id, lang="zh")
        session.flush()
        if role is Role.RESIDENT:
            consent(work, bot_id=BOT, chat_id=chat_id, lang="zh")

    await asyncio.gather(
        *(
            store.run(let_in, Role.RESIDENT, buildings[number % len(buildings)], chat_id)
            for number, chat_id in enumerate(chats)
        ),
        *(store.run(let_in, role, place, chats[-1] + 1 + number) for number, (role, place) in enumerate(places)),
    )
    await store.close()
    return Settled(town, keys, chats, folder)
