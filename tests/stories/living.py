"""What do stories do and check again and again?"""

from models.rules.ringing import next_list
from tests.house import House, Phone


async def files(resident: Phone, words: str) -> None:
    """Says it, and hands it in."""
    await resident.says(words)
    await resident.taps("对，提交", "Yes, send it")


async def says_done(phone: Phone, sentence: str) -> None:
    """办好了, what was done, and yes, the resident may read it."""
    await phone.taps("办好了", "已经好了")
    await phone.says(sentence)
    await phone.taps("发给居民")


async def opens_from_list(house: House, phone: Phone, desk: str, number: str = "0001") -> None:
    """The desk's next list comes, and the case's card is opened from it."""
    await house.turn(next_list(house.now, house.town, house.town.desks[desk]) - house.now)
    await phone.taps(number)


def first_lines(texts: list[str]) -> list[str]:
    """Why each card came."""
    return [text.split("\n")[0] for text in texts]


async def in_charge(house: House) -> str:
    """The accountable desk of the only case."""
    (case,) = await house.rows('SELECT desk FROM "case"')
    return str(case.desk)


async def rung_for_the_raiser(house: House) -> list[str]:
    """What rang the resident's telephone about cases, in order; edits do not ring."""
    rows = await house.rows(
        "SELECT telling FROM notice WHERE reader = 'raiser' AND edits IS NULL AND state = 'sent' ORDER BY id"
    )
    return [str(row.telling) for row in rows]


async def somebody_has_it_and_a_date(house: House) -> None:
    """Every open case has one accountable desk of the town, and a clock that is still to ring (I3)."""
    cases = await house.rows("""
        SELECT c.id, c.desk, (SELECT min(due_at) FROM clock k WHERE k.case_id = c.id AND due_at IS NOT NULL) AS next_at
        FROM "case" c WHERE c.state NOT IN ('closed_ok', 'closed_silent', 'withdrawn')
    """)
    assert cases
    for case in cases:
        assert case.desk in house.town.desks
        assert case.next_at is not None, "an open case without a next date"
        assert case.next_at > house.now


async def nothing_is_left_to_do(house: House) -> None:
    """No clock runs, no notice waits or died, no update is parked, no conversation hangs."""
    assert await house.rows("SELECT id FROM clock WHERE due_at IS NOT NULL") == []
    waits = await house.rows("SELECT id, state, telling FROM notice WHERE state NOT IN ('sent', 'skipped')")
    assert [row for row in waits if row.telling != "list"] == [], "a list with nothing left to read goes nowhere"
    assert await house.rows('SELECT id FROM "update" WHERE done_at IS NULL OR parked_at IS NOT NULL') == []
    assert await house.rows("SELECT key FROM talk") == []
