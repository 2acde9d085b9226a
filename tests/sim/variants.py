"""What if the project were broken? Each variant breaks one thing in its real paths, for as long as its block lasts.

They stand for the mistakes that programs of this kind are made with; the judge of the worlds must not let one pass.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session

from bot.telegram.intake import Poller
from bot.telegram.pace import Pace
from models import inbox, outbox
from models.actions import calling, climbing, handling, moving
from models.inbox import Arrived
from models.outbox import Promised
from models.ports import Sent
from models.records import Case, Clock
from models.rules import access
from models.rules.failpoints import failpoint
from models.rules.gone import compound_of
from models.rules.policy import Category, Town
from models.rules.routing import Route, route
from models.store import Keys, Statement
from models.turn import Turn, Work
from scheduler import overdue
from scheduler.delivery import Delivery
from tests.sim import deeds
from tests.sim.loop import Killed
from tests.sim.process import WHO

if TYPE_CHECKING:
    from tests.sim.world import World

Broken = Callable[[pytest.MonkeyPatch], None]
VARIANTS: dict[str, Broken] = {}


@contextmanager
def broken(name: str) -> Iterator[None]:
    """Inside, the project is the broken variant of that name."""
    with pytest.MonkeyPatch.context() as patched:
        VARIANTS[name](patched)
        yield


def _variant(breaks: Broken) -> Broken:
    VARIANTS[breaks.__name__] = breaks
    return breaks


# what comes in


@_variant
def acknowledge_first(patched: pytest.MonkeyPatch) -> None:
    """The offset moves on before anything is on disk, as both libraries do it."""
    keep, begun = Poller._keep, set[asyncio.Task[None]]()

    async def later(poller: Poller, arrived: tuple[Arrived, ...]) -> None:
        async def by_and_by() -> None:
            with contextlib.suppress(Exception, Killed):
                await asyncio.sleep(0.05)
                await keep(poller, arrived)

        task = asyncio.ensure_future(by_and_by())
        begun.add(task)
        task.add_done_callback(begun.discard)

    patched.setattr(Poller, "_keep", later)


@_variant
def high_water_mark(patched: pytest.MonkeyPatch) -> None:
    """Numbers only grow, somebody believed: what is not above the highest known is old.

    Idle weeks, after which numbers begin anew, are rare in a world; here each has some, and lower ones follow.
    """
    patched.setattr(deeds, "DEEDS", (*deeds.DEEDS, (4, renumbered)))
    take_in, highest = inbox.take_in, Statement('SELECT max(update_id) AS known FROM "update" WHERE bot_id = :bot_id')

    def only_above(session: Session, keys: Keys, bot_id: int, updates: Sequence[Arrived], now: datetime) -> int:
        row = highest.one(session, bot_id=bot_id)
        known = row.known if row and row.known is not None else 0
        return take_in(session, keys, bot_id, [one for one in updates if one.update_id > known], now)

    patched.setattr(inbox, "take_in", only_above)


def renumbered(world: World) -> str:
    """Nobody said anything for a week; the next update has a low number (telegram.md: random after a week)."""
    if world.sky.queue.pending:
        return deeds.wait(world)
    world.pass_time(8 * 86_400.0)
    if not world.sky.queue.pending:
        world.sky.queue.jump(world.dice.randrange(1, 1_000_000))
    return "a week without a word, and low numbers"


@_variant
def no_dedupe(patched: pytest.MonkeyPatch) -> None:
    """What comes a second time is served a second time."""
    nothing = "ON CONFLICT (bot_id, update_id) DO NOTHING"
    again = """\
ON CONFLICT (bot_id, update_id) DO UPDATE SET
    done_at = NULL, body = excluded.body, lease = NULL, leased_until = NULL, tries = 0"""
    assert nothing in inbox._KEEP.sql
    patched.setattr(inbox, "_KEEP", Statement(inbox._KEEP.sql.replace(nothing, again)))


@_variant
def lease_ignored(patched: pytest.MonkeyPatch) -> None:
    """Whoever looks takes what waits, though somebody has it, and settles it whoever has it now.

    Everybody is told of what came at the same moment, as processes on one PostgreSQL are; a lease must bear that.
    """
    tell_everybody(patched)
    held, anybody = "(u.leased_until IS NULL OR u.leased_until <= :now)", "(:now IS NOT NULL)"
    assert held in inbox._CLAIM.sql
    for name in ("_CLAIM", "_CLAIM_OF"):
        patched.setattr(inbox, name, Statement(getattr(inbox, name).sql.replace(held, anybody)))
    mine = "WHERE id = :id AND lease = :lease AND done_at IS NULL"
    assert mine in inbox._SETTLE.sql
    patched.setattr(inbox, "_SETTLE", Statement(inbox._SETTLE.sql.replace(mine, "WHERE id = :id")))


def tell_everybody(patched: pytest.MonkeyPatch) -> None:
    """Every process looks as soon as one of them has kept an update: no variant, only worse luck."""
    keep = Poller._keep

    async def and_tell(poller: Poller, arrived: tuple[Arrived, ...]) -> None:
        await keep(poller, arrived)
        process = WHO.get()
        for one in process.world.alive if process is not None else ():
            one.worker.nudge()

    patched.setattr(Poller, "_keep", and_tell)


@_variant
def poison_blocks(patched: pytest.MonkeyPatch) -> None:
    """What fails is tried again for ever, and its chat waits."""

    def once_more(session: Session, row_id: int, lease: str, *, reason: str, now: datetime, **how: Any) -> bool:
        inbox._RELEASE.run(session, id=row_id, lease=lease, reason=reason, until=now + timedelta(minutes=10))
        return False

    patched.setattr(inbox, "failed", once_more)


@_variant
def forgets_too_early(patched: pytest.MonkeyPatch) -> None:
    """A done update is forgotten after an hour: what comes again is new."""
    forget = inbox.forget

    def all_but_an_hour(session: Session, before: datetime) -> int:
        return forget(session, before + inbox.KEPT - timedelta(hours=1))

    patched.setattr(inbox, "forget", all_but_an_hour)


# what is done


@_variant
def split_commit(patched: pytest.MonkeyPatch) -> None:
    """What a case is now is one transaction; that it happened is another, once a message has been sent."""
    do, commit, append = Turn.do, Turn._commit, moving.append

    async def in_two(one: Turn, action: Any, /, *args: Any, **kwargs: Any) -> Any:
        result = await do(one, action, *args, **kwargs)
        happened = LATER.pop(one, [])
        if happened:
            await asyncio.sleep(0.5)
            await one._store.run(lambda session: [append(Work(session, *of), **how) for of, how in happened])
        return result

    def later(one: Turn, *args: Any) -> Any:
        happened: list[tuple[Any, dict[str, Any]]] = []

        def hold(work: Work, **how: Any) -> str:
            how.pop("after", None)
            happened.append(((work.town, work.keys, work.now), how))
            return ""

        with pytest.MonkeyPatch.context() as here:
            here.setattr(moving, "append", hold)
            here.setattr("models.actions.filing.append", hold)
            result = commit(one, *args)
        LATER[one] = happened
        return result

    patched.setattr(Turn, "do", in_two)
    patched.setattr(Turn, "_commit", later)


LATER: dict[Turn, list[tuple[Any, dict[str, Any]]]] = {}


@_variant
def close_without_the_resident(patched: pytest.MonkeyPatch) -> None:
    """Done is done: the desk's word closes."""

    def and_closed(work: Work, case: Case, *, desk: str | None) -> None:
        calling.claimed(work, case, desk=desk)
        calling.lapse(work, case)

    patched.setattr(handling, "claimed", and_closed)


@_variant
def accused_told(patched: pytest.MonkeyPatch) -> None:
    """The firm helps with a complaint about the firm, and nobody asks again who may read."""

    def with_the_firm(category: Category, building: str, town: Town, **how: Any) -> Route:
        way, firm = route(category, building, town, **how), compound_of(town, building).property_desk
        return way if firm in (None, way.desk) else replace(way, helping=(*way.helping, str(firm)))

    patched.setattr("models.actions.filing.route", with_the_firm)
    patched.setattr(access, "_is_accused", lambda office, subject: False)


# what time does


@_variant
def misfire(patched: pytest.MonkeyPatch) -> None:
    """What became due while nobody was up is dropped, as apscheduler does by default."""

    def in_time_only(work: Work, *, clock_id: int) -> bool:
        clock = work.session.get(Clock, clock_id)
        if clock is not None and clock.due_at is not None and work.now - clock.due_at > timedelta(seconds=30):
            clock.due_at = None
            return False
        return climbing.ring(work, clock_id=clock_id)

    patched.setattr(overdue, "ring", in_time_only)


@_variant
def rings_for_ever(patched: pytest.MonkeyPatch) -> None:
    """A clock that rang rings again in an hour: each deadline climbs and climbs."""

    def and_again(work: Work, *, clock_id: int) -> bool:
        rang, clock = climbing.ring(work, clock_id=clock_id), work.session.get_one(Clock, clock_id)
        if rang:
            clock.due_at = work.now + timedelta(hours=1)
        return rang

    patched.setattr(overdue, "ring", and_again)


# what is said


@_variant
def mark_sent_first(patched: pytest.MonkeyPatch) -> None:
    """It counts as sent before it is sent, so that nobody is told twice."""
    number = Statement("UPDATE notice SET message_id = :message WHERE id = :id")

    async def deliver(one: Delivery, promised: Promised) -> None:
        now = one._office.now()
        await one._store.run(outbox.settle_sent, promised.id, promised.lease, 0, now)
        drawn = await one._store.read(one._drawing, promised)
        if drawn.letter is not None:
            outcome = await one._send(drawn.letter, promised.priority)
            failpoint("delivery.after_send")
            if isinstance(outcome, Sent):
                await one._store.run(number.run, id=promised.id, message=outcome.message_id)

    patched.setattr(Delivery, "_deliver", deliver)


@_variant
def storm(patched: pytest.MonkeyPatch) -> None:
    """What has piled up leaves at once."""

    async def at_once(pace: Pace, *asked: Any, **how: Any) -> float:
        return 0.0

    patched.setattr(Pace, "admit", at_once)


@_variant
def not_before_ignored(patched: pytest.MonkeyPatch) -> None:
    """429 is about that one message, somebody believed: the next one goes."""
    patched.setattr(Pace, "halt", lambda pace, bot_id, chat_id, seconds: False)
    patched.setattr(outbox, "hold", lambda session, **of: None)


@_variant
def quiet_night_ignored(patched: pytest.MonkeyPatch) -> None:
    """What is promised for the morning rings at once."""
    ring = ".ring_at <= :office"
    assert ring in outbox._FIND.sql
    for name in ("_FIND", "_CLAIM"):
        patched.setattr(outbox, name, Statement(getattr(outbox, name).sql.replace(ring, ".ring_at < '9' || :office")))


@_variant
def dead_in_silence(patched: pytest.MonkeyPatch) -> None:
    """What can never be delivered is dead, and nobody is told."""
    patched.setattr(outbox, "alarm", lambda *of, **how: None)
