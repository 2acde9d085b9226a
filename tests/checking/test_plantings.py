"""Does each question find what it asks for? A table of damage, done behind the program's back, each found by its name.

Cases of the street: 1 confirmed, 2 taken back, 3 closed in silence, 4 signed, 5 accuses the firm (conftest).
"""

from dataclasses import dataclass

import pytest

from tests.checking.conftest import Lived

OLD = "'2001-01-01 00:00:00.000000'"
LONG_TO_COME = "'2099-01-01 00:00:00.000000'"
LAST = "SELECT max(id) FROM case_event"


def _event(
    case: int, seq: int, event: str, frm: str, to: str, role: str, person: str = "NULL", facts: str = "{}"
) -> str:
    """One more event at the end of a case, unsigned and unlinked."""
    return (
        "INSERT INTO case_event (id, case_id, seq, event, from_state, to_state, role, person_id, facts, happened_at,"
        f" prev_hash, hash) SELECT (SELECT max(id) + 1 FROM case_event), {case}, {seq}, '{event}', '{frm}', '{to}',"
        f" '{role}', {person}, '{facts}', happened_at, hash, 'planted {event}' FROM case_event"
        f" WHERE case_id = {case} ORDER BY seq DESC LIMIT 1"
    )


def _notice(state: str, *, key: str = "planted", **columns: str) -> str:
    """A notice like the first receipt, but for these columns."""
    same = "person_id bot_id chat_id case_id telling reader edits priority promised_at ring_at sent_at"
    other = {"waits_from": "NULL", "lease": "NULL", "message_id": "777", "reason": "NULL"}
    told = {name: name for name in same.split()} | other | columns
    return (
        f"INSERT INTO notice (id, key, state, facts, tries, unsure, {', '.join(told)})"
        f" SELECT (SELECT max(id) + 1 FROM notice), '{key}', '{state}', '{{}}', 0, 0, {', '.join(told.values())}"
        " FROM notice WHERE telling = 'receipt' ORDER BY id LIMIT 1"
    )


def _without_uniqueness(table: str) -> tuple[str, ...]:
    """The same table, which holds nothing to be unique."""
    return (f'ALTER TABLE "{table}" RENAME TO guarded', f'CREATE TABLE "{table}" AS SELECT * FROM guarded')


@dataclass(frozen=True, slots=True)
class Damage:
    """What is done, and what must be said of it."""

    what: str
    invariant: str
    says: str
    done: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"


def _d(what: str, invariant: str, says: str, *done: str) -> Damage:
    return Damage(what, invariant, says, done)


_PARKED = 'SELECT max(id) FROM "update"'
_OF_5 = 'SELECT update_id FROM "case" WHERE id = 5'

DAMAGE = (
    # what came in
    _d(
        "words of a waiting update lost",
        "I1",
        "its words are gone",
        f'UPDATE "update" SET done_at = NULL, parked_at = NULL, body = zeroblob(0) WHERE id = ({_PARKED})',
    ),
    _d("parked in silence", "I1", "no alarm says so", "DELETE FROM alarm WHERE kind = 'update_parked'"),
    _d(
        "parked and waiting",
        "I1",
        "waits to be served as well",
        f'UPDATE "update" SET done_at = NULL WHERE id = ({_PARKED})',
    ),
    _d(
        "nobody serves it",
        "I1",
        "more than an hour",
        f'UPDATE "update" SET done_at = NULL, parked_at = NULL, received_at = {OLD} WHERE id = ({_PARKED})',
    ),
    _d("its update vanished", "I1", "is not there", f'DELETE FROM "update" WHERE update_id = ({_OF_5})'),
    _d(
        "two cases of one update",
        "I2",
        "handed in case 4",
        *_without_uniqueness("case"),
        'UPDATE "case" SET update_id = (SELECT update_id FROM guarded WHERE id = 4) WHERE id = 5',
    ),
    _d(
        "one update kept twice",
        "I2",
        "kept before",
        *_without_uniqueness("update"),
        'UPDATE "update" SET update_id = (SELECT update_id FROM guarded WHERE id = 1)'
        " WHERE id = (SELECT max(id) FROM guarded)",
    ),
    _d(
        "one promise given twice",
        "I2",
        "promised before",
        *_without_uniqueness("notice"),
        "UPDATE notice SET key = (SELECT key FROM guarded WHERE id = 1) WHERE id = 2",
    ),
    # somebody and a date
    _d("a desk of no town", "I3", "none of this town's", "UPDATE \"case\" SET desk = 'XX-99' WHERE id = 4"),
    _d("nobody", "I3", "none of this town's", "UPDATE \"case\" SET desk = '' WHERE id = 4"),
    _d("no date", "I3", "no clock runs", "UPDATE clock SET due_at = NULL WHERE case_id = 4"),
    _d(
        "a date forgotten",
        "I3",
        "neither rung nor",
        "UPDATE clock SET due_at = NULL WHERE case_id = 4 AND rung = 'P1-4h'",
    ),
    _d("overdue", "I3", "overdue, for case 4", f"UPDATE clock SET due_at = {OLD} WHERE case_id = 4 AND rung = 'P1-4h'"),
    _d(
        "an empty desk",
        "I3",
        "SQ-PW does not lead it",
        "UPDATE office SET ended_at = (SELECT filed_at FROM \"case\" WHERE id = 3) WHERE place = 'WY-01'",
        'UPDATE case_event SET happened_at = (SELECT filed_at FROM "case" WHERE id = 3) WHERE case_id = 4',
    ),
    # whole or not at all
    _d(
        "a state without its event",
        "I4",
        "its last event does not say so",
        "UPDATE \"case\" SET state = 'working' WHERE id = 4",
    ),
    _d("a version without its event", "I4", "version 9", 'UPDATE "case" SET version = 9 WHERE id = 4'),
    _d(
        "an event without its state",
        "I4",
        "its last event does not say so",
        "DELETE FROM case_event WHERE case_id = 4 AND seq = 3",
    ),
    _d("a case without events", "I4", "its last event does not say so", "DELETE FROM case_event WHERE case_id = 5"),
    _d("a case without clocks", "I4", "never given a clock", "DELETE FROM clock WHERE case_id = 5"),
    _d(
        "a case without words",
        "I4",
        "words were never kept",
        "DELETE FROM secret WHERE owner = 'case' AND owner_id = 5",
    ),
    _d(
        "committed in two halves",
        "I4",
        "is not done",
        f'UPDATE "update" SET done_at = NULL WHERE update_id = ({_OF_5})',
    ),
    _d(
        "parked after its case",
        "I4",
        "is not done",
        f'UPDATE "update" SET parked_at = done_at WHERE update_id = ({_OF_5})',
    ),
    _d("done and held", "I4", "still holds it", "UPDATE \"update\" SET lease = 'x' WHERE id = 1"),
    _d(
        "closed by its date alone",
        "I4",
        "when it was closed says otherwise",
        'UPDATE "case" SET closed_at = filed_at WHERE id = 4',
    ),
    _d(
        "closed, and open", "I4", "when it was closed says otherwise", 'UPDATE "case" SET closed_at = NULL WHERE id = 1'
    ),
    _d(
        "a clock of the dead",
        "I4",
        "which is closed",
        f"UPDATE clock SET due_at = {LONG_TO_COME}, rang_at = NULL"
        " WHERE id = (SELECT min(id) FROM clock WHERE case_id = 1)",
    ),
    _d("no receipt", "I4", "promised no receipt", "UPDATE notice SET key = 'x' WHERE key LIKE 'receipt:5:%'"),
    _d("no desk told", "I4", "no desk was ever told", "UPDATE notice SET reader = 'raiser' WHERE case_id = 5"),
    # the accused
    _d("the accused lead", "I5", "leads it, and is accused", "UPDATE \"case\" SET desk = 'WY-01' WHERE id = 5"),
    _d("the accused call", "I5", "is to telephone about it", "UPDATE \"case\" SET caller = 'WY-01' WHERE id = 5"),
    _d("the accused act", "I5", "whom case 5 accuses", _event(5, 3, "sign", "accepted", "signed", "property", "1")),
    _d(
        "the accused are told",
        "I5",
        "which accuses them",
        _notice("sent", case_id="5", person_id="1", reader="'helping'", sent_at=LONG_TO_COME),
    ),
    # the record
    _d("a gap", "I6", "does not follow", "DELETE FROM case_event WHERE case_id = 4 AND seq = 2"),
    _d(
        "a link to nothing",
        "I6",
        "does not name the hash",
        "UPDATE case_event SET prev_hash = 'x' WHERE case_id = 4 AND seq = 2",
    ),
    _d(
        "a beginning after something",
        "I6",
        "does not name the hash",
        "UPDATE case_event SET prev_hash = 'x' WHERE case_id = 4 AND seq = 1",
    ),
    _d(
        "facts rewritten",
        "I6",
        "was changed",
        'UPDATE case_event SET facts = \'{"desk":"JD"}\' WHERE case_id = 4 AND seq = 2',
    ),
    _d(
        "a moment rewritten",
        "I6",
        "was changed",
        f"UPDATE case_event SET happened_at = {OLD} WHERE case_id = 4 AND seq = 2",
    ),
    _d("events of nothing", "I6", "is not there", 'DELETE FROM "case" WHERE id = 5'),
    # who got what
    _d(
        "a receipt for another",
        "I7",
        "as the raiser of case 5",
        "UPDATE notice SET person_id = 1 WHERE key LIKE 'receipt:5:%'",
    ),
    _d("a stranger told", "I7", "who held no office", _notice("sent", reader="'desk'")),
    # closing
    _d(
        "closed by its handler",
        "I8",
        "without a call",
        "UPDATE case_event SET role = 'community' WHERE event = 'confirm'",
    ),
    _d(
        "closed by a stranger",
        "I8",
        "confirmed by somebody else",
        "UPDATE case_event SET person_id = 1 WHERE event = 'confirm'",
    ),
    _d(
        "closed by whoever claimed",
        "I8",
        "whoever said that it was done",
        "UPDATE case_event SET role = 'community', facts = '{\"channel\":\"call\"}',"
        " person_id = (SELECT person_id FROM case_event WHERE event = 'claim' AND case_id = 1)"
        " WHERE event = 'confirm'",
    ),
    _d("closed by nothing", "I8", "nothing on record", "DELETE FROM case_event WHERE case_id = 1"),
    _d(
        "closed by a claim",
        "I8",
        "which does not close",
        "DELETE FROM case_event WHERE case_id = 1 AND event = 'confirm'",
    ),
    _d(
        "withdrawn by a stranger",
        "I8",
        "withdrawn by somebody else",
        "UPDATE case_event SET person_id = 1 WHERE event = 'withdraw'",
    ),
    _d("silence about a lift", "I8", "never is", "UPDATE \"case\" SET category = 'C03-1' WHERE id = 3"),
    _d(
        "silence without a question",
        "I8",
        "not both delivered",
        "UPDATE notice SET state = 'skipped', reason = 'listed' WHERE case_id = 3 AND telling = 'question'",
    ),
    _d(
        "silence with half a reminder",
        "I8",
        "not both delivered",
        'UPDATE notice SET sent_at = (SELECT closed_at FROM "case" WHERE id = 3)'
        " WHERE case_id = 3 AND telling = 'question'",
    ),
    _d(
        "silence about nothing",
        "I8",
        "nobody had said",
        "UPDATE case_event SET event = 'ask' WHERE case_id = 3 AND event = 'claim'",
    ),
    # notices
    _d("sent by nobody", "I9", "no messenger gave it a number", _notice("sent", message_id="NULL")),
    _d("sent as nothing", "I9", "no messenger gave it a number", _notice("sent", message_id="0")),
    _d("one message, two notices", "I9", "by the very message", _notice("sent", message_id="message_id")),
    _d("rung too early", "I9", "rang before it might", _notice("sent", ring_at=LONG_TO_COME)),
    _d("dead in silence", "I9", "it is dead", _notice("dead", reason="'gone'")),
    _d("sent and waiting", "I9", "still waits or is held", _notice("sent", waits_from="promised_at")),
    _d("skipped and held", "I9", "still waits or is held", _notice("skipped", reason="'superseded x'", lease="'x'")),
    _d("never looked at", "I9", "nobody will ever look", _notice("waiting", message_id="NULL")),
    _d("passed over", "I9", "nothing says why", _notice("skipped")),
    _d("in no list", "I9", "there is no such list", _notice("skipped", reason="'listed'", ring_at=LONG_TO_COME)),
    _d(
        "forgotten",
        "I9",
        "was not said",
        _notice("waiting", waits_from=OLD, ring_at=OLD, promised_at=OLD, message_id="NULL", sent_at="NULL"),
    ),
    # moves
    _d(
        "a leap",
        "I10",
        "where the case did not stand",
        "UPDATE case_event SET from_state = 'working' WHERE case_id = 4 AND seq = 3",
    ),
    _d(
        "a beginning in the middle",
        "I10",
        "where the case did not stand",
        "UPDATE case_event SET from_state = 'signed' WHERE case_id = 4 AND seq = 1",
    ),
    _d(
        "a move of no table",
        "I10",
        "no row leads from signed by confirm",
        _event(4, 4, "confirm", "signed", "closed_ok", "resident"),
    ),
    _d("a move by nobody's role", "I10", "by lapse of resident", _event(4, 4, "lapse", "signed", "signed", "resident")),
    _d(
        "another resident's word",
        "I10",
        "is the resident's own word",
        _event(4, 4, "urge", "signed", "signed", "resident", "1"),
    ),
    # silence
    _d(
        "a clock that rings for ever",
        "I11",
        "and runs again",
        f"UPDATE clock SET rang_at = {OLD} WHERE case_id = 4 AND rung = 'P1-4h'",
    ),
    _d(
        "climbed without a clock",
        "I11",
        "climbed 1 times by P1-4h",
        _event(4, 4, "climb", "signed", "signed", "clock", facts='{"rung":"P1-4h"}'),
    ),
    _d(
        "taken over untold",
        "I11",
        "was not told",
        _event(4, 4, "take_over", "signed", "accepted", "clock", facts='{"lead":"SQ-PW"}'),
    ),
    # links, offices, forgetting
    _d("a link for ever", "I13", "for ever", "UPDATE invitation SET expires_at = NULL WHERE role = 'property'"),
    _d(
        "a link used up twice",
        "I13",
        "more often than it may",
        "UPDATE invitation SET uses_left = -1 WHERE role = 'property'",
    ),
    _d("a token in the clear", "I13", "is no hash", "UPDATE invitation SET token_hash = 'abc' WHERE role = 'property'"),
    _d(
        "words that outlive",
        "I14",
        "still there",
        'UPDATE "update" SET body = (SELECT sealed FROM secret LIMIT 1) WHERE id = 1',
    ),
    _d("an update never forgotten", "I14", "forgotten by now", f'UPDATE "update" SET done_at = {OLD} WHERE id = 1'),
    _d(
        "a conversation never forgotten",
        "I14",
        "conversations were to be forgotten",
        f"INSERT INTO talk (key, state, body, changed_at) SELECT 'x', NULL, sealed, {OLD} FROM secret LIMIT 1",
    ),
    _d("words of long ago", "I14", "the raiser's own words", f'UPDATE "case" SET closed_at = {OLD} WHERE id = 1'),
    _d("an act without office", "I15", "who held no such office", "DELETE FROM office WHERE place = 'WY-01'"),
    _d(
        "a person as the clock", "I15", "a person is on record", _event(4, 4, "climb", "signed", "signed", "clock", "1")
    ),
)


@pytest.mark.parametrize("damage", DAMAGE, ids=str)
async def test_a_planted_violation_is_found_and_named(lived: Lived, damage: Damage) -> None:
    empty = "''::bytea" if lived.url.startswith("postgresql") else "zeroblob(0)"
    found = await lived.after(*(sql.replace("zeroblob(0)", empty) for sql in damage.done))
    named = [one for one in found if one.invariant == damage.invariant and damage.says in one.says]
    assert named, found


async def test_a_street_that_was_lived_in_is_clean(lived: Lived) -> None:
    assert await lived.found() == []
    assert await lived.found(since=lived.now) == []
