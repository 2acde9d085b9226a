"""What if two hands move one case at once? On PostgreSQL the second one sees what the first has done."""

import asyncio

from models.actions import pursuing, rerouting, watching
from models.outbox import chat_lost
from models.queries.people import speaker
from tests.conftest import Opens
from tests.house import House, Phone
from tests.stories.living import files


async def emptied(house: House, phone: Phone) -> None:
    """Nobody can be reached by that telephone any more, and nothing has looked for another way yet."""
    await house.do(lambda work: chat_lost(work.session, bot_id=house.bot.id, chat_id=phone.person.id, now=work.now))


async def test_an_empty_desk_hands_each_case_up_once(open_house: Opens) -> None:
    house = await open_house(engine="postgresql")
    desk, _community, _street = [await house.staff(code) for code in ("WY-01", "SQ-PW", "JD")]
    resident = await house.resident()
    await files(resident, "3栋楼道灯不亮")
    await emptied(house, desk)
    await asyncio.gather(*(house.do(rerouting.leave_no_desk_empty, desk="WY-01") for _ in range(3)))
    (case,) = await house.rows('SELECT desk FROM "case"')
    assert case.desk == "SQ-PW"
    assert len(await house.rows("SELECT id FROM case_event WHERE event = 'take_over'")) == 1


async def test_what_is_closed_while_the_desk_is_found_empty_stays_closed_and_holds_up_nothing(
    open_house: Opens,
) -> None:
    house = await open_house(engine="postgresql")
    desk, _community = [await house.staff(code) for code in ("WY-01", "SQ-PW")]
    resident = await house.resident()
    for words in ("3栋楼道灯不亮", "3栋单元门坏了"):
        await files(resident, words)
    by = await house.ask(speaker, bot_id=house.bot.id, chat_id=resident.person.id)
    await emptied(house, desk)
    found = await house.ask(watching.given_up)
    assert found == ((1, "WY-01"), (2, "WY-01"))
    await house.do(pursuing.withdraw, case_id=1, by=by, erase=False)
    twice = [one for one in found for _ in range(2)]
    await asyncio.gather(*(house.do(watching.hand_on, case_id=case_id, desk=desk) for case_id, desk in twice))
    await asyncio.gather(*(house.do(watching.give_back, case_id=case_id, desk=desk) for case_id, desk in twice))
    cases = await house.rows('SELECT state, desk FROM "case" ORDER BY id')
    assert [tuple(case) for case in cases] == [("withdrawn", "WY-01"), ("accepted", "SQ-PW")]
