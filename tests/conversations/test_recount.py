"""Do the figures tell the truth? Each is counted again from the log of what happened, link by link."""

from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from models.queries.behind import counts
from models.rules.chain import GENESIS, link_hash
from models.rules.lifecycle import Event, State, move_for
from models.rules.policy import Role, Town
from models.store import Row
from tests.conftest import opened
from tests.house import House, Line
from tests.stories.living import files, says_done


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
async def lived_in(
    request: pytest.FixtureRequest, line: Line, licheng: Town, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A house after a busy week."""
    async with opened(line, licheng, tmp_path_factory.mktemp("week"), engine=request.param) as house:
        await busy_week(house)
        yield house


async def busy_week(house: House) -> None:
    """Handed in, signed, claimed, denied, climbed, closed, blocked, parked."""
    desk, community, head = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.head()
    first, second = await house.resident(name="王阿姨"), await house.resident(name="李叔")
    await files(first, "3栋电梯又停了")
    await head.taps("我来看看")
    await desk.taps("签收")
    await desk.taps("已联系或上门")
    await says_done(desk, "换了门锁")
    await first.taps("没有")
    await house.turn(timedelta(minutes=11))  # a third card within minutes would be read in a list
    await files(second, "楼下大门的门禁坏了")
    await says_done(desk, "换了读卡器")
    await second.taps("解决了")
    await files(second, "3栋楼道的灯坏了")
    second.person.block(house.bot)
    house.bot.updates.put_raw(b'{"update_id": 840000001, "message": {')
    await house.turn(timedelta(days=5))
    await says_done(community, "请厂家换了主板")


async def events(house: House) -> dict[int, list[Row]]:
    """The log, a case at a time."""
    log: dict[int, list[Row]] = defaultdict(list)
    for row in await house.rows("SELECT * FROM case_event ORDER BY case_id, seq"):
        log[row.case_id].append(row)
    return log


async def test_the_figures_equal_a_recount_from_the_log(lived_in: House) -> None:
    figures = await lived_in.ask(counts)
    log = await events(lived_in)
    assert figures.cases == len(log) == 3
    assert figures.open == sum(1 for chain in log.values() if chain[-1].to_state != State.CLOSED_OK) == 2
    assert figures.events == sum(len(chain) for chain in log.values())
    notices = await lived_in.rows("SELECT state FROM notice")
    assert figures.waiting == sum(1 for row in notices if row.state == "waiting") == 0
    assert figures.sent == sum(1 for row in notices if row.state == "sent")
    assert figures.dead == sum(1 for row in notices if row.state == "dead")
    assert figures.parked == 1
    assert figures.alarms == await lived_in.number_of("alarm")


async def test_every_case_stands_where_its_log_ends_and_every_step_is_a_row_of_the_table(lived_in: House) -> None:
    cases = {row.id: row for row in await lived_in.rows('SELECT * FROM "case"')}
    for number, chain in (await events(lived_in)).items():
        case, state = cases[number], State.DRAFT
        for place, step in enumerate(chain, start=1):
            row = move_for(State(step.from_state), Event(step.event))
            assert step.seq == place
            assert step.from_state == state, "no step begins where the last did not end"
            assert row is not None
            assert row.to == step.to_state
            assert Role(step.role) in row.by
            state = State(step.to_state)
        assert (case.state, case.version) == (state, len(chain))
        returns = sum(1 for step in chain if step.event in (Event.DENY, Event.PARTLY))
        assert case.returned == returns


async def test_every_link_holds_the_one_before(lived_in: House) -> None:
    for chain in (await events(lived_in)).values():
        before = GENESIS
        for step in chain:
            assert step.prev_hash == before
            before = link_hash(
                before,
                case_id=step.case_id,
                seq=step.seq,
                event=step.event,
                frm=step.from_state,
                to=step.to_state,
                role=step.role,
                person=step.person_id,
                facts=step.facts,
                happened_at=step.happened_at,
            )
            assert step.hash == before
