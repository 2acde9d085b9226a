"""What has been promised to be said? One row a promise, written with the change; it ends sent or dead, never silently.

`ring_at`, `promised_at`, `sent_at` are office moments; waiting, leases and halts run on the machine's clock.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlmodel import Session

from models.ports import Priority
from models.rules.alarms import AlarmKind
from models.store import Row, Statement

LEASE = timedelta(seconds=60)
"""How long a claimed notice is one sender's; a send waits for its answer no longer than half of that."""
UNSURE_TRIES = 200
"""So often an answer may be lost before a notice is dead: with five minutes between them, most of a day."""
VANISHED_AT_MOST = 20
"""So often a notice may be held by a sender that never said what became of it: it kills them, and each may have sent a
copy. A process that is merely killed again and again at anything else must not use it up."""

FOR_EVER = datetime(9000, 1, 1, tzinfo=UTC)
"""A halt that ends later is no messenger's but a fence: it ends by a person (models/actions/keeping)."""

_AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)  # before every machine moment: it waits for nothing


@dataclass(frozen=True, slots=True)
class Promised:
    """A notice held by whoever has `lease`. `unsure` above 0: it may have arrived before, so this is a copy."""

    id: int
    key: str
    person_id: int
    bot_id: int
    chat_id: int
    case_id: int | None
    telling: str
    reader: str
    edits: int | None
    facts: Mapping[str, Any]
    priority: Priority
    promised_at: datetime
    ring_at: datetime
    tries: int
    unsure: int
    lease: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much is still to be said, since when, and how much never will be."""

    waiting: int
    oldest_at: datetime | None
    dead: int


# made once: `json.dumps` with options builds an encoder at every call
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

_PROMISE = Statement("""\
INSERT INTO notice (key, person_id, bot_id, chat_id, case_id, telling, reader, edits, facts, priority,
    promised_at, ring_at, state, waits_from, tries, unsure)
VALUES (:key, :person_id, :bot_id, :chat_id, :case_id, :telling, :reader, :edits, :facts, :priority,
    :now, :ring_at, 'waiting', :waits_from, 0, 0)
ON CONFLICT (key) DO NOTHING""")
# The head of a chat is its most urgent, then oldest notice that may ring; while one is on its way the chat waits.
# `+n.bot_id`: they are found in their order of urgency, not sorted after all of a bot's were found.
_HEADS = """\
SELECT n.id, n.bot_id, n.chat_id FROM notice AS n
WHERE n.waits_from IS NOT NULL AND n.waits_from <= :machine AND n.ring_at <= :office AND +n.bot_id IN ({bots})
    AND (n.leased_until IS NULL OR n.leased_until <= :machine)
    AND n.bot_id NOT IN (SELECT bot_id FROM halt WHERE chat_id = 0 AND halted_until > :machine)
    AND NOT EXISTS (
        SELECT 1 FROM halt
        WHERE halt.bot_id = n.bot_id AND halt.chat_id = n.chat_id AND halt.halted_until > :machine)
    AND NOT EXISTS (
        SELECT 1 FROM notice AS o
        WHERE o.bot_id = n.bot_id AND o.chat_id = n.chat_id AND o.waits_from IS NOT NULL
            AND (o.priority, o.id) < (n.priority, n.id) AND o.ring_at <= :office)
    AND NOT EXISTS (
        SELECT 1 FROM notice AS o
        WHERE o.bot_id = n.bot_id AND o.chat_id = n.chat_id AND o.lease IS NOT NULL AND o.leased_until > :machine)
    {among}
ORDER BY n.priority, n.id"""
_LISTED = "SELECT value FROM json_each(:{})"
_LISTED_PG = "SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(CAST(:{} AS TEXT) AS JSONB))"
# On PostgreSQL another claim's leases are not seen before its commit. So a chat is locked before it is looked at:
# the first statement locks the chats of heads nobody else is claiming, the second looks again, and takes.
_FIND = Statement(
    _HEADS.format(bots=_LISTED.format("bots"), among="") + " LIMIT :limit",
    postgresql=f"""\
SELECT id FROM ({_HEADS.format(bots=_LISTED_PG.format("bots"), among="")} OFFSET 0) AS head
WHERE pg_try_advisory_xact_lock(hashtextextended(bot_id || ':' || chat_id, 0)) LIMIT :limit""",  # noqa: S608 the pieces are constants
)
_AGAIN = _HEADS.format(bots=_LISTED_PG.format("bots"), among=f"AND n.id IN ({_LISTED_PG.format('found')})")
_TAKE = """\
UPDATE notice SET lease = :lease, leased_until = :until,
    unsure = unsure + CASE WHEN lease IS NULL THEN 0 ELSE 1 END
WHERE id IN ({found})
RETURNING id, key, person_id, bot_id, chat_id, case_id, telling, reader, edits, facts, priority,
    promised_at, ring_at, tries, unsure"""
_CLAIM = Statement(
    _TAKE.format(found=_LISTED.format("found")),
    postgresql=_TAKE.format(found=f"SELECT id FROM ({_AGAIN} FOR UPDATE OF n SKIP LOCKED) AS head"),  # noqa: S608 the pieces are constants
)
_INHERIT = Statement("""\
UPDATE notice SET leased_until = NULL WHERE leased_until IS NOT NULL AND lease = coalesce(:lease, lease)""")
_SENT = Statement("""\
UPDATE notice SET state = 'sent', message_id = :message_id, sent_at = :now, waits_from = NULL,
    tries = tries + 1, lease = NULL, leased_until = NULL
WHERE id = :id AND lease = :lease""")
_END = Statement("""\
UPDATE notice SET state = :state, reason = :reason, waits_from = NULL, lease = NULL, leased_until = NULL
WHERE id = :id AND lease = :lease""")
_LATER = Statement("""\
UPDATE notice SET waits_from = :until, lease = NULL, leased_until = NULL
WHERE id = :id AND lease = :lease RETURNING bot_id, chat_id""")
_UNSURE = Statement("""\
UPDATE notice SET waits_from = :until, tries = tries + 1, unsure = unsure + 1, reason = :reason,
    lease = NULL, leased_until = NULL
WHERE id = :id AND lease = :lease""")
_TRIES = Statement("SELECT tries FROM notice WHERE id = :id AND lease = :lease")
_HALT = Statement("""\
INSERT INTO halt (bot_id, chat_id, halted_until) VALUES (:bot_id, :chat_id, :until)
ON CONFLICT (bot_id, chat_id) DO UPDATE SET halted_until = excluded.halted_until
WHERE excluded.halted_until > halt.halted_until""")
_HALTS = Statement("SELECT bot_id, chat_id, halted_until FROM halt WHERE halted_until > :now AND halted_until < :ends")
_BLOCKED = Statement(
    "UPDATE reach SET blocked_at = :now WHERE bot_id = :bot_id AND chat_id = :chat_id AND blocked_at IS NULL"
)
_ALARM = Statement("INSERT INTO alarm (kind, ref, reason, raised_at) VALUES (:kind, :ref, :reason, :now)")
_MOVE = Statement("""\
UPDATE notice SET chat_id = :new WHERE bot_id = :bot_id AND chat_id = :old AND waits_from IS NOT NULL""")
_MOVE_REACH = Statement("UPDATE reach SET chat_id = :new WHERE bot_id = :bot_id AND chat_id = :old")
_NEXT_RING = Statement(
    "SELECT min(ring_at) AS soonest_at FROM notice WHERE waits_from IS NOT NULL AND ring_at > :office"
)
_WAITING = Statement("SELECT count(*) AS many, min(promised_at) AS oldest_at FROM notice WHERE waits_from IS NOT NULL")
_DEAD = Statement("SELECT count(*) AS many FROM notice WHERE state = 'dead'")
_FORGET_SPENT = Statement("DELETE FROM spent WHERE free_from < :before AND limit_name <> 'bot'")
_LET_GO = Statement("UPDATE notice SET waits_from = :at_once WHERE waits_from >= :ends")
_FORGET_HALTS = Statement("DELETE FROM halt WHERE halted_until < :before")


def promise(
    session: Session,
    *,
    key: str,
    person_id: int,
    bot_id: int,
    chat_id: int,
    case_id: int | None,
    telling: str,
    reader: str,
    priority: int,
    facts: Mapping[str, Any],
    ring_at: datetime,
    now: datetime,
    edits: int | None = None,
) -> bool:
    """The notice will be said, not before `ring_at`; False if this very promise (`key`) was given before."""
    return (
        _PROMISE.run(
            session,
            key=key,
            person_id=person_id,
            bot_id=bot_id,
            chat_id=chat_id,
            case_id=case_id,
            telling=str(telling),
            reader=str(reader),
            edits=edits,
            facts=_CANONICAL(dict(facts)),
            priority=int(priority),
            now=now,
            ring_at=ring_at,
            waits_from=_AT_ONCE,
        )
        == 1
    )


def claim(
    session: Session, *, bots: Sequence[int], lease: str, limit: int, office_now: datetime, machine_now: datetime
) -> list[Promised]:
    """At most `limit` notices that may leave now, most urgent first, one a chat; none of a halted bot or chat.

    Only of `bots`, those the caller can speak for: what others have promised waits for whoever speaks for them.
    One whose former sender vanished between claiming and settling comes back as unsure: it may have arrived; the
    21st time it is dead.
    """
    looked = {"bots": json.dumps(list(bots)), "machine": machine_now, "office": office_now}
    found = json.dumps([row.id for row in _FIND.all(session, **looked, limit=limit)])
    if found == "[]":
        return []
    rows = _CLAIM.all(session, **looked, found=found, lease=lease, until=machine_now + LEASE)
    for row in rows:
        if row.unsure - row.tries > VANISHED_AT_MOST:
            settle_dead(session, row.id, lease, reason="vanished", now=office_now)
    rows = [row for row in rows if row.unsure - row.tries <= VANISHED_AT_MOST]
    rows.sort(key=lambda row: (row.priority, row.id))
    claimed = [(row, _promised(row, lease)) for row in rows]
    for row, promised in claimed:
        if promised is None:  # it would stop everything behind it at every claim (S42)
            settle_dead(session, row.id, lease, reason="unreadable", now=office_now)
    return [promised for _, promised in claimed if promised is not None]


def _promised(row: Row, lease: str) -> Promised | None:
    """The notice as it was promised; None where its row says nothing that can be understood."""
    try:
        facts, priority = json.loads(row.facts), Priority(row.priority)
    except (ValueError, RecursionError):
        return None
    if not isinstance(facts, dict):
        return None
    return Promised(
        id=row.id,
        key=row.key,
        person_id=row.person_id,
        bot_id=row.bot_id,
        chat_id=row.chat_id,
        case_id=row.case_id,
        telling=row.telling,
        reader=row.reader,
        edits=row.edits,
        facts=facts,
        priority=priority,
        promised_at=row.promised_at,
        ring_at=row.ring_at,
        tries=row.tries,
        unsure=row.unsure,
        lease=lease,
    )


def inherit(session: Session, lease: str | None = None) -> int:
    """Whoever has that lease (None: any) is dead: its notices may be taken again at once, as unsure; how many."""
    return _INHERIT.run(session, lease=lease)


def settle_sent(session: Session, notice_id: int, lease: str, message_id: int, office_now: datetime) -> bool:
    """It was said, and this is its name there. False, as in every settling: the lease is lost, nothing changed."""
    return _SENT.run(session, id=notice_id, lease=lease, message_id=message_id, now=office_now) == 1


def settle_later(
    session: Session, notice_id: int, lease: str, until: datetime, *, halt: Literal["bot", "chat"] | None = None
) -> bool:
    """Not now: it waits until that machine moment, which counts no try; `halt` holds the whole chat or bot as long."""
    row = _LATER.one(session, id=notice_id, lease=lease, until=until)
    if row is None:
        return False
    if halt is not None:
        hold(session, bot_id=row.bot_id, chat_id=0 if halt == "bot" else row.chat_id, until=until)
    return True


def settle_unsure(session: Session, notice_id: int, lease: str, until: datetime, *, reason: str) -> bool:
    """No answer came: tried again at that machine moment, marked as a copy; dead only when it happened 200 times."""
    row = _TRIES.one(session, id=notice_id, lease=lease)
    if row is None:
        return False
    if row.tries + 1 >= UNSURE_TRIES:
        return settle_dead(session, notice_id, lease, reason=reason, now=until)
    return _UNSURE.run(session, id=notice_id, lease=lease, reason=reason, until=until) == 1


def settle_dead(session: Session, notice_id: int, lease: str, *, reason: str, now: datetime) -> bool:
    """It will never be said, and an alarm says so."""
    if _END.run(session, id=notice_id, lease=lease, state="dead", reason=reason) != 1:
        return False
    alarm(session, notice_id, AlarmKind.NOTICE_DEAD, reason=reason, now=now)
    return True


def alarm(session: Session, notice_id: int, kind: AlarmKind, *, reason: str, now: datetime) -> None:
    """A person must look at this notice; `reason` is a code or an error's name, never its words."""
    _ALARM.run(session, kind=kind, ref=f"notice:{notice_id}", reason=reason, now=now)


def settle_skipped(session: Session, notice_id: int, lease: str, now: datetime) -> bool:
    """There is nothing left to say: what it would have told is no longer so, or a later one tells it. Not `sent`."""
    reason = f"superseded {now:%Y-%m-%dT%H:%MZ}"
    return _END.run(session, id=notice_id, lease=lease, state="skipped", reason=reason) == 1


def hold(session: Session, *, bot_id: int, chat_id: int, until: datetime) -> None:
    """Nothing leaves for this chat, or of this bot (chat 0), before that machine moment; a longer halt stays longer."""
    _HALT.run(session, bot_id=bot_id, chat_id=chat_id, until=until)


def halts(session: Session, machine_now: datetime) -> list[Row]:
    """Every halt of a messenger's that still holds: bot_id, chat_id, halted_until. A fence is looked at by `claim`."""
    return _HALTS.all(session, now=machine_now, ends=FOR_EVER)


def let_go(session: Session) -> int:
    """What was put off until no clock will ever show waits for nothing any more; how many."""
    return _LET_GO.run(session, at_once=_AT_ONCE, ends=FOR_EVER)


def chat_lost(session: Session, *, bot_id: int, chat_id: int, now: datetime) -> None:
    """Whoever is behind this chat blocked the bot or is gone: no notice tries it until they speak again."""
    _BLOCKED.run(session, bot_id=bot_id, chat_id=chat_id, now=now)


def move_chat(session: Session, *, bot_id: int, old: int, new: int) -> None:
    """The group became a supergroup: everything still to be said goes to its new id."""
    _MOVE.run(session, bot_id=bot_id, old=old, new=new)
    _MOVE_REACH.run(session, bot_id=bot_id, old=old, new=new)


def next_ring(session: Session, office_now: datetime) -> datetime | None:
    """The next office moment at which a notice held back for the night may ring, or None."""
    return _moment(_NEXT_RING.one(session, office=office_now))


def backlog(session: Session) -> Backlog:
    """For the metrics and for `idle`."""
    waiting, dead = _WAITING.one(session), _DEAD.one(session)
    assert waiting is not None
    assert dead is not None
    return Backlog(waiting.many, waiting.oldest_at, dead.many)


def forget_halts(session: Session, before: datetime) -> int:
    """Halts that ended before that machine moment are gone; how many."""
    return _FORGET_HALTS.run(session, before=before)


def forget_spent(session: Session, before: datetime) -> int:
    """What the pace counted of chats that were free again before that machine moment is gone; how many."""
    return _FORGET_SPENT.run(session, before=before)


def _moment(row: Any) -> datetime | None:
    return None if row is None else row.soonest_at
