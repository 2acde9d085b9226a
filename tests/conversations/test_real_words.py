"""Do real people's words get through? The texts of 640 real letters, and the longest one a phone can send."""

import csv
import itertools
import re
from datetime import timedelta
from pathlib import Path

import pytest

from models.rules.policy import Role
from models.store import Row
from models.vault import reveal
from tests.conversations.answers import CARD
from tests.house import House, Phone, buttons

LETTERS = Path(__file__).parents[3] / "shared" / "data" / "compound_dev.csv"
"""Beside the repository, not in it: these are other people's words."""
RESIDENTS = 40
WINDOW = 10
"""So many characters in a row are somebody's own wording and no chance."""
A_LIST_LATER = timedelta(minutes=11)
"""After so long, cards that came too close together have been read in one list (rules/ringing.WINDOW)."""
OPENED = 2

pytestmark = pytest.mark.timeout(240)


def letters() -> list[str]:
    with LETTERS.open(encoding="utf-8", newline="") as file:
        return [row["text"].strip() for row in csv.DictReader(file)]


@pytest.mark.skipif(not LETTERS.exists(), reason=f"the letters of {LETTERS.name} are not beside this repository")
async def test_every_real_letter_becomes_a_case_with_a_desk_a_date_and_a_receipt(house: House) -> None:
    words = letters()
    assert len(words) == 640
    desks = await everybody_on_duty(house)
    residents = [
        await house.resident(building, name=f"居民{number}")
        for number, building in zip(range(RESIDENTS), itertools.cycle(sorted(house.town.buildings)[::7]), strict=False)
    ]
    said: dict[int, tuple[Phone, str]] = {}
    for several in batches(words, RESIDENTS):
        pairs = list(zip(residents, several, strict=False))
        for resident, text in pairs:
            resident.person.say(house.bot, text)
        await house.settle()
        for resident, _ in pairs:
            card = resident.last
            if buttons(card)[-1] in ("报错了", "先不用"):
                continue  # a cry for help is filed without a tap
            assert CARD in card.text, card.text
            resident.person.tap(card, buttons(card)[0])
        await house.settle()
        for resident, text in pairs:
            number = re.search(r"编号(\d{4})", resident.last.text)
            assert number is not None, resident.last.text
            said[int(number[1])] = (resident, text)

    cases = await house.rows("""
        SELECT c.id, c.desk, c.acknowledge_by, c.contact_by, c.resolve_by, c.filed_at, c.plain, c.sla,
               (SELECT min(due_at) FROM clock k WHERE k.case_id = c.id AND due_at IS NOT NULL) AS next_at,
               (SELECT count(*) FROM notice n
                WHERE n.case_id = c.id AND n.telling = 'receipt' AND n.state = 'sent') AS receipts,
               (SELECT count(*) FROM notice n
                WHERE n.case_id = c.id AND n.telling = 'assignment' AND n.state = 'sent') AS cards,
               (SELECT count(*) FROM notice n JOIN notice l
                    ON l.person_id = n.person_id AND l.telling = 'list' AND l.ring_at >= n.ring_at
                WHERE n.case_id = c.id AND n.telling = 'assignment' AND n.reason = 'listed') AS lists
        FROM "case" c ORDER BY c.id
    """)
    assert len(cases) == len(said) == 640
    for case in cases:
        assert case.desk in house.town.desks
        assert case.filed_at < case.acknowledge_by
        assert case.next_at >= case.filed_at
        assert case.receipts == 1, f"case {case.id}"
        assert case.cards == 1 or case.lists >= 1, f"its desk neither has a card of case {case.id} nor will read of it"
    assert await house.rows("SELECT id FROM notice WHERE state = 'dead'") == []
    assert await house.rows('SELECT id FROM "update" WHERE parked_at IS NOT NULL OR done_at IS NULL') == []
    await lists_are_read(house, desks)
    nobody_else_read_the_plain_ones(cases, said, desks)


async def lists_are_read(house: House, desks: list[Phone]) -> None:
    """Every desk reads its first list and opens the first of its cases."""
    await house.turn(A_LIST_LATER)
    for desk in desks:
        card = desk.last
        for number in [label for label in buttons(card) if label.isdigit()][:OPENED]:
            desk.person.tap(card, number)
    await house.settle()


def nobody_else_read_the_plain_ones(cases: list[Row], said: dict[int, tuple[Phone, str]], desks: list[Phone]) -> None:
    """Where the matter points at a flat, the raiser's wording is on no desk's telephone."""
    plain = {case.id: said[case.id][1] for case in cases if case.plain}
    assert len(plain) > 20, "the letters hold many such matters"
    others = said.keys() - plain.keys()
    shown: dict[int, list[str]] = {}
    for text in (text for desk in desks for text in desk.texts):
        number = next((word[:4] for word in text.split("\n")[1:2] if word[:4].isdigit()), None)
        if number is not None:
            shown.setdefault(int(number), []).append(text)
    assert len(plain.keys() & shown.keys()) > 20, "many of them are read on a card"
    for number, words in plain.items():
        own = pieces(words)
        for text in shown.get(number, ()):
            assert not own & pieces(text), f"case {number} shows its raiser's own words"
    read = [number for number in others if number in shown]
    seen = [number for number in read if any(pieces(said[number][1]) & pieces(text) for text in shown[number])]
    assert len(seen) > len(read) // 2, "the comparison finds words where words may be shown"


def pieces(text: str) -> set[str]:
    together = "".join(text.split())
    return {together[at : at + WINDOW] for at in range(len(together) - WINDOW + 1)}


def batches(words: list[str], size: int) -> list[list[str]]:
    return [words[at : at + size] for at in range(0, len(words), size)]


async def everybody_on_duty(house: House) -> list[Phone]:
    """Every desk of the town is staffed."""
    staffed = {str(role) for role in Role}
    phones = []
    for code, desk in house.town.desks.items():
        if str(desk.kind) in staffed:
            phones.append(house.stranger(desk.name))
            phones[-1].person.start(house.bot, await house.link(Role(desk.kind), code))
    await house.settle()
    return phones


async def test_the_longest_message_becomes_a_case_and_is_kept_whole(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    words = "3栋电梯又停了。" + "".join(chr(0x4E00 + at) for at in range(4_096 - 9)) + "完"
    assert len(words) == 4_096
    await resident.says(words)
    await resident.taps("对，提交")
    assert resident.last.text.startswith("收到了，编号0001")
    kept = await house.ask(lambda work: reveal(work.session, work.keys, owner="case", owner_id=1, field="words"))
    assert kept == words
    assert len(desk.with_button("签收").text) < 400, "a card fits one screen"
