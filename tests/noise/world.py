"""What happens in a simulated month? Real actions, clocks, lists, choice of delivery; only the telephones are counted.

The office clock stands at each moment at which anything happens: somebody acts, a clock is due, a notice may ring.
"""

import contextlib
import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from handlers.cards.draw import draw
from models import outbox
from models.actions.climbing import due_clocks, next_due, ring
from models.actions.enrolling import consent, meet
from models.actions.housing import register_bot
from models.actions.listing import morning_lists, next_morning
from models.actions.telling import card_sent
from models.outbox import Promised
from models.ports import Priority
from models.records import Case, Home, Office
from models.rules.gone import category_of
from models.rules.lifecycle import Telling
from models.rules.policy import Role, Sla, Town
from models.rules.refusals import Refused
from models.store import Statement, Store
from models.turn import Work
from models.vault import Keys
from tests.noise.places import Post, posts

BOT = 1
LEASE = "simulated"
LONGEST = 4096
"""Characters of one message (Telegram)."""
_REMINDED = Statement("""
    SELECT case_id, count(*) AS many FROM case_event
    WHERE event = 'climb' AND facts LIKE '%"effect":"ask_again"%' GROUP BY case_id
""")
_RETURNED = Statement('SELECT id FROM "case" WHERE returned > 0')

Act = Callable[[Work], object]


@dataclass(frozen=True, slots=True)
class Push:
    """A telephone made a sound."""

    person: int
    day: date
    telling: Telling
    case: int | None
    urgent: bool  # an emergency, urgent or sealed: it may not wait


@dataclass(slots=True)
class World:
    """The street, its people, and every push so far."""

    store: Store
    town: Town
    keys: Keys
    chance: random.Random
    now: datetime
    posts: dict[int, Post] = field(default_factory=dict)  # person → office
    pushes: list[Push] = field(default_factory=list)
    hears: Callable[["World", Promised], None] = lambda world, promised: None
    _acts: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _order: Any = field(default_factory=itertools.count)
    _chats: Any = field(default_factory=lambda: itertools.count(1))
    _updates: Any = field(default_factory=lambda: itertools.count(1))
    reminded: Counter[int] = field(default_factory=Counter)  # case → questions that were put once more
    returned: set[int] = field(default_factory=set)  # cases that were not solved at the first attempt

    def work(self, session: Session) -> Work:
        return Work(session, self.town, self.keys, self.now)

    # who is there

    async def enrol_everybody(self) -> None:
        """One person at every desk, a head in every building."""

        def enrol(session: Session) -> None:
            work = self.work(session)
            register_bot(work, bot_id=BOT, base="http://nowhere", username="huiyin_bot")
            for post in posts(self.town):
                person = meet(work, bot_id=BOT, chat_id=next(self._chats), lang="zh")
                session.add(Office(person_id=person, role=post.role, place=post.place, since_at=self.now))
                self.posts[person] = post

        await self.store.run(enrol)

    def resident_of(self, work: Work, building: str) -> int:
        """Somebody new who lives there and has read the consent card; their chat."""
        chat = next(self._chats)
        person = consent(work, bot_id=BOT, chat_id=chat, lang="zh")
        work.session.add(Home(person_id=person, building=building, bound_at=work.now))
        work.session.flush()
        return int(chat)

    def next_update(self) -> int:
        return int(next(self._updates))

    # what happens

    def later(self, moment: datetime, act: Act) -> None:
        """Somebody does it then; what is refused by then was overtaken by others."""
        heapq.heappush(self._acts, (max(moment, self.now), next(self._order), act))

    async def live(self, until: datetime) -> None:
        """The office clock stands at `until`, having stopped wherever something happened."""
        while (moment := await self._next()) is not None and moment <= until:
            self.now = max(self.now, moment)
            await self._beat()
        self.now = until

    async def look_back(self) -> None:
        """Which cases came back, and whose raisers were asked once more, is known."""
        for row in await self.store.read(_REMINDED.all):
            self.reminded[row.case_id] = row.many
        self.returned = {row.id for row in await self.store.read(_RETURNED.all)}

    async def _next(self) -> datetime | None:
        def earliest(session: Session) -> list[datetime | None]:
            work = self.work(session)
            return [next_due(work), outbox.next_ring(session, self.now), next_morning(work)]

        moments = await self.store.read(earliest)
        return min(
            (one for one in (*moments, self._acts[0][0] if self._acts else None) if one is not None), default=None
        )

    async def _beat(self) -> None:
        while clocks := await self.store.read(lambda session: due_clocks(self.work(session), limit=1)):
            await self._do(partial(ring, clock_id=clocks[0]))
        await self._do(morning_lists)
        while self._acts and self._acts[0][0] <= self.now:
            act = heapq.heappop(self._acts)[2]
            with contextlib.suppress(Refused):  # overtaken by others
                await self._do(act)
        while heard := await self.store.run(self._deliver):
            for promised in heard:
                self.hears(self, promised)

    async def _do(self, act: Act) -> None:
        await self.store.run(lambda session: act(self.work(session)))

    def _deliver(self, session: Session) -> list[Promised]:
        """What may leave now has left, and what rang is counted. An edit makes no sound and is not drawn here."""
        left = outbox.claim(session, bots=[BOT], lease=LEASE, limit=64, office_now=self.now, machine_now=self.now)
        for promised in left:
            work = self.work(session)
            case = session.get(Case, promised.case_id) if promised.case_id is not None else None
            letter = draw(work, promised) if promised.edits is None else None
            if letter is None and promised.edits is None:
                outbox.settle_skipped(session, promised.id, LEASE, self.now)
                continue
            message = promised.edits or promised.id
            outbox.settle_sent(session, promised.id, LEASE, message, self.now)
            card_sent(work, promised, message_id=message, version=case.version if case else 0)
            if letter is not None:
                assert len(letter.text) <= LONGEST
                self._count(promised, case)
        return left

    def _count(self, promised: Promised, case: Case | None) -> None:
        telling = Telling(promised.telling)
        if telling is Telling.PICTURES or promised.priority == Priority.ANSWER:
            return  # below their card, without a sound; and what a tap asked for
        day = self.now.astimezone(self.town.calendar.zone).date()
        urgent = case is not None and (case.sla in (Sla.P0, Sla.P1) or category_of(self.town, case.category).sealed)
        self.pushes.append(Push(promised.person_id, day, telling, promised.case_id, urgent))


def monday(town: Town) -> datetime:
    """A Monday at midnight, with ordinary weeks before it."""
    return datetime(2026, 11, 2, tzinfo=town.calendar.zone).astimezone(UTC)


def role_of(world: World, person: int) -> Role:
    """In which kind somebody is counted; whoever holds no office is a resident."""
    post = world.posts.get(person)
    return post.role if post else Role.RESIDENT
