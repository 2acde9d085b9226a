"""Do plain SQL and the ORM see the same rows and the same moments?"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, select

from models.records import Alarm, Case, CaseEvent, Person
from models.store import Statement, Store
from tests.databases import postgres_url

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
SHANGHAI = timezone(timedelta(hours=8))

WRITE = Statement("""\
INSERT INTO alarm (kind, ref, reason, raised_at, cleared_at) VALUES ('test', :ref, 'x', :raised, :cleared)
RETURNING id, raised_at, cleared_at""")
KEEP = Statement("INSERT INTO alarm (kind, ref, reason, raised_at) VALUES ('test', '', 'x', :moment)")
READ = Statement("SELECT id, ref, raised_at, cleared_at FROM alarm ORDER BY id")


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(NOW, id="whole second"),
        pytest.param(NOW.replace(microsecond=1), id="one microsecond"),
        pytest.param(NOW.replace(microsecond=120000), id="trailing zeros"),
        pytest.param(datetime(2026, 12, 1, 0, 30, tzinfo=SHANGHAI), id="another day in UTC"),
        pytest.param(datetime(2000, 1, 1, tzinfo=UTC), id="long ago"),
    ],
)
async def test_a_moment_is_the_same_by_sql_and_by_orm_in_both_directions(store: Store, moment: datetime) -> None:
    def by_sql(session: Session) -> Any:
        return WRITE.one(session, ref="sql", raised=moment, cleared=None)

    written = await store.run(by_sql)
    await store.run(lambda session: session.add(Alarm(kind="test", ref="orm", reason="x", raised_at=moment)))
    assert (written.raised_at, written.cleared_at) == (moment, None)
    for row in await store.read(READ.all):
        assert row.raised_at == moment
        assert row.raised_at.tzinfo is UTC
    found = await store.read(lambda session: session.exec(select(Alarm).where(Alarm.raised_at == moment)).all())
    assert [alarm.ref for alarm in found] == ["sql", "orm"]
    assert {alarm.raised_at for alarm in found} == {moment}


async def test_moments_are_ordered_as_they_happened(store: Store) -> None:
    moments = [NOW + timedelta(microseconds=step) for step in (0, 1, 999_999, 1_000_000)]
    compare = Statement("SELECT count(*) AS many FROM alarm WHERE raised_at <= :moment")

    await store.run(KEEP.many, [{"moment": moment} for moment in reversed(moments)])
    for place, moment in enumerate(moments, start=1):
        row = await store.read(compare.one, moment=moment)
        assert row is not None
        assert row.many == place


async def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match=r"zone|naive"):
        await store.run(WRITE.one, ref="", raised=datetime(2026, 11, 24), cleared=None)


async def test_a_statement_sees_what_the_session_has_not_flushed_yet(store: Store) -> None:
    def both(session: Session) -> int:
        session.add(Alarm(kind="test", ref="pending", reason="x", raised_at=NOW))
        return len(READ.all(session))

    assert await store.run(both) == 1


async def test_text_that_looks_like_a_parameter_is_text(store: Store) -> None:
    odd = Statement(
        """SELECT ':no' AS a, 'it''s :no' AS b, CAST(:yes AS TEXT) AS c, CAST(:yes AS TEXT) AS d, 1 AS "e" """
    )
    row = await store.read(odd.one, yes=":no")
    assert row == (":no", "it's :no", ":no", ":no", 1)


async def test_a_missing_parameter_is_an_error_and_not_a_null(store: Store) -> None:
    with pytest.raises(KeyError, match="cleared"):
        await store.run(WRITE.one, ref="", raised=NOW)


def an_event(session: Session) -> None:
    person = Person(met_at=NOW)
    session.add(person)
    session.flush()
    assert person.id is not None
    case = Case(
        bot_id=1,
        update_id=1,
        raiser_id=person.id,
        building="B",
        category="C",
        sla="P2",
        state="accepted",
        level=2,
        desk="D",
        filed_at=NOW,
        acknowledge_by=NOW,
    )
    session.add(case)
    session.flush()
    assert case.id is not None
    for seq in (1, 2):
        session.add(
            CaseEvent(
                case_id=case.id,
                seq=seq,
                event="submit",
                from_state="draft",
                to_state="submitted",
                role="resident",
                happened_at=NOW,
                prev_hash=str(seq - 1),
                hash=str(seq),
            )
        )


FORGED = """\
(id, case_id, seq, event, from_state, to_state, role, facts, happened_at, prev_hash, hash)
SELECT {id}, case_id, {seq}, 'forged', '', '', '', '', happened_at, '', hash FROM case_event WHERE seq = 1"""


async def refused(store: Store, sql: str) -> None:
    """The statement fails and the events are what they were."""

    def events(session: Session) -> list[dict[str, Any]]:
        return [event.model_dump() for event in session.exec(select(CaseEvent).order_by(CaseEvent.hash)).all()]

    await store.run(an_event)
    before = await store.read(events)
    with pytest.raises(Exception, match="append-only"):
        await store.run(Statement(sql).run)
    assert len(before) == 2
    assert await store.read(events) == before


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("UPDATE case_event SET event = 'forged'", id="rewriting all"),
        pytest.param("UPDATE case_event SET facts = facts WHERE seq = 1", id="rewriting one with itself"),
        pytest.param("DELETE FROM case_event WHERE seq = 2", id="cutting the tail"),
        pytest.param("DELETE FROM case_event", id="emptying"),
        pytest.param(
            f"INSERT INTO case_event {FORGED.format(id=9, seq=9)} ON CONFLICT (hash) DO UPDATE SET event = 'forged'",
            id="replacing by a conflict",
        ),
    ],
)
async def test_what_happened_cannot_be_changed(store: Store, sql: str) -> None:
    await refused(store, sql)


async def test_sqlite_cannot_replace_an_event_by_its_key(sqlite_store: Store) -> None:
    await refused(sqlite_store, f"INSERT OR REPLACE INTO case_event {FORGED.format(id=1, seq=1)}")


async def test_postgresql_cannot_empty_the_events_without_looking() -> None:
    store = await Store.open(postgres_url())
    await refused(store, "TRUNCATE case_event CASCADE")
    await store.close()


async def test_the_orm_cannot_change_it_either(store: Store) -> None:
    await store.run(an_event)

    def forge(session: Session) -> None:
        session.exec(select(CaseEvent).where(CaseEvent.seq == 1)).one().event = "forged"

    with pytest.raises(DatabaseError, match="append-only"):
        await store.run(forge)
