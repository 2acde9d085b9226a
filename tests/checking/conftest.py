"""What is checked: the database of a street where one case of each kind was lived through, on each engine, once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection
from sqlmodel import Session

from bot.clocks import MachineClock
from models import inbox
from models.actions import calling
from models.inbox import Arrived
from models.queries.invariants import Violation, violations
from models.rules.policy import Town
from models.store import Store
from tests.conftest import opened
from tests.house import House, Line
from tests.stories.living import files, says_done

HOUR = timedelta(hours=1)


@dataclass
class Lived:
    """The street's database, closed by its house, at the office moment its life ended."""

    url: str
    store: Store
    town: Town
    now: datetime

    async def found(self, *, running: bool = True, since: datetime | None = None) -> list[Violation]:
        """What the check says."""
        return await self.store.read(self._look, running, since)

    async def after(self, *planted: str, running: bool = True) -> list[Violation]:
        """What it says of the database with these changes made behind the program's back; then they are undone."""

        def deed(session: Session) -> None:
            connection = session.connection()
            _unprotect(connection)
            for sql in planted:
                connection.exec_driver_sql(sql)
            raise _Undone(self._look(session, running, None))

        try:
            await self.store.run(deed)
        except _Undone as undone:
            return undone.found
        raise AssertionError("unreachable")

    def _look(self, session: Session, running: bool, since: datetime | None) -> list[Violation]:
        machine_now = MachineClock().now()
        return violations(session, self.town, now=self.now, machine_now=machine_now, running=running, since=since)


class _Undone(Exception):
    def __init__(self, found: list[Violation]) -> None:
        super().__init__()
        self.found = found


def _unprotect(connection: Connection) -> None:
    """No trigger and no foreign key holds anybody up until this transaction ends."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for verb in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER case_event_no_{verb}")
        made = "CREATE TRIGGER case_event_no_{0} BEFORE DELETE ON bot BEGIN SELECT 1; END"
        for verb in ("update", "delete"):  # of that name, so that only its own planting misses it
            connection.exec_driver_sql(made.format(verb))
    else:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
async def lived(
    request: pytest.FixtureRequest, line: Line, licheng: Town, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Lived]:
    """A street's life. Cases: 1 signed and asked about, 2 confirmed, 3 taken back, 4 closed in silence, 5 accuses."""
    folder = tmp_path_factory.mktemp("lived")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(calling, "sampled", lambda key, case_id: False)
        async with opened(line, licheng, folder, engine=request.param) as house:
            await _live(house)
            now, url = house.now, house.url
    store = await Store.open(url)
    yield Lived(url, store, licheng, now)
    await store.close()


async def _live(house: House) -> None:
    desk, _community = await house.staff("WY-01"), await house.staff("SQ-PW")
    resident, neighbour = await house.resident(), await house.resident(name="李叔")
    await files(neighbour, "3栋楼道灯不亮")
    await says_done(desk, "换了灯")
    await neighbour.taps("解决了")
    await files(neighbour, "3栋门禁坏了")
    await neighbour.taps("更多")
    await neighbour.taps("不用办了")
    await neighbour.taps("不办了，留着")
    await house.turn(HOUR)
    await files(neighbour, "3栋垃圾没人清")
    await says_done(desk, "清了")
    await house.turn(30 * HOUR)
    await house.turn(50 * HOUR)
    await files(resident, "3栋水管漏水")
    await desk.taps("签收")
    await files(resident, "投诉物业不作为，保安态度恶劣，乱收费")
    nonsense = Arrived(9_000_001, 77, b'{"update_id": 9000001, "nonsense": {}}')
    home = house.parts.house
    await home.store.run(inbox.take_in, home.keys, house.bot.id, [nonsense], home.machine.now())
    await house.settle()
