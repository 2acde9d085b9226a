"""S44: a house is not opened on a record whose end does not hold; the refusal says what to do, and it costs nothing."""

import asyncio
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.wiring import run
from models.actions.sealing import seal
from models.queries.audit import Wrong, verify_newest
from models.rules.policy import Town
from models.store import DatabaseRefused, Keys, Store
from tests.conftest import Opens
from tests.databases import postgres_url, sqlite_url
from tests.house import House
from tests.keeping.record import Record, Tampering, unprotect, write
from tests.stories.living import files


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return sqlite_url(tmp_path) if request.param == "sqlite" else postgres_url()


def sql(sentence: str) -> Tampering:
    return lambda connection: connection.exec_driver_sql(sentence)


TAMPERED = [
    ("""UPDATE case_event SET facts = '{"step":9}' WHERE id = 8""", "event 8 (case 0002, seq 3): it is not what its"),
    ("DELETE FROM case_event WHERE id = 7", "event 7: gone, with 1 in all that seal 2 over events 6 to 9 counted"),
    ("UPDATE seal SET hash = prev_hash WHERE id = 2", "event 6: seal 2 over events 6 to 9 does not match"),
    ("DELETE FROM seal WHERE id = 1", "event 0: seal 2 over events 6 to 9 does not follow the seal before it"),
]


async def test_s44_the_newest_seal_holds_over_its_events_or_the_first_bad_one_is_named(
    url: str, licheng: Town, keys: Keys
) -> None:
    record = await write(url, licheng, keys)
    try:
        assert await record.store.read(verify_newest) is None
        for deed, wrong in TAMPERED:
            found = await _newest_after(record, sql(deed))
            assert found is not None, deed
            assert str(found).startswith(wrong)
        older = sql("""UPDATE case_event SET facts = '{"step":9}' WHERE id = 3""")
        assert await _newest_after(record, older) is None, "the nightly verify-audit looks at the rest"
    finally:
        await record.store.close()


class Undone(Exception):
    """What was seen, and the deed is undone."""


async def _newest_after(record: Record, deed: Tampering) -> Wrong | None:
    def look(session: Session) -> None:
        unprotect(session.connection())
        deed(session.connection())
        raise Undone(verify_newest(session))

    with pytest.raises(Undone) as seen:
        await record.store.run(look)
    wrong: Wrong | None = seen.value.args[0]
    return wrong


def broken(session: Session) -> None:
    unprotect(session.connection())
    sql("UPDATE seal SET hash = prev_hash")(session.connection())


async def test_s44_a_start_on_a_broken_record_is_refused_and_a_whole_one_begins(open_house: Opens) -> None:
    house: House = await open_house()
    await files(await house.resident(), "3栋楼道灯不亮")
    await house.parts.house.store.run(seal, now=house.now)
    await house.restart()
    settings = house.settings
    await house.close()
    store = await Store.open(settings.store_url, as_it_is=True)
    await store.run(broken)
    await store.close()
    with pytest.raises(DatabaseRefused, match="the record of what happened is not whole: event 1: seal 1 over"):
        await asyncio.wait_for(run(settings.model_copy(update={"control_fd": None}), town=house.town), 30)
