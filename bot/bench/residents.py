"""Who lives in the town that is measured? A database with people at home and staffed desks, copied each round."""

import shutil
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


async def settle(folder: Path, residents: int) -> Settled:
    """Everybody has taken their link, residents have consented, the building's desks are staffed."""
    town, keys = load_town(sample_town_folder()), Keys.fresh()
    chats = tuple(range(FIRST_CHAT, FIRST_CHAT + residents))
    store = await Store.open(f"sqlite:///{folder / 'settled.db'}")

    def all_at_once(session: Session) -> None:
        work = Work(session, town, keys, MORNING)

        def let_in(role: Role, place: str, chat_id: int) -> None:
            token = invite(work, role=role, place=place)
            session.flush()
            join(work, token=token, bot_id=BOT, chat_id=chat_id, lang="zh")
            session.flush()

        for chat_id in chats:
            let_in(Role.RESIDENT, BUILDING, chat_id)
            consent(work, bot_id=BOT, chat_id=chat_id, lang="zh")
        compound = town.compound_of(BUILDING)
        desks = (compound.property_desk, town.community_desks[compound.community], town.street_desk)
        for number, desk in enumerate(desk for desk in desks if desk is not None):
            let_in(Role(town.desks[desk].kind), desk, chats[-1] + 1 + number)
        let_in(Role.HEAD, BUILDING, chats[-1] + 9)

    await store.run(all_at_once)
    await store.close()
    return Settled(town, keys, chats, folder)
