"""Does a spoilt YAML file say its line and reason, as the person who edits it sees them?"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.towns.spoiling import add, findings, put

THROWN = "高空抛物, 楼上扔烟头, 楼上泼水, 楼上扔垃圾, 楼上扔东西, 楼上扔酒瓶"
FIRST_EN = 'first_en: "Stay calm and do not force the doors: press the alarm in the lift, then call 96333 or 119.", '


@pytest.mark.parametrize(
    ("file", "change", "expected"),
    [
        pytest.param("town.yaml", lambda _: b"", [(0, "the file is empty")], id="empty"),
        pytest.param(
            "town.yaml",
            put("code: licheng", "code: [licheng"),
            [(4, "not YAML: did not find expected ',' or ']'")],
            id="bad YAML, at the line the parser stopped",
        ),
        pytest.param(
            "town.yaml", lambda _: b"- a\n- b\n", [(1, "must be names and values")], id="a list for a mapping"
        ),
        pytest.param(
            "town.yaml",
            put("quiet: 21:30-08:00", "quiet: at night"),
            [(8, "«quiet» must be two times like 21:30-08:00")],
            id="no times",
        ),
        pytest.param(
            "town.yaml",
            put("zone: Asia/Shanghai", "zone: Asia/Atlantis"),
            [(6, "«zone» must be a time zone like Asia/Shanghai")],
            id="no such zone",
        ),
        pytest.param(
            "town.yaml",
            put("14:30-18:00", "11:30-18:00"),
            [(7, "«hours» must be like 周一至周五 08:30-12:00 14:30-18:00")],
            id="spans that overlap",
        ),
        pytest.param(
            "town.yaml",
            put("street_desk: JD", "street_desk: WY-01"),
            [(10, "desk «WY-01» is no street desk")],
            id="a firm's desk for the street's",
        ),
        pytest.param(
            "town.yaml",
            put("street_desk: JD", "street_desk: NO"),
            [(10, "«NO» is not in desks.csv")],
            id="a desk that is not there",
        ),
        pytest.param(
            "town.yaml",
            put("en: Lijiang", "english: Lijiang"),
            [(3, "unknown column «english»"), (3, "column «en» is missing")],
            id="a name nobody reads",
        ),
        pytest.param(
            "ladder.yaml",
            put("effect: review, every: 7d", "effect: review, every: 0m"),
            [(61, "«every» must be longer than nothing")],
            id="a rung that would ring again and again at one moment",
        ),
        pytest.param(
            "periods.csv",
            put("2027-02-05,2027-02-11", "2027-02-11,2027-02-05"),
            [(2, "ends on 2027-02-05, before it begins on 2027-02-11")],
            id="a holiday that ends before it begins",
        ),
        pytest.param(
            "periods.csv",
            put("2027-02-05,2027-02-11", "2027-02-30,"),
            [(2, "«from» must be a date like 2026-10-01"), (2, "«until» must not be empty")],
            id="a day no calendar has",
        ),
        pytest.param(
            "periods.csv",
            put("ZB-CJ", "ZB-XX"),
            [(2, "«ZB-XX» is not in desks.csv")],
            id="a roster nobody keeps",
        ),
        pytest.param(
            "periods.csv",
            put("ZB-CJ", "WY-01"),
            [(2, "desk «WY-01» is no community or street desk")],
            id="a firm on duty for the town",
        ),
        pytest.param(
            "periods.csv",
            put("C05-1;C08", "C05-1;C77"),
            [(2, "«C77» is not in categories.yaml")],
            id="a kind of trouble nobody knows",
        ),
        pytest.param(
            "periods.csv",
            add("CJ-2,灯会,Lantern Fair,2027/2/11,2027/2/12,ZB-CJ,,"),
            [(3, "«CJ-2» begins before «CJ-2027» has ended")],
            id="two rosters on one day",
        ),
        pytest.param(
            "promises.yaml",
            put("acknowledge: 10m", "acknowledge: 0m"),
            [(5, "«acknowledge» must be longer than nothing")],
            id="a promise nobody can keep",
        ),
        pytest.param(
            "categories.yaml",
            put("{code: C05-3, zh", "{code: C05-2, zh"),
            [(46, "«C05-2» stands twice, first in row 44")],
            id="a category twice",
        ),
        pytest.param(
            "categories.yaml",
            put("short_en: Thrown objects, tier: L2P", "short_en: Thrown objects, tier: L9"),
            [(21, "«tier» must be one of L1, L2P, L2C, L3, L4")],
            id="an unknown tier",
        ),
        pytest.param(
            "categories.yaml",
            put("short_en: Thrown objects, tier: L2P, sla: P1", "short_en: Thrown objects, tier: L2P, sla: P7"),
            [(21, "«sla» must be one of P0, P1, P2, P3, P4, Q, S")],
            id="an unknown class",
        ),
        pytest.param(
            "categories.yaml",
            put("departments: [BM-JW], firewall: [C, P, H, N]", "departments: [BM-JW], firewall: [C, X]"),
            [(91, "«firewall» must be of N, P, C, H")],
            id="an unknown party",
        ),
        pytest.param(
            "categories.yaml",
            put("departments: [BM-JW], firewall", "departments: [BM-XX], firewall"),
            [(91, "«BM-XX» is not in desks.csv")],
            id="an unknown department",
        ),
        pytest.param(
            "categories.yaml",
            put(f"short: [{THROWN}], short_en: Thrown objects", "short: [], short_en: ''"),
            [
                (21, "«short» must be one name or several, of at most 8 characters"),
                (21, "«short_en» must not be empty"),
            ],
            id="no name to read aloud",
        ),
        pytest.param(
            "categories.yaml",
            put(f"short: [{THROWN}]", "short: [有人从窗户往下扔东西]"),
            [(21, "«short» must be one name or several, of at most 8 characters")],
            id="a name nobody hears out",
        ),
        pytest.param(
            "categories.yaml",
            put(FIRST_EN, ""),
            [(24, "«first_en» must not be empty")],
            id="what to do first in one language only",
        ),
        pytest.param(
            "categories.yaml",
            put("{code: K99,", "{code: K98,"),
            [(0, "category «K99» is missing: what nobody understands goes there")],
            id="nowhere for the lost",
        ),
        pytest.param(
            "promises.yaml",
            put("- {sla: S, acknowledge: 5s, resolve: 35wh}", ""),
            [(0, "nothing is promised for S")],
            id="a class without a promise",
        ),
        pytest.param(
            "promises.yaml",
            put("contact: 4h", "contact: soon"),
            [(6, "«contact» must be a span like 30m, 24h, 7d or 7wh")],
            id="no span",
        ),
        pytest.param(
            "ladder.yaml",
            put("code: P1-30m", "code: P0-30m"),
            [(16, "«P0-30m» stands twice, first in row 11")],
            id="a rung's code twice",
        ),
        pytest.param(
            "ladder.yaml",
            put(
                "after: 30m, until: signed, effect: copy, to: community",
                "after: 30m, until: claimed, effect: copy, to: community",
            ),
            [(0, "the ladder has no rung that waits for signed for P1")],
            id="a class nobody need sign for",
        ),
        pytest.param(
            "ladder.yaml",
            put("effect: review, every: 7d", "effect: review"),
            [(0, "the ladder has no rung that repeats until closed for every class")],
            id="an end without a date",
        ),
        pytest.param(
            "ladder.yaml",
            put("effect: call", "effect: shout"),
            [(59, "«effect» must be one of remind, copy, lead, assist, ask_again, call, resume, review")],
            id="an unknown effect",
        ),
    ],
)
def test_a_spoilt_policy_says_its_row_and_reason(
    folder: Path, file: str, change: Callable[[bytes], bytes], expected: list[tuple[int, str]]
) -> None:
    path = folder / file
    path.write_bytes(change(path.read_bytes()))
    assert [(row, reason) for name, row, reason in findings(folder) if name == file] == expected
