"""S40–S42 through a running house: lost answers, shut chats, rows no messenger takes (reliability §6 F).

What the gateway makes of each answer: tests/edges/test_notices.py, tests/edges/test_delivery.py.
"""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from models.outbox import promise
from models.ports import Priority
from models.queries.behind import notices_behind
from models.turn import Work
from tests.edges.conftest import until
from tests.house import House, Phone
from tests.stories.living import files, says_done

COPY = "（重发）"


async def notices(house: House, reader: str = "raiser") -> list[Any]:
    return await house.rows(
        "SELECT id, telling, state, tries, unsure, reason FROM notice WHERE reader = :reader AND edits IS NULL"
        " ORDER BY id",
        reader=reader,
    )


@pytest.mark.parametrize("faults", [1, 2])
async def test_s40_a_lost_answer_makes_one_marked_copy_a_fault_and_the_case_shows_one_notice(
    house: House, faults: int
) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await resident.says("3栋楼道灯不亮")
    before = len(resident.messages)
    house.line.stage.drop_answer("sendMessage", faults, chat_id=resident.person.id)
    resident.person.tap(resident.with_button("对，提交"), "对，提交")
    await until(lambda: told(house), within_s=30)
    await house.settle()
    copies = [one.text for one in resident.messages[before:]]
    assert len(copies) == 1 + faults, "the reader saw each of them: the answer was lost, not the message"
    assert [one.startswith(COPY) for one in copies] == [False] + [True] * faults
    assert len({one.removeprefix(COPY) for one in copies}) == 1, "the same reference, the same words"
    assert "0001" in copies[0]
    (row,) = await notices(house)
    assert (row.state, row.tries, row.unsure) == ("sent", 1 + faults, faults)
    listed = [one for one in await house.ask(notices_behind) if one.reader == "raiser"]
    assert [(one.number, one.state, one.tries) for one in listed] == [("0001", "sent", 1 + faults)], "one, two attempts"
    await says_done(desk, "换了灯管")
    assert resident.with_button("解决了").text, "and the case goes on"


async def told(house: House) -> bool:
    rows = await notices(house)
    return bool(rows) and all(row.state == "sent" for row in rows)


SHUT = {
    "blocked": "Forbidden: bot was blocked by the user",
    "deactivated": "Forbidden: user is deactivated",
    "kicked": "Forbidden: bot was kicked from the group chat",
    "never started": "Forbidden: bot can't initiate conversation with a user",
    "not found": "Bad Request: chat not found",
}


@pytest.mark.parametrize("how", SHUT)
async def test_s41_a_chat_that_is_shut_is_tried_once_and_somebody_telephones(house: House, how: str) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await house.staff("SQ-PW")
    await files(resident, "3栋楼道灯不亮")
    said = SHUT[how]
    code = 400 if said.startswith("Bad") else 403
    house.line.stage.fail_next("sendMessage", code, 99, description=said, chat_id=resident.person.id)
    before = calls_to(house, resident)
    await says_done(desk, "换了灯管")
    await house.turn(timedelta(hours=3))
    assert calls_to(house, resident) == before + 1, "no loop: not once more in three hours"
    (reach,) = await house.rows("SELECT blocked_at FROM reach WHERE chat_id = :chat", chat=resident.person.id)
    assert reach.blocked_at is not None, "the way is marked"
    (case,) = await house.rows('SELECT state, caller FROM "case"')
    assert (case.state, case.caller) == ("claimed", "SQ-PW"), "an undelivered question closes nothing: a person calls"
    assert (await notices(house))[-1].state == "dead"
    assert await house.rows("SELECT id FROM alarm WHERE kind = 'notice_dead'")
    house.line.stage.clear()
    await resident.says("你好")
    assert (await house.rows("SELECT id FROM reach WHERE blocked_at IS NOT NULL")) == [], "who speaks is reached again"


def calls_to(house: House, phone: Phone) -> int:
    """How often the house has tried to write to this person."""
    calls = [one for one in house.line.stage.calls_of("sendMessage") if one.bot_id == house.bot.id]
    return len([one for one in calls if one.params.get("chat_id") == str(phone.person.id)])


def poison(work: Work, *, person: int, chat: int, bot: int, **spoilt: object) -> None:
    """A promise whose row is then spoilt, in the same transaction: the most urgent of all, and ahead of the others."""
    promise(
        work.session,
        key="poison",
        person_id=person,
        bot_id=bot,
        chat_id=chat,
        case_id=1,
        telling="receipt",
        reader="raiser",
        priority=Priority.EMERGENCY,
        facts={},
        ring_at=work.now,
        now=work.now,
    )
    for column, value in spoilt.items():
        work.session.execute(text(f"UPDATE notice SET {column} = :value WHERE key = 'poison'"), {"value": value})


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param({"facts": '{"half'}, id="facts cut in half"),
        pytest.param({"facts": "[]"}, id="facts of another shape"),
        pytest.param({"facts": "[" * 20_000}, id="facts too deep to read"),
        pytest.param({"priority": -7}, id="an urgency nobody knows"),
    ],
)
async def test_s42_a_row_that_says_nothing_is_dead_with_an_alarm_and_the_later_ones_flow(
    house: House, spoilt: dict[str, object]
) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    (who,) = await house.rows("SELECT person_id FROM reach WHERE chat_id = :chat", chat=resident.person.id)
    await house.do(poison, person=who.person_id, chat=resident.person.id, bot=house.bot.id, **spoilt)
    await house.settle()
    await says_done(desk, "换了灯管")
    assert resident.with_button("解决了"), "what came after it arrived"
    (row,) = await house.rows("SELECT id, state, reason, tries FROM notice WHERE key = 'poison'")
    assert (row.state, row.reason, row.tries) == ("dead", "unreadable", 0)
    alarms = await house.rows(
        "SELECT reason FROM alarm WHERE kind = 'notice_dead' AND ref = :ref", ref=f"notice:{row.id}"
    )
    assert [one.reason for one in alarms] == ["unreadable"]


@pytest.mark.parametrize(
    ("said", "tries"),
    [
        ("Bad Request: can't parse entities: Unsupported start tag", 2),
        ("Bad Request: BUTTON_DATA_INVALID", 1),
        ("Bad Request: message is too long", 1),
        ("Bad Request: something Telegram has yet to invent", 1),
    ],
)
async def test_s42_what_no_messenger_takes_is_dead_in_three_tries_at_most_and_the_next_is_told(
    house: House, said: str, tries: int
) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await resident.says("3栋楼道灯不亮")
    before = calls_to(house, resident)
    house.line.stage.fail_next("sendMessage", 400, tries, description=said, chat_id=resident.person.id)
    await resident.taps("对，提交")
    assert calls_to(house, resident) == before + tries
    (row,) = await notices(house)
    assert row.state == "dead"
    (alarm,) = await house.rows("SELECT ref, reason FROM alarm WHERE kind = 'notice_dead'")
    assert alarm.ref == f"notice:{row.id}"
    assert "Telegram" not in alarm.reason, "a name, never the messenger's own words: they may quote the letter"
    await says_done(desk, "换了灯管")
    assert resident.with_button("解决了")
