"""Who lives in every world? Residents, a head, desks from the stairwell to the district, and their phones' numbers.

They are met, enrolled and asked for consent once a test process, by the project's own actions; each world begins with a
copy of that database.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from models.actions.enrolling import consent, invite, join
from models.actions.housing import register_bot
from models.actions.shifting import begin_shift
from models.rules.policy import Role, Town
from models.store import Keys
from models.store.lane import Job, _Bench
from models.town import load_town, sample_town_folder
from models.turn import Work
from tests.databases import sqlite_url

BEGINS = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
"""Tuesday, seven in the morning in the town; holidays and half-days are some weeks away."""
BOT = 7_100_000_001
FIRST_CHAT = 5_200_000_001

TOWN: Town = load_town(sample_town_folder())
KEYS = Keys({b"sim0": bytes(range(32))}, bytes(range(32, 64)))
"""Always the same: a keyed hash decides who is asked for a review, and buttons are read off by their verbs."""


@dataclass(frozen=True, slots=True)
class Member:
    """One person. `role` and `place`: what their link gave them; `agreed`: they read the consent card before."""

    name: str
    chat: int
    role: Role
    place: str
    agreed: bool = True
    staff: bool = False


def _members() -> tuple[Member, ...]:
    residents = (
        ("LC01-3", True),
        ("LC01-3", True),
        ("LC01-1", False),
        ("LC02-1", True),
        ("LC20-1", True),  # no firm: the community leads
        ("LC18-1", True),
    )
    found = [(Role.RESIDENT, place, agreed, False) for place, agreed in residents]
    found.append((Role.HEAD, "LC01-3", True, True))
    desks: dict[str, None] = {}
    for place, _ in residents:
        compound = TOWN.compound_of(place)
        for desk in (compound.property_desk, compound.committee_desk, TOWN.community_desks[compound.community]):
            if desk is not None:
                desks[desk] = None
    desks |= {TOWN.street_desk: None, TOWN.district_desk: None} if TOWN.district_desk else {TOWN.street_desk: None}
    found += [(Role(TOWN.desks[desk].kind), desk, True, True) for desk in desks]
    found.append((Role.PROPERTY, next(iter(desks)), True, True))  # a second clerk at the first desk
    return tuple(
        Member(f"{role}:{place}:{number}", FIRST_CHAT + number, role, place, agreed, staff)
        for number, (role, place, agreed, staff) in enumerate(found)
    )


CAST = _members()
STRANGERS = tuple(
    Member(f"stranger:{number}", FIRST_CHAT + 100 + number, Role.RESIDENT, "", False) for number in (0, 1)
)
"""Nobody has heard of them yet; one of them may scan the stairwell's code."""
NEWCOMER = Member("newcomer", FIRST_CHAT + 200, Role.RESIDENT, "LC02-1", agreed=False)
"""Comes when all is calm."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What every world begins with: the database's bytes, and the stairwells' tokens by building."""

    image: bytes
    links: dict[str, str]


@cache
def beginning() -> Beginning:
    """Made once a process."""
    with TemporaryDirectory() as folder:
        driver = sqlite3.connect(sqlite_url(Path(folder)).removeprefix("sqlite:///"), isolation_level=None)
        bench = _Bench(driver, begin="BEGIN IMMEDIATE", durable=False)
        links: dict[str, str] = {}

        def do(action: Callable[..., Any], **how: Any) -> Any:
            job = Job(lambda session: action(Work(session, TOWN, KEYS, BEGINS), **how), (), {}, _Nobody())  # type: ignore[arg-type]
            ((_, result, error),) = bench.serve([job])[0]
            if error is not None:
                raise error
            return result

        do(register_bot, bot_id=BOT, base="http://sim", username="huiyin_bot")
        for one in CAST:
            token = links.get(one.place) if one.role is Role.RESIDENT else None
            if token is None:
                token = do(invite, role=one.role, place=one.place)
            if one.role is Role.RESIDENT:
                links[one.place] = token
            here = partial(do, bot_id=BOT, chat_id=one.chat)
            here(join, token=token, lang="zh")
            if one.agreed:
                here(consent, lang="zh")
            if one.staff and one.role is not Role.HEAD:
                here(begin_shift, desk=one.place, name="值班")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        memory = sqlite3.connect(":memory:")
        driver.backup(memory)
        image = bytearray(memory.serialize())
        image[18:20] = b"\1\1"  # no write-ahead log in memory (sqlite.org/fileformat2.html §1.3.3)
        driver.close()
        memory.close()
    return Beginning(bytes(image), links)


class _Nobody:
    """An answer nobody waits for."""

    def cancelled(self) -> bool:
        return False
