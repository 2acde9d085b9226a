"""S46: whoever gets at the database behind the program's back is refused, or found out at the first bad event."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.operations.audit import read_anchors
from models.queries.audit import verify
from models.rules.chain import Anchor, Anchored
from models.rules.policy import Town
from models.store import Keys
from scheduler.sealing import write_down
from tests.databases import postgres_url, sqlite_url
from tests.keeping.record import NOON, Record, Tampering, is_refused, rehash_case, reseal, write


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
async def record(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, licheng: Town, keys: Keys
) -> AsyncIterator[Record]:
    """One for every test: what is done to it is undone."""
    url = sqlite_url(tmp_path_factory.mktemp("record")) if request.param == "sqlite" else postgres_url()
    written = await write(url, licheng, keys)
    yield written
    await written.store.close()


def sql(*sentences: str) -> Tampering:
    return lambda connection: [connection.exec_driver_sql(one) for one in sentences]


def both(*deeds: Tampering) -> Tampering:
    return lambda connection: [deed(connection) for deed in deeds]


AN_EARLIER_HOUR = sql(
    "DELETE FROM case_event WHERE id > 5",
    "DELETE FROM seal WHERE id = 2",
    """UPDATE "case" SET version = 2, state = 'accepted' WHERE id < 3""",
    """UPDATE "case" SET version = 1, state = 'submitted' WHERE id = 3""",
)
AWAY = 'DELETE FROM "case" WHERE id = 2'

TAMPERED = [
    pytest.param(
        sql("""UPDATE case_event SET facts = '{"step":9}' WHERE id = 3"""),
        "event 3 (case 0001, seq 2): it is not what its hash says",
        id="edit: what an event remembers",
    ),
    pytest.param(
        sql("UPDATE case_event SET happened_at = (SELECT happened_at FROM case_event WHERE id = 1) WHERE id = 8"),
        "event 8 (case 0002, seq 3): it is not what its hash says",
        id="edit: when it happened",
    ),
    pytest.param(
        sql("UPDATE case_event SET person_id = 2 WHERE id = 10"),
        "event 10 (case 0001, seq 4): it is not what its hash says",
        id="edit: who did it, before it was sealed",
    ),
    pytest.param(
        sql("UPDATE case_event SET prev_hash = hash WHERE id = 1"),
        "event 1 (case 0001, seq 1): it is not what its hash says",
        id="edit: what it follows",
    ),
    pytest.param(
        rehash_case(1, edit={3: '{"step":9}'}),
        "event 1: seal 1 over events 1 to 5 does not match",
        id="edit, and every later hash of the case computed anew",
    ),
    pytest.param(
        both(rehash_case(1, edit={3: '{"step":9}'}), reseal),
        "event 1 (case 0001, seq 1): seal 1, anchored at 2026-11-24T04:04:00+00:00, is another one",
        id="edit, and the seals computed anew too: only the anchor knows",
    ),
    pytest.param(
        sql("DELETE FROM case_event WHERE id = 3"),
        "event 3 (case 0001, seq 2): gone, with 1 in all that seal 1 over events 1 to 5 counted",
        id="deletion: in the middle of a case",
    ),
    pytest.param(
        sql("DELETE FROM case_event WHERE id = 1"),
        "event 1 (case 0001, seq 1): gone, with 1 in all that seal 1 over events 1 to 5 counted",
        id="deletion: the beginning of a case",
    ),
    pytest.param(
        sql("DELETE FROM case_event WHERE id = 10"),
        "event 6 (case 0001, seq 3): the case is at version 4: what happened after this event is gone",
        id="cut tail: the newest event, not sealed yet",
    ),
    pytest.param(
        sql(
            "DELETE FROM case_event WHERE id = 9", """UPDATE "case" SET version = 2, state = 'accepted' WHERE id = 3"""
        ),
        "event 9: gone, with 1 in all that seal 2 over events 6 to 9 counted",
        id="cut tail: a sealed event, and its case set back",
    ),
    pytest.param(
        sql("DELETE FROM case_event WHERE case_id = 2", AWAY),
        "event 2: gone, with 2 in all that seal 1 over events 1 to 5 counted",
        id="deletion: a case removed whole",
    ),
    pytest.param(
        both(sql("DELETE FROM case_event WHERE case_id = 2", AWAY), reseal),
        "event 1 (case 0001, seq 1): seal 1, anchored at 2026-11-24T04:04:00+00:00, is another one",
        id="deletion: a case removed whole, and the seals computed anew",
    ),
    pytest.param(
        sql("DELETE FROM case_event WHERE case_id = 3"),
        "event 0 (case 0003, seq 1): the case is at version 3 and has no event",
        id="deletion: every event of a case that stays",
    ),
    pytest.param(
        sql(AWAY),
        "event 8 (case 0002, seq 3): its case is gone",
        id="deletion: a case whose events stay",
    ),
    pytest.param(
        AN_EARLIER_HOUR,
        "event 6: seal 2, anchored at 2026-11-24T04:08:00+00:00, is gone: the end was cut off",
        id="cut tail: the database of an earlier hour",
    ),
    pytest.param(
        sql(
            "UPDATE case_event SET seq = 99 WHERE id = 3",
            "UPDATE case_event SET seq = 2 WHERE id = 6",
            "UPDATE case_event SET seq = 3 WHERE id = 3",
        ),
        "event 3 (case 0001, seq 3): it is not what its hash says",
        id="reorder: two events of a case",
    ),
    pytest.param(
        sql(
            "UPDATE case_event SET id = 99 WHERE id = 3",
            "UPDATE case_event SET id = 3 WHERE id = 4",
            "UPDATE case_event SET id = 4 WHERE id = 99",
        ),
        "event 1: seal 1 over events 1 to 5 does not match",
        id="reorder: events of two cases",
    ),
    pytest.param(
        sql("UPDATE case_event SET id = 99 WHERE id = 3"),
        "event 3: gone, with 1 in all that seal 1 over events 1 to 5 counted",
        id="reorder: an event moved to the end",
    ),
    pytest.param(
        sql("""UPDATE "case" SET state = 'closed_ok' WHERE id = 2"""),
        "event 8 (case 0002, seq 3): the case was changed beside the record: it says version 3, closed_ok",
        id="a case closed without an event",
    ),
    pytest.param(
        sql("UPDATE seal SET hash = prev_hash WHERE id = 1"),
        "event 1: seal 1 over events 1 to 5 does not match",
        id="edit: a seal",
    ),
    pytest.param(
        sql("DELETE FROM seal WHERE id = 1"),
        "event 1: seal 2 over events 6 to 9 counted 4, there are 9",
        id="deletion: a seal",
    ),
]


async def test_s46_an_untouched_record_is_whole(record: Record) -> None:
    audit = await record.store.read(verify, record.anchors)
    assert audit.wrong == []
    assert (audit.cases, audit.events, audit.seals, audit.unsealed, audit.anchors) == (3, 10, 2, 1, 2)


@pytest.mark.parametrize(("tampering", "first"), TAMPERED)
async def test_s46_each_tampering_is_found_and_its_first_bad_event_named(
    record: Record, tampering: Tampering, first: str
) -> None:
    audit = await record.after(tampering)
    assert str(audit.wrong[0]).startswith(first), [str(one) for one in audit.wrong]


CONTENT = ("event", "from_state", "to_state", "role", "person_id", "facts", "happened_at", "prev_hash", "hash")
"""What an event says. Its number, case and place have no two alike: changing them is moving it (above)."""


@pytest.mark.parametrize("column", CONTENT)
async def test_s46_whatever_column_of_whatever_event_is_changed_that_very_event_is_named(
    record: Record, column: str
) -> None:
    changed = {
        "person_id": "person_id + 1",
        "happened_at": "(SELECT min(happened_at) FROM case_event WHERE id <> {id} AND happened_at <> e.happened_at)",
        "prev_hash": "'" + "f" * 64 + "'",
        "hash": "'" + "f" * 64 + "'",
    }.get(column, f"{column} || ' '")
    for event_id in range(1, 11):
        sentence = f"UPDATE case_event AS e SET {column} = {changed.format(id=event_id)} WHERE id = {event_id}"
        audit = await record.after(sql(sentence))
        assert audit.wrong[0].event_id == event_id, (sentence, [str(one) for one in audit.wrong])
        assert audit.wrong[0].seq > 0
        assert "it is not what its hash says" in audit.wrong[0].what


@pytest.mark.parametrize("column", ["first_id", "last_id", "events", "prev_hash", "hash", "sealed_at"])
async def test_s46_whatever_column_of_a_seal_is_changed_is_found(record: Record, column: str) -> None:
    changed = {
        "prev_hash": "'" + "f" * 64 + "'",
        "hash": "'" + "f" * 64 + "'",
        "sealed_at": "(SELECT min(happened_at) FROM case_event)",
    }.get(column, f"{column} + 100")
    for seal_id in (1, 2):
        assert not (await record.after(sql(f"UPDATE seal SET {column} = {changed} WHERE id = {seal_id}"))).whole


@pytest.mark.parametrize(
    "sentence",
    [
        "UPDATE case_event SET facts = '{}'",
        "DELETE FROM case_event",
        "UPDATE seal SET events = 1",
        "DELETE FROM seal",
        "INSERT INTO seal (id, first_id, last_id, events, prev_hash, hash, sealed_at) "
        "SELECT id, first_id, last_id, events, prev_hash, hash, sealed_at FROM seal",
    ],
)
async def test_s46_even_the_owner_is_refused_while_the_triggers_stand(record: Record, sentence: str) -> None:
    with pytest.raises(Exception) as refused:  # noqa: PT011 each driver has its own
        await record.store.run(lambda session: session.connection().exec_driver_sql(sentence))
    assert is_refused(refused.value) or "nique" in str(refused.value)


async def test_s46_what_was_lost_with_a_restored_database_is_noted_and_not_called_tampering(record: Record) -> None:
    brought_back = Anchor(Anchored.RESTORED, NOON, 1, 5, record.anchors[0].hash)
    audit = await replace(record, anchors=[*record.anchors, brought_back]).after(AN_EARLIER_HOUR)
    assert audit.wrong == []
    assert audit.notes[0].endswith("seals 2 to 2 had been anchored and were lost with the old database")


def test_s46_a_torn_line_of_the_anchors_hides_neither_the_one_before_nor_the_one_after(tmp_path: Path) -> None:
    path, one = tmp_path / "anchors", Anchor(Anchored.SEAL, NOON, 1, 5, "a" * 64)
    write_down(path, one)
    with path.open("a") as file:
        file.write(str(one)[:40])
    write_down(path, one)
    known = read_anchors(path)
    assert (known.anchors, known.torn) == ((one, one), (2,))
    assert path.stat().st_mode & 0o777 == 0o600
