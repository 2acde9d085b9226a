"""A case whose people are on different bots, of different messengers, goes through; who speaks for one bot leaves the
other's rows alone.
"""

import contextlib
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.messenger.chats import Messenger
from bot.messenger.server import serve
from bot.messenger.stage import Stage
from models.actions.enrolling import consent
from models.actions.shifting import begin_shift
from models.rules.policy import Role, Town
from tests.databases import postgres_url, sqlite_url
from tests.house import BUILDING, House, Line, Phone
from tests.stories.living import files, nothing_is_left_to_do, says_done


@pytest.fixture
async def elsewhere() -> AsyncIterator[Line]:
    """A second messenger, with a server of its own; its people may have the numbers of people on the first."""
    messenger = Messenger()
    messenger._bot_ids = itertools.count(7_200_000_001)
    stage = Stage(messenger)
    async with serve(messenger, stage) as address:
        yield Line(messenger, stage, address.base)


class OtherBot(House):
    """The same house, by its second bot: what a phone on the other messenger dials."""

    def __init__(self, house: House, line: Line) -> None:
        self.house, self.line, self.bot = house, line, line.messenger.add_bot("huiyin_other_bot")
        house._told["bot_token"] += f", {self.bot.token}@{line.base}"

    async def settle(self) -> None:
        self.parts = self.house.parts
        await super().settle()
        await self.house.settle()


async def _desk(house: House, by: House) -> Phone:
    """The property desk, enrolled by that bot."""
    phone = Phone(by, by.line.messenger.add_person("值班"))
    await phone.starts(await house.link(Role.PROPERTY, "WY-01"))
    await house.do(begin_shift, bot_id=by.bot.id, chat_id=phone.person.id, desk="WY-01", name="值班")
    return phone


async def _resident(house: House) -> Phone:
    phone = house.stranger()
    await phone.starts(await house.link(Role.RESIDENT, BUILDING))
    await house.do(consent, bot_id=house.bot.id, chat_id=phone.person.id, lang="zh")
    return phone


@pytest.mark.parametrize("by", ["polling", "webhook"])
async def test_a_resident_on_one_messenger_and_a_desk_on_another(
    by: str, line: Line, elsewhere: Line, licheng: Town, tmp_path: Path
) -> None:
    house = House(line, licheng, sqlite_url(tmp_path), tmp_path, by=by)
    other = OtherBot(house, elsewhere)
    await house.open()
    assert (house.bot.webhook is not None) == (by == "webhook")
    async with contextlib.AsyncExitStack() as closing:
        closing.push_async_callback(house.close)
        desk, resident = await _desk(house, other), await _resident(house)
        await files(resident, "3栋楼道灯不亮")
        await other.settle()
        await desk.taps("签收")
        await says_done(desk, "换了灯泡，亮了")
        await resident.taps("解决了")
        assert "您说解决了，这件事办结" in resident.that_says("办结").text
        await other.settle()
        (case,) = await house.rows('SELECT state, bot_id FROM "case"')
        assert tuple(case) == ("closed_ok", house.bot.id)
        spoken = await house.rows("SELECT DISTINCT bot_id FROM notice WHERE state = 'sent' ORDER BY bot_id")
        assert {row.bot_id for row in spoken} == {house.bot.id, other.bot.id}
        await nothing_is_left_to_do(house)


async def test_two_processes_each_with_a_bot_of_its_own_carry_one_case(
    line: Line, elsewhere: Line, licheng: Town, tmp_path: Path
) -> None:
    url = postgres_url()
    ours, theirs = (House(one, licheng, url, tmp_path) for one in (line, elsewhere))
    for house in (ours, theirs):
        house._told["keys_file"] = str(tmp_path / "keys")
    async with contextlib.AsyncExitStack() as closing:
        await ours.open()
        closing.push_async_callback(ours.close)
        await theirs.open(at=None)
        closing.push_async_callback(theirs.close)
        desk, resident = await _desk(theirs, theirs), await _resident(ours)
        await theirs.close()

        # nobody speaks for the desk's bot: what the desk is to hear waits, untouched
        await files(resident, "3栋楼道灯不亮")
        waits = await ours.rows("SELECT DISTINCT bot_id FROM notice WHERE waits_from IS NOT NULL AND telling <> 'list'")
        assert {row.bot_id for row in waits} == {theirs.bot.id}
        await theirs.open(at=None)
        await theirs.settle()
        await desk.taps("签收")
        await says_done(desk, "换了灯泡，亮了")
        await ours.settle()
        await resident.taps("解决了")
        await theirs.settle()
        (case,) = await ours.rows('SELECT state FROM "case"')
        assert case.state == "closed_ok"
        assert await ours.rows("SELECT reason FROM notice WHERE state = 'dead'") == []
        await nothing_is_left_to_do(ours)
