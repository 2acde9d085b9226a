"""Is everything as it should be after the machine died? Reads the tables and the chats, and believes no code of ours.

Only the hash of a link comes from the project, because it is a definition (models.rules.chain.link_hash).
"""

import re
from collections import Counter, defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from models.rules.chain import GENESIS, link_hash
from models.store import Statement
from tests.hostile.people import RECEIPT

if TYPE_CHECKING:
    from tests.hostile.street import Street

COPY = "（重发）"
ENDINGS = {"closed_ok": "confirm", "closed_silent": "lapse", "withdrawn": "withdraw"}
"""Every state in which nobody owes anything any more, and the event that leads there."""

_UPDATES = Statement("""
    SELECT update_id, body, done_at, parked_at, lease FROM "update" WHERE bot_id = :bot_id ORDER BY update_id
""")
_CASES = Statement('SELECT id, update_id, raiser_id, state, desk, version, closed_at FROM "case" ORDER BY id')
_EVENTS = Statement("""
    SELECT case_id, seq, event, from_state, to_state, role, person_id, facts, happened_at, prev_hash, hash
    FROM case_event ORDER BY case_id, seq
""")
_CLOCKS = Statement(
    "SELECT case_id, count(*) AS many, sum(CASE WHEN due_at IS NULL THEN 0 ELSE 1 END) AS running"
    " FROM clock GROUP BY case_id"
)
_NOTICES = Statement("""
    SELECT id, key, person_id, chat_id, case_id, telling, reader, edits, state, reason, ring_at, waits_from, lease,
        message_id
    FROM notice
""")
_CARDS = Statement("SELECT chat_id, message_id, case_id, reader, version FROM card ORDER BY message_id")
_ALARMS = Statement("SELECT kind, ref, reason FROM alarm")
_WORDS = Statement("SELECT owner_id, field FROM secret WHERE owner = 'case'")
_REACH = Statement("SELECT person_id, chat_id FROM reach")
_UNSETTLED = Statement("""
    SELECT (SELECT count(*) FROM "update" WHERE done_at IS NULL)
         + (SELECT count(*) FROM notice WHERE waits_from IS NOT NULL AND ring_at < :by) AS many
""")


def kept_updates(session: Session, bot_id: int) -> set[int]:
    """The numbers of all updates that are on disk."""
    return {row.update_id for row in _UPDATES.all(session, bot_id=bot_id)}


def unsettled(session: Session, by: datetime) -> int:
    """How many updates, and notices that ring before `by`, wait for anybody."""
    row = _UNSETTLED.one(session, by=by)
    assert row is not None
    return int(row.many)


async def judge(one: "Street") -> None:
    """Fails with what is wrong, if anything is."""
    store = one.store
    updates = await store.read(_UPDATES.all, bot_id=one.bot.id)
    cases, events = await store.read(_CASES.all), await store.read(_EVENTS.all)
    notices = await store.read(_NOTICES.all)
    alarms = await store.read(_ALARMS.all)
    assert not alarms, alarms
    _nothing_is_lost(one, updates)
    _nothing_is_doubled(one, cases, await store.read(_REACH.all))
    _chains_hold(cases, events)
    _nothing_is_torn(one, cases, await store.read(_CLOCKS.all), await store.read(_WORDS.all))
    _everyone_was_told(one, cases, notices)
    _cards_show_the_last_state(cases, await store.read(_CARDS.all))
    _copies_are_few_and_marked(one, notices)


def _nothing_is_lost(one: "Street", updates: list[Any]) -> None:
    """I1: what was acknowledged is kept and done; its words are gone and nobody holds it."""
    assert one.confirmed() == set(one.updates)
    assert [row.update_id for row in updates] == list(one.updates)
    for row in updates:
        assert row.done_at is not None
        assert row.parked_at is None
        assert bytes(row.body) == b""
        assert row.lease is None


def _nothing_is_doubled(one: "Street", cases: list[Any], reach: list[Any]) -> None:
    """I2: one update at most one case, one card at most one case, one person a chat, one case a resident."""
    assert len({row.chat_id for row in reach}) == len({row.person_id for row in reach}) == len(one.phones)
    touched = {tap.update_id: tap.callback_data for phone in one.phones.values() for tap in phone.taps}
    assert len({row.update_id for row in cases}) == len(cases)
    assert set(Counter(touched[row.update_id] for row in cases).values()) == {1}
    chats = {row.person_id: row.chat_id for row in reach}
    residents = {phone.person.id for name, phone in one.phones.items() if name.startswith("resident")}
    assert Counter(chats[row.raiser_id] for row in cases) == Counter(residents)


def _chains_hold(cases: list[Any], events: list[Any]) -> None:
    """I6, I10: no gap, no fork, every hash as computed anew; each transition once."""
    chains: dict[int, list[Any]] = defaultdict(list)
    for row in events:
        chains[row.case_id].append(row)
    assert set(chains) == {case.id for case in cases}
    for case in cases:
        chain = chains[case.id]
        assert [row.seq for row in chain] == list(range(1, len(chain) + 1))
        assert case.version == len(chain)
        assert case.state == chain[-1].to_state
        before, state = GENESIS, "draft"
        for row in chain:
            assert (row.prev_hash, row.from_state) == (before, state)
            before, state = row.hash, row.to_state
            assert row.hash == link_hash(
                row.prev_hash,
                case_id=row.case_id,
                seq=row.seq,
                event=row.event,
                frm=row.from_state,
                to=row.to_state,
                role=row.role,
                person=row.person_id,
                facts=row.facts,
                happened_at=row.happened_at,
            )
        story = [row.event for row in chain if row.event != "busy"]
        rounds = story.count("deny")
        last = [] if case.state == "withdrawn" else ["sign", "claim"]
        assert story == ["submit", "accept", *["sign", "claim", "deny"] * rounds, *last, ENDINGS[case.state]]
        assert len(chain) - len(story) <= 1, "a head who has no time says so once"


def _nothing_is_torn(one: "Street", cases: list[Any], clocks: list[Any], words: list[Any]) -> None:
    """I4: a case came with its clocks and its words; closed, none of them runs; and all of these were solved."""
    found = {row.case_id: row for row in clocks}
    fields: dict[int, set[str]] = defaultdict(set)
    for row in words:
        fields[row.owner_id].add(row.field)
    for case in cases:
        assert case.state == "closed_ok", "each of these residents ends by saying so"
        assert (case.closed_at is not None) == (case.state in ENDINGS)
        assert case.desk
        assert found[case.id].many >= 2
        assert found[case.id].running == 0
        assert {"words", "seen", "title"} < fields[case.id]


def _everyone_was_told(one: "Street", cases: list[Any], notices: list[Any]) -> None:
    """I9, L1: every notice ended, sent ones stand in a chat, every case has its receipt there."""
    standing = {(phone.person.id, message.id): message for phone in one.phones.values() for message in phone.heard}
    lists = {(row.person_id, row.ring_at): row for row in notices if row.telling == "list"}
    for row in notices:
        assert row.lease is None
        if row.telling == "list" and row.ring_at >= one.until:
            assert row.state == "waiting", "a list of the day waits for its hour"
            continue
        assert row.state in ("sent", "skipped"), (row.key, row.state)
        assert row.waits_from is None
        if row.state == "skipped" and row.reason == "listed":
            assert (row.person_id, row.ring_at) in lists, f"{row.key} is in no list"
        elif row.state == "skipped":
            assert row.reason.startswith("superseded "), (row.key, row.reason)
        if row.state == "sent":
            assert (row.chat_id, row.message_id) in standing, row.key
    told = Counter((row.case_id, row.telling) for row in notices if row.state == "sent")
    for case in cases:
        assert told[case.id, "receipt"] == 1
        assert told[case.id, "assignment"] == 1, "its desk was rung: no desk here has so many cards that a list comes"
    assert len({row.key for row in notices}) == len(notices)


def _cards_show_the_last_state(cases: list[Any], cards: list[Any]) -> None:
    """The newest card of each reader is drawn at the case's last version, and no card is ahead of its case."""
    versions = {case.id: case.version for case in cases}
    newest: dict[tuple[int, int], int] = {}
    for card in cards:
        assert card.version <= versions[card.case_id]
        newest[card.case_id, card.chat_id] = card.version
    for (case_id, chat_id), version in newest.items():
        assert version == versions[case_id], (case_id, chat_id, version)


def _copies_are_few_and_marked(one: "Street", notices: list[Any]) -> None:
    """S40: of each notice at most one copy a kill, and every copy says that it is one."""
    posted = [
        call
        for call in one.stage.calls_of("sendMessage")
        if call.status == 200 and "link_preview_options" in call.params
    ]
    texts = Counter((str(call.params["chat_id"]), str(call.params["text"]).removeprefix(COPY)) for call in posted)
    marked = Counter(
        (str(call.params["chat_id"]), str(call.params["text"]).removeprefix(COPY))
        for call in posted
        if COPY in str(call.params["text"])
    )
    first = [row for row in notices if row.state == "sent" and row.edits is None]
    assert len(posted) - sum(marked.values()) <= len(first), "a copy is not marked"
    for letter, count in texts.items():
        assert count <= 1 + one.kills, letter
        assert marked[letter] <= one.kills, letter
        assert count - marked[letter] <= 1, letter
    receipts = Counter(
        number
        for phone in one.phones.values()
        for message in phone.heard
        if RECEIPT in message.text and COPY not in message.text
        for number in re.findall(r"\d{4}", message.text)[:1]
    )
    assert all(count == 1 for count in receipts.values()), receipts
