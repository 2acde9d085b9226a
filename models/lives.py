"""Which processes work on this database, and which of them have died? What the dead held is free within seconds.

A process holds a lock named after its life, and its leases bear that name. Whoever gets a lock of somebody else's life
has found it dead, for the kernel or the server drops a lock with its holder: its updates may be taken again at once,
its notices too, as unsure. A process that lost its connection may be taken for dead: it works on only once it holds a
lock again.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlmodel import Session

from models import inbox, outbox
from models.ports import Clock
from models.store import Locks, Statement, Store, StoreClosed

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
"""How soon a death is noticed by those who live."""
LATE = timedelta(minutes=2)
"""How long after a death a claim of the dead is looked for that the server had still in its hands."""
KEPT = timedelta(days=30)
AGAIN_S = 0.5
BORN_WITHIN_S = 10.0
"""How long a start tries to be on record."""
HANDED_OVER_WITHIN_S = 3.0
"""How long a bot's updates may still be held by a process that is just dying."""

_ALONE = "alone"

_BORN = Statement("""\
INSERT INTO life (name, parts, host, pid, takes_in, began_from)
VALUES (:name, :parts, :host, :pid, :takes_in, :now)""")
_TAKES_IN = Statement("UPDATE life SET takes_in = :takes_in WHERE name = :name")
_END = Statement("UPDATE life SET ended_from = :now WHERE name = :name AND ended_from IS NULL")
_LIVES = Statement("SELECT 1 AS lives FROM life WHERE name = :name AND ended_from IS NULL")
_MAYBE_DEAD = Statement("""\
SELECT name, pid FROM life WHERE name <> :name AND (ended_from IS NULL OR ended_from > :late AND (
    EXISTS (SELECT 1 FROM "update" WHERE done_at IS NULL AND lease = life.name AND leased_until IS NOT NULL)
    OR EXISTS (SELECT 1 FROM notice WHERE lease = life.name AND leased_until IS NOT NULL)))""")
_OTHERS = Statement("SELECT host, pid, takes_in, began_from FROM life WHERE ended_from IS NULL")
_ON_RECORD = Statement("SELECT name, parts FROM life WHERE ended_from IS NULL ORDER BY parts")
_FORGET = Statement("DELETE FROM life WHERE ended_from < :before")


class Named(Protocol):
    """Whoever holds leases. `name` None: it may be taken for dead just now, and claims nothing."""

    @property
    def name(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Nameless:
    """A holder whose life nobody watches: what it holds when it dies is free when the lease runs out."""

    name: str = field(default_factory=lambda: secrets.token_hex(8))


class TakenIn(Exception):
    """Another process does this already; the message says since when, and where it runs."""


class Life:
    """This process among those that work on one database."""

    def __init__(
        self,
        store: Store,
        machine: Clock,
        *,
        parts: str,
        host: str,
        pid: int,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self.name: str | None = None
        self._store, self._machine = store, machine
        self._parts, self._host, self._pid = parts, host, pid
        self._look_every_s = look_every_s
        self._news: Callable[[], None] = lambda: None
        self._takes_in: dict[int, bool] = {}  # bot: beside others (webhooks), or alone (a poller)
        self._locks: Locks

    async def begin(self, *, within_s: float = BORN_WITHIN_S) -> None:
        """It has a name, and whoever died before it holds nothing any more; tried again while the database fails.

        After `within_s` the last failure comes out: whoever is started again by a supervisor says why.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + within_s
        while True:
            try:
                await self._begin_once()
            except StoreClosed:
                raise
            except Exception as error:
                if loop.time() > until:
                    raise
                log.warning("not on record yet: %s", type(error).__name__)
                await asyncio.sleep(AGAIN_S)
            else:
                return

    async def _begin_once(self) -> None:
        self._locks = await self._store.locks()
        try:
            self.name = await self._be_born(self._locks)
            await self.bury_the_dead()
        except BaseException:
            self.name = None
            await self._locks.close()  # what of it is on record is dead, and buried by the next try
            raise

    def listen(self, news: Callable[[], None]) -> None:
        """`news` is called when another process has told that there is something: sooner than it would be found."""
        self._news = news
        self._locks.listen(news)

    def tell(self) -> None:
        """Other processes hear that there is something, where a server can tell them."""
        self._locks.tell()

    async def be_alone(self, *, within_s: float = HANDED_OVER_WITHIN_S) -> None:
        """No other process works on this file until the end; `TakenIn` where one does.

        On SQLite nobody tells the others of news, and each would keep a pace of its own.
        """
        if not await self._taken(_ALONE, within_s=within_s):
            whom = await self._store.read(self._whom, None)
            raise TakenIn(
                f"{whom} works on this file already: on SQLite one process does it all; several share a PostgreSQL"
            )

    async def _taken(self, lock: str, *, within_s: float, shared: bool = False) -> bool:
        """Whether we hold it, once whoever is just dying is dead."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within_s
        while not await self._locks.take(lock, shared=shared):
            if loop.time() > until:
                return False
            await asyncio.sleep(0.05)
        return True

    async def take_in(self, bot_id: int, *, beside_others: bool, within_s: float = HANDED_OVER_WITHIN_S) -> None:
        """The bot's updates come in here, until the end; `TakenIn` where another process has them.

        One poller, or several webhooks, never both (telegram.md §6.8): of two pollers each gets a part of the updates,
        and none of its own acknowledged ones back.
        """
        assert self.name is not None
        if not await self._taken(_bot(bot_id), within_s=within_s, shared=beside_others):
            raise TakenIn(await self._store.read(self._by_whom, bot_id))
        self._takes_in[bot_id] = beside_others
        try:
            await self._store.run(_TAKES_IN.run, name=self.name, takes_in=self._taken_in)
        except StoreClosed:
            raise
        except Exception as error:  # the lock is what counts; this is only for whoever asks who has it
            log.warning("that the updates come in here is not on record: %s", type(error).__name__)

    async def run(self) -> None:
        """Buries the dead every few seconds, and comes back to life after a broken connection, until cancelled.

        Raises `TakenIn` where another process took a bot's updates in meanwhile.
        """
        while True:
            try:
                async with asyncio.timeout(self._look_every_s):
                    await self._locks.lost.wait()
            except TimeoutError:
                await self._locks.check()
            if self._locks.lost.is_set():
                await self._come_back()
                continue  # the others may have lost theirs with the same server: they too come back
            try:
                await self.bury_the_dead()
            except StoreClosed:
                return
            except Exception as error:
                log.error("the dead could not be looked for: %s", type(error).__name__)

    async def end(self) -> None:
        """It is over, in order: what it still held is free."""
        try:
            if self.name is not None:
                await self._store.run(bury, self.name, self._machine.now())
        except Exception as error:  # the next one finds us dead
            log.error("the end could not be written down: %s", type(error).__name__)
        await self._locks.close()

    async def bury_the_dead(self) -> int:
        """Whoever is dead holds nothing any more; how many."""
        late, buried = self._machine.now() - LATE, 0
        for row in await self._store.read(_MAYBE_DEAD.all, name=self.name or "", late=late):
            if not await self._locks.take(_life(row.name)):
                continue
            try:
                await self._store.run(bury, row.name, self._machine.now())
            finally:
                await self._locks.drop(_life(row.name))
            buried += 1
            log.warning("process %d died; what it held is taken up", row.pid)
        return buried

    async def _be_born(self, locks: Locks) -> str:
        """A new name: the lock first, for a life without one is dead."""
        name = secrets.token_hex(8)
        await locks.take(_life(name))
        await self._store.run(
            _BORN.run,
            name=name,
            parts=self._parts,
            host=self._host,
            pid=self._pid,
            takes_in=self._taken_in,
            now=self._machine.now(),
        )
        return name

    async def _come_back(self) -> None:
        """Under the old name where nobody has buried it yet, so that nothing it holds is done twice; else a new one."""
        former, self.name = self.name, None
        log.warning("the server dropped our locks; nothing is claimed until they are held again")
        while True:
            try:
                locks = await self._store.locks()
                try:
                    name = former if former and await self._still(locks, former) else await self._be_born(locks)
                    for bot_id, beside_others in self._takes_in.items():
                        if not await locks.take(_bot(bot_id), shared=beside_others):
                            raise TakenIn(await self._store.read(self._by_whom, bot_id))
                except BaseException:
                    await locks.close()
                    raise
            except (TakenIn, StoreClosed):
                raise
            except Exception as error:
                log.warning("no lock yet: %s", type(error).__name__)
                await asyncio.sleep(AGAIN_S)
            else:
                locks.listen(self._news)
                self._locks, self.name = locks, name
                return

    async def _still(self, locks: Locks, name: str) -> bool:
        """Whether that life goes on: its lock is ours again, and nobody had it in between."""
        return await locks.take(_life(name)) and await self._store.read(_LIVES.one, name=name) is not None

    @property
    def _taken_in(self) -> str:
        return " ".join(str(bot_id) for bot_id in self._takes_in)

    def _by_whom(self, session: Session, bot_id: int) -> str:
        whom = self._whom(session, bot_id)
        return f"bot {bot_id}: its updates come in already, by {whom}; one poller may, or several webhooks, never both"

    def _whom(self, session: Session, bot_id: int | None) -> str:
        """Which other process is at work, of those that take in this bot's updates."""
        rows = (row for row in _OTHERS.all(session) if (row.host, row.pid) != (self._host, self._pid))
        others = (row for row in rows if bot_id is None or str(bot_id) in row.takes_in.split())
        first = next(others, None)
        if first is None:
            return "another process"
        return f"process {first.pid} on {first.host}, since {first.began_from:%Y-%m-%d %H:%M:%S} UTC"


def bury(session: Session, name: str, now: datetime) -> None:
    """That life is over: its updates may be taken again, its notices too, as unsure, for they may have arrived."""
    _END.run(session, name=name, now=now)
    inbox.inherit(session, name)
    outbox.inherit(session, name)


def on_record(session: Session) -> dict[str, str]:
    """The parts of every process whose end nobody has written down, by the lock that it holds while it lives."""
    return {_life(row.name): row.parts for row in _ON_RECORD.all(session)}


def forget(session: Session, before: datetime) -> int:
    """Lives that ended before that machine moment are forgotten; how many. Callers pass now - KEPT."""
    return _FORGET.run(session, before=before)


def _life(name: str) -> str:
    return f"life-{name}"


def _bot(bot_id: int) -> str:
    return f"bot-{bot_id}"
