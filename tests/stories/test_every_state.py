"""May a desk do all of its work in every state in which it has the case in hand? Each row, by whom it belongs to."""

from datetime import date

import pytest

from models.actions import handling, requesting, sorting, working
from models.actions.confirming import deny
from models.queries.people import Speaker, speaker
from tests.house import House, Phone
from tests.stories.living import files, somebody_has_it_and_a_date

STATES = ("accepted", "signed", "working", "reopened")


async def brought_to(house: House, state: str, case_id: int, desk: Speaker) -> None:
    """A new resident's case of a hazard stands in this state."""
    resident = await house.resident()
    await files(resident, "3栋外墙渗水")
    of = {"case_id": case_id, "by": desk}
    if state in ("signed", "working"):
        await house.do(handling.sign, **of)
    if state == "working":
        await house.do(handling.contact, **of)
    if state == "reopened":
        await house.do(handling.claim, **of, sentence="补了一处")
        raiser = await at_work(house, resident)
        await house.do(deny, case_id=case_id, by=raiser, version=99)
    assert await state_of(house, case_id) == state


async def at_work(house: House, phone: Phone) -> Speaker:
    found = await house.ask(speaker, bot_id=house.bot.id, chat_id=phone.person.id)
    assert found is not None
    return found


async def state_of(house: House, case_id: int) -> str:
    (case,) = await house.rows('SELECT state FROM "case" WHERE id = :id', id=case_id)
    return str(case.state)


@pytest.mark.parametrize("state", STATES)
async def test_a_desk_works_on_a_case_in_every_state(house: House, state: str) -> None:
    firm, other = await house.staff("WY-01"), await house.staff("SQ-PW")
    desk, community = await at_work(house, firm), await at_work(house, other)

    # what moves nothing, and another desk's two answers
    await brought_to(house, state, 1, desk)
    asks = {"case_id": 1, "by": desk}
    decides = {"case_id": 1, "by": community}
    await house.do(working.note_external, **asks, sentence="12345 2026112400123")
    await house.do(requesting.offer, **asks, sentence="不会修", about="SQ-PW")
    await house.do(requesting.refuse, **decides)
    days = await house.ask(requesting.days, **asks)
    later = next(day.on for day in days if day.later)
    await house.do(requesting.extend, **asks, sentence="要等配件", about=later.isoformat())
    await house.do(requesting.grant, **decides)
    assert await state_of(house, 1) == state
    await house.do(requesting.offer, **asks, sentence="真的不会修", about="SQ-PW")
    await house.do(requesting.take, **decides)
    assert await state_of(house, 1) == ("reopened" if state == "reopened" else "accepted"), "has yet to sign"

    # what takes it on, each by a case of its own
    await brought_to(house, state, 2, desk)
    await house.do(working.dispatch, case_id=2, by=desk)
    assert await state_of(house, 2) == ("working" if state == "working" else "signed")
    await brought_to(house, state, 3, desk)
    await house.do(working.plan, case_id=3, by=desk, on=date(2026, 11, 25))
    assert await state_of(house, 3) == "working"
    await brought_to(house, state, 4, desk)
    await house.do(working.make_safe, case_id=4, by=desk, sentence="拉了警戒线")
    assert await state_of(house, 4) == "working"
    await house.do(handling.let_know, case_id=4, by=desk, sentence="师傅明天来")
    await somebody_has_it_and_a_date(house)
    await house.settle()


@pytest.mark.parametrize("signed", [False, True])
async def test_a_person_names_what_was_not_understood_signed_for_or_not(house: House, signed: bool) -> None:
    other, resident = await house.staff("SQ-PW"), await house.resident()
    community = await at_work(house, other)
    await resident.says("那个东西坏了好久没人管，就是那个老问题")
    await resident.taps("对，提交")
    if signed:
        await house.do(handling.sign, case_id=1, by=community)
    await house.do(sorting.sort, case_id=1, by=community, about="C06-2")
    assert await state_of(house, 1) == "accepted"
    await house.settle()
    await somebody_has_it_and_a_date(house)
