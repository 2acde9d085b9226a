"""What has come in and is not answered yet? Kept before it is answered, served in order per chat, lost never.

Every moment here is a machine moment: the office clock may be turned, a lease and a replay may not be.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from models.rules.alarms import AlarmKind
from models.store import DoesNotOpen, Keys, Statement

LEASE = timedelta(seconds=60)
"""How long a claimed update is one worker's; a handler has 20 s (design §2.3)."""
FAILURES = 3
"""An update that fails this often is parked with an alarm (design §2.2)."""
BEGINNINGS = 6
"""An update begun this often and never ended (it kills or hangs the process) is parked as well."""
KEPT = timedelta(days=7)
"""How long a done update is remembered, to know a replay by its number: Telegram's ids turn random after a week."""
PARKED_KEPT = timedelta(days=30)
"""How long the words of a parked update wait for whoever mends what it failed on: as long as logs are kept (B6)."""

_INT64 = 1 << 63
_CODE = re.compile(r"\w{1,80}")


class AlreadyDone(Exception):
    """This update is done, or another worker holds it now: what was about to be done must not be."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One update as the messenger gave it: `raw` is its JSON."""

    update_id: int
    chat_id: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class TalkState:
    """Where a conversation stands, as it was last written down. `data` is JSON."""

    key: str
    state: str | None = None
    data: str = "{}"
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update to be handled by whoever holds `lease`; `talk`: its conversation, already looked up."""

    id: int
    bot_id: int
    update_id: int
    chat_id: int
    body: dict[str, Any]
    tries: int
    lease: str
    received_at: datetime
    talk: TalkState | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An update that cannot be handled at all: to be parked at once, `failed(…, at_once=True)`."""

    id: int
    bot_id: int
    update_id: int
    chat_id: int
    tries: int
    lease: str
    reason: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits, since when, and how much is parked."""

    waiting: int
    oldest_at: datetime | None
    parked: int


@dataclass(frozen=True, slots=True)
class Parked:
    """An update that was set aside, by its row: no chat and no word of it. Moments are the machine's."""

    id: int
    bot_id: int
    received_at: datetime
    parked_at: datetime
    tries: int
    reason: str


_KEEP = Statement("""\
INSERT INTO "update" (bot_id, update_id, chat_id, body, received_at, tries)
VALUES (:bot_id, :update_id, :chat_id, :body, :now, 0) ON CONFLICT (bot_id, update_id) DO NOTHING""")
_KNOWN = Statement(
    """\
SELECT count(*) AS many FROM "update"
WHERE bot_id = :bot_id AND update_id IN (SELECT value FROM json_each(:numbers))""",
    postgresql="""\
SELECT count(*) AS many FROM "update" WHERE bot_id = :bot_id AND update_id IN (
    SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(CAST(:numbers AS TEXT) AS JSONB)))""",
)
# Usually the heads are found among the oldest 256, however much waits behind them. Where too few are, because few
# chats have said all of that, one step a chat finds the others. FOR UPDATE stands where only the picked are read.
_HEADS = """\
WITH RECURSIVE
front AS MATERIALIZED (SELECT id, chat_id FROM "update" WHERE done_at IS NULL{front} ORDER BY id LIMIT 256),
near AS MATERIALIZED (
    SELECT u.id FROM front CROSS JOIN "update" AS u
    WHERE u.id = front.id AND (u.leased_until IS NULL OR u.leased_until <= :now) AND NOT EXISTS (
        SELECT 1 FROM "update" AS o WHERE o.chat_id = front.chat_id AND o.done_at IS NULL{other} AND o.id < front.id)
    ORDER BY u.id LIMIT :limit),
chat (chat_id) AS (
    SELECT (SELECT min(o.chat_id) FROM "update" AS o WHERE o.done_at IS NULL{other})
    WHERE (SELECT count(*) FROM front) = 256 AND (SELECT count(*) FROM near) < :limit
    UNION ALL
    SELECT (SELECT min(o.chat_id) FROM "update" AS o WHERE o.done_at IS NULL{other} AND o.chat_id > chat.chat_id)
    FROM chat WHERE chat.chat_id IS NOT NULL),
head AS (
    SELECT id FROM near UNION
    SELECT (SELECT min(o.id) FROM "update" AS o WHERE o.done_at IS NULL{other} AND o.chat_id = chat.chat_id) FROM chat),
picked AS (
    SELECT u.id FROM head CROSS JOIN "update" AS u
    WHERE u.id = head.id AND u.done_at IS NULL AND (u.leased_until IS NULL OR u.leased_until <= :now)
    ORDER BY u.id LIMIT :limit FOR UPDATE OF u SKIP LOCKED)
UPDATE "update" SET lease = :lease, leased_until = :until, tries = tries + 1
WHERE id IN (SELECT id FROM picked)
RETURNING id, bot_id, update_id, chat_id, body, tries, received_at"""
_CLAIM = Statement(_HEADS.format(front="", other=""))
_LISTED = " AND {}bot_id IN (SELECT value FROM json_each(:bots))"
_LISTED_PG = (
    " AND {}bot_id IN (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(CAST(:bots AS TEXT) AS JSONB)))"
)
_CLAIM_OF = Statement(
    _HEADS.format(front=_LISTED.format(""), other=_LISTED.format("o.")),
    postgresql=_HEADS.format(front=_LISTED_PG.format(""), other=_LISTED_PG.format("o.")),
)
_SETTLE = Statement("""\
UPDATE "update" SET done_at = :now, body = :nothing, lease = NULL, leased_until = NULL
WHERE id = :id AND lease = :lease AND done_at IS NULL""")
_RELEASE = Statement("""\
UPDATE "update" SET lease = NULL, leased_until = :until, reason = :reason
WHERE id = :id AND lease = :lease AND done_at IS NULL""")
_GIVE_BACK = Statement("""\
UPDATE "update" SET lease = NULL, leased_until = :until, tries = tries - 1
WHERE id = :id AND lease = :lease AND done_at IS NULL""")
_PARK = Statement("""\
UPDATE "update" SET done_at = :now, parked_at = :now, reason = :reason, lease = NULL, leased_until = NULL
WHERE id = :id AND lease = :lease AND done_at IS NULL""")
_TRIES = Statement('SELECT tries FROM "update" WHERE id = :id AND lease = :lease AND done_at IS NULL')
_ALARM = Statement("INSERT INTO alarm (kind, ref, reason, raised_at) VALUES (:kind, :ref, :reason, :now)")
_INHERIT = Statement("""\
UPDATE "update" SET leased_until = NULL
WHERE done_at IS NULL AND leased_until IS NOT NULL AND lease = coalesce(:lease, lease)""")
_WAITING = Statement('SELECT count(*) AS many, min(received_at) AS oldest_at FROM "update" WHERE done_at IS NULL')
_ANY_OF = 'SELECT 1 AS some FROM "update" WHERE done_at IS NULL{front} LIMIT 1'
_ANY = Statement(
    _ANY_OF.format(front=_LISTED.format("")),
    postgresql=_ANY_OF.format(front=_LISTED_PG.format("")),
)
_PARKED = Statement('SELECT count(*) AS many FROM "update" WHERE parked_at IS NOT NULL')
_LIST_PARKED = Statement("""\
SELECT id, bot_id, received_at, parked_at, tries, reason FROM "update" WHERE parked_at IS NOT NULL ORDER BY id""")
_REPLAY = Statement("""\
UPDATE "update" SET done_at = NULL, parked_at = NULL, reason = NULL, tries = 0, lease = NULL, leased_until = NULL
WHERE id = :id AND parked_at IS NOT NULL""")
_CLEAR_ALARM = Statement("UPDATE alarm SET cleared_at = :now WHERE kind = :kind AND ref = :ref AND cleared_at IS NULL")
# the newest stays: SQLite gives its number away again otherwise, and a draft's buttons are named by it
_FORGET = Statement("""\
DELETE FROM "update" WHERE done_at < :before AND parked_at IS NULL AND id < (SELECT max(id) FROM "update")""")
_FORGET_PARKED = Statement('DELETE FROM "update" WHERE done_at < :before AND parked_at IS NOT NULL')
_RECALL = Statement("SELECT key, state, body, changed_at FROM talk WHERE key = :key")
_RECALL_ALL = Statement(
    "SELECT key, state, body, changed_at FROM talk WHERE key IN (SELECT value FROM json_each(:keys))",
    postgresql="""\
SELECT key, state, body, changed_at FROM talk
WHERE key IN (SELECT jsonb_array_elements_text(CAST(CAST(:keys AS TEXT) AS JSONB)))""",
)


def take_in(session: Session, keys: Keys, bot_id: int, updates: Sequence[Arrived], now: datetime) -> int:
    """Every update is kept; how many are new. A known (bot, update) number is known for 7 days, whatever its size."""
    rows = [
        {
            "bot_id": bot_id,
            "update_id": update.update_id,
            "chat_id": update.chat_id,
            "body": keys.seal(update.raw, at=_place(bot_id, update.update_id)),
            "now": now,
        }
        for update in updates
    ]
    if len(rows) == 1:
        return _KEEP.run(session, **rows[0])
    numbers = {update.update_id for update in updates}
    known = _KNOWN.one(session, bot_id=bot_id, numbers=json.dumps(list(numbers)))
    _KEEP.many(session, rows)
    return len(numbers) - (0 if known is None else known.many)


def claim(
    session: Session, keys: Keys, *, lease: str, limit: int, now: datetime, bots: Sequence[int] | None = None
) -> list[Waiting | Unreadable]:
    """At most `limit` updates, oldest first: of each chat the oldest undone one, unless somebody holds it.

    Only of `bots`, those the caller can answer for (None: of any): the others wait for whoever can.
    """
    asked = {"lease": lease, "until": now + LEASE, "now": now, "limit": limit}
    rows = (
        _CLAIM.all(session, **asked) if bots is None else _CLAIM_OF.all(session, **asked, bots=json.dumps(list(bots)))
    )
    rows.sort(key=lambda row: row.id)
    opened = [(row, *_open(keys, row)) for row in rows]
    talks = _recall_all(session, keys, [key for row, body, _ in opened if body and (key := talk_key(row.bot_id, body))])
    claimed: list[Waiting | Unreadable] = []
    for row, body, reason in opened:
        if body is None:
            claimed.append(Unreadable(row.id, row.bot_id, row.update_id, row.chat_id, row.tries, lease, reason))
            continue
        key = talk_key(row.bot_id, body)
        talk = talks.get(key, TalkState(key)) if key else None
        claimed.append(
            Waiting(row.id, row.bot_id, row.update_id, row.chat_id, body, row.tries, lease, row.received_at, talk)
        )
    return claimed


def settle(session: Session, row_id: int, lease: str, now: datetime) -> None:
    """The update is done and its words are gone. AlreadyDone if it was, or if the lease went to somebody else."""
    if _SETTLE.run(session, id=row_id, lease=lease, now=now, nothing=b"") != 1:
        raise AlreadyDone


def failed(
    session: Session,
    row_id: int,
    lease: str,
    *,
    reason: str,
    now: datetime,
    at_once: bool = False,
    rest: timedelta = timedelta(0),
) -> bool:
    """Given back to be tried again after `rest`; the third time, or `at_once`, parked with an alarm. Whether parked.

    `reason` is the name of an exception's class, never its text, which might hold what somebody said (I12).
    """
    if not _CODE.fullmatch(reason):
        reason = "Unnamed"
    row = _TRIES.one(session, id=row_id, lease=lease)
    if row is None:
        return False
    if not at_once and row.tries < FAILURES:
        _RELEASE.run(session, id=row_id, lease=lease, reason=reason, until=now + rest if rest else None)
        return False
    if _PARK.run(session, id=row_id, lease=lease, reason=reason, now=now) != 1:
        return False  # its turn was committed between the two statements (PostgreSQL)
    _ALARM.run(session, kind=AlarmKind.UPDATE_PARKED, ref=f"update:{row_id}", reason=reason, now=now)
    return True


def give_back(session: Session, row_id: int, lease: str, until: datetime) -> None:
    """It may be tried again from `until` on, and this try is forgotten: it failed by no fault of the update."""
    _GIVE_BACK.run(session, id=row_id, lease=lease, until=until)


def inherit(session: Session, lease: str | None = None) -> int:
    """Whoever has that lease (None: any) is dead: its updates may be taken again at once, the try counts; how many."""
    return _INHERIT.run(session, lease=lease)


def waits(session: Session, bots: Sequence[int]) -> bool:
    """Whether any update of these bots is neither done nor parked, asked without counting them."""
    return _ANY.one(session, bots=json.dumps(list(bots))) is not None


def backlog(session: Session) -> Backlog:
    """For the metrics."""
    waiting = _WAITING.one(session)
    parked = _PARKED.one(session)
    assert waiting is not None
    assert parked is not None
    return Backlog(waiting.many, waiting.oldest_at, parked.many)


def parked(session: Session) -> list[Parked]:
    """What is set aside now, oldest first."""
    return [Parked(*row) for row in _LIST_PARKED.all(session)]


def replay(session: Session, row_id: int, now: datetime) -> bool:
    """The parked update waits again as if it had just come, and its alarm is cleared; False: no such one is parked."""
    if _REPLAY.run(session, id=row_id) != 1:
        return False
    _CLEAR_ALARM.run(session, kind=AlarmKind.UPDATE_PARKED, ref=f"update:{row_id}", now=now)
    return True


def forget(session: Session, before: datetime) -> int:
    """Updates done before that moment are forgotten, parked ones and the newest are not; how many.

    Callers pass now - KEPT. No number of a row is ever given twice.
    """
    return _FORGET.run(session, before=before)


def forget_parked(session: Session, before: datetime) -> int:
    """Updates parked before that moment are forgotten with their words (I14); their alarms stay; how many."""
    return _FORGET_PARKED.run(session, before=before)


def recall(session: Session, keys: Keys, key: str) -> TalkState:
    """Where the conversation stands; an empty one if there is none or it does not open."""
    row = _RECALL.one(session, key=key)
    return TalkState(key) if row is None else _talk(keys, row)


def chat_of(update: object) -> int:
    """What keeps an update's order: its chat, or the person where there is none, or 0."""
    chat, person = _who(update)
    return chat or person or 0


def talk_key(bot_id: int, update: object) -> str | None:
    """The conversation an update belongs to, named as `Talk.key` is: "bot:chat:person"; None if nobody speaks."""
    chat, person = _who(update)
    return f"{bot_id}:{chat or person}:{person}" if person else None


def _who(update: object) -> tuple[int | None, int | None]:
    """Chat and person of any kind of update; None for what is not there or is no 64-bit number."""
    if not isinstance(update, dict):
        return None, None
    content = next((value for name, value in update.items() if name != "update_id" and isinstance(value, dict)), {})
    message = content.get("message")
    chat = content.get("chat") or (message.get("chat") if isinstance(message, dict) else None)
    person = content.get("from") or content.get("user")
    return _id(chat), _id(person)


def _id(holder: object) -> int | None:
    value = holder.get("id") if isinstance(holder, dict) else None
    return value if type(value) is int and -_INT64 <= value < _INT64 else None


def _place(bot_id: int, update_id: int) -> str:
    return f"update:{bot_id}:{update_id}:body"


def _open(keys: Keys, row: Any) -> tuple[dict[str, Any] | None, str]:
    if row.tries > BEGINNINGS:
        return None, "NeverEnded"
    try:
        body = json.loads(keys.open(bytes(row.body), at=_place(row.bot_id, row.update_id)))
    except (DoesNotOpen, ValueError, RecursionError) as error:
        return None, type(error).__name__
    return (body, "") if isinstance(body, dict) else (None, "NotAnObject")


def _talk(keys: Keys, row: Any) -> TalkState:
    try:
        data = keys.open(bytes(row.body), at=f"talk:{row.key}:body").decode("utf-8", "surrogatepass")
    except (DoesNotOpen, ValueError):
        return TalkState(row.key)
    return TalkState(row.key, row.state, data, row.changed_at)


def _recall_all(session: Session, keys: Keys, wanted: list[str]) -> dict[str, TalkState]:
    if not wanted:
        return {}
    return {row.key: _talk(keys, row) for row in _RECALL_ALL.all(session, keys=json.dumps(wanted))}
