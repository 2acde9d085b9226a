"""When does a promised notice leave, and what becomes of it? Claim, draw, send, settle; nothing slow in a transaction.

At least once: the row is claimed under a lease, the letter is drawn at the moment of sending for that reader, and what
the messenger answered is settled with the card it made, together. Every row ends sent or dead with an alarm (I9).
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from models import outbox
from models.actions.telling import card_sent
from models.lives import Named, Nameless
from models.outbox import Promised
from models.ports import Clock, Gateway, Later, Letter, Moved, Outcome, Priority, Sent, Unreachable, Unsendable, Unsure
from models.rules import tally
from models.rules.alarms import AlarmKind
from models.rules.failpoints import failpoint
from models.rules.lifecycle import Telling
from models.rules.policy import Town
from models.rules.tally import Counted
from models.store import Statement, Store, StoreClosed, Unavailable
from models.turn import Work
from models.vault import Keys
from scheduler.hands import LOOK_EVERY_S, Hands

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 16
"""Notices held at a time, one a chat. The gateway sends at most 8 side by side; the rest are being drawn or settled."""
LONGEST_BACKOFF = timedelta(seconds=300)
LATER_AT_MOST = timedelta(hours=1)
"""However long it was told to wait, a notice is looked at again by then: the pace knows whether it still holds."""
DRAW_AGAIN = timedelta(seconds=10)
DRAWN_AT_MOST = 3
"""Times a letter may fail to be drawn before its notice is dead."""
GONE = "gone"
"""`Unsendable.reason` of an edit whose message is no longer there (bot/telegram/notices)."""

Draw = Callable[[Work, Promised], Letter | None]
"""The letter as things stand for that reader, or None: it is no longer true and nobody needs to hear it."""

Unreached = Callable[[Session, Promised, datetime], None]
"""Called in the transaction that finds a reader unreachable: another way must be found."""

_CARD_GONE = Statement("DELETE FROM card WHERE bot_id = :bot_id AND chat_id = :chat_id AND message_id = :message_id")
_VERSION = Statement('SELECT version FROM "case" WHERE id = :case_id')
_SENT_ANEW = Statement("UPDATE notice SET edits = NULL WHERE id = :id")


@dataclass(frozen=True, slots=True)
class _Drawn:
    letter: Letter | None
    version: int  # of the case, when the letter was drawn; 0 without a case


class Delivery:
    """Sends what is promised, for ever; one chat in order, chats side by side."""

    def __init__(
        self,
        store: Store,
        gateway: Gateway,
        draw: Draw,
        *,
        town: Town,
        keys: Keys,
        office: Clock,
        machine: Clock,
        unreachable: Unreached = lambda session, promised, now: None,
        look_every_s: float = LOOK_EVERY_S,
        draw_again: timedelta = DRAW_AGAIN,
        answered_within: timedelta = outbox.LEASE / 2,
        life: Named | None = None,
    ) -> None:
        """`life`: whose leases these are (models/lives)."""
        self._store, self._gateway, self._draw = store, gateway, draw
        self._town, self._keys, self._office, self._machine = town, keys, office, machine
        self._unreachable, self._draw_again, self._answered_within = unreachable, draw_again, answered_within
        self._life = life or Nameless()  # one lease for all: taken again while still held, it stays the holder's
        self._hands = Hands(self._claim, self._deliver, at_once=AT_ONCE, look_every_s=look_every_s)
        self._undrawn: dict[int, int] = {}  # notice: how often its letter failed to be drawn

    def nudge(self) -> None:
        """Something may have been promised, or may have come due: look at once."""
        self._hands.nudge()

    def stop(self) -> None:
        """No more is claimed; `run` returns when what is held is settled."""
        self._hands.stop()

    async def idle(self) -> None:
        """Returns when a look begun after this call found nothing that may leave now."""
        await self._hands.idle()

    async def beat(self, now: datetime) -> None:
        """A metronome's beat: what may ring only from now on leaves at once. Asks for no moment of its own."""
        self._hands.nudge()

    async def run(self) -> None:
        """Delivers until `stop`, which it obeys within one send's time, or until cancelled: leases then run out."""
        await self._hands.run()

    async def _claim(self, room: int) -> Sequence[Promised]:
        if (lease := self._life.name) is None:
            return ()
        failpoint("delivery.before_claim")
        claimed = await self._store.run(
            outbox.claim,
            bots=self._gateway.bots,
            lease=lease,
            limit=room,
            office_now=self._office.now(),
            machine_now=self._machine.now(),
        )
        if claimed:
            failpoint("delivery.after_claim")
        return claimed

    async def _deliver(self, promised: Promised) -> None:
        """One notice: drawn as things stand now, sent once, settled by what was answered."""
        try:
            drawn = await self._store.read(self._drawing, promised)
        except Unavailable:  # nothing was sent: given back as if it had not been taken
            await self._keep(outbox.settle_later, promised.id, promised.lease, self._machine.now())
            return
        except Exception as error:
            await self._not_drawn(promised, type(error).__name__)
            return
        self._undrawn.pop(promised.id, None)
        if drawn.letter is None:
            await self._keep(outbox.settle_skipped, promised.id, promised.lease, self._office.now())
            return
        outcome = await self._send(drawn.letter, promised.priority)
        failpoint("delivery.after_send")
        tally.count(Counted.SENDS, type(outcome).__name__)
        await self._settle(promised, drawn.version, outcome)
        if isinstance(outcome, Later):  # the pace is finer than a look: be there when it lets the next one through
            asyncio.get_running_loop().call_later(outcome.seconds, self._hands.nudge)
        failpoint("delivery.after_settle")

    async def _send(self, letter: Letter, priority: Priority) -> Outcome:
        """What the messenger answered. Whatever holds it up, it answers long before the lease runs out."""
        try:
            async with asyncio.timeout(self._answered_within.total_seconds()):
                return await self._gateway.send(letter, priority=priority)
        except TimeoutError as error:
            return Unsure(type(error).__name__)

    def _drawing(self, session: Session, promised: Promised) -> _Drawn:
        work = Work(session=session, town=self._town, keys=self._keys, now=self._office.now())
        row = None if promised.case_id is None else _VERSION.one(session, case_id=promised.case_id)
        return _Drawn(self._draw(work, promised), 0 if row is None else row.version)

    async def _not_drawn(self, promised: Promised, reason: str) -> None:
        """A letter that cannot be drawn is tried a few times (the store may have been at fault), then is dead."""
        log.error("notice %d could not be drawn: %s", promised.id, reason)
        failures = self._undrawn.get(promised.id, 0) + 1
        one, lease = promised.id, promised.lease
        if failures < DRAWN_AT_MOST:
            self._undrawn[one] = failures
            await self._keep(outbox.settle_later, one, lease, self._machine.now() + self._draw_again)
            asyncio.get_running_loop().call_later(self._draw_again.total_seconds(), self._hands.nudge)
        else:
            self._undrawn.pop(one, None)
            await self._keep(outbox.settle_dead, one, lease, reason=reason, now=self._office.now())

    async def _settle(self, promised: Promised, version: int, outcome: Outcome) -> None:
        """What the messenger answered is on record together with what follows from it, or alone with an alarm.

        An answer that could not be settled would be asked for again, and the reader told again, for ever.
        """
        try:
            await self._keep(self._settled, promised, version, outcome)
        except (StoreClosed, Unavailable):
            raise
        except Exception as error:
            log.error("notice %d: what follows from its answer failed: %s", promised.id, type(error).__name__)
            await self._keep(self._settled_alone, promised, outcome, type(error).__name__)

    async def _keep(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Kept, however long the database is away meanwhile: what was answered is not asked for again."""
        return await self._hands.insist(lambda: self._store.run(fn, *args, **kwargs))

    def _settled(self, session: Session, promised: Promised, version: int, outcome: Outcome) -> None:
        if self._answered(session, promised, outcome):
            self._follow(session, promised, version, outcome)

    def _settled_alone(self, session: Session, promised: Promised, outcome: Outcome, reason: str) -> None:
        if isinstance(outcome, Moved) or _gone(promised, outcome):  # untold that, it would be sent the same way again
            outbox.settle_dead(session, promised.id, promised.lease, reason=reason, now=self._office.now())
        elif self._answered(session, promised, outcome):
            outbox.alarm(session, promised.id, AlarmKind.NOTICE_HALF_DONE, reason=reason, now=self._office.now())

    def _answered(self, session: Session, promised: Promised, outcome: Outcome) -> bool:
        """The notice's own row says what the messenger answered; False: somebody else holds it now."""
        one, lease = promised.id, promised.lease
        office, machine = self._office.now(), self._machine.now()
        match outcome:
            case Sent(message_id):
                return outbox.settle_sent(session, one, lease, message_id, office)
            case Later(seconds, halts):
                until = machine + timedelta(seconds=min(seconds, LATER_AT_MOST.total_seconds()))
                return outbox.settle_later(session, one, lease, until, halt="bot" if halts else None)
            case Unsure(reason):
                return outbox.settle_unsure(session, one, lease, machine + backoff(promised.tries), reason=reason)
            case Moved():
                return outbox.settle_later(session, one, lease, machine)
            case Unsendable() if _gone(promised, outcome) and promised.telling == Telling.REFRESH:
                return outbox.settle_skipped(session, one, lease, office)  # nobody needs it any more
            case Unsendable() if _gone(promised, outcome):
                return outbox.settle_later(session, one, lease, machine)  # said anew
            case Unreachable(reason) | Unsendable(reason):
                return outbox.settle_dead(session, one, lease, reason=reason, now=office)

    def _follow(self, session: Session, promised: Promised, version: int, outcome: Outcome) -> None:
        """What the answer means for cards, chats and other ways to the reader."""
        office = self._office.now()
        match outcome:
            case Sent(message_id):
                work = Work(session=session, town=self._town, keys=self._keys, now=office)
                card_sent(work, promised, message_id=message_id, version=version)
            case Moved(chat_id):
                outbox.move_chat(session, bot_id=promised.bot_id, old=promised.chat_id, new=chat_id)
            case Unreachable():
                outbox.chat_lost(session, bot_id=promised.bot_id, chat_id=promised.chat_id, now=office)
                self._unreachable(session, promised, office)
            case Unsendable() if _gone(promised, outcome):
                where = {"bot_id": promised.bot_id, "chat_id": promised.chat_id, "message_id": promised.edits}
                _CARD_GONE.run(session, **where)
                if promised.telling != Telling.REFRESH:
                    _SENT_ANEW.run(session, id=promised.id)


def _gone(promised: Promised, outcome: Outcome) -> bool:
    """Whether the reader deleted the message that was to be changed."""
    return isinstance(outcome, Unsendable) and outcome.reason == GONE and promised.edits is not None


def backoff(tries: int) -> timedelta:
    """1, 2, 4 … 300 seconds: how long a messenger that gave no answer is left alone after so many tries."""
    return min(timedelta(seconds=2 ** min(tries, 16)), LONGEST_BACKOFF)
